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
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql.base import ReadOnlyColumnCollection
from sqlalchemy.sql.elements import KeyedColumnElement

from core.base.calendar import start_of
from core.facts.conditions import NO_VALUE, among, one_of, params_of
from core.facts.query import Query
from core.facts.tables import FactTable
from pages.reroutes.facts import HANDOVERS, TASKS, VOLUMES
from pages.reroutes.rules import Resolved

ROWS_SHOWN = 500
Columns = ReadOnlyColumnCollection[str, KeyedColumnElement[Any]]
Select = sa.Select[*tuple[Any, ...]]


@dataclass(frozen=True)
class Slice:
    """Which hand-overs are looked at: those of the days from `first` to `last`, both included, of a scope (None: all),
    from and to some entities, of some filières, moved in some ways; an empty tuple sets no limit. `only`: what a click
    on a chart asks for, a column of `ONLY` and its value each. `undated`: rows without a date count too, where their
    whole period lies within; false where it is known that there are none."""

    first: date
    last: date
    scope: Resolved | None = None
    origins: tuple[str, ...] = ()
    targets: tuple[str, ...] = ()
    lines: tuple[str, ...] = ()
    ways: tuple[str, ...] = ()
    only: tuple[tuple[str, str | int | None], ...] = ()
    undated: bool = True

    @property
    def days(self) -> int:
        """How many days it covers."""
        return (self.last - self.first).days + 1

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
            **{f"only_{name}": _wanted(only[name]) if name in only else () for name in ONLY},
            "scope": scope.entities if scope else (),
            "scope_end": scope.end if scope else "",
            "centres": (scope.centres if scope else None) or (),
            "by_centre": scope is not None and scope.centres is not None,
            "undated": self.undated,
        }


EVER = Slice(date(1900, 1, 1), date(9998, 12, 31))
"""All hand-overs."""


def _wanted(value: str | int | None) -> tuple[str | int, ...]:
    return (NO_VALUE if value is None else value,)


_LISTS = {"origins": "origin", "targets": "target", "lines": "line", "ways": "way"}
ONLY: dict[str, type] = {
    **dict.fromkeys(("origin_type", "target_type", "line", "placed", "final"), str),
    **dict.fromkeys(("weekday", "hour", "wait", "total"), int),
}
"""Columns by which a mark of a chart tells its hand-overs from others; a `weekday` is 1 on Mondays."""

_FIRST, _LAST = (sa.bindparam(name, type_=sa.Date()) for name in ("first", "last"))
_START, _END = (sa.bindparam(name, type_=sa.TIMESTAMP(timezone=True)) for name in ("start", "end"))
# Written out rather than bound, so that DuckDB plans for the one case that there is.
_SCOPE_END = sa.bindparam("scope_end", type_=sa.Text(), literal_execute=True)
_BY_CENTRE, _UNDATED = (
    sa.bindparam(name, type_=sa.Boolean(), literal_execute=True) for name in ("by_centre", "undated")
)


def _of_scope(h: Columns) -> sa.ColumnElement[bool]:
    """Whether a hand-over is of the scope: by the rerouter's centre where it is known, else by its entities."""
    origin, target = one_of("scope", h.origin), one_of("scope", h.target)
    ends = sa.cast(origin, sa.Integer) + sa.cast(target, sa.Integer)
    of_end = {"origin": origin, "target": target, "either": ends > 0, "both": ends == 2}
    by_entity = sa.case(*((_scope_is(end), inside) for end, inside in of_end.items()), else_=sa.true())
    return sa.case((_BY_CENTRE, sa.func.coalesce(one_of("centres", h.centre), by_entity)), else_=by_entity)


def _scope_is(end: str) -> sa.ColumnElement[bool]:
    return sa.literal_column(f"'{end}'") == _SCOPE_END


def _narrowed(h: Columns) -> list[sa.ColumnElement[bool]]:
    """The limits of a slice but its period."""
    picked = {name: weekday_of(h) if name == "weekday" else h[name] for name in ONLY}
    return [
        *(among(name, h[column]) for name, column in _LISTS.items()),
        *(among(f"only_{name}", column) for name, column in picked.items()),
        _of_scope(h),
    ]


def weekday_of(h: Columns) -> sa.ColumnElement[int]:
    """The weekday of the local day; Monday is 1."""
    return sa.func.isodow(h.day, type_=sa.Integer())


def _moved() -> sa.FromClause:
    """The hand-overs of a slice. A row that is void, or has no date, has no day either."""
    h = HANDOVERS.sql.c
    dated = sa.select(HANDOVERS.sql).where(h.day.between(_FIRST, _LAST), *_narrowed(h))
    within = sa.and_(_UNDATED, h.day.is_(None), sa.not_(h.void), h.moved_at >= _START, h.until <= _END)
    return sa.union_all(dated, sa.select(HANDOVERS.sql).where(within, *_narrowed(h))).subquery("moved")


def _dated() -> sa.FromClause:
    """The hand-overs of a slice, of every day."""
    h = HANDOVERS.sql.c
    return sa.select(HANDOVERS.sql).where(h.day.is_not(None), *_narrowed(h)).subquery("dated")


def query(name: str, select: Select, *tables: FactTable, cap: int = 100_000) -> Query:
    """A question that names its parameters itself."""
    return Query(name, select, tables, params_of(select), cap=cap)


def question(
    name: str, *further: FactTable, cap: int = 100_000, always: bool = False
) -> Callable[[Callable[[Columns], Select]], Query]:
    """A query, from a select over the columns of a slice's hand-overs; `always`: of every day, whatever its period."""

    def decorate(build: Callable[[Columns], Select]) -> Query:
        return query(name, build((_dated() if always else _moved()).c), HANDOVERS, *further, cap=cap)

    return decorate


COUNT = sa.func.count().label("handovers")
"""How many hand-overs."""


def times(condition: sa.ColumnElement[bool], name: str) -> sa.Label[int]:
    """How many hand-overs fulfil a condition."""
    return sa.func.count().filter(condition).label(name)


@question("handovers_by_day", always=True)
def by_day(h: Columns) -> Select:
    """Each local day that has any, whatever the period: hand-overs, tasks rerouted for the first (`tasks`) and for the
    second time (`again`), that came back for the first time (`pingpong`); `own`: of `tasks`, those that an entity of
    the scope gave away, which differs where the scope takes either end."""
    own = sa.case((_scope_is("either"), one_of("scope", h.origin)), else_=sa.true())
    by = (h.day, h.nth, h.back)
    grouped = sa.select(*by, own.label("own"), COUNT).group_by(*by, own).subquery("grouped")
    g = grouped.c

    def of(name: str, *conditions: sa.ColumnElement[bool]) -> sa.Label[Any]:
        return sa.func.coalesce(sa.func.sum(g.handovers).filter(*conditions), 0).label(name)

    select = sa.select(
        g.day,
        sa.func.sum(g.handovers).label("handovers"),
        of("tasks", g.nth == 1),
        of("again", g.nth == 2),
        of("pingpong", g.back == 1),
        of("own", g.nth == 1, g.own),
    )
    return select.group_by(g.day).order_by(g.day)


@question("undated")
def undated(h: Columns) -> Select:
    """How many hand-overs have no date, of how many tasks."""
    return sa.select(COUNT, sa.func.count(h.task.distinct()).label("tasks")).where(h.until.is_not(None))


_H = HANDOVERS.sql.c
UNDATED_IN_ALL = query(
    "undated_in_all",
    sa.select(COUNT).where(_H.day.is_(None), _H.until.is_not(None), sa.not_(_H.void)),
    HANDOVERS,
)

_T = TASKS.sql.c
COVERED = query(
    "covered",
    sa.select(sa.func.min(_T.placed_at).label("first"), sa.func.max(_T.last_at).label("last")).where(sa.not_(_T.void)),
    TASKS,
)
DISAGREEING = query(
    "disagreeing",
    sa.select(
        sa.func.count().label("tasks"),
        sa.func.count().filter(_T.recorded != _T.handovers).label("disagreeing"),
        sa.func.count().filter(_T.recorded > _T.handovers).label("more"),
        sa.func.count().filter(_T.midway).label("midway"),
    ).where(sa.not_(_T.void), _T.recorded.is_not(None), _T.placed_at >= _START, _T.placed_at < _END),
    TASKS,
)

ENTITIES = query(
    "entities",
    sa.union(
        sa.select(_H.origin.label("entity"), _H.origin_type.label("kind")).where(sa.not_(_H.void)),
        sa.select(_H.target, _H.target_type).where(sa.not_(_H.void)),
    )
    .subquery()
    .select()
    .order_by("entity", "kind"),
    HANDOVERS,
)
ROUTERS = query("routers", sa.select(_H.router).where(sa.not_(_H.void)).distinct().order_by(_H.router), HANDOVERS)
"""Versions of the router."""
CENTRES = query(
    "centres",
    sa.select(_H.centre, _H.line, _H.way, COUNT)
    .where(sa.not_(_H.void))
    .group_by(_H.centre, _H.line, _H.way)
    .order_by(_H.centre, _H.line, _H.way),
    HANDOVERS,
)

_V = VOLUMES.sql.c
ROUTED_IN = (_V.start < _END, _V.until > _START, _V.routed > 0)
ROUTED_SUM = sa.func.sum(_V.routed).label("routed")
ROUTED = query(
    "routed",
    sa.select(_V.start, _V.until, ROUTED_SUM)
    .where(*ROUTED_IN, sa.func.coalesce(one_of("entities", _V.entity), sa.true()))
    .group_by(_V.start, _V.until)
    .order_by(_V.start, _V.until),
    VOLUMES,
)
"""Tasks routed to some entities (None: to all), by the periods that volumes are given for."""


UNDATED_OF = query(
    "undated_of_a_source",
    sa.select(*_H).where(_H.source == sa.bindparam("source", type_=sa.Text()), _H.until.is_not(None), sa.not_(_H.void)),
    HANDOVERS,
)
