"""Questions about the hand-overs. Charts ask for counts, made in the database; only lists ask for rows.

What is looked at is a `Slice`. A question is built once for each set of limits in use, so that a limit that is not set
costs nothing, not even a comparison. Over 10^7 rows a screen has half a second; what the trials showed:

* The stored local `day` is compared and grouped, never the moment: half the time.
* `list_contains` is answered once a dictionary of the file, `IN` once a row. Two of them are added up rather than
  joined by OR, which would take the second one row by row.
* Counts by day are asked for all days at once: one pass answers for the period, the one before and every other one.
* A list in order of time is asked for its newest days alone, as the counts by day tell them (`frames.newest`).
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql.base import ReadOnlyColumnCollection
from sqlalchemy.sql.elements import KeyedColumnElement

from core.facts.query import Query
from core.facts.tables import FactTable
from pages.reroutes.derive import local_midnight
from pages.reroutes.facts import HANDOVERS, MAILS, TASKS, VOLUMES
from pages.reroutes.rules import Resolved

ROWS_SHOWN = 500
TEAM = {
    "act_row_id": "task",
    "Reference_extern": "reference",
    "ancienne_entite": "origin",
    "entite_cible_jour_modif_dli": "target",
    "filiere_cible": "line",
    "type_ancienne_entite": "origin_type",
    "type_entite_cible": "target_type",
    "mail_destinataire": "recipients",
}
"""The eight columns of the team's table, and what fills them."""

Columns = ReadOnlyColumnCollection[str, KeyedColumnElement[Any]]
Select = sa.Select[*tuple[Any, ...]]
Limits = tuple[str, ...]
Question = Callable[[Limits], Query]


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

    def ask(self, question: Question | Query) -> tuple[Query, dict[str, Any]]:
        """The query that answers a question for this slice, and its parameters."""
        query = question if isinstance(question, Query) else question(self.limits())
        told = self._told()
        return query, {name: told[name] for name in query.params}

    def limits(self) -> Limits:
        """What kinds of limits it sets: slices alike share their queries."""
        found = [name for name in _LISTS if getattr(self, name)] + [f"only:{name}" for name, _value in self.only]
        if self.scope:
            found += [f"scope:{self.scope.end}"] + (["centres"] if self.scope.centres is not None else [])
        return (*found, "undated") if self.undated else tuple(found)

    def _told(self) -> dict[str, Any]:
        scope = self.scope
        return {
            "first": self.first,
            "last": self.last,
            "start": local_midnight(self.first),
            "end": local_midnight(self.last + timedelta(days=1)),
            **{name: getattr(self, name) for name in _LISTS},
            "scope": scope.entities if scope else (),
            "centres": (scope.centres if scope else None) or (),
            **{f"only_{name}": value for name, value in self.only},
        }


_LISTS = {"origins": "origin", "targets": "target", "lines": "line", "ways": "way"}
ONLY: dict[str, type] = {
    **dict.fromkeys(("origin_type", "target_type", "line", "placed", "final"), str),
    **dict.fromkeys(("weekday", "hour", "wait", "total"), int),
}
"""Columns by which a mark of a chart tells its hand-overs from others; a `weekday` is 1 on Mondays."""

_FIRST, _LAST = (sa.bindparam(name, type_=sa.Date()) for name in ("first", "last"))
_START, _END = (sa.bindparam(name, type_=sa.TIMESTAMP(timezone=True)) for name in ("start", "end"))
_DAYS: dict[str, type] = {"first": date, "last": date}
_PERIOD: dict[str, type] = {"start": datetime, "end": datetime}


def _among(column: sa.ColumnElement[Any], name: str) -> sa.ColumnElement[bool]:
    return sa.func.list_contains(sa.bindparam(name), column, type_=sa.Boolean())


def _of_scope(h: Columns, end: str, by_centre: bool) -> sa.ColumnElement[bool]:
    """Whether a hand-over is of the scope: by the rerouter's centre where it is known, else by its entities."""
    origin, target = _among(h.origin, "scope"), _among(h.target, "scope")
    ends = sa.cast(origin, sa.Integer) + sa.cast(target, sa.Integer)
    by_entity: dict[str, sa.ColumnElement[bool]] = {
        "origin": origin,
        "target": target,
        "either": ends > 0,
        "both": ends == 2,
    }
    return sa.func.coalesce(_among(h.centre, "centres"), by_entity[end]) if by_centre else by_entity[end]


def _narrowed(h: Columns, limits: Limits) -> tuple[list[sa.ColumnElement[bool]], dict[str, type]]:
    """The limits of a slice but its period, as conditions and their parameters."""
    named = [name for name in _LISTS if name in limits]
    conditions = [_among(h[_LISTS[name]], name) for name in named]
    params: dict[str, type] = dict.fromkeys(named, list)
    for name in (limit.removeprefix("only:") for limit in limits if limit.startswith("only:")):
        column = _weekday(h) if name == "weekday" else h[name]
        conditions.append(column.is_not_distinct_from(sa.bindparam(f"only_{name}", type_=column.type)))
        params[f"only_{name}"] = ONLY[name]
    end = next((limit.removeprefix("scope:") for limit in limits if limit.startswith("scope:")), None)
    if end:
        conditions.append(_of_scope(h, end, "centres" in limits))
        params |= dict.fromkeys(("scope", "centres") if "centres" in limits else ("scope",), list)
    return conditions, params


def _weekday(h: Columns) -> sa.ColumnElement[int]:
    return sa.func.isodow(h.day, type_=sa.Integer())


def _moved(limits: Limits) -> tuple[sa.FromClause, dict[str, type]]:
    """The hand-overs of a slice, and its parameters. A row that is void, or has no date, has no day either."""
    h = HANDOVERS.sql.c
    conditions, params = _narrowed(h, limits)
    dated = sa.select(HANDOVERS.sql).where(h.day.between(_FIRST, _LAST), *conditions)
    if "undated" not in limits:
        return dated.subquery("moved"), {**_DAYS, **params}
    within = sa.and_(h.day.is_(None), sa.not_(h.void), h.moved_at >= _START, h.until <= _END)
    both = sa.union_all(dated, sa.select(HANDOVERS.sql).where(within, *conditions))
    return both.subquery("moved"), {**_DAYS, **_PERIOD, **params}


def _question(name: str, cap: int = 100_000, *further: FactTable) -> Callable[[Callable[[Columns], Select]], Question]:
    """A query for each set of limits, from a select over the hand-overs' columns."""

    def decorate(build: Callable[[Columns], Select]) -> Question:
        @lru_cache(maxsize=256)
        def ask(limits: Limits) -> Query:
            moved, params = _moved(limits)
            return Query(name, build(moved.c), (HANDOVERS, *further), params, cap=cap)

        return ask

    return decorate


_COUNT = sa.func.count().label("handovers")


def _times(condition: sa.ColumnElement[bool], name: str) -> sa.Label[int]:
    return sa.func.count().filter(condition).label(name)


@lru_cache(maxsize=256)
def by_day(limits: Limits) -> Query:
    """Each local day that has any, whatever the period: hand-overs, tasks rerouted for the first (`tasks`) and for the
    second time (`again`), that came back for the first time (`pingpong`); `own`: of `tasks`, those that an entity of
    the scope gave away, which differs where the scope takes either end."""
    h = HANDOVERS.sql.c
    limits = tuple(limit for limit in limits if limit != "undated")
    conditions, params = _narrowed(h, limits)
    own = _among(h.origin, "scope") if "scope:either" in limits else sa.true()
    grouped = (
        sa.select(h.day, h.nth, h.back, own.label("own"), _COUNT)
        .where(h.day.is_not(None), *conditions)
        .group_by(h.day, h.nth, h.back, own)
        .subquery("grouped")
    )
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
    return Query("handovers_by_day", select.group_by(g.day).order_by(g.day), (HANDOVERS,), params)


@_question("undated")
def undated(h: Columns) -> Select:
    """How many hand-overs have no date, of how many tasks."""
    return sa.select(_COUNT, sa.func.count(h.task.distinct()).label("tasks")).where(h.until.is_not(None))


@_question("ends")
def ends(h: Columns) -> Select:
    """Each combination of both ends, their types and the filière, in one pass rather than one for each."""
    both = (h.origin, h.target, h.origin_type, h.target_type, h.line)
    return sa.select(*both, _COUNT).group_by(*both).order_by(*both)


@_question("pairs", cap=50_000)
def pairs(h: Columns) -> Select:
    """Each pair of entities, the most frequent first."""
    return (
        sa.select(h.origin, h.target, _COUNT, _times(h.nth == 1, "tasks"), _times(h.back == 1, "pingpong"))
        .group_by(h.origin, h.target)
        .order_by(_COUNT.desc(), h.origin, h.target)
    )


@_question("pairs_met", cap=50_000)
def pairs_met(h: Columns) -> Select:
    """Which pairs of entities there were."""
    return sa.select(h.origin, h.target).distinct()


@_question("waits")
def waits(h: Columns) -> Select:
    """Each class of waiting (see `facts.WAITS`)."""
    return sa.select(h.wait, _COUNT).where(h.wait.is_not(None)).group_by(h.wait).order_by(h.wait)


@_question("hours")
def hours(h: Columns) -> Select:
    """Each weekday (Monday is 1) and local hour."""
    weekday = _weekday(h).label("weekday")
    return sa.select(weekday, h.hour, _COUNT).where(h.day.is_not(None)).group_by(weekday, h.hour)


@_question("rerouted_again")
def totals(h: Columns) -> Select:
    """Tasks whose second hand-over is among them, by the number of their hand-overs in all."""
    return sa.select(h.total, sa.func.count().label("again")).where(h.nth == 2).group_by(h.total)


@_question("rerouted_again_tasks", cap=ROWS_SHOWN)
def repeated(h: Columns) -> Select:
    """The tasks whose second hand-over is among them, the newest first."""
    return (
        sa.select(h.task, h.reference, h.total, h.placed, h.final, h.moved_at, h.router)
        .where(h.nth == 2)
        .order_by(h.moved_at.desc(), h.task)
    )


@_question("returns", cap=ROWS_SHOWN)
def returned(h: Columns) -> Select:
    """First returns A→B→A, the newest first: `target` is A, `origin` is B."""
    return (
        sa.select(h.task, h.reference, h.target, h.origin, h.moved_at, h.waited_s, h.total)
        .where(h.back == 1)
        .order_by(h.moved_at.desc(), h.task)
    )


@_question("rows", cap=ROWS_SHOWN)
def rows(h: Columns) -> Select:
    """The hand-overs themselves, the newest first."""
    kept = (h[name] for name in HANDOVERS.schema.names if name not in ("void", "step", "day", "hour", "wait"))
    return sa.select(*kept).order_by(h.moved_at.desc(), h.task, h.step)


@_question("team_extract", cap=ROWS_SHOWN)
def extract(h: Columns) -> Select:
    """The hand-overs in the team's own eight columns, the newest first."""
    columns = [h[column].label(name) for name, column in TEAM.items()]
    return sa.select(*columns).order_by(h.moved_at.desc(), h.task, h.step)


@_question("by_router")
def confusion(h: Columns) -> Select:
    """Rerouted tasks by the entity that the router chose, the one they ended in, and the version of the router."""
    router = sa.func.coalesce(h.router, sa.literal_column("''")).label("router")
    return (
        sa.select(h.placed, h.final, router, sa.func.count().label("tasks"))
        .where(h.nth == 1)
        .group_by(h.placed, h.final, h.router)
    )


@_question("examples", ROWS_SHOWN, MAILS)
def examples(h: Columns) -> Select:
    """One row a rerouted task that ended elsewhere than where the router put it, the newest first, as an example for
    the router; with its mail where one is known."""
    told = ("task", "reference", "placed", "final", "placed_at", "moved_at", "total", "line", "origin_type")
    m = MAILS.sql.c
    return (
        sa.select(
            *(h[name] for name in (*told, "target_type", "router")),
            m.received_at,
            m.sender,
            sa.func.coalesce(m.recipients, h.recipients).label("recipients"),
            m.header,
            m.body,
            m.attachments,
        )
        .outerjoin(MAILS.sql, m.task == h.task)
        .where(h.nth == 1, h.placed != h.final)
        .order_by(h.moved_at.desc(), h.task)
    )


_H = HANDOVERS.sql.c
UNDATED = Query(
    "undated_in_all",
    sa.select(_COUNT).where(_H.day.is_(None), _H.until.is_not(None), sa.not_(_H.void)),
    (HANDOVERS,),
    {},
)

_T = TASKS.sql.c
COVERED = Query(
    "covered",
    sa.select(sa.func.min(_T.placed_at).label("first"), sa.func.max(_T.last_at).label("last")).where(sa.not_(_T.void)),
    (TASKS,),
    {},
)
DISAGREEING = Query(
    "disagreeing",
    sa.select(
        sa.func.count().label("tasks"),
        sa.func.count().filter(_T.recorded != _T.handovers).label("disagreeing"),
        sa.func.count().filter(_T.recorded > _T.handovers).label("more"),
        sa.func.count().filter(_T.midway).label("midway"),
    ).where(sa.not_(_T.void), _T.recorded.is_not(None), _T.placed_at >= _START, _T.placed_at < _END),
    (TASKS,),
    dict(_PERIOD),
)

ENTITIES = Query(
    "entities",
    sa.union(
        sa.select(_H.origin.label("entity"), _H.origin_type.label("kind")).where(sa.not_(_H.void)),
        sa.select(_H.target, _H.target_type).where(sa.not_(_H.void)),
    )
    .subquery()
    .select()
    .order_by("entity", "kind"),
    (HANDOVERS,),
    {},
)
CENTRES = Query(
    "centres",
    sa.select(_H.centre, _H.line, _H.way, _COUNT)
    .where(sa.not_(_H.void))
    .group_by(_H.centre, _H.line, _H.way)
    .order_by(_H.centre, _H.line, _H.way),
    (HANDOVERS,),
    {},
)

_V = VOLUMES.sql.c
_ROUTED = (_V.start < _END, _V.until > _START, _V.routed > 0)
_SUM = sa.func.sum(_V.routed).label("routed")
ROUTED = Query(
    "routed",
    sa.select(_V.start, _V.until, _SUM)
    .where(*_ROUTED, sa.func.coalesce(_among(_V.entity, "entities"), sa.true()))
    .group_by(_V.start, _V.until)
    .order_by(_V.start, _V.until),
    (VOLUMES,),
    {**_PERIOD, "entities": list},
)
"""Tasks routed to some entities (None: to all), by the periods that volumes are given for."""

ROUTED_TO = Query(
    "routed_to",
    sa.select(_V.entity, _V.router, _SUM).where(*_ROUTED).group_by(_V.entity, _V.router).order_by(_V.entity, _V.router),
    (VOLUMES,),
    dict(_PERIOD),
)
"""Tasks routed, by entity and version of the router."""

UNDATED_OF = Query(
    "undated_of_a_source",
    sa.select(*_H).where(_H.source == sa.bindparam("source", type_=sa.Text()), _H.until.is_not(None), sa.not_(_H.void)),
    (HANDOVERS,),
    {"source": str},
)
