"""Questions about the nights that were judged (`past`), of the families chosen, from `past_first` to `past_last` (dates
of nights as midnight UTC, both included)."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

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
