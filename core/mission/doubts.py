"""Whether the rows of a table are all there: what is counted of them once, and kept, asks it first."""

from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache

import sqlalchemy as sa

from core.base.i18n import _
from core.facts.query import Query, Reader
from core.facts.reads import READS, REMOVED, begun
from core.facts.tables import FactTable
from core.mission.discovery import missions

_R = READS.sql.c
_came = sa.case((_R.landed > 0, _R.read_at))
_ranked = sa.select(
    _R.mission,
    _R.source,
    _R.outcome,
    sa.func.row_number().over(partition_by=_R.source, order_by=_R.read_at.desc()).label("rank"),
    sa.func.max(sa.case((_R.outcome == "ok", sa.func.greatest(_R.covers_until, _came))))
    .over(partition_by=_R.source)
    .label("until"),
).subquery()
_LAST = Query(
    name="last_reads_of_sources",
    select=sa.select(_ranked.c.mission, _ranked.c.source, _ranked.c.outcome, _ranked.c.until).where(
        _ranked.c.rank == 1
    ),
    tables=(READS,),
    params={},
)


def doubt(reader: Reader, names: Iterable[str], ended: datetime | None = None) -> str:
    """Why rows of some tables may not be all there, as a sentence; "" where they are.

    A table is in doubt that nothing ever fed, of which a source's last reading failed, goes on or was killed, or, where
    the time that is counted `ended` at a moment (UTC), that knows nothing of later and got no row since. Sources that
    were removed, and those of which no reading is kept, say nothing. Raises QueryFailed.
    """
    last = {(row["mission"], row["source"]): row for row in reader.run(_LAST).table.to_pylist()}
    for mission, table in _named(names):
        sources = reader.run(fed_by(table)).table["source"].to_pylist()
        if not sources:
            return _("The table {name} is empty: nothing has landed in it yet.").format(name=table.name)
        read = [last[mission, one] for one in sources if (mission, one) in last]
        read = [row for row in read if row["outcome"] != REMOVED]
        for said, which in (
            (
                _("The last reading of {source} failed: rows of {name} may be missing."),
                [row["source"] for row in read if row["outcome"] != "ok"],
            ),
            (
                _("A reading of {source} did not come to its end: rows of {name} may be missing."),
                [one for one in sources if begun(one).exists()],
            ),
            (
                _("Nothing came from {source} since the month ended: rows of {name} are missing."),
                _late([(row["source"], row["until"]) for row in read], ended),
            ),
        ):
            if which:
                return said.format(source=", ".join(which), name=table.name)
    return ""


def _late(known: list[tuple[str, datetime | None]], ended: datetime | None) -> list[str]:
    """The sources of a table, where all of them told of no more than what was before a moment."""
    late = [source for source, until in known if ended and until and until < ended]
    return late if len(late) == len(known) else []


def _named(names: Iterable[str]) -> list[tuple[str, FactTable]]:
    """Tables by name, each with the key of its mission; what is made of another table stands and falls with it."""
    there = {table.name: (one.key, table) for one in missions().values() for table in one.tables}
    return [(there[name][0], there[name][1].made_of or there[name][1]) for name in names]


@lru_cache(maxsize=200)
def fed_by(table: FactTable) -> Query:
    """The sources whose rows a table holds."""
    source = table.sql.c.source
    named = sa.select(source.label("source")).distinct().order_by(source)
    return Query(name=f"sources_of_{table.name}", select=named, tables=(table,), params={})
