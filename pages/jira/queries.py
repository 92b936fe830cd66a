"""Questions about requests: what there is, clients, types, time, what is not filled. See `pages.jira.parts`."""

from typing import Any

import sqlalchemy as sa

from core.facts.conditions import local_day, local_month, percentile
from core.facts.query import Query
from pages.jira.facts import CHANGES, ISSUES
from pages.jira.parts import (
    NOW,
    ROWS,
    I,
    chosen,
    clients,
    count,
    created_in,
    each_client,
    filled,
    lines,
    person,
    query,
    resolved_in,
    there,
)

_type = filled(I.request_type)

# --- what there is --------------------------------------------------------------------------------------------------


def _choices() -> sa.Select[Any]:
    def of(kind: str, column: Any) -> sa.Select[Any]:
        values = sa.select(sa.func.unnest(lines(column)).label("value")).where(*there()).subquery()
        named = sa.select(sa.literal(kind).label("kind"), values.c.value, count().label("n"))
        return named.group_by(values.c.value)

    columns = {"project": I.project, "type": _type, "status": I.status, "label": I.labels, "client": clients(I)}
    found = sa.union_all(*(of(kind, column) for kind, column in columns.items())).subquery()
    return sa.select(found.c.kind, found.c.value, found.c.n).order_by(found.c.kind, found.c.n.desc(), found.c.value)


CHOICES = query("choices", _choices())
"""Every value that a filter offers, and how many issues have it. Nobody's name."""

PEOPLE_CHOICES = query(
    "people_choices",
    sa.select(person(I).label("value"), sa.func.max(I.assignee).label("label"), count().label("n"))
    .where(*there(), person(I) != "")
    .group_by(person(I))
    .order_by(count().desc()),
)
SPAN = query(
    "span",
    sa.select(
        sa.func.min(sa.case((I.gone_at.is_(None), I.created_at))).label("first"),
        count(I.gone_at.is_(None)).label("n"),
        sa.func.coalesce(sa.func.min(I.source) < sa.func.max(I.source), sa.false()).label("several"),
    ),
)
"""What there is at all: when it begins, how many issues, and whether several sources tell of them."""
_called = [sa.select(name.label("name")).distinct() for name in (I.assignee, I.reporter, I.assignee_mail)]
_all_called = sa.union(*_called).subquery()
_words = [
    sa.select(sa.literal(kind).label("kind"), column.label("word"), sa.func.coalesce(new, sa.false()).label("new"))
    for kind, column, new in (
        ("type", I.issue_type, sa.false()),
        ("type", I.request_type, sa.false()),
        ("status", I.status, I.category == "new"),
    )
]
_moved_to = sa.select(sa.literal("status"), CHANGES.sql.c.after, sa.false()).where(
    sa.func.lower(CHANGES.sql.c.field) == "status"
)
_all_words = sa.union(*_words, _moved_to).subquery()
WORDS = query(
    "words",
    sa.select(_all_words.c.kind, _all_words.c.word, sa.func.bool_or(_all_words.c.new).label("new"))
    .where(_all_words.c.word.is_not(None))
    .group_by(_all_words.c.kind, _all_words.c.word)
    .order_by(_all_words.c.kind, _all_words.c.word),
    tables=(ISSUES, CHANGES),
)
"""Every type and every status that there is, or was; `new`: Jira says that work has not begun there."""
NAMES = query("names", sa.select(_all_called.c.name).where(_all_called.c.name.is_not(None)))
"""The names that people go by in Jira: asked to keep them from whoever may not be told."""

# --- clients and types -----------------------------------------------------------------------------------------------


def _client_by(name: str, label: str, column: Any) -> Query:
    each = each_client(column.label(label), where=created_in())
    return query(
        f"client_{name}",
        sa.select(each.c.client, each.c[label], count().label("requests"), sa.func.sum(each.c.part).label("shares"))
        .group_by(each.c.client, each.c[label])
        .order_by(each.c[label], each.c.client),
    )


CLIENT_MONTHS = _client_by("months", "month", local_month(I.created_at))
CLIENT_TYPES = _client_by("types", "type", _type)
TYPE_MONTHS = query(
    "type_months",
    sa.select(_type.label("type"), local_month(I.created_at).label("month"), count().label("requests"))
    .where(*chosen(), *created_in())
    .group_by(_type, local_month(I.created_at))
    .order_by(local_month(I.created_at), _type),
)

# --- time ------------------------------------------------------------------------------------------------------------


def _measures(c: Any) -> list[Any]:
    """Estimate against time spent; drift is spent / estimate - 1, of the requests that have both."""
    measured = sa.and_(c.estimate_s > 0, c.spent_s > 0)
    drift = c.spent_s / sa.func.nullif(c.estimate_s, 0) - 1.0
    counted = sa.case((measured, drift))
    limit = sa.bindparam("limit", type_=sa.Double)
    return [
        count().label("resolved"),
        count(measured).label("measured"),
        percentile(0.25, counted).label("drift_q1"),
        percentile(0.5, counted).label("drift"),
        percentile(0.75, counted).label("drift_q3"),
        (count(measured, drift > limit) * 1.0 / sa.func.nullif(count(measured), 0)).label("above"),
        sa.func.sum(sa.case((measured, c.estimate_s))).label("estimate_s"),
        sa.func.sum(sa.case((measured, c.spent_s))).label("spent_s"),
        count(c.estimate_s.is_(None)).label("without_estimate"),
        count(c.estimate_s == 0).label("zero_estimate"),
        count(sa.func.coalesce(c.spent_s, 0) == 0).label("without_time"),
    ]


def _time_by(name: str, label: Any) -> Query:
    select = sa.select(label.label("name"), *_measures(I)).where(*chosen(), *resolved_in())
    return query(f"time_by_{name}", select.group_by(label).order_by(label))


def _time_by_client() -> Query:
    each = each_client(I.estimate_s, I.spent_s, where=resolved_in())
    select = sa.select(each.c.client.label("name"), *_measures(each.c)).group_by(each.c.client).order_by(each.c.client)
    return query("time_by_client", select)


TIME = query("time", sa.select(*_measures(I)).where(*chosen(), *resolved_in()))
TIME_BY_TYPE = _time_by("type", _type)
TIME_BY_MONTH = _time_by("month", local_month(I.resolved_at))
TIME_BY_CLIENT = _time_by_client()
MEASURED = (I.estimate_s > 0, I.spent_s > 0)
"""Whether a request has both times."""
_drift = I.spent_s / sa.func.nullif(I.estimate_s, 0) - 1.0
DRIFTS = query(
    "drifts",
    sa.select(*ROWS, _drift.label("drift")).where(*chosen(), *resolved_in(), *MEASURED).order_by(_drift.desc(), I.key),
    cap=5_000,
)
DUE_STATES: dict[str, Any] = {
    "on_time": local_day(I.resolved_at) <= I.due_on,
    "late": local_day(I.resolved_at) > I.due_on,
    "without_date": I.due_on.is_(None),
}
"""How a resolved request stands to its due date."""
DUE = query(
    "due",
    sa.select(
        local_month(I.resolved_at).label("month"), *(count(state).label(name) for name, state in DUE_STATES.items())
    )
    .where(*chosen(), *resolved_in())
    .group_by(local_month(I.resolved_at))
    .order_by(local_month(I.resolved_at)),
)
OPEN = query(
    "open",
    sa.select(
        count().label("open"),
        sa.func.sum(I.remaining_s).label("remaining_s"),
        count(I.remaining_s.is_(None)).label("without_remaining"),
        count(I.due_on < local_day(NOW)).label("overdue"),
    ).where(*chosen(), I.resolved_at.is_(None)),
)

# --- what is not filled ----------------------------------------------------------------------------------------------

EMPTY: dict[str, Any] = {
    "summary": I.summary.is_(None),
    "assignee": I.assignee.is_(None),
    "request_type": I.request_type.is_(None),
    "client": I.components.is_(None),
    "estimate": I.estimate_s.is_(None),
    "due": I.due_on.is_(None),
}
"""When each of the fields that people are asked for is empty."""
_flags = [sa.case((empty, True), else_=False).label(f"no_{name}") for name, empty in EMPTY.items()]


def _unfilled_by(name: str, *labels: Any) -> Query:
    counts = [count(empty).label(field) for field, empty in EMPTY.items()]
    named = [label.label(name) for label, name in zip(labels, ("name", "code"), strict=False)]
    select = sa.select(*named, count().label("requests"), *counts)
    return query(f"unfilled{name}", select.where(*chosen(), *created_in()).group_by(*labels).order_by(*labels))


def _unfilled_by_client() -> Query:
    each = each_client(*_flags, where=created_in())
    counts = [count(each.c[f"no_{name}"]).label(name) for name in EMPTY]
    code = each.c.client
    select = sa.select(code.label("name"), code.label("code"), count().label("requests"), *counts)
    return query("unfilled_by_client", select.group_by(code).order_by(code))


UNFILLED = _unfilled_by("")
UNFILLED_BY_MONTH = _unfilled_by("_by_month", local_month(I.created_at))
UNFILLED_BY_PERSON = _unfilled_by("_by_person", filled(I.assignee), person(I))
UNFILLED_BY_CLIENT = _unfilled_by_client()
UNFILLED_ROWS = query(
    "unfilled_rows",
    sa.select(*ROWS, *_flags).where(*chosen(), *created_in(), sa.or_(*EMPTY.values())).order_by(I.created_at.desc()),
    cap=5_000,
)
OPEN_ROWS = query(
    "open_rows",
    sa.select(*ROWS, *_flags).where(*chosen(), I.resolved_at.is_(None)).order_by(I.created_at),
    cap=5_000,
)
OPEN_NAMED = query(
    "open_named",
    sa.select(*ROWS, *_flags, I.assignee, I.assignee_mail)
    .where(*chosen(), I.resolved_at.is_(None), sa.or_(*EMPTY.values()))
    .order_by(I.assignee, I.created_at),
)

QUERIES = (
    CHOICES, PEOPLE_CHOICES, SPAN, WORDS, NAMES, CLIENT_MONTHS, CLIENT_TYPES, TYPE_MONTHS, TIME,
    TIME_BY_TYPE, TIME_BY_MONTH, TIME_BY_CLIENT, DRIFTS, DUE, OPEN, UNFILLED, UNFILLED_BY_MONTH, UNFILLED_BY_PERSON,
    UNFILLED_BY_CLIENT, UNFILLED_ROWS, OPEN_ROWS, OPEN_NAMED,
)  # fmt: skip
NAMING = frozenset({PEOPLE_CHOICES, NAMES, UNFILLED_BY_PERSON, OPEN_NAMED})
"""Those whose answers name people: for the lead alone (see `pages.jira.people`)."""
