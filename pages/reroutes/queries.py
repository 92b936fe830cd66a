"""Questions about the hand-overs. Charts ask for counts, made in the database; only lists ask for rows.

What is looked at is a `Slice`; every question takes all its limits, and one that is not set costs nothing, not even a
comparison (`core.facts.conditions`). Over 10^7 rows a screen has half a second; what the trials showed:

* The stored local `day` is compared and grouped, never the moment: half the time.
* `list_contains` is answered once a dictionary of the file, `IN` once a row. Two of them are added up rather than
  joined by OR, which would take the second one row by row.
* Counts by day are asked for all days at once: one pass answers for the period, the one before and every other one.
* A list in order of time is asked for its newest days alone, as the counts by day tell them (`frames.newest`).
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql.base import ReadOnlyColumnCollection
from sqlalchemy.sql.elements import KeyedColumnElement

from core.base.calendar import start_of
from core.facts.conditions import NO_VALUE, among, any_among, either, one_of, params_of
from core.facts.query import Query
from core.facts.tables import FactTable
from pages.reroutes.facts import HANDOVERS, TASKS, VOLUMES
from pages.reroutes.rules import Resolved

ROWS_SHOWN = 250
Columns = ReadOnlyColumnCollection[str, KeyedColumnElement[Any]]
Select = sa.Select[*tuple[Any, ...]]


@dataclass(frozen=True)
class Slice:
    """Which hand-overs are looked at: those of the days from `first` to `last`, both included, of a scope (None: all),
    from and to some entities, with some at either end, of some filières, moved in some ways, of tasks placed by some
    versions of the router; an empty tuple sets no limit. `only`: what a click on a chart asks for, a column of `ONLY`
    and its value each. `undated`: rows without a date count too, where their whole period lies within; false where it
    is known that there are none."""

    first: date
    last: date
    scope: Resolved | None = None
    origins: tuple[str, ...] = ()
    targets: tuple[str, ...] = ()
    through: tuple[str, ...] = ()
    lines: tuple[str, ...] = ()
    ways: tuple[str, ...] = ()
    only: tuple[tuple[str, str | int | None], ...] = ()
    versions: tuple[str, ...] = ()
    undated: bool = True

    @property
    def days(self) -> int:
        """How many days it covers."""
        return (self.last - self.first).days + 1

    @property
    def places(self) -> tuple[str, ...] | None:
        """Entities in which the router placed the tasks of the slice's scope and origins; None for any."""
        scope = self.scope.entities if self.scope else None
        if not self.origins:
            return scope
        return tuple(origin for origin in self.origins if scope is None or origin in scope)

    @property
    def of_tasks(self) -> bool:
        """Whether where tasks were placed says which of them it is about: only then does it have a rate."""
        by_place = self.scope is None or (self.scope.centres is None and self.scope.end != "target")
        return by_place and not (self.targets or self.through or self.lines or self.ways or self.only)

    def before(self) -> "Slice":
        """The same over the period of the same length that ends the day before."""
        return replace(self, first=self.first - timedelta(days=self.days), last=self.first - timedelta(days=1))

    def params(self, query: Query) -> dict[str, Any]:
        """What a query takes to answer for this slice."""
        values = self.values()
        return {name: values[name] for name in query.params}

    def values(self) -> dict[str, Any]:
        """What questions take of a slice, by name."""
        scope, only = self.scope, dict(self.only)
        return {
            "first": self.first,
            "last": self.last,
            "start": start_of(self.first),
            "end": start_of(self.last + timedelta(days=1)),
            **{name: getattr(self, name) for name in _LISTS},
            "through": self.through,
            "places": self.places if self.places is not None else (),
            "placed_anywhere": self.places is None,
            **{f"only_{name}": _wanted(only[name]) if name in only else () for name in ONLY},
            "scope": scope.entities if scope else (),
            "scope_end": scope.end if scope else "",
            "centres": (scope.centres if scope else None) or (),
            "scoped": scope is not None,
            "by_centre": scope is not None and scope.centres is not None,
            "undated": self.undated,
        }


EVER = Slice(date(1900, 1, 1), date(9998, 12, 31))
"""All hand-overs."""


def _wanted(value: str | int | None) -> tuple[str | int, ...]:
    return (NO_VALUE if value is None else value,)


_LISTS = {"origins": "origin", "targets": "target", "lines": "line", "ways": "way", "versions": "router"}
ONLY: dict[str, type] = {
    **dict.fromkeys(("origin_type", "target_type", "line", "placed", "final", "task"), str),
    **dict.fromkeys(("weekday", "hour", "wait", "total"), int),
}
"""Columns by which a mark of a chart tells its hand-overs from others; a `weekday` is 1 on Mondays."""

_FIRST, _LAST = (sa.bindparam(name, type_=sa.Date()) for name in ("first", "last"))
_START, _END = (sa.bindparam(name, type_=sa.TIMESTAMP(timezone=True)) for name in ("start", "end"))
# Written out rather than bound, so that DuckDB plans for the one case that there is.
_SCOPE_END = sa.bindparam("scope_end", type_=sa.Text(), literal_execute=True)
_UNDATED = sa.bindparam("undated", type_=sa.Boolean(), literal_execute=True)


def _of_scope(h: Columns) -> sa.ColumnElement[bool]:
    """Whether a hand-over is of the scope: by the rerouter's centre where it is known, else by its entities."""
    origin, target = one_of("scope", h.origin), one_of("scope", h.target)
    ends = sa.cast(origin, sa.Integer) + sa.cast(target, sa.Integer)
    of_end = {"origin": origin, "target": target, "either": ends > 0, "both": ends == 2}
    by_entity = sa.case(*((_scope_is(end), inside) for end, inside in of_end.items()), else_=sa.true())
    by_centre = sa.func.coalesce(one_of("centres", h.centre), by_entity)
    return either("scoped", either("by_centre", by_centre, by_entity), sa.true())


def _scope_is(end: str) -> sa.ColumnElement[bool]:
    return sa.literal_column(f"'{end}'") == _SCOPE_END


def _narrowed(h: Columns) -> list[sa.ColumnElement[bool]]:
    """The limits of a slice but its period."""
    picked = {name: weekday_of(h) if name == "weekday" else h[name] for name in ONLY}
    return [
        *(among(name, h[column]) for name, column in _LISTS.items()),
        *(among(f"only_{name}", column) for name, column in picked.items()),
        any_among("through", sa.func.list_value(h.origin, h.target)),
        _of_scope(h),
    ]


def weekday_of(h: Columns) -> sa.ColumnElement[int]:
    """The weekday of the local day; Monday is 1."""
    return sa.func.isodow(h.day, type_=sa.Integer())


@cache
def _moved(*, undated: bool) -> sa.FromClause:
    """The hand-overs of a slice; also those without a date, or not. A row that is void, or has no date, has no day
    either."""
    h = HANDOVERS.sql.c
    dated = sa.select(HANDOVERS.sql).where(h.day.between(_FIRST, _LAST), *_narrowed(h))
    if not undated:
        return dated.subquery("moved")
    within = sa.and_(_UNDATED, h.day.is_(None), sa.not_(h.void), h.moved_at >= _START, h.until <= _END)
    return sa.union_all(dated, sa.select(HANDOVERS.sql).where(within, *_narrowed(h))).subquery("moved")


@cache
def _dated() -> sa.FromClause:
    """The hand-overs of a slice, of every day."""
    h = HANDOVERS.sql.c
    return sa.select(HANDOVERS.sql).where(h.day.is_not(None), *_narrowed(h)).subquery("dated")


def query(
    name: str, select: Select, *tables: FactTable, cap: int = 100_000, shorter: tuple[str, Select] | None = None
) -> Query:
    """A question that names its parameters itself."""
    return Query(name, select, tables, params_of(select), cap=cap, shorter=shorter)


def question(
    name: str, *further: FactTable, cap: int = 100_000, always: bool = False
) -> Callable[[Callable[[Columns], Select]], Query]:
    """A query, from a select over the columns of a slice's hand-overs; `always`: of every day, whatever its period."""

    def decorate(build: Callable[[Columns], Select]) -> Query:
        if always:
            return query(name, build(_dated().c), HANDOVERS, *further, cap=cap)
        all_of, dated = (build(_moved(undated=undated).c) for undated in (True, False))
        return query(name, all_of, HANDOVERS, *further, cap=cap, shorter=("undated", dated))

    return decorate


COUNT = sa.func.count().label("handovers")
"""How many hand-overs."""


def times(condition: sa.ColumnElement[bool], name: str) -> sa.Label[int]:
    """How many hand-overs fulfil a condition."""
    return sa.func.count().filter(condition).label(name)


@question("handovers_by_day", always=True)
def by_day(h: Columns) -> Select:
    """Each local day that has any, whatever the period: hand-overs, and those of them that are their task's first."""
    first = sa.func.count().filter(h.nth == 1).label("first")
    return sa.select(h.day, COUNT, first).group_by(h.day).order_by(h.day)


@question("rerouted_tasks_of_a_slice")
def counted(h: Columns) -> Select:
    """Distinct tasks by the number of their hand-overs in all (`total`): those that have any hand-over of the slice
    (`tasks`), two or more (`again`), one that took them straight back (`pingpong`), one that took them back later
    (`later`)."""
    by_task = (
        sa.select(
            sa.func.max(h.total).label("total"),
            sa.func.count().label("times"),
            sa.func.bool_or(h.back.is_not(None)).label("back"),
            sa.func.bool_or(h.loop > 2).label("later"),
        )
        .group_by(h.task)
        .subquery("by_task")
    )
    t = by_task.c
    return sa.select(
        t.total,
        sa.func.count().label("tasks"),
        sa.func.count().filter(t.times > 1).label("again"),
        sa.func.count().filter(t.back).label("pingpong"),
        sa.func.count().filter(t.later).label("later"),
    ).group_by(t.total)


@question("undated")
def undated(h: Columns) -> Select:
    """How many hand-overs have no date."""
    return sa.select(COUNT).where(h.until.is_not(None))


_H = HANDOVERS.sql.c
UNDATED_PERIODS = query(
    "undated_periods",
    sa.select(_H.moved_at.label("start"), _H.until, COUNT)
    .where(_H.day.is_(None), _H.until.is_not(None), sa.not_(_H.void))
    .group_by(_H.moved_at, _H.until)
    .order_by(_H.until, _H.moved_at),
    HANDOVERS,
)
"""Periods of the hand-overs without a date."""

_T = TASKS.sql.c
_OF_A_LOG = (sa.not_(_T.void), _T.day.is_not(None))
EARLIER = query(
    "of_an_earlier_version",
    sa.select(sa.func.count().label("tasks")).where(sa.not_(_T.void), _T.day.is_(None), _T.until.is_(None)),
    TASKS,
)
"""Tasks of an earlier version, which did not tell when they were routed: the next reading derives them anew."""
COVERED = query(
    "covered",
    sa.select(
        sa.func.min(_T.placed_at).label("first"),
        sa.func.max(_T.last_at).label("last"),
        sa.func.min(_T.last_at).label("first_end"),
        sa.func.coalesce(sa.func.bool_or(_T.whole), sa.false()).label("whole"),
    ).where(*_OF_A_LOG),
    TASKS,
)
"""First and last moment that is told of; when the first task was over; whether any log tells of every task."""
_PLACED = sa.or_(
    sa.bindparam("placed_anywhere", type_=sa.Boolean(), literal_execute=True),
    sa.func.coalesce(one_of("places", _T.placed), sa.false()),
)
_COHORT = (*_OF_A_LOG, _T.day.between(_FIRST, _LAST), _PLACED, among("versions", _T.router))
_UNDATED_TASK = sa.and_(_T.day.is_(None), _T.until.is_not(None), _T.placed_at >= _START, _T.until <= _END)
IN_THE_DAYS = sa.or_(_T.day.between(_FIRST, _LAST), _UNDATED_TASK)
"""Tasks routed in a slice's days; of those without a date, those whose whole period lies within."""
ONLY_WHOLE = sa.bindparam("only_whole", type_=sa.Boolean(), literal_execute=True)
COHORT_OF_LOGS = (*_COHORT, _T.whole, sa.not_(_T.midway))
"""Tasks routed in a slice's days and places that logs tell of from their beginning, with every other one."""
DISAGREEING = query(
    "disagreeing",
    sa.select(
        sa.func.count().label("tasks"),
        sa.func.count().filter(_T.recorded != _T.handovers).label("disagreeing"),
        sa.func.count().filter(_T.recorded > _T.handovers).label("more"),
    ).where(*_OF_A_LOG, _T.recorded.is_not(None), _T.day.between(_FIRST, _LAST)),
    TASKS,
)
COHORT = query(
    "routed_by_day",
    sa.select(
        _T.day,
        sa.func.count().filter(_T.whole, sa.not_(_T.midway)).label("routed"),
        sa.func.count().filter(_T.whole, sa.not_(_T.midway), _T.handovers > 0).label("rerouted"),
        sa.func.count().filter(_T.midway).label("midway"),
    )
    .where(*_COHORT)
    .group_by(_T.day)
    .order_by(_T.day),
    TASKS,
)
"""Tasks by the day on which they were routed: those known from their beginning in logs that hold every one, and how
many of these were rerouted, whenever that was; those met in mid-life."""
REROUTED = query(
    "rerouted_by_day",
    sa.select(
        _T.placed,
        _T.day,
        sa.case((_T.day.is_(None), _T.placed_at)).label("start"),
        _T.until,
        sa.func.count().label("rerouted"),
    )
    .where(
        sa.not_(_T.void),
        sa.not_(_T.midway),
        _T.handovers > 0,
        IN_THE_DAYS,
        _PLACED,
        among("versions", _T.router),
    )
    .group_by(_T.placed, _T.day, sa.case((_T.day.is_(None), _T.placed_at)), _T.until),
    TASKS,
)
"""Rerouted tasks by where and on which day they were routed; by their period where they have no date."""
VERSIONS = query(
    "router_versions",
    sa.select(_T.router, sa.func.min(_T.day).label("since"))
    .where(*_OF_A_LOG, sa.not_(_T.midway), _T.router.is_not(None))
    .group_by(_T.router)
    .order_by("since", _T.router),
    TASKS,
)
"""Versions of the router, and the day on which each first placed a task."""

_V = VOLUMES.sql.c
ENTITIES = query(
    "entities",
    sa.union(
        sa.select(_H.origin.label("entity"), _H.origin_type.label("kind")).where(sa.not_(_H.void)),
        sa.select(_H.target, _H.target_type).where(sa.not_(_H.void)),
        sa.select(_T.placed, sa.null()).where(sa.not_(_T.void)).distinct(),
    )
    .subquery()
    .select()
    .order_by("entity", "kind"),
    HANDOVERS,
    TASKS,
)
SOURCES = query(
    "sources", sa.select(sa.func.count(_H.source.distinct()).label("sources")).where(sa.not_(_H.void)), HANDOVERS
)
CENTRES = query(
    "centres",
    sa.select(_H.centre, _H.line, _H.way, COUNT)
    .where(sa.not_(_H.void))
    .group_by(_H.centre, _H.line, _H.way)
    .order_by(_H.centre, _H.line, _H.way),
    HANDOVERS,
)

ROUTED = query(
    "routed_volumes_of_a_time",
    sa.select(_V.entity, _V.start, _V.until, sa.func.sum(_V.routed).label("routed"))
    .where(_V.start < _END, _V.until > _START, _V.routed > 0, among("versions", _V.router))
    .group_by(_V.entity, _V.start, _V.until)
    .order_by(_V.start, _V.until, _V.entity),
    VOLUMES,
)
"""Tasks routed, as tables of volumes tell: by entity as they write it, and by the periods that they give."""
TOLD_TWICE = query(
    "tasks_told_twice",
    sa.select(sa.func.count().label("tasks")).select_from(
        sa.select(_T.task)
        .where(sa.not_(_T.void), _T.handovers > 0)
        .group_by(_T.task)
        .having(sa.func.count(_T.source.distinct()) > 1)
        .subquery()
    ),
    TASKS,
)
"""How many rerouted tasks several sources tell of."""
