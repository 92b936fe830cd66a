"""Requests whose end cannot be as it is told: they are not counted as what they may be, and stand here instead."""

from typing import Any

import pandas as pd
import sqlalchemy as sa

from core.base.i18n import N_, _, show_number
from core.show.about import About
from core.show.columns import Column, Kind
from core.show.figure import Figure, Note
from pages.jira.conditions import CONTRADICTED, ITS_CHANGES, MOVES, ROWS, UNDATED, I, chosen, count, query
from pages.jira.facts import CHANGES, ISSUES
from pages.jira.figures.notes import SOURCE
from pages.jira.figures.requests import one_request
from pages.jira.look import JiraLook

_undated = sa.and_(*UNDATED)
WRONG_ENDS = query(
    "wrong_ends",
    sa.select(*ROWS, _undated.label("undated"))
    .where(*chosen(), sa.or_(_undated, sa.and_(*CONTRADICTED)))
    .order_by(I.created_at.desc(), I.key),
    cap=5_000,
)
_moved: Any = sa.select(sa.literal_column("1")).where(ITS_CHANGES, MOVES).correlate(ISSUES.sql)
HISTORIES = query(
    "histories",
    sa.select(count().label("all"), count(sa.func.coalesce(I.history, _moved.exists())).label("told")).where(*chosen()),
    tables=(ISSUES, CHANGES),
)


def _shape(_look: JiraLook, rows: pd.DataFrame) -> pd.DataFrame:
    words = {
        True: _("Done, but nothing tells since when: counted as resolved in no period."),
        False: _("It has a day of resolution, but its status is not done: counted as open."),
    }
    return rows.assign(why=[words[bool(undated)] for undated in rows["undated"]])


def _untold(look: JiraLook) -> str:
    [histories] = look.ask(HISTORIES).to_dict("records")
    untold = int(histories["all"]) - int(histories["told"])
    if not untold:
        return ""
    sentence = _(
        "No history is told of {n} of {all} requests: they stand neither in the cumulative flow nor in the times in "
        "each status, and have no cycle time."
    )
    return sentence.format(n=show_number(untold), all=show_number(int(histories["all"])))


UNTOLD: Note[JiraLook] = Note(_untold)
CONTRADICTIONS: Figure[JiraLook] = Figure(
    name="contradictions",
    title=lambda _look, frame: _("Requests whose end is in doubt: {n}").format(n=show_number(len(frame))),
    about=About(N_("Requests whose status and day of resolution contradict each other, whenever created."), SOURCE),
    query=WRONG_ENDS,
    shape=_shape,
    columns=(
        Column("key", N_("Key")),
        Column("url", N_("Jira"), Kind.LINK, width="small"),
        Column("summary", N_("Name"), width="large"),
        Column("why", N_("Contradiction"), width="large"),
        Column("status", N_("Status")),
        Column("created_at", N_("Created"), Kind.MOMENT),
        Column("resolved_at", N_("Resolved"), Kind.MOMENT),
    ),
    means=one_request,
    when=lambda look: not look.ask(WRONG_ENDS).empty,
    mailed=False,
)
