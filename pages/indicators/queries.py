"""What is asked of the looks in the lake."""

import sqlalchemy as sa

from core.facts.query import Query
from pages.indicators.facts import INDICATOR_VALUES, REBUILT

V = INDICATOR_VALUES.sql
_SHOWN = [V.c[name] for name in ("indicator", "version", "period", "slice", "squad", "seen_on", "take", "value")]

LOOKS = Query(
    name="indicator_looks",
    select=sa.select(*_SHOWN, V.c.numerator, V.c.denominator, V.c.origin, V.c.reason, V.c.seen_at)
    .where(V.c.indicator == sa.bindparam("indicator"))
    .order_by(V.c.slice, V.c.period, V.c.seen_on, V.c.take),
    tables=(INDICATOR_VALUES,),
    params={"indicator": str},
    cap=500_000,
)
"""Every look at one indicator, in the order of slices, months and days."""

_rank = sa.func.row_number().over(
    partition_by=[V.c.indicator, V.c.version, V.c.slice, V.c.period], order_by=[V.c.seen_on.desc(), V.c.take.desc()]
)
_ranked = sa.select(*_SHOWN, _rank.label("rank")).where(V.c.origin != REBUILT).subquery()
NEWEST = Query(
    name="indicator_newest",
    select=sa.select(*(_ranked.c[column.name] for column in _SHOWN))
    .where(_ranked.c.rank == 1)
    .order_by(_ranked.c.indicator, _ranked.c.slice, _ranked.c.period),
    tables=(INDICATOR_VALUES,),
    params={},
    cap=500_000,
)
"""The newest look at every month of every indicator; nothing that was rebuilt, which was never seen."""

DEFINED = Query(
    name="indicator_definitions",
    select=sa.select(V.c.indicator, V.c.version, sa.func.max(V.c.definition).label("definition"))
    .group_by(V.c.indicator, V.c.version)
    .order_by(V.c.indicator, V.c.version),
    tables=(INDICATOR_VALUES,),
    params={},
)
"""What each version counted when it was looked at."""
