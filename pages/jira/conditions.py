"""Conditions on requests, that every question about the activity is made of. All take the same filters, and what a
figure counts is what shows its rows: so their numbers agree.

A filter is a list of the wanted values, empty for all (`core.facts.conditions`). Moments are UTC; days, weeks and
months are those of the screens' clock (`zone`). `left_out` and `waiting` come from the rules, in lower case.

One key is one request, whatever sources tell of it: where `several` do, the newest state counts (when the issue last
changed, or was found gone), and of equals the one of the source that comes first by name.
"""

from typing import Any

import sqlalchemy as sa

from core.facts.conditions import among, any_among, days_between, local_day, one_of, params_of, seconds_between
from core.facts.query import Query
from core.facts.tables import FactTable
from pages.jira.facts import CHANGES, ISSUES

# Written out rather than bound: DuckDB plans around a condition only where it is written out that it cannot hold.
SEVERAL = sa.bindparam("several", type_=sa.Boolean, literal_execute=True)
SLASH: Any = sa.literal_column("'/'")
COMMA: Any = sa.literal_column("', '")
NOTHING: Any = sa.literal_column("''")
LINE: Any = sa.literal_column("chr(10)")
I = ISSUES.sql.c  # noqa: E741 - the issue, in every question
C = CHANGES.sql.c

FILTERS = ("projects", "types", "clients", "statuses", "labels", "assignees")
START, END, NOW = (sa.bindparam(name, type_=sa.TIMESTAMP(timezone=True)) for name in ("start", "end", "now"))
QUERIES: dict[str, Query] = {}
"""Every question about the activity, by name."""


def query(
    name: str,
    select: sa.Select[*tuple[Any, ...]],
    *,
    tables: tuple[FactTable, ...] = (ISSUES,),
    cap: int = 100_000,
) -> Query:
    """A question; it takes the parameters that its statement names."""
    made = Query(name=f"jira_{name}", select=select, tables=tables, params=params_of(select), cap=cap)
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
    """Who works on an issue: Jira's id, the name where an export knows no id, empty for nobody."""
    return sa.func.coalesce(columns.assignee_id, columns.assignee, NOTHING)


def outdated() -> sa.ColumnElement[bool]:
    """Whether another source tells a newer state of the issue."""
    other = ISSUES.sql.alias("other")
    state = sa.func.greatest(other.c.updated_at, other.c.gone_at)
    place = sa.func.row_number().over(partition_by=other.c.key, order_by=(state.desc(), other.c.source))
    placed = sa.select(other.c.source, other.c.issue_id, place.label("place")).where(SEVERAL).subquery()
    this = sa.and_(placed.c.source == I.source, placed.c.issue_id == I.issue_id)
    return sa.select(sa.literal_column("1")).where(this, placed.c.place > sa.literal_column("1")).exists()


def there() -> list[sa.ColumnElement[bool]]:
    """Conditions: the newest state of an issue, and it is not gone."""
    return [I.gone_at.is_(None), sa.not_(outdated())]


def chosen() -> list[sa.ColumnElement[bool]]:
    """Conditions: the requests that pass the filters, without those that are gone."""
    kind = sa.func.lower(filled(I.issue_type))
    return [
        *there(),
        sa.not_(I.subtask),
        sa.func.coalesce(I.level, 0) <= 0,
        sa.not_(one_of("left_out", kind)),
        among("projects", I.project),
        any_among("types", lines(I.request_type)),
        among("statuses", I.status),
        any_among("labels", lines(I.labels)),
        among("assignees", person(I)),
        any_among("clients", lines(clients(I))),
    ]


def created_in() -> list[sa.ColumnElement[bool]]:
    """Conditions: created in the period."""
    return [I.created_at >= START, I.created_at < END]


def resolved_in() -> list[sa.ColumnElement[bool]]:
    """Conditions: resolved in the period."""
    return [I.resolved_at >= START, I.resolved_at < END]


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


def _row(name: str) -> Any:
    """A column as rows show it: several values in one line."""
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

# --- how a request stands ---------------------------------------------------------------------------------------------

UNRESOLVED = I.resolved_at.is_(None)
IN_PROGRESS = (UNRESOLVED, I.category == "indeterminate")
MEASURED = (I.estimate_s > 0, I.spent_s > 0)
"""Whether a request has both times."""
DUE_STATES: dict[str, Any] = {
    "on_time": local_day(I.resolved_at) <= I.due_on,
    "late": local_day(I.resolved_at) > I.due_on,
    "without_date": I.due_on.is_(None),
}
"""How a resolved request stands to its due date."""
EMPTY: dict[str, Any] = {
    "summary": I.summary.is_(None),
    "assignee": sa.not_(I.assignee_given),
    "request_type": I.request_type.is_(None),
    "client": I.components.is_(None),
    "estimate": I.estimate_s.is_(None),
    "due": I.due_on.is_(None),
}
"""When each of the fields that people are asked for is empty."""
FLAGS = tuple(sa.case((empty, True), else_=False).label(f"no_{name}") for name, empty in EMPTY.items())
"""The same as columns of a row: `no_<field>`."""
LACKING = sa.or_(*(sa.and_(text("field") == name, empty) for name, empty in EMPTY.items()))
"""Whether the field of the parameter `field` is empty."""
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
BEGUN = (
    sa.select(C.source, C.issue_id, sa.func.min(C.at).label("begun_at"))
    .where(MOVES, sa.not_(one_of("waiting", sa.func.lower(C.after))))
    .group_by(C.source, C.issue_id)
    .subquery()
)
"""When work on each issue began: its first move to a status that is no waiting one."""
ITS_BEGIN = sa.and_(BEGUN.c.source == I.source, BEGUN.c.issue_id == I.issue_id)
CYCLE_S = seconds_between(BEGUN.c.begun_at, I.resolved_at)


def _stays() -> Any:
    """How long each issue was in each status: `key`, `status`, `since`, `until` (null: it still is), `resolved_at`."""
    place = sa.func.row_number().over(partition_by=(C.source, C.issue_id), order_by=(C.at, C.change_id, C.position))
    first = sa.select(C.source, C.issue_id, C.before, place.label("place")).where(MOVES).subquery()
    its_first = sa.and_(first.c.source == I.source, first.c.issue_id == I.issue_id, first.c.place == 1)
    status = sa.func.coalesce(first.c.before, I.status, "")
    began = (
        sa.select(I.source, I.issue_id, I.key, I.created_at.label("at"), status.label("status"), I.resolved_at)
        .join_from(ISSUES.sql, first, its_first, isouter=True)
        .where(*chosen())
    )
    moved = sa.select(I.source, I.issue_id, I.key, C.at, C.after, I.resolved_at).join_from(
        ISSUES.sql, CHANGES.sql, ITS_CHANGES
    )
    both = sa.union_all(began, moved.where(*chosen(), MOVES)).subquery()
    until = sa.func.lead(both.c.at).over(partition_by=(both.c.source, both.c.issue_id), order_by=both.c.at)
    since = both.c.at.label("since")
    return sa.select(both.c.key, both.c.status, since, until.label("until"), both.c.resolved_at).subquery()


STAY = _stays()
STAYED_IN = (
    sa.func.coalesce(STAY.c.until, NOW) >= START,
    STAY.c.since < END,
    sa.or_(STAY.c.until.is_not(None), STAY.c.resolved_at.is_(None)),
)
"""Whether a stay lies in the period; where an issue came to rest, it does not stay."""
STAYED = sa.select(STAY.c.key).where(*STAYED_IN, STAY.c.status == text("status"))
"""Keys of the issues that were in a status in the period."""
_at = sa.bindparam("at", type_=sa.TIMESTAMP(timezone=True))
STOOD = sa.select(STAY.c.key).where(
    STAY.c.status == text("status"),
    STAY.c.since >= START,
    STAY.c.since < _at,
    sa.or_(STAY.c.until.is_(None), STAY.c.until >= _at),
)
"""Keys of the issues that stood in a status at a moment, and entered it in the period."""
