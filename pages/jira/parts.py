"""What the questions about the activity are made of. All take the same filters, so that figures and rows agree.

A filter is a list of the wanted values, empty for all (`core.facts.conditions`). Moments are UTC; days, weeks and
months are those of the screens' clock (`zone`). `left_out` and `waiting` come from the rules, in lower case.

One key is one request, whatever sources tell of it: where `several` do, the newest state counts (when the issue last
changed, or was found gone), and of equals the one of the source that comes first by name.
"""

from typing import Any

import sqlalchemy as sa

from core.facts.conditions import among, any_among, one_of, params_of
from core.facts.query import Query
from core.facts.tables import FactTable
from pages.jira.facts import ISSUES

# Written out rather than bound: DuckDB plans around a condition only where it is written out that it cannot hold.
SEVERAL = sa.bindparam("several", type_=sa.Boolean, literal_execute=True)
SLASH: Any = sa.literal_column("'/'")
COMMA: Any = sa.literal_column("', '")
NOTHING: Any = sa.literal_column("''")
LINE: Any = sa.literal_column("chr(10)")
I = ISSUES.sql.c  # noqa: E741 - the issue, in every question

FILTERS = ("projects", "types", "clients", "statuses", "labels", "assignees")
START, END, NOW = (sa.bindparam(name, type_=sa.TIMESTAMP(timezone=True)) for name in ("start", "end", "now"))


def query(
    name: str, select: sa.Select[*tuple[Any, ...]], *, tables: tuple[FactTable, ...] = (ISSUES,), cap: int = 100_000
) -> Query:
    """A question; it takes the parameters that its statement names."""
    return Query(name=f"jira_{name}", select=select, tables=tables, params=params_of(select), cap=cap)


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
