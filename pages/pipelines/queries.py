"""Questions about the runs. All but one are bounded in time, so that they do not grow with the log.

A night is `start` and `end` (UTC); `since` and `until` bound `at`, and so the months that are read. One question alone
reads the whole log, and is asked only where a rule names a pipeline of which nothing was told lately.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from core.facts.conditions import texts, where_given
from core.facts.query import Query
from core.facts.reads import READS, REMOVED
from core.facts.tables import GONE
from pages.pipelines.facts import APART, PIPELINE_RUNS, RunStatus
from pages.pipelines.known import RUN_COLUMNS
from pages.pipelines.names import BETWEEN

LATELY = timedelta(days=45)
"""How far back the habits of a pipeline, its last run and the readings of a source are looked for."""

LAST_GOOD_RUNS = 30
_NIGHT = {"since": datetime, "start": datetime, "end": datetime, "until": datetime}
_SINCE, _START, _END, _UNTIL, _AS_OF = (
    sa.bindparam(name, type_=sa.TIMESTAMP(timezone=True)) for name in ("since", "start", "end", "until", "as_of")
)
_RUNS = PIPELINE_RUNS.sql.c
_STATES = PIPELINE_RUNS.observations.sql.c


def _called() -> sa.ColumnElement[str]:
    """The name that a run's pipeline goes by now, by the list `renamed` (`Names.spans`)."""
    span = sa.select(texts("renamed").label("span")).subquery("spans").c.span
    old, since, end, now = (sa.func.split_part(span, BETWEEN, n, type_=sa.Text()) for n in (1, 2, 3, 4))
    began = sa.func.coalesce(_RUNS.started_at, _RUNS.at)
    moment = sa.TIMESTAMP(timezone=True)
    within = sa.and_(
        sa.or_(since == "", began >= sa.cast(sa.func.nullif(since, ""), moment)), began < sa.cast(end, moment)
    )
    newer = sa.select(now).where(old == sa.func.lower(_RUNS.pipeline), within)
    renamed = sa.func.coalesce(newer.correlate(PIPELINE_RUNS.sql).scalar_subquery(), _RUNS.pipeline, type_=sa.Text())
    return where_given("renamed", renamed, _RUNS.pipeline)


NAMED = (
    sa.select(
        _called().label("pipeline"),
        *(column for column in _RUNS if column.name in {*RUN_COLUMNS, "squad"} - {"pipeline"}),
    )
    .select_from(PIPELINE_RUNS.sql)
    .subquery("runs")
)
"""The runs, with their pipelines by the names of now: of questions that take the list `renamed`."""
_N = NAMED.c


def span(start: datetime, end: datetime) -> dict[str, datetime]:
    """The parameters of a night's runs: those that began between two moments (UTC)."""
    return {"since": start - APART, "start": start, "end": end, "until": end + APART}


def _in_night(columns: Any) -> sa.ColumnElement[bool]:
    """Runs that began in the night, or were to begin in it and never did; as `known.Run.begin` has it."""
    length = sa.func.to_microseconds(sa.cast(sa.func.round(columns.duration_s * 1_000_000), sa.BigInteger))
    began = sa.func.coalesce(columns.started_at, columns.ended_at.op("-")(length), columns.at)
    return sa.and_(columns.at >= _SINCE, columns.at < _UNTIL, began >= _START, began < _END)


RUNS_OF_NIGHT = Query(
    name="runs_of_night",
    select=sa.select(*(_RUNS[name] for name in RUN_COLUMNS)).where(_in_night(_RUNS)),
    tables=(PIPELINE_RUNS,),
    params=_NIGHT,
    within=("since", "until"),
    ahead=True,
)


def _known_at() -> sa.Select[Any]:
    """The states of the night after which no other was known by then: the states of the days around are read for their
    key and moment alone. To number them all in order, or to ask whether there is a later one, took a third longer."""
    every = PIPELINE_RUNS.observations.sql.alias("every").c

    def in_reach(columns: Any) -> tuple[sa.ColumnElement[bool], ...]:
        return columns.at >= _SINCE, columns.at < _UNTIL, columns.observed_at <= _AS_OF

    key = PIPELINE_RUNS.key
    wanted = sa.select(*(_STATES[name] for name in (*RUN_COLUMNS, "observed_at")))
    of_night = wanted.where(*in_reach(_STATES), _STATES[GONE].is_not(True), _in_night(_STATES)).cte("of_night")
    night = of_night.prefix_with("MATERIALIZED").c
    known = sa.select(*(every[name] for name in (*key, "observed_at"))).where(*in_reach(every)).subquery("known").c
    newer = sa.and_(*(night[name] == known[name] for name in key), known.observed_at > night.observed_at)
    rows = sa.select(*(night[name] for name in RUN_COLUMNS)).join_from(
        night.observed_at.table, known.observed_at.table, newer, isouter=True
    )
    return rows.where(known.observed_at.is_(None))


RUNS_KNOWN_AT = Query(
    name="runs_of_night_known_at",
    select=_known_at(),
    tables=(PIPELINE_RUNS.observations,),
    params={**_NIGHT, "as_of": datetime},
)


def _readings(*known: sa.ColumnElement[bool]) -> sa.Select[Any]:
    reads = READS.sql.c
    # No reading knows what comes after it, whatever it says. A failed one says nothing, and `least` passes over null.
    covers = sa.case((reads.covers_until.is_not(None), sa.func.least(reads.covers_until, reads.ended_at)))
    return (
        sa.select(
            reads.source,
            sa.func.max(covers).label("covers_until"),
            sa.func.arg_max_null(reads.error, reads.read_at).label("error"),
            sa.case(
                (sa.func.arg_max(reads.outcome, reads.read_at) == REMOVED, sa.func.max(reads.read_at)),
            ).label("removed_at"),
        )
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
    lately = sa.and_(_N.at >= _SINCE, _N.at < _START)
    last = [
        sa.func.arg_max_null(_N[name], _N.at).label(name) for name in ("source", "started_at", "ended_at", "status")
    ]
    good = sa.and_(_N.status == RunStatus.SUCCEEDED.value, _N.duration_s.is_not(None))
    # The last ones of each are kept while the runs are read; a window would sort them all.
    lasts = sa.func.arg_max(_N.duration_s, _N.at, sa.literal_column(f"{LAST_GOOD_RUNS}")).filter(good)
    lasting = (
        sa.select(_N.pipeline, sa.func.max(_N.at).label("at"), *last, lasts.label("lasts"))
        .where(lately)
        .group_by(_N.pipeline)
        .subquery()
    )
    return sa.select(
        *(column for column in lasting.c if column.name != "lasts"),
        sa.func.list_aggregate(lasting.c.lasts, "median", type_=sa.Double).label("middle"),
        sa.func.list_aggregate(lasting.c.lasts, "mad", type_=sa.Double).label("deviation"),
        sa.func.coalesce(sa.func.len(lasting.c.lasts), 0).label("count"),
    ).order_by(lasting.c.pipeline)


HABITS = Query(
    name="habits",
    select=_habits(),
    tables=(PIPELINE_RUNS,),
    params={"since": datetime, "start": datetime, "renamed": list},
    within=("since", "start"),
    ahead=True,
)
"""Of each pipeline its last run before a night, as far as it was at work in it, and what its good runs took."""

TOLD = Query(
    name="told",
    select=sa.select(_N.pipeline, sa.func.arg_max(_N.source, _N.at).label("source"), sa.func.min(_N.at).label("first"))
    .group_by(_N.pipeline)
    .order_by(_N.pipeline),
    tables=(PIPELINE_RUNS,),
    params={"renamed": list},
)
"""The source that told of each pipeline last, however long ago, and the first moment told of it."""

OWNERS = Query(
    name="owners",
    select=sa.select(_N.pipeline, _N.squad)
    .where(_N.at >= _SINCE, _N.at < _END, _N.squad.is_not(None))
    .distinct()
    .order_by(_N.pipeline, _N.squad),
    tables=(PIPELINE_RUNS,),
    params={"since": datetime, "end": datetime, "renamed": list},
)

_ZONE, _AHEAD = sa.bindparam("zone", type_=sa.Text), sa.bindparam("ahead", type_=sa.Integer)


def _night(runs: Any) -> sa.Label[Any]:
    began = sa.func.coalesce(runs.started_at, runs.at)
    wall = sa.func.timezone(_ZONE, began, type_=sa.DateTime) + sa.func.to_seconds(_AHEAD)
    return sa.cast(wall, sa.Date).label("night")


GOOD_ENDS = Query(
    name="good_ends",
    select=sa.select(_N.pipeline, _night(_N), sa.func.min(_N.ended_at).label("ended_at"))
    .where(
        _N.at >= _SINCE,
        _N.at < _UNTIL,
        _N.status.in_([RunStatus.SUCCEEDED.value, RunStatus.WARNING.value]),
        _N.ended_at.is_not(None),
    )
    .group_by(_N.pipeline, sa.text("night"))
    .order_by(_N.pipeline, sa.text("night")),
    tables=(PIPELINE_RUNS,),
    params={"since": datetime, "until": datetime, "zone": str, "ahead": int, "renamed": list},
    within=("since", "until"),
)
"""Of each pipeline and night, when its first good run ended, of those told between two moments. `ahead`: seconds from
the turn of a night to midnight."""

CONTENTS = Query(
    name="contents_of_nights",
    select=sa.select(
        _night(_RUNS),
        sa.cast(sa.func.sum(sa.func.hash(*(_RUNS[name] for name in (*RUN_COLUMNS, "squad")))), sa.Text).label(
            "content"
        ),
    )
    .where(_RUNS.at >= _SINCE, _RUNS.at < _UNTIL)
    .group_by(sa.text("night"))
    .order_by(sa.text("night")),
    tables=(PIPELINE_RUNS,),
    params={"since": datetime, "until": datetime, "zone": str, "ahead": int},
    within=("since", "until"),
)
"""Of each night what its runs are and whose, of those told between two moments, as one number that adds up: another
where a run came, went or changed. By DuckDB's own hash: a newer DuckDB may give another one, and every night is judged
anew. `ahead` as in GOOD_ENDS."""


def by_month(since: datetime, until: datetime) -> Iterator[dict[str, datetime]]:
    """The months (UTC) between two moments as `since` and `until` of questions asked of each alone, as the rows lie in
    the lake: the answers about those that are over stay the same."""
    first, more = since, True
    while more:
        month = first.astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
        last = min(until, (month + timedelta(days=32)).replace(day=1))
        yield {"since": first, "until": last}
        first, more = last, last < until
