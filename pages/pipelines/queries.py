"""Questions about the runs. All are bounded in time, so that none grows with the length of the log.

A night is `start` and `end` (UTC); `since` bounds `at` from below, and so the months that are read.
"""

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from core.facts.query import Query
from core.facts.reads import READS
from core.facts.tables import GONE
from pages.pipelines.facts import PIPELINE_RUNS, RunStatus
from pages.pipelines.known import RUN_COLUMNS

EARLY = timedelta(days=2)
"""A run may be planned this long before it starts."""

LATELY = timedelta(days=45)
"""How far back the habits of a pipeline and the readings of a source are looked for."""

LAST_GOOD_RUNS = 30
_NIGHT = {"since": datetime, "start": datetime, "end": datetime}
_SINCE, _START, _END, _AS_OF = (
    sa.bindparam(name, type_=sa.TIMESTAMP(timezone=True)) for name in ("since", "start", "end", "as_of")
)
_RUNS = PIPELINE_RUNS.sql.c
_STATES = PIPELINE_RUNS.observations.sql.c


def _in_night(columns: Any) -> sa.ColumnElement[bool]:
    """Runs that began in the night, or were to begin in it and never did."""
    began = sa.func.coalesce(columns.started_at, columns.at)
    return sa.and_(columns.at >= _SINCE, columns.at < _END, began >= _START, began < _END)


RUNS_OF_NIGHT = Query(
    name="runs_of_night",
    select=sa.select(*(_RUNS[name] for name in RUN_COLUMNS)).where(_in_night(_RUNS)),
    tables=(PIPELINE_RUNS,),
    params=_NIGHT,
)

_states = (
    sa.select(
        *(_STATES[name] for name in (*RUN_COLUMNS, GONE)),
        sa.func.row_number()
        .over(partition_by=[_STATES[name] for name in PIPELINE_RUNS.key], order_by=_STATES.observed_at.desc())
        .label("age"),
    )
    .where(_STATES.at >= _SINCE, _STATES.at < _END, _STATES.observed_at <= _AS_OF)
    .subquery()
)

RUNS_KNOWN_AT = Query(
    name="runs_of_night_known_at",
    select=sa.select(*(_states.c[name] for name in RUN_COLUMNS)).where(
        _states.c.age == 1, _states.c[GONE].is_not(True), _in_night(_states.c)
    ),
    tables=(PIPELINE_RUNS.observations,),
    params={**_NIGHT, "as_of": datetime},
)


def _readings(*known: sa.ColumnElement[bool]) -> sa.Select[Any]:
    reads = READS.sql.c
    return (
        sa.select(reads.source, sa.func.max(reads.covers_until).label("covers_until"))
        .where(reads.mission == "pipelines", reads.read_at >= _SINCE, *known)
        .group_by(reads.source)
        .order_by(reads.source)
    )


READINGS = Query(name="readings", select=_readings(), tables=(READS,), params={"since": datetime})
READINGS_KNOWN_AT = Query(
    name="readings_known_at",
    select=_readings(READS.sql.c.ended_at <= _AS_OF),
    tables=(READS,),
    params={"since": datetime, "as_of": datetime},
)


def _habits() -> sa.Select[Any]:
    lately = sa.and_(_RUNS.at >= _SINCE, _RUNS.at < _START)
    told = (
        sa.select(_RUNS.pipeline, sa.func.arg_max(_RUNS.source, _RUNS.at).label("source"))
        .where(lately)
        .group_by(_RUNS.pipeline)
        .subquery()
    )
    good = (
        sa.select(
            _RUNS.pipeline,
            _RUNS.duration_s,
            sa.func.row_number().over(partition_by=_RUNS.pipeline, order_by=_RUNS.at.desc()).label("age"),
        )
        .where(lately, _RUNS.status == RunStatus.SUCCEEDED.value, _RUNS.duration_s.is_not(None))
        .subquery()
    )
    usual = (
        sa.select(
            good.c.pipeline,
            sa.func.median(good.c.duration_s, type_=sa.Double).label("middle"),
            sa.func.mad(good.c.duration_s, type_=sa.Double).label("deviation"),
            sa.func.count().label("count"),
        )
        .where(good.c.age <= LAST_GOOD_RUNS)
        .group_by(good.c.pipeline)
        .subquery()
    )
    count = sa.func.coalesce(usual.c.count, 0).label("count")
    return (
        sa.select(told.c.pipeline, told.c.source, usual.c.middle, usual.c.deviation, count)
        .join_from(told, usual, told.c.pipeline == usual.c.pipeline, isouter=True)
        .order_by(told.c.pipeline)
    )


HABITS = Query(
    name="habits",
    select=_habits(),
    tables=(PIPELINE_RUNS,),
    params={"since": datetime, "start": datetime},
)

OWNERS = Query(
    name="owners",
    select=sa.select(_RUNS.pipeline, _RUNS.squad)
    .where(_RUNS.at >= _SINCE, _RUNS.at < _END, _RUNS.squad.is_not(None))
    .distinct()
    .order_by(_RUNS.pipeline, _RUNS.squad),
    tables=(PIPELINE_RUNS,),
    params={"since": datetime, "end": datetime},
)

QUERIES: tuple[Query, ...] = (RUNS_OF_NIGHT, RUNS_KNOWN_AT, READINGS, READINGS_KNOWN_AT, HABITS, OWNERS)
