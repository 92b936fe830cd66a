"""Questions about the hand-overs. Charts ask for counts, made in the database; only lists ask for rows.

What is looked at is a `Slice`. A question is built once for each set of filters in use, so that a filter that is not
set costs nothing, not even a comparison.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from core.facts.table import FactTable
from core.query import Query
from pages.reroutes.derive import local_midnight
from pages.reroutes.facts import HANDOVERS, MAILS, TASKS, VOLUMES
from pages.reroutes.rules import Resolved

_H = HANDOVERS.sql.c
_START, _END = (sa.bindparam(name, type_=sa.TIMESTAMP(timezone=True)) for name in ("start", "end"))
_PERIOD = {"start": datetime, "end": datetime}
_COUNT = sa.func.count().label("handovers")
ROWS_SHOWN = 500
TASKS_SHOWN = 500
EXPORTED = tuple(name for name in HANDOVERS.schema.names if name not in ("void", "step", "day", "hour", "wait"))
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


@dataclass(frozen=True)
class Slice:
    """Which hand-overs are looked at: those of the days from `first` to `last`, both included, of a scope (None: all),
    from and to some entities, of some filières, moved in some ways; an empty tuple sets no limit."""

    first: date
    last: date
    scope: Resolved | None = None
    origins: tuple[str, ...] = ()
    targets: tuple[str, ...] = ()
    lines: tuple[str, ...] = ()
    ways: tuple[str, ...] = ()

    @property
    def days(self) -> int:
        """How many days it covers."""
        return (self.last - self.first).days + 1

    def before(self) -> "Slice":
        """The same over the period of the same length that ends the day before."""
        return replace(self, first=self.first - timedelta(days=self.days), last=self.first - timedelta(days=1))

    def params(self) -> dict[str, Any]:
        """What the queries built for it take."""
        asked: dict[str, Any] = {
            "start": local_midnight(self.first),
            "end": local_midnight(self.last + timedelta(days=1)),
        }
        lists = {name: list(getattr(self, name)) for name in _LISTS}
        asked |= {name: values for name, values in lists.items() if values}
        if self.scope:
            asked["scope"] = list(self.scope.entities)
            if self.scope.centres is not None:
                asked["centres"] = list(self.scope.centres)
        return asked

    def limits(self) -> tuple[str, ...]:
        """What kind of limits it sets: slices alike share their queries."""
        lists = [name for name in _LISTS if getattr(self, name)]
        if self.scope:
            lists += [f"scope:{self.scope.end}"] + (["centres"] if self.scope.centres is not None else [])
        return tuple(lists)


_LISTS = {"origins": _H.origin, "targets": _H.target, "lines": _H.line, "ways": _H.way}


def _among(column: sa.ColumnElement[Any], name: str) -> sa.ColumnElement[bool]:
    return column.in_(sa.bindparam(name, expanding=True, type_=sa.Text()))


def _of_scope(end: str, by_centre: bool) -> sa.ColumnElement[bool]:
    """Whether a hand-over is of the scope: by the rerouter's centre where it is known, else by its entities."""
    origin, target = _among(_H.origin, "scope"), _among(_H.target, "scope")
    by_entity = {
        "origin": origin,
        "target": target,
        "either": sa.or_(origin, target),
        "both": sa.and_(origin, target),
    }[end]
    if not by_centre:
        return by_entity
    return sa.or_(_among(_H.centre, "centres"), sa.and_(_H.centre.is_(None), by_entity))


def _conditions(limits: tuple[str, ...]) -> tuple[list[sa.ColumnElement[bool]], dict[str, type]]:
    """The WHERE of a slice, and its parameters. A row without a date counts where its whole period lies within."""
    found = [
        sa.not_(_H.void),
        _H.moved_at >= _START,
        _H.moved_at < _END,
        sa.or_(_H.until.is_(None), _H.until <= _END),
    ]
    params: dict[str, type] = dict(_PERIOD)
    for name, column in _LISTS.items():
        if name in limits:
            found.append(_among(column, name))
            params[name] = list
    for limit in limits:
        if limit.startswith("scope:"):
            by_centre = "centres" in limits
            found.append(_of_scope(limit.removeprefix("scope:"), by_centre))
            params |= {"scope": list} | ({"centres": list} if by_centre else {})
    return found, params


Select = sa.Select[*tuple[Any, ...]]
Question = Callable[[tuple[str, ...]], Query]


def _question(name: str, cap: int = 100_000, *further: FactTable) -> Callable[[Callable[[], Select]], Question]:
    """A query for each set of limits, from a select without any."""

    def decorate(build: Callable[[], Select]) -> Question:
        @lru_cache(maxsize=256)
        def ask(limits: tuple[str, ...]) -> Query:
            conditions, params = _conditions(limits)
            return Query(name, build().where(*conditions), (HANDOVERS, *further), params, cap=cap)

        return ask

    return decorate


def _times(condition: sa.ColumnElement[bool], name: str) -> sa.Label[int]:
    return sa.func.count().filter(condition).label(name)


_FIRST = _times(_H.nth == 1, "tasks")
_AGAIN = _times(_H.nth == 2, "again")
_BACK = _times(_H.back == 1, "pingpong")


@_question("handovers_by_day")
def by_day() -> Select:
    """Each local day: hand-overs, tasks rerouted for the first and for the second time, and that came back for the
    first time. The row without a day is that of the hand-overs whose date is not known."""
    return sa.select(_H.day, _COUNT, _FIRST, _AGAIN, _BACK).group_by(_H.day).order_by(_H.day)


@_question("undated_tasks")
def undated() -> Select:
    """How many hand-overs have no date, of how many tasks."""
    return sa.select(_COUNT, sa.func.count(_H.task.distinct()).label("tasks")).where(_H.until.is_not(None))


@_question("pairs", cap=50_000)
def pairs() -> Select:
    """Each pair of entities, the most frequent first."""
    return (
        sa.select(_H.origin, _H.target, _COUNT, _FIRST, _BACK)
        .group_by(_H.origin, _H.target)
        .order_by(_COUNT.desc(), _H.origin, _H.target)
    )


@_question("kinds")
def kinds() -> Select:
    """Each combination of types and filière."""
    return sa.select(_H.origin_type, _H.target_type, _H.line, _COUNT).group_by(_H.origin_type, _H.target_type, _H.line)


@_question("waits")
def waits() -> Select:
    """Each class of waiting (see `facts.WAITS`)."""
    return sa.select(_H.wait, _COUNT).where(_H.wait.is_not(None)).group_by(_H.wait).order_by(_H.wait)


@_question("hours")
def hours() -> Select:
    """Each weekday (Monday is 1) and local hour."""
    weekday = sa.func.isodow(_H.day, type_=sa.Integer).label("weekday")
    return sa.select(weekday, _H.hour, _COUNT).where(_H.day.is_not(None)).group_by(weekday, _H.hour)


@_question("repeated_tasks", cap=TASKS_SHOWN)
def repeated() -> Select:
    """Tasks whose last hand-over is among them and not their first, the most often rerouted first."""
    return (
        sa.select(_H.task, _H.reference, _H.total, _H.placed, _H.final, _H.moved_at, _H.router)
        .where(_H.nth > 1, _H.nth == _H.total)
        .order_by(_H.total.desc(), _H.moved_at.desc(), _H.task)
    )


@_question("returns", cap=TASKS_SHOWN)
def returned() -> Select:
    """First returns A→B→A, the newest first: `target` is A, `origin` is B."""
    return (
        sa.select(_H.task, _H.reference, _H.target, _H.origin, _H.moved_at, _H.waited_s, _H.total)
        .where(_H.back == 1)
        .order_by(_H.moved_at.desc(), _H.task)
    )


@_question("rows", cap=ROWS_SHOWN)
def rows() -> Select:
    """The hand-overs themselves, the newest first."""
    return sa.select(*(_H[name] for name in EXPORTED)).order_by(_H.moved_at.desc(), _H.task, _H.step)


@_question("team_extract", cap=ROWS_SHOWN)
def extract() -> Select:
    """The hand-overs in the team's own eight columns."""
    columns = [_H[column].label(name) for name, column in TEAM.items()]
    return sa.select(*columns).order_by(_H.moved_at, _H.task, _H.step)


@_question("by_router")
def confusion() -> Select:
    """Rerouted tasks by the entity that the router chose, the one they ended in, month and version of the router."""
    month = sa.cast(sa.func.date_trunc("month", _H.day), sa.Date).label("month")
    router = sa.func.coalesce(_H.router, sa.literal_column("''")).label("router")
    return (
        sa.select(_H.placed, _H.final, month, router, sa.func.count().label("tasks"))
        .where(_H.nth == 1)
        .group_by(_H.placed, _H.final, month, router)
    )


@_question("examples", ROWS_SHOWN, MAILS)
def examples() -> Select:
    """One row a rerouted task, as an example for the router; with its mail where one is known."""
    mails = MAILS.sql.c
    return (
        sa.select(
            _H.task,
            _H.reference,
            _H.placed,
            _H.final,
            _H.placed_at,
            _H.moved_at,
            _H.total,
            _H.line,
            _H.origin_type,
            _H.target_type,
            _H.router,
            mails.received_at,
            mails.sender,
            sa.func.coalesce(mails.recipients, _H.recipients).label("recipients"),
            mails.header,
            mails.body,
            mails.attachments,
        )
        .join_from(HANDOVERS.sql, MAILS.sql, mails.task == _H.task, isouter=True)
        .where(_H.nth == 1, _H.placed != _H.final)
        .order_by(_H.moved_at, _H.task)
    )


WINDOW = Query(
    "window",
    sa.select(sa.func.min(_H.day).label("first"), sa.func.max(_H.day).label("last"), _COUNT).where(sa.not_(_H.void)),
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
ROUTED = Query(
    "routed",
    sa.select(
        _V.entity,
        _V.start,
        _V.until,
        _V.router,
        sa.func.sum(_V.routed).label("routed"),
    )
    .where(_V.start < _END, _V.until > _START, _V.routed > 0)
    .group_by(_V.entity, _V.start, _V.until, _V.router)
    .order_by(_V.start, _V.entity),
    (VOLUMES,),
    dict(_PERIOD),
    cap=2_000_000,
)

UNDATED_OF = Query(
    "undated_of_a_source",
    sa.select(*_H).where(_H.source == sa.bindparam("source", type_=sa.Text()), _H.until.is_not(None), sa.not_(_H.void)),
    (HANDOVERS,),
    {"source": str},
)

CHARTS: tuple[Question, ...] = (by_day, pairs, kinds, waits, hours, repeated, returned, rows, confusion)
"""What the screen's charts and lists ask, for the bench."""
