"""What each person carries, for the lead alone, and only while the register holds the treatment.

Time is whoever's logged it. Where a request tells none of its entries, its time is its assignee's, and that is said.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd
import sqlalchemy as sa

from core.base.i18n import N_, _, show_duration
from core.facts.conditions import NO_VALUE, local_month, percentiles
from core.show.about import About
from core.show.columns import Column, Kind, missing
from core.show.figure import Figure, Mark, Note
from pages.jira import MISSION
from pages.jira.behind import Behind
from pages.jira.choices import NO_LONGER_KNOWN, UNASSIGNED
from pages.jira.conditions import (
    CYCLE,
    CYCLES_OF_ALL,
    END,
    FORGOTTEN,
    IN_PROGRESS,
    ITS_CYCLE,
    ITS_WORKLOGS,
    START,
    UNRESOLVED,
    I,
    W,
    chosen,
    count,
    person,
    query,
    resolved_in,
)
from pages.jira.facts import CHANGES, ISSUES, WORKLOGS
from pages.jira.figures.notes import SOURCE, shows
from pages.jira.look import JiraLook

ABOUT = About(
    N_(
        "Requests per assignee, time per person who logged it in the period; for the team lead alone, under the "
        "register's treatment. Not meant to judge anybody."
    ),
    SOURCE,
)
_done = sa.and_(*resolved_in())
LOAD = query(
    "people",
    sa.select(
        person(I).label("code"),
        sa.func.max(I.assignee).label("assignee"),
        count(_done).label("handled"),
        count(*IN_PROGRESS).label("in_progress"),
        count(UNRESOLVED).label("open"),
        percentiles(CYCLE.cycle_s, 0.5)[0].label("cycle_s"),
    )
    .join_from(ISSUES.sql, CYCLES_OF_ALL.sql, ITS_CYCLE, isouter=True)
    .where(*chosen(), sa.or_(UNRESOLVED, _done))
    .group_by(person(I))
    .order_by(sa.desc("handled"), person(I)),
    tables=(ISSUES, CHANGES),
    upon=(CYCLES_OF_ALL,),
)


def called(codes: Iterable[str], names: Iterable[Any]) -> list[str]:
    """What people are called, by code and, where one is known, by name."""
    words = {"": _(UNASSIGNED), FORGOTTEN: _(NO_LONGER_KNOWN)}
    return [words.get(code, code if missing(name) else name) for code, name in zip(codes, names, strict=True)]


def _hours() -> sa.Select[Any]:
    logs: Any = sa.select(sa.literal_column("1")).where(ITS_WORKLOGS).correlate(ISSUES.sql)
    who = sa.func.coalesce(W.author_id, W.author, sa.literal_column(f"'{FORGOTTEN}'"))
    logged = (
        sa.select(
            who.label("code"),
            W.author.label("name"),
            W.spent_s,
            sa.true().label("logged"),
            local_month(W.started_at).label("month"),
        )
        .join_from(WORKLOGS.sql, ISSUES.sql, ITS_WORKLOGS)
        .where(*chosen(subtasks=True), W.started_at >= START, W.started_at < END)
    )
    others = sa.select(person(I), I.assignee, I.spent_s, sa.false(), local_month(I.resolved_at)).where(
        *chosen(subtasks=True), *resolved_in(), I.spent_s > 0, sa.not_(logs.exists())
    )
    both = sa.union_all(logged, others).subquery()
    name, spent = sa.func.max(both.c.name).label("name"), sa.func.sum(both.c.spent_s).label("spent_s")
    by = (both.c.code, both.c.logged, both.c.month)
    return sa.select(*by, name, spent).group_by(*by).order_by(*by)


HOURS = query("hours", _hours(), tables=(ISSUES, WORKLOGS))
"""Time of the period by person and month: `logged` by them, or told of their requests where these have no entry."""


def _shape(_look: JiraLook, load: pd.DataFrame, hours: pd.DataFrame) -> pd.DataFrame:
    spent = hours.groupby("code").agg(name=("name", "max"), spent_s=("spent_s", "sum"))
    both = load.set_index("code").join(spent, how="outer").reset_index()
    counts = ["handled", "in_progress", "open"]
    both = both.assign(
        assignee=called(both["code"], both["assignee"].fillna(both["name"])),
        **{name: both[name].fillna(0).astype(int) for name in counts},
    )
    return both.sort_values(["handled", "assignee"], ascending=[False, True], kind="stable", ignore_index=True)


def _assumed(look: JiraLook) -> str:
    hours = look.ask(HOURS)
    assumed = float(hours.loc[~hours["logged"].astype(bool), "spent_s"].sum())
    if not assumed:
        return ""
    sentence = _("{time} of requests whose time entries are not told is counted for their assignees.")
    return sentence.format(time=show_duration(assumed, look.rules.day_s))


def _means(_look: JiraLook, mark: Mark) -> Mapping[str, Any]:
    kind = mark["column"] if mark["column"] in ("in_progress", "open") else "resolved"
    return shows(Behind(kind), assignees=[str(mark["code"] or NO_VALUE)])


PEOPLE: Figure[JiraLook] = Figure(
    name="people",
    title=N_("Load per person"),
    about=ABOUT,
    query=(LOAD, HOURS),
    shape=_shape,
    columns=lambda look: (
        Column("assignee", N_("Assignee")),
        Column("handled", N_("Handled"), Kind.NUMBER),
        Column("in_progress", N_("In progress"), Kind.NUMBER),
        Column("open", N_("Open"), Kind.NUMBER),
        Column("cycle_s", N_("Median cycle time"), Kind.DURATION),
        Column("spent_s", N_("Spent"), Kind.DURATION, day_s=look.rules.day_s),
    ),
    means=_means,
    mailed=False,
)
ASSUMED: Note[JiraLook] = Note(_assumed)


def _not_yet(look: JiraLook) -> str:
    sentence = _(
        "Figures per person, the filter by assignee and names are shown once the register holds the validated "
        "treatment {treatment}: whoever may validate treatments there (the compliance officer) can do so."
    )
    return sentence.format(treatment=look.rules.people_treatment)


def _would_be_told(look: JiraLook) -> bool:
    """Whether only the treatment is missing."""
    return not look.named and MISSION.people is not None and look.person.role in MISSION.people.roles


NOT_YET: Note[JiraLook] = Note(_not_yet, tone="info", when=_would_be_told)
