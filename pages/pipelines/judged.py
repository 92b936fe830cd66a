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
"""From the last night shown to the first; the night of today is not over, so they are judged a day farther back."""
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

STRIP = 30
STRIP_NIGHTS = query(
    "last_nights",
    sa.select(J.family, J.at, J.verdict)
    .where(LOOKED_AT, J.pipeline == WHOLE, J.at > _LAST.op("-")(sa.func.to_days(STRIP)))
    .order_by(J.at, J.family),
)
"""The last nights of every family, as many as STRIP."""

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
_expected = sa.and_(LOOKED_AT, J.pipeline != WHOLE, J.expected)
# The last nights of each are kept while they are read; a window would sort them all.
_lasts = (
    sa.select(
        J.family,
        J.pipeline,
        sa.func.max(sa.case((sa.not_(J.failed), J.at))).label("good"),
        sa.func.arg_max(J.verdict, J.at, sa.literal_column(f"{FLAPPING + 1}")).label("verdicts"),
        sa.func.list_sum(sa.func.arg_max(J.reruns, J.at, sa.literal_column(f"{LATELY}"))).label("reruns"),
    )
    .where(_expected)
    .group_by(J.family, J.pipeline)
    .subquery("lasts")
)
_l = _lasts.c
_since_good = (
    sa.select(J.family, J.pipeline, sa.func.count().label("running"), sa.func.min(J.at).label("since"))
    .join_from(JUDGED_NIGHTS.sql, _lasts, sa.and_(J.family == _l.family, J.pipeline == _l.pipeline))
    .where(_expected, J.failed, sa.or_(_l.good.is_(None), J.at > _l.good))
    .group_by(J.family, J.pipeline)
    .subquery()
)
_told = (
    sa.select(
        _l.family,
        _l.pipeline,
        sa.func.coalesce(_since_good.c.running, 0).label("running"),
        _since_good.c.since,
        sa.literal_column(
            "len(list_filter(range(1, len(lasts.verdicts)), lambda n: lasts.verdicts[n] <> lasts.verdicts[n + 1]))",
            sa.BigInteger,
        ).label("changes"),
        sa.cast(_l.reruns, sa.BigInteger).label("reruns"),
    )
    .join_from(
        _lasts,
        _since_good,
        sa.and_(_l.family == _since_good.c.family, _l.pipeline == _since_good.c.pipeline),
        isouter=True,
    )
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
changes of the verdict and reruns lately. A night in which nothing was expected of a pipeline
neither breaks a row nor makes it longer."""

_month = sa.cast(sa.func.date_trunc("month", sa.func.timezone("UTC", J.at)), sa.Date).label("month")
_known = sa.and_(J.pipeline != WHOLE, J.expected, J.verdict != Verdict.UNKNOWN.value)
_ko = sa.func.count().filter(_known, J.verdict == Verdict.KO.value)
INCIDENTS = query(
    "incidents",
    sa.select(
        J.family,
        J.pipeline,
        _month,
        _ko.label("incidents"),
        sa.func.count().filter(_known).label("nights"),
        sa.func.min(J.at).label("begin"),
    )
    .where(LOOKED_AT)
    .group_by(J.family, J.pipeline, _month)
    .order_by(_month.desc(), _ko.desc(), J.pipeline, J.family),
)
"""Of each pipeline and month, in how many expected nights it was KO, and how many there were; nights of which nothing
is known do not count. `begin`: the first night that was judged, of families as a whole too."""
