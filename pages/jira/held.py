"""What holds requests up: statuses that block (`blocked` of the rules), and Jira's flag. Times run up to the resolution
of what is done, and up to now of what is not."""

from typing import Any

import sqlalchemy as sa

from core.facts.conditions import one_of, seconds_between
from pages.jira.conditions import DONE, ITS_CHANGES, NOTHING, NOW, C, I, stays
from pages.jira.facts import CHANGES, ISSUES


def flags() -> Any:
    """How long each issue carried a flag: `source`, `issue_id`, `flagged_s`, `flagged` (it still does)."""
    order = (C.at, sa.func.len(C.change_id), C.change_id, C.position)
    until = sa.func.lead(C.at).over(partition_by=(C.source, C.issue_id), order_by=order)
    flag = sa.func.lower(C.field) == sa.literal_column("'flagged'")
    on = sa.func.coalesce(C.after, NOTHING) != NOTHING
    end = sa.case((DONE, I.resolved_at), else_=NOW)
    each = (
        sa.select(C.source, C.issue_id, C.at, until.label("until"), on.label("on"), end.label("ended"))
        .join_from(CHANGES.sql, ISSUES.sql, ITS_CHANGES)
        .where(flag)
        .subquery()
    )
    of = (each.c.source, each.c.issue_id)
    lasted = seconds_between(each.c.at, sa.func.coalesce(each.c.until, each.c.ended))
    carried = sa.func.sum(sa.case((each.c.on, sa.func.greatest(lasted, 0)), else_=0))
    still = sa.func.bool_or(sa.and_(each.c.on, each.c.until.is_(None)))
    return sa.select(*of, carried.label("flagged_s"), still.label("flagged")).group_by(*of).subquery()


def blocked(*where: Any) -> Any:
    """How long requests stood in statuses that block, and in those in which somebody works: `source`, `issue_id`,
    `blocked_s`, `worked_s`, `begun_at` (null: never worked on), `since` (in the last status)."""
    stay = stays(*where)
    status = sa.func.lower(stay.c.status)
    over = sa.case((stay.c.done, stay.c.resolved_at), else_=NOW)
    end = sa.func.least(sa.func.coalesce(stay.c.until, over), over)
    works = sa.and_(sa.not_(one_of("waiting", status)), sa.not_(one_of("over", status)), stay.c.since < end)
    lasted = sa.func.greatest(seconds_between(stay.c.since, end), 0)
    of = (stay.c.source, stay.c.issue_id)
    return (
        sa.select(
            *of,
            sa.func.sum(sa.case((one_of("blocked", status), lasted), else_=0)).label("blocked_s"),
            sa.func.sum(sa.case((works, lasted), else_=0)).label("worked_s"),
            sa.func.min(sa.case((works, stay.c.since))).label("begun_at"),
            sa.func.max(stay.c.since).label("since"),
        )
        .group_by(*of)
        .subquery()
    )


def its(part: Any) -> Any:
    """Whether a row of either is the request's."""
    return sa.and_(part.c.source == I.source, part.c.issue_id == I.issue_id)
