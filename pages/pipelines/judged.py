"""Questions about the nights that were judged (`past`), of the families chosen, from `past_first` to `past_last` (dates
of nights as midnight UTC, both included)."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pyarrow as pa
import sqlalchemy as sa

from core.base.status import Verdict
from core.facts.conditions import among
from core.facts.query import Query
from pages.pipelines.facts import JUDGED_NIGHTS, WHOLE

BACK = timedelta(days=730)
J = JUDGED_NIGHTS.sql.c
UNWELL = (Verdict.KO, Verdict.WARNING, Verdict.UNKNOWN)
_FIRST, _LAST = (sa.bindparam(name, type_=sa.TIMESTAMP(timezone=True)) for name in ("past_first", "past_last"))
LOOKED_AT = sa.and_(J.at >= _FIRST, J.at <= _LAST, among("past_families", J.family))
_PARAMS = {"past_first": datetime, "past_last": datetime, "past_families": list}


def params(night: date, families: Sequence[str]) -> Mapping[str, Any]:
    """What the questions take: two years up to a night, of some families or of all."""
    last = datetime.combine(night, time(), UTC)
    return {"past_first": last - BACK, "past_last": last, "past_families": list(families)}


def table(rows: Sequence[Mapping[str, Any]]) -> pa.Table:
    """Rows as they land."""
    return pa.Table.from_pylist(list(rows), JUDGED_NIGHTS.schema)


def query(name: str, select: sa.Select[Any], cap: int = 100_000) -> Query:
    """A question about judged nights."""
    return Query(name, select, (JUDGED_NIGHTS,), _PARAMS, cap)


VERDICTS = query(
    "verdicts_by_night",
    sa.select(J.at, J.verdict, sa.func.count().label("families"))
    .where(LOOKED_AT, J.pipeline == WHOLE)
    .group_by(J.at, J.verdict)
    .order_by(J.at, J.verdict),
)
"""How many families had which verdict in each night."""

NIGHTS = query(
    "nights_of_family",
    sa.select(J.family, J.at, J.verdict).where(LOOKED_AT, J.pipeline == WHOLE).order_by(J.at, J.family),
)
"""Every night of some families."""

_spans = (
    sa.select(
        J.family,
        J.at,
        J.verdict,
        *(
            of(J.at).over(partition_by=J.family).label(name)
            for name, of in (("first", sa.func.min), ("last", sa.func.max))
        ),
    )
    .where(LOOKED_AT, J.pipeline == WHOLE)
    .subquery()
)
UNWELL_NIGHTS = query(
    "unwell_nights",
    sa.select(_spans)
    .where(sa.or_(_spans.c.verdict.in_([verdict.value for verdict in UNWELL]), _spans.c.at == _spans.c.last))
    .order_by(_spans.c.at, _spans.c.family),
    cap=500_000,
)
"""The nights of families that were not well, and each one's last; with the first and the last that were judged."""

FLAPPING, LATELY = 14, 30
"""Expected nights in which changes of the verdict are counted, and those in which reruns are."""
_numbered = (
    sa.select(
        *(J[name] for name in ("family", "pipeline", "at", "failed", "reruns")),
        sa.func.row_number().over(partition_by=(J.family, J.pipeline), order_by=J.at.desc()).label("age"),
        (J.verdict != sa.func.lag(J.verdict).over(partition_by=(J.family, J.pipeline), order_by=J.at)).label("changed"),
        sa.func.sum(sa.case((J.failed, 0), else_=1))
        .over(partition_by=(J.family, J.pipeline), order_by=J.at, rows=(None, 0))
        .label("row"),
        sa.func.sum(sa.case((J.failed, 0), else_=1)).over(partition_by=(J.family, J.pipeline)).label("last_row"),
    )
    .where(LOOKED_AT, J.pipeline != WHOLE, J.expected)
    .subquery()
)
_n = _numbered.c
_rows = (
    sa.select(
        _n.family,
        _n.pipeline,
        sa.func.count().filter(_n.failed).label("long"),
        sa.func.count().filter(_n.failed, _n.row == _n.last_row).label("running"),
        sa.func.min(_n.at).filter(_n.failed, _n.row == _n.last_row).label("since"),
        sa.func.count().filter(_n.changed, _n.age <= FLAPPING).label("changes"),
        sa.func.sum(_n.reruns).filter(_n.age <= LATELY).label("reruns"),
    )
    .group_by(_n.family, _n.pipeline, _n.row)
    .subquery()
)
_r = _rows.c
_told = (
    sa.select(
        _r.family,
        _r.pipeline,
        sa.func.max(_r.running).label("running"),
        sa.func.max(_r.since).label("since"),
        sa.func.max(_r.long).label("longest"),
        sa.func.sum(_r.changes).label("changes"),
        sa.func.coalesce(sa.func.sum(_r.reruns), 0).label("reruns"),
    )
    .group_by(_r.family, _r.pipeline)
    .subquery()
)
RUNNING, CHANGES, RERUNS = 3, 4, 3
"""From so many on, a row of failed nights, changes of the verdict or reruns are something that comes back."""
RECURRING = query(
    "recurring",
    sa.select(_told)
    .where(sa.or_(_told.c.running >= RUNNING, _told.c.changes >= CHANGES, _told.c.reruns >= RERUNS))
    .order_by(_told.c.running.desc(), _told.c.changes.desc(), _told.c.reruns.desc(), _told.c.pipeline),
)
"""Pipelines whose failures come back: how many expected nights running they failed up to the last one and since when,
the longest such row, changes of the verdict and reruns lately. A night in which nothing was expected of a pipeline
neither breaks a row nor makes it longer."""

_month = sa.cast(sa.func.date_trunc("month", sa.func.timezone("UTC", J.at)), sa.Date).label("month")
INCIDENTS = query(
    "incidents_by_month",
    sa.select(
        J.family,
        J.pipeline,
        _month,
        sa.func.count().filter(J.verdict == Verdict.KO.value).label("incidents"),
        sa.func.count().label("nights"),
        sa.func.min(sa.func.min(J.at)).over().label("begin"),
    )
    .where(LOOKED_AT, J.pipeline != WHOLE, J.expected, J.verdict != Verdict.UNKNOWN.value)
    .group_by(J.family, J.pipeline, _month)
    .order_by(_month.desc(), J.family, J.pipeline),
    cap=500_000,
)
"""Of each pipeline and month, in how many of its expected nights it was KO; nights of which nothing is known do not
count. `begin`: the first night of all."""
