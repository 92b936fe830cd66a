"""The question about readings."""

import sqlalchemy as sa

from core.facts.query import Query
from core.facts.reads import READS, REMOVED

_reads = READS.sql


def _last() -> sa.Select[tuple[object, ...]]:
    newest = sa.func.row_number().over(partition_by=_reads.c.source, order_by=_reads.c.read_at.desc())
    good = sa.func.max(sa.case((_reads.c.outcome == "ok", _reads.c.ended_at))).over(partition_by=_reads.c.source)
    covers = sa.func.max(_reads.c.covers_until).over(partition_by=_reads.c.source)
    landed = sa.func.sum(_reads.c.landed).over(partition_by=_reads.c.source)
    told = sa.select(
        _reads.c.source,
        _reads.c.mission,
        _reads.c.outcome,
        _reads.c.error,
        _reads.c.note,
        good.label("good_at"),
        covers.label("covers_until"),
        landed.label("landed"),
        newest.label("rank"),
    )
    ranked = told.where(_reads.c.outcome != REMOVED).subquery()
    return sa.select(*(column for column in ranked.c if column.name != "rank")).where(ranked.c.rank == 1)


LAST_READINGS = Query(name="last_readings", select=_last(), tables=(READS,), params={})
"""One row a source: its last reading, when one last went well, up to when it is complete, all that ever landed."""
