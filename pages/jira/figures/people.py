"""What each person carries, for the lead alone, and only while the register holds the treatment."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from core.base.i18n import N_
from core.facts.conditions import NO_VALUE, percentile
from core.show.about import About
from core.show.columns import Column, Kind
from core.show.figure import Figure, Mark
from pages.jira.behind import Behind
from pages.jira.conditions import (
    BEGUN,
    CYCLE_S,
    IN_PROGRESS,
    ITS_BEGIN,
    UNRESOLVED,
    I,
    chosen,
    count,
    filled,
    person,
    query,
    resolved_in,
)
from pages.jira.facts import CHANGES, ISSUES
from pages.jira.figures.notes import SOURCE, shows
from pages.jira.look import JiraLook

ABOUT = About(
    N_("Per assignee, for the team lead alone, under the register's treatment. Not meant to judge anybody."), SOURCE
)
_who = filled(I.assignee)
_done = sa.and_(*resolved_in())
LOAD = query(
    "people",
    sa.select(
        _who.label("assignee"),
        person(I).label("code"),
        count(_done).label("handled"),
        count(*IN_PROGRESS).label("in_progress"),
        count(UNRESOLVED).label("open"),
        percentile(0.5, sa.case((sa.and_(_done, I.resolved_at >= BEGUN.c.begun_at), CYCLE_S))).label("cycle_s"),
        sa.func.sum(sa.case((_done, I.spent_s))).label("spent_s"),
    )
    .join_from(ISSUES.sql, BEGUN, ITS_BEGIN, isouter=True)
    .where(*chosen(), sa.or_(UNRESOLVED, _done))
    .group_by(_who, person(I))
    .order_by(sa.desc("handled"), _who),
    tables=(ISSUES, CHANGES),
)


def _means(_look: JiraLook, mark: Mark) -> Mapping[str, Any]:
    kind = mark["column"] if mark["column"] in ("in_progress", "open") else "resolved"
    return shows(Behind(kind), assignees=[str(mark["code"] or NO_VALUE)])


PEOPLE: Figure[JiraLook] = Figure(
    name="people",
    title=N_("Load per person"),
    about=ABOUT,
    query=LOAD,
    columns=(
        Column("assignee", N_("Assignee")),
        Column("handled", N_("Handled"), Kind.NUMBER),
        Column("in_progress", N_("In progress"), Kind.NUMBER),
        Column("open", N_("Open"), Kind.NUMBER),
        Column("cycle_s", N_("Median cycle time"), Kind.DURATION),
        Column("spent_s", N_("Spent"), Kind.DURATION),
    ),
    means=_means,
    mailed=False,
)
