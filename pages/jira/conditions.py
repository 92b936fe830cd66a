"""Conditions on requests, that every question about the activity is made of. All take the same filters, and what a
figure counts is what shows its rows: so their numbers agree.

A filter is a list of the wanted values, empty for all (`core.facts.conditions`). Moments are UTC; days, weeks and
months are those of the screens' clock (`zone`). `left_out` and `waiting` come from the rules, in lower case.

One key of one Jira is one request, whatever sources tell of it: where `several` do, the newest state counts (when the
issue last changed, or was found gone), and of equals the one of the source that comes first by name. A source that does
not tell its Jira (an export) tells of the one that others name, where they name one (`site`).

A request is done where the category of its status says so, with or without a day of resolution; where no category is
told, where it has one. `over` are the statuses that are done.
"""

from collections.abc import Iterable
from datetime import date
from functools import cache
from typing import Any

import sqlalchemy as sa

from core.facts.conditions import (
    among,
    any_among,
    days_between,
    local_day,
    one_of,
    params_of,
    seconds_between,
)
from core.facts.query import Query
from core.facts.tables import FactTable
from pages.jira.facts import CHANGES, ISSUES, WORKLOGS
from pages.jira.rules import Asked

# Written out rather than bound: DuckDB plans around a condition only where it is written out that it cannot hold.
SEVERAL = sa.bindparam("several", type_=sa.Boolean, literal_execute=True)
SUBTASKS = sa.bindparam("subtasks", type_=sa.Boolean, literal_execute=True)
SLASH: Any = sa.literal_column("'/'")
COMMA: Any = sa.literal_column("', '")
NOTHING: Any = sa.literal_column("''")
LINE: Any = sa.literal_column("chr(10)")
BROWSE: Any = sa.literal_column("'/browse/'")
FORGOTTEN = "?"
"""Stands for somebody whose name is kept no longer."""
I = ISSUES.sql.c  # noqa: E741 - the issue, in every question
C = CHANGES.sql.c
W = WORKLOGS.sql.c

FILTERS = ("projects", "types", "clients", "statuses", "labels", "assignees")
START, END, NOW = (sa.bindparam(name, type_=sa.TIMESTAMP(timezone=True)) for name in ("start", "end", "now"))
QUERIES: dict[str, Query] = {}
"""Every question about the activity, by name."""
ALL = 10**12
"""The cap of an answer that other questions read: it is never cut."""


def query(
    name: str,
    select: sa.Select[*tuple[Any, ...]],
    *,
    tables: tuple[FactTable, ...] = (ISSUES,),
    cap: int = 100_000,
    upon: tuple[Query, ...] = (),
) -> Query:
    """A question; it takes the parameters that its statement names, and those of the questions that it reads."""
    params = params_of(select, *(source.params for source in upon))
    made = Query(name=f"jira_{name}", select=select, tables=tables, params=params, cap=cap, upon=upon)
    QUERIES[made.name] = made
    return made


def text(name: str) -> sa.BindParameter[str]:
    """A parameter that is a text."""
    return sa.bindparam(name, type_=sa.Text)


def lines(column: Any) -> Any:
    """The lines of a text as a list; an empty text has one, which is empty."""
    return sa.func.string_split(filled(column), LINE)


def filled(column: Any) -> Any:
    """A text, empty where there is none."""
    return sa.func.coalesce(column, NOTHING)


def clients(columns: Any) -> Any:
    """The codes of an issue's clients, one a line: the component within its project (`DATA/Sinistres`), since two
    projects may each have a component of one name; `DATA/` without a component."""
    between = sa.func.concat(LINE, columns.project, SLASH)
    return sa.func.concat(columns.project, SLASH, sa.func.replace(filled(columns.components), LINE, between))


def person(columns: Any) -> Any:
    """Who works on an issue: Jira's id, the name where an export knows no id, empty for nobody, FORGOTTEN for somebody
    whose name is kept no longer."""
    nobody = sa.case((columns.assigned, sa.literal_column(f"'{FORGOTTEN}'")), else_=NOTHING)
    return sa.func.coalesce(columns.assignee_id, columns.assignee, nobody)


def told_site(url: Any) -> Any:
    """The address of the Jira that an issue of this address is of; null where its source does not tell it."""
    address = sa.func.rtrim(sa.func.split_part(filled(url), BROWSE, 1), SLASH)
    return sa.func.nullif(sa.func.lower(address), NOTHING)


def site(columns: Any) -> Any:
    """The Jira that an issue is of; where that is not told, the only one that there is, or a nameless one."""
    return sa.func.coalesce(told_site(columns.url), text("site"))


@cache
def outdated() -> sa.ColumnElement[bool]:
    """Whether another source tells a newer state of the issue."""
    other = ISSUES.sql.alias("other")
    state = sa.func.greatest(other.c.updated_at, other.c.gone_at)
    place = sa.func.row_number().over(
        partition_by=(site(other.c), other.c.key), order_by=(state.desc(), other.c.source)
    )
    placed = sa.select(other.c.source, other.c.issue_id, place.label("place")).where(SEVERAL).subquery()
    this = sa.and_(placed.c.source == I.source, placed.c.issue_id == I.issue_id)
    return sa.select(sa.literal_column("1")).where(this, placed.c.place > sa.literal_column("1")).exists()


def there() -> list[sa.ColumnElement[bool]]:
    """Conditions: the newest state of an issue, and it is not gone."""
    return [I.gone_at.is_(None), sa.not_(outdated())]


@cache
def chosen(*, subtasks: bool = False) -> tuple[sa.ColumnElement[bool], ...]:
    """Conditions: the requests that pass the filters, without those that are gone; with `subtasks` also sub-tasks that
    pass them, where the rules count their time."""
    kind = sa.func.lower(filled(I.issue_type))
    request = sa.and_(sa.not_(I.subtask), sa.func.coalesce(I.level, 0) <= 0, sa.not_(one_of("left_out", kind)))
    return (
        *there(),
        sa.or_(request, sa.and_(I.subtask, SUBTASKS)) if subtasks else request,
        among("projects", I.project),
        any_among("types", lines(I.request_type)),
        among("statuses", I.status),
        any_among("labels", lines(I.labels)),
        among("assignees", person(I)),
        any_among("clients", lines(clients(I))),
    )


def created_in() -> list[sa.ColumnElement[bool]]:
    """Conditions: created in the period."""
    return [I.created_at >= START, I.created_at < END]


def resolved_in() -> list[sa.ColumnElement[bool]]:
    """Conditions: resolved in the period."""
    return [I.resolved_at >= START, I.resolved_at < END, DONE]


def each_client(*columns: Any, where: list[sa.ColumnElement[bool]]) -> Any:
    """Requests, a row for each of their clients that the filter wants: `client`, `part` (of one), and some columns."""
    codes = lines(clients(I))
    each = (
        sa.select(*columns, sa.func.unnest(codes).label("client"), (1.0 / sa.func.len(codes)).label("part"))
        .where(*chosen(), *where)
        .subquery()
    )
    return sa.select(each).where(among("clients", each.c.client)).subquery()


def count(*conditions: Any) -> Any:
    """How many rows, or how many of them fulfil some conditions."""
    return sa.func.count().filter(sa.and_(*conditions)) if conditions else sa.func.count()


def _with_subtasks(name: str) -> Any:
    """A time of a request, with that of its sub-tasks where the rules count it and Jira tells it."""
    return sa.case((SUBTASKS, sa.func.coalesce(I[f"all_{name}"], I[name])), else_=I[name]).label(name)


TIMES = {name: _with_subtasks(name) for name in ("estimate_s", "remaining_s", "spent_s")}
ESTIMATE_S, REMAINING_S, SPENT_S = (time.element for time in TIMES.values())


def _row(name: str) -> Any:
    """A column as rows show it: several values in one line, times with those of sub-tasks."""
    if name in TIMES:
        return TIMES[name]
    return sa.func.replace(I[name], LINE, COMMA).label(name) if name in _SEVERAL else I[name]


ROW_COLUMNS = (
    "key", "url", "project", "summary", "request_type", "components", "status", "category", "priority", "labels",
    "created_at", "resolved_at", "due_on", "estimate_s", "spent_s", "remaining_s", "progress_total_s",
    "progress_percent",
)  # fmt: skip
"""What rows of requests show to everybody: nobody's name."""
_SEVERAL = frozenset({"request_type", "components", "labels"})
ROWS = tuple(_row(name) for name in ROW_COLUMNS)
TYPE = filled(I.request_type)
STATUS = filled(I.status)

THE_ONE = sa.and_(I.key == text("key"), sa.or_(text("address") == NOTHING, I.url == text("address")))
"""The request of a key; of several Jiras that have one, that of an address."""

# --- how a request stands ---------------------------------------------------------------------------------------------

DONE: Any = sa.func.coalesce(I.category == sa.literal_column("'done'"), I.resolved_at.is_not(None))
UNRESOLVED = sa.and_(
    sa.or_(I.category.is_(None), I.category != sa.literal_column("'done'")),
    sa.or_(I.category.is_not(None), I.resolved_at.is_(None)),
)
"""Not done: in words that let DuckDB read the other columns of such requests alone."""
IN_PROGRESS = (UNRESOLVED, I.category == "indeterminate")
UNDATED = (DONE, I.resolved_at.is_(None))
"""Done, and nothing tells since when: such requests are counted in no period."""
CONTRADICTED = (UNRESOLVED, I.resolved_at.is_not(None))
"""Not done by their status, and yet with a day of resolution."""

MEASURED = (ESTIMATE_S > 0, SPENT_S > 0)
"""Whether a request has both times."""
DUE_STATES: dict[str, Any] = {
    "on_time": local_day(I.resolved_at) <= I.due_on,
    "late": local_day(I.resolved_at) > I.due_on,
    "without_date": I.due_on.is_(None),
}
"""How a resolved request stands to its due date."""
EMPTY: dict[str, Any] = {
    "summary": I.summary.is_(None),
    "assignee": sa.not_(sa.func.coalesce(I.assigned, I.assignee_given)),
    "request_type": I.request_type.is_(None),
    "client": I.components.is_(None),
    "estimate": I.estimate_s.is_(None),
    "due": I.due_on.is_(None),
}
"""When each of the fields that people are asked for is empty."""
LACKING = sa.or_(
    *(sa.and_(text("field") == name, empty) for name, empty in EMPTY.items()),
    sa.and_(
        text("other_field") != NOTHING, sa.func.list_contains(lines(I.blank), text("other_field"), type_=sa.Boolean)
    ),
)
"""Whether the field of the parameter `field` is empty, or that of `other_field`, which has no column of its own."""


def lacks(asked: Asked) -> Any:
    """Whether a request lacks a field that it is asked for; never, where its source does not tell of the field."""
    empty = EMPTY.get(asked.field)
    if empty is None:
        empty = sa.func.coalesce(sa.func.list_contains(lines(I.blank), asked.field, type_=sa.Boolean), sa.false())
    return empty if asked.since is None else sa.and_(empty, _since(asked.since))


def is_asked(asked: Asked) -> Any:
    """Whether a request is asked for a field, and its source tells of it."""
    known: Any = sa.true()
    if asked.field not in EMPTY:
        answered = sa.func.list_concat(lines(I.filled), lines(I.blank))
        known = sa.func.list_contains(answered, asked.field, type_=sa.Boolean)
    return known if asked.since is None else sa.and_(known, _since(asked.since))


def _since(day: date) -> Any:
    return local_day(I.created_at) >= day


def flags(asked: Iterable[Asked]) -> list[Any]:
    """Whether a request lacks each of some fields, as columns of a row: `no_<key>`."""
    return [sa.case((lacks(each), True), else_=False).label(f"no_{each.key}") for each in asked]


BAND_LIMITS = (7, 30, 90, 180)
"""Limits, in days, between the bands of open requests' ages."""
_age = days_between(local_day(I.created_at), local_day(NOW))
_numbers: list[Any] = [sa.literal_column(str(number)) for number in (*BAND_LIMITS, *range(len(BAND_LIMITS) + 1))]
_under = [_age < limit for limit in _numbers[: len(BAND_LIMITS)]]
BAND = sa.case(*zip(_under, _numbers[len(BAND_LIMITS) :], strict=False), else_=_numbers[-1])
"""Number of the band of ages that a request lies in."""

# --- how it moved -----------------------------------------------------------------------------------------------------

MOVES = sa.and_(sa.func.lower(C.field) == "status", C.after.is_not(None))
ITS_CHANGES = sa.and_(C.source == I.source, C.issue_id == I.issue_id)

_still_there = sa.or_(W.issue_updated_at.is_(None), W.issue_updated_at == I.updated_at)
ITS_WORKLOGS = sa.and_(W.source == I.source, W.issue_id == I.issue_id, _still_there)
"""Whether time was logged on an issue, and not deleted since."""


def stays(*where: Any) -> Any:
    """How long requests that pass the filters were in each status; `where` limits them further. See `_stays`."""
    return _stays(*chosen(), *where)


def _stays(*where: Any) -> Any:
    """How long issues were in each status: `source`, `issue_id`, `key`, `status`, `since`, `until` (null: it still is),
    `resolved_at`, `done`. Those alone whose history is told."""
    order = (C.at, sa.func.len(C.change_id), C.change_id, C.position)
    whole = (C.source, C.issue_id)
    first = sa.func.row_number().over(partition_by=whole, order_by=order) == sa.literal_column("1")
    until = sa.func.lead(C.at).over(partition_by=whole, order_by=order)
    columns = (*whole, C.at, C.before, C.after)
    moves = sa.select(*columns, until.label("until"), first.label("first")).where(MOVES).cte("moves")
    its_moves = sa.and_(moves.c.source == I.source, moves.c.issue_id == I.issue_id)
    whose = (I.source, I.issue_id, I.key, I.resolved_at, DONE.label("done"))
    began = (
        sa.select(
            *whose,
            sa.func.coalesce(moves.c.before, I.status, NOTHING).label("status"),
            I.created_at.label("since"),
            moves.c.at.label("until"),
        )
        .join_from(ISSUES.sql, moves, sa.and_(its_moves, moves.c.first), isouter=True)
        .where(sa.func.coalesce(I.history, moves.c.issue_id.is_not(None)), *where)
    )
    moved = (
        sa.select(*whose, moves.c.after, moves.c.at, moves.c.until)
        .join_from(ISSUES.sql, moves, its_moves)
        .where(sa.func.coalesce(I.history, sa.true()), *where)
    )
    return sa.union_all(began, moved).subquery()


def _cycles() -> sa.Select[Any]:
    stay = _stays(DONE, I.resolved_at.is_not(None))
    status = sa.func.lower(stay.c.status)
    end = sa.func.least(sa.func.coalesce(stay.c.until, stay.c.resolved_at), stay.c.resolved_at)
    worked = sa.and_(sa.not_(one_of("waiting", status)), sa.not_(one_of("over", status)), stay.c.since < end)
    of = (stay.c.source, stay.c.issue_id)
    return sa.select(
        *of,
        sa.func.min(sa.case((worked, stay.c.since))).label("begun_at"),
        sa.func.sum(sa.case((worked, seconds_between(stay.c.since, end)))).label("cycle_s"),
        *(
            sa.func.array_agg(moment).filter(worked).label(name)
            for name, moment in (("since", stay.c.since), ("until", end))
        ),
    ).group_by(*of)


CYCLES_OF_ALL = query("cycles_of_all", _cycles(), tables=(ISSUES, CHANGES), cap=ALL)
"""How long work on each resolved issue took, whatever the filters, a row for each whose history is told: `source`,
`issue_id`, `begun_at` (null: never worked on), `cycle_s` (the time in statuses that neither wait nor are done, up to
the resolution), and the parts that it is made of, as the lists `since` and `until`. Questions `upon` it join it by
`ITS_CYCLE`."""
CYCLE = CYCLES_OF_ALL.sql.c
ITS_CYCLE = sa.and_(CYCLE.source == I.source, CYCLE.issue_id == I.issue_id)
STAY = stays()
STAYED_IN = (
    sa.func.coalesce(STAY.c.until, NOW) >= START,
    STAY.c.since < END,
    sa.or_(STAY.c.until.is_not(None), sa.not_(STAY.c.done)),
)
"""Whether a stay lies in the period; where an issue came to rest, it does not stay."""
STAYED = sa.select(STAY.c.source, STAY.c.issue_id).where(*STAYED_IN, STAY.c.status == text("status"))
"""The issues that were in a status in the period."""
_at = sa.bindparam("at", type_=sa.TIMESTAMP(timezone=True))
STOOD = sa.select(STAY.c.source, STAY.c.issue_id).where(
    STAY.c.status == text("status"),
    STAY.c.since >= START,
    STAY.c.since < _at,
    sa.or_(STAY.c.until.is_(None), STAY.c.until >= _at),
)
"""The issues that stood in a status at a moment, and entered it in the period."""
