"""Questions about the flow of requests, the people who carry it, and one issue. See `pages.jira.parts`."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from core.query import Query
from pages.jira.facts import CHANGES, ISSUES, WORKLOGS
from pages.jira.parts import (
    END,
    NOW,
    PERIOD,
    ROWS,
    START,
    I,
    chosen,
    count,
    day,
    filled,
    lines,
    quantile,
    query,
    resolved_in,
    text,
    week,
)

C = CHANGES.sql.c
W = WORKLOGS.sql.c
AGES = (7, 30, 90, 180)
"""Limits, in days, between the bands of open requests' ages."""
_status = filled(I.status)
_moves = sa.and_(sa.func.lower(C.field) == "status", C.after.is_not(None))
_its_changes = sa.and_(C.source == I.source, C.issue_id == I.issue_id)


def _weeks() -> sa.Select[Any]:
    zero, one = sa.literal(0), sa.literal(1)
    created = sa.select(week(I.created_at).label("week"), one.label("created"), zero.label("resolved"))
    resolved = sa.select(week(I.resolved_at), zero, one).where(*chosen(), I.resolved_at.is_not(None))
    both = sa.union_all(created.where(*chosen()), resolved).subquery()
    sums = (sa.func.sum(both.c[name]).label(name) for name in ("created", "resolved"))
    return sa.select(both.c.week, *sums).group_by(both.c.week).order_by(both.c.week)


WEEKS = query("weeks", _weeks(), params={})

_age = sa.func.date_diff(sa.literal_column("'day'"), day(I.created_at), day(NOW))
_numbers: list[Any] = [sa.literal_column(str(number)) for number in (*AGES, *range(len(AGES) + 1))]
_under = [_age < limit for limit in _numbers[: len(AGES)]]
_band = sa.case(*zip(_under, _numbers[len(AGES) :], strict=False), else_=_numbers[-1])
OPEN_AGES = query(
    "open_ages",
    sa.select(_band.label("band"), _status.label("status"), count().label("requests"))
    .where(*chosen(), I.resolved_at.is_(None))
    .group_by(_band, _status)
    .order_by(_band, _status),
    params={"now": datetime},
)

_begun = (
    sa.select(C.source, C.issue_id, sa.func.min(C.at).label("begun_at"))
    .where(_moves, sa.not_(sa.func.list_contains(lines(text("waiting")), sa.func.lower(C.after))))
    .group_by(C.source, C.issue_id)
    .subquery()
)
"""When work on each issue began: its first move to a status that is no waiting one."""
_its_begin = sa.and_(_begun.c.source == I.source, _begun.c.issue_id == I.issue_id)
_cycle_s = sa.func.date_diff("second", _begun.c.begun_at, I.resolved_at)
CYCLES = query(
    "cycles",
    sa.select(*ROWS, _begun.c.begun_at, _cycle_s.label("cycle_s"))
    .join_from(ISSUES.sql, _begun, _its_begin)
    .where(*chosen(), *resolved_in(), I.resolved_at >= _begun.c.begun_at)
    .order_by(I.resolved_at, I.key),
    tables=(ISSUES, CHANGES),
    params={**PERIOD, "waiting": str},
    cap=20_000,
)


def _stays() -> Any:
    """How long each issue was in each status: `issue_id`, `status`, `since`, `until` (null: it still is)."""
    place = sa.func.row_number().over(partition_by=(C.source, C.issue_id), order_by=(C.at, C.change_id, C.position))
    first = sa.select(C.source, C.issue_id, C.before, place.label("place")).where(_moves).subquery()
    its_first = sa.and_(first.c.source == I.source, first.c.issue_id == I.issue_id, first.c.place == 1)
    status = sa.func.coalesce(first.c.before, I.status, "")
    began = (
        sa.select(I.source, I.issue_id, I.created_at.label("at"), status.label("status"), I.resolved_at)
        .join_from(ISSUES.sql, first, its_first, isouter=True)
        .where(*chosen())
    )
    moved = sa.select(I.source, I.issue_id, C.at, C.after, I.resolved_at).join_from(
        ISSUES.sql, CHANGES.sql, _its_changes
    )
    both = sa.union_all(began, moved.where(*chosen(), _moves)).subquery()
    until = sa.func.lead(both.c.at).over(partition_by=(both.c.source, both.c.issue_id), order_by=both.c.at)
    since = both.c.at.label("since")
    return sa.select(both.c.issue_id, both.c.status, since, until.label("until"), both.c.resolved_at).subquery()


_stay = _stays()


def _flow_weeks() -> sa.Select[Any]:
    entered = sa.select(week(_stay.c.since).label("week"), _stay.c.status, sa.literal(1).label("step"))
    left = sa.select(week(_stay.c.until), _stay.c.status, sa.literal(-1)).where(_stay.c.until.is_not(None))
    both = sa.union_all(entered, left).subquery()
    return (
        sa.select(both.c.week, both.c.status, sa.func.sum(both.c.step).label("step"))
        .group_by(both.c.week, both.c.status)
        .order_by(both.c.week, both.c.status)
    )


FLOW_WEEKS = query("flow_weeks", _flow_weeks(), tables=(ISSUES, CHANGES), params={})
"""How many more issues entered each status than left it, by week: the running sum is the cumulative flow."""

_stayed = sa.func.date_diff("second", _stay.c.since, sa.func.coalesce(_stay.c.until, NOW))
STATUS_TIMES = query(
    "status_times",
    sa.select(
        _stay.c.status,
        sa.func.count(sa.distinct(_stay.c.issue_id)).label("requests"),
        quantile(0.5, _stayed).label("median_s"),
        quantile(0.85, _stayed).label("p85_s"),
    )
    .where(
        sa.func.coalesce(_stay.c.until, NOW) >= START,
        _stay.c.since < END,
        sa.or_(_stay.c.until.is_not(None), _stay.c.resolved_at.is_(None)),
    )
    .group_by(_stay.c.status)
    .order_by(sa.desc("requests"), _stay.c.status),
    tables=(ISSUES, CHANGES),
    params={**PERIOD, "now": datetime},
)

_who = filled(I.assignee)
_done = sa.and_(*resolved_in())
PEOPLE = query(
    "people",
    sa.select(
        _who.label("assignee"),
        count(_done).label("handled"),
        count(I.resolved_at.is_(None), I.category == "indeterminate").label("in_progress"),
        count(I.resolved_at.is_(None)).label("open"),
        quantile(0.5, sa.case((sa.and_(_done, I.resolved_at >= _begun.c.begun_at), _cycle_s))).label("cycle_s"),
        sa.func.sum(sa.case((_done, I.spent_s))).label("spent_s"),
    )
    .join_from(ISSUES.sql, _begun, _its_begin, isouter=True)
    .where(*chosen(), sa.or_(I.resolved_at.is_(None), _done))
    .group_by(_who)
    .order_by(sa.desc("handled"), _who),
    tables=(ISSUES, CHANGES),
    params={**PERIOD, "waiting": str},
)

_this = I.key == text("key")
ONE = Query("jira_one", sa.select(*I).where(_this), (ISSUES,), {"key": str})
ONE_CHANGES = Query(
    "jira_one_changes",
    sa.select(C.at, C.field, C.before, C.after, C.author)
    .join_from(CHANGES.sql, ISSUES.sql, _its_changes)
    .where(_this)
    .order_by(C.at, C.change_id, C.position),
    (ISSUES, CHANGES),
    {"key": str},
)
_still_there = sa.or_(W.issue_updated_at.is_(None), W.issue_updated_at == I.updated_at)
_logged = sa.and_(W.source == I.source, W.issue_id == I.issue_id, _still_there)
ONE_WORKLOGS = Query(
    "jira_one_worklogs",
    sa.select(W.started_at, W.spent_s, W.author)
    .join_from(WORKLOGS.sql, ISSUES.sql, _logged)
    .where(_this)
    .order_by(W.started_at),
    (ISSUES, WORKLOGS),
    {"key": str},
)

QUERIES = (
    WEEKS, OPEN_AGES, CYCLES, FLOW_WEEKS, STATUS_TIMES, PEOPLE, ONE, ONE_CHANGES, ONE_WORKLOGS,
)  # fmt: skip
