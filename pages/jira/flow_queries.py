"""Questions about the flow of requests, the people who carry it, and one issue. See `pages.jira.parts`."""

from typing import Any

import sqlalchemy as sa

from core.facts.conditions import days_between, local_day, local_week, one_of, percentile, seconds_between
from core.facts.query import Query
from pages.jira.facts import CHANGES, ISSUES, PEOPLE_FIELDS, PERSONAL, WORKLOGS
from pages.jira.parts import (
    END,
    NOW,
    ROWS,
    START,
    I,
    chosen,
    count,
    filled,
    outdated,
    person,
    query,
    resolved_in,
    text,
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
    created = sa.select(local_week(I.created_at).label("week"), one.label("created"), zero.label("resolved"))
    resolved = sa.select(local_week(I.resolved_at), zero, one).where(*chosen(), I.resolved_at.is_not(None))
    both = sa.union_all(created.where(*chosen()), resolved).subquery()
    sums = (sa.func.sum(both.c[name]).label(name) for name in ("created", "resolved"))
    return sa.select(both.c.week, *sums).group_by(both.c.week).order_by(both.c.week)


WEEKS = query("weeks", _weeks())

_age = days_between(local_day(I.created_at), local_day(NOW))
_numbers: list[Any] = [sa.literal_column(str(number)) for number in (*AGES, *range(len(AGES) + 1))]
_under = [_age < limit for limit in _numbers[: len(AGES)]]
BAND = sa.case(*zip(_under, _numbers[len(AGES) :], strict=False), else_=_numbers[-1])
"""Number of the band of ages that a request lies in."""
OPEN_AGES = query(
    "open_ages",
    sa.select(BAND.label("band"), _status.label("status"), count().label("requests"))
    .where(*chosen(), I.resolved_at.is_(None))
    .group_by(BAND, _status)
    .order_by(BAND, _status),
)

_begun = (
    sa.select(C.source, C.issue_id, sa.func.min(C.at).label("begun_at"))
    .where(_moves, sa.not_(one_of("waiting", sa.func.lower(C.after))))
    .group_by(C.source, C.issue_id)
    .subquery()
)
"""When work on each issue began: its first move to a status that is no waiting one."""
_its_begin = sa.and_(_begun.c.source == I.source, _begun.c.issue_id == I.issue_id)
_cycle_s = seconds_between(_begun.c.begun_at, I.resolved_at)
CYCLES = query(
    "cycles",
    sa.select(*ROWS, _begun.c.begun_at, _cycle_s.label("cycle_s"))
    .join_from(ISSUES.sql, _begun, _its_begin)
    .where(*chosen(), *resolved_in(), I.resolved_at >= _begun.c.begun_at)
    .order_by(I.resolved_at, I.key),
    tables=(ISSUES, CHANGES),
    cap=20_000,
)


def _stays() -> Any:
    """How long each issue was in each status: `key`, `status`, `since`, `until` (null: it still is), `resolved_at`."""
    place = sa.func.row_number().over(partition_by=(C.source, C.issue_id), order_by=(C.at, C.change_id, C.position))
    first = sa.select(C.source, C.issue_id, C.before, place.label("place")).where(_moves).subquery()
    its_first = sa.and_(first.c.source == I.source, first.c.issue_id == I.issue_id, first.c.place == 1)
    status = sa.func.coalesce(first.c.before, I.status, "")
    began = (
        sa.select(I.source, I.issue_id, I.key, I.created_at.label("at"), status.label("status"), I.resolved_at)
        .join_from(ISSUES.sql, first, its_first, isouter=True)
        .where(*chosen())
    )
    moved = sa.select(I.source, I.issue_id, I.key, C.at, C.after, I.resolved_at).join_from(
        ISSUES.sql, CHANGES.sql, _its_changes
    )
    both = sa.union_all(began, moved.where(*chosen(), _moves)).subquery()
    until = sa.func.lead(both.c.at).over(partition_by=(both.c.source, both.c.issue_id), order_by=both.c.at)
    since = both.c.at.label("since")
    return sa.select(both.c.key, both.c.status, since, until.label("until"), both.c.resolved_at).subquery()


_stay = _stays()


def _flow_weeks() -> sa.Select[Any]:
    stay = sa.select(_stay).cte("stays")  # read twice, worked out once
    old, rests = (
        (stay.c.since < START).label("old"),
        sa.and_(stay.c.until.is_(None), stay.c.resolved_at.is_not(None)),
    )
    entered = sa.select(
        local_week(stay.c.since).label("week"), stay.c.status, old, sa.literal(1).label("step"), rests.label("rests")
    )
    left = sa.select(local_week(stay.c.until), stay.c.status, old, sa.literal(-1), sa.false()).where(
        stay.c.until.is_not(None)
    )
    both = sa.union_all(entered, left).subquery()
    step = sa.func.sum(both.c.step)
    return (
        sa.select(
            both.c.week,
            both.c.status,
            step.label("step"),
            sa.func.coalesce(step.filter(sa.not_(both.c.old)), 0).label("new"),
            sa.func.bool_or(both.c.rests).label("rests"),
        )
        .group_by(both.c.week, both.c.status)
        .order_by(both.c.week, both.c.status)
    )


FLOW_WEEKS = query("flow_weeks", _flow_weeks(), tables=(ISSUES, CHANGES))
"""How many more issues entered each status than left it, by week: the running sum is the cumulative flow. `new` counts
those alone that entered from the start of the period on; `rests`: resolved ones of that week rest there for good."""
_at = sa.bindparam("at", type_=sa.TIMESTAMP(timezone=True))
STOOD = sa.select(_stay.c.key).where(
    _stay.c.status == text("status"),
    _stay.c.since >= START,
    _stay.c.since < _at,
    sa.or_(_stay.c.until.is_(None), _stay.c.until >= _at),
)
"""Keys of the issues that stood in a status at a moment, and entered it in the period."""

_stayed_in = (
    sa.func.coalesce(_stay.c.until, NOW) >= START,
    _stay.c.since < END,
    sa.or_(_stay.c.until.is_not(None), _stay.c.resolved_at.is_(None)),
)
STAYED = sa.select(_stay.c.key).where(*_stayed_in, _stay.c.status == text("status"))
"""Keys of the issues that were in a status in the period."""
_stayed = sa.func.greatest(0, seconds_between(_stay.c.since, sa.func.coalesce(_stay.c.until, NOW)))
STATUS_TIMES = query(
    "status_times",
    sa.select(
        _stay.c.status,
        sa.func.count(sa.distinct(_stay.c.key)).label("requests"),
        percentile(0.5, _stayed).label("median_s"),
        percentile(0.85, _stayed).label("p85_s"),
    )
    .where(*_stayed_in)
    .group_by(_stay.c.status)
    .order_by(sa.desc("requests"), _stay.c.status),
    tables=(ISSUES, CHANGES),
)

IN_PROGRESS = (I.resolved_at.is_(None), I.category == "indeterminate")
_who = filled(I.assignee)
_done = sa.and_(*resolved_in())
PEOPLE = query(
    "people",
    sa.select(
        _who.label("assignee"),
        person(I).label("code"),
        count(_done).label("handled"),
        count(*IN_PROGRESS).label("in_progress"),
        count(I.resolved_at.is_(None)).label("open"),
        percentile(0.5, sa.case((sa.and_(_done, I.resolved_at >= _begun.c.begun_at), _cycle_s))).label("cycle_s"),
        sa.func.sum(sa.case((_done, I.spent_s))).label("spent_s"),
    )
    .join_from(ISSUES.sql, _begun, _its_begin, isouter=True)
    .where(*chosen(), sa.or_(I.resolved_at.is_(None), _done))
    .group_by(_who, person(I))
    .order_by(sa.desc("handled"), _who),
    tables=(ISSUES, CHANGES),
)

_this = sa.and_(I.key == text("key"), sa.not_(outdated()))


def _one(name: str, *, named: bool) -> Query:
    return query(name, sa.select(*(column for column in I if named or column.name not in PERSONAL)).where(_this))


def _one_changes(name: str, *, named: bool) -> Query:
    about_people = sa.func.lower(C.field).in_([sa.literal_column(f"'{field}'") for field in PEOPLE_FIELDS])
    told = [
        side if named else sa.case((about_people, sa.null()), else_=side).label(side.name)
        for side in (C.before, C.after)
    ]
    select = sa.select(C.at, C.field, *told, *([C.author] if named else []))
    select = select.join_from(CHANGES.sql, ISSUES.sql, _its_changes).where(_this)
    return query(name, select.order_by(C.at, C.change_id, C.position), tables=(ISSUES, CHANGES))


def _one_worklogs(name: str, *, named: bool) -> Query:
    still_there = sa.or_(W.issue_updated_at.is_(None), W.issue_updated_at == I.updated_at)
    its_worklogs = sa.and_(W.source == I.source, W.issue_id == I.issue_id, still_there)
    select = sa.select(W.started_at, W.spent_s, *([W.author] if named else []))
    select = select.join_from(WORKLOGS.sql, ISSUES.sql, its_worklogs).where(_this)
    return query(name, select.order_by(W.started_at), tables=(ISSUES, WORKLOGS))


ONE, ONE_NAMED = _one("one", named=False), _one("one_named", named=True)
ONE_CHANGES = _one_changes("one_changes", named=False)
ONE_CHANGES_NAMED = _one_changes("one_changes_named", named=True)
ONE_WORKLOGS = _one_worklogs("one_worklogs", named=False)
ONE_WORKLOGS_NAMED = _one_worklogs("one_worklogs_named", named=True)

QUERIES = (
    WEEKS, OPEN_AGES, CYCLES, FLOW_WEEKS, STATUS_TIMES, PEOPLE, ONE, ONE_NAMED, ONE_CHANGES, ONE_CHANGES_NAMED,
    ONE_WORKLOGS, ONE_WORKLOGS_NAMED,
)  # fmt: skip
NAMING = frozenset({PEOPLE, ONE_NAMED, ONE_CHANGES_NAMED, ONE_WORKLOGS_NAMED})
"""Those whose answers name people."""
