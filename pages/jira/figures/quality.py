"""A report on the data's quality: what of requests, their days, times and histories cannot be true, or is missing."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
import sqlalchemy as sa

from core.base.i18n import N_, _
from core.facts.conditions import local_day
from core.show.about import About
from core.show.columns import Column, Kind
from core.show.figure import Figure
from pages.jira.conditions import (
    CONTRADICTED,
    DONE,
    ESTIMATE_S,
    MOVES,
    NOW,
    REMAINING_S,
    ROWS,
    SPENT_S,
    UNDATED,
    C,
    I,
    chosen,
    count,
    filled,
    query,
)
from pages.jira.facts import CHANGES, ISSUES
from pages.jira.figures.notes import SOURCE
from pages.jira.figures.requests import one_request
from pages.jira.held import its
from pages.jira.look import JiraLook

ABOUT = About(
    N_(
        "Requests that pass the filters, whenever created, in which something cannot be true or is missing, so that a "
        "figure leaves them out or counts them with a doubt. Each is listed below with what is wrong."
    ),
    SOURCE,
)


def _histories() -> Any:
    """What of each issue's history is odd: `broken` (a move does not begin where the one before ended), `first_at`,
    `last_at`, `ends_in` (the last status)."""
    order = (C.at, sa.func.len(C.change_id), C.change_id, C.position)
    before = sa.func.lag(C.after).over(partition_by=(C.source, C.issue_id), order_by=order)
    place = sa.func.row_number().over(partition_by=(C.source, C.issue_id), order_by=order)
    moves = sa.select(C.source, C.issue_id, C.at, C.before, C.after, before.label("came"), place.label("place"))
    each = moves.where(MOVES).subquery()
    of = (each.c.source, each.c.issue_id)
    return (
        sa.select(
            *of,
            sa.func.bool_or(sa.func.lower(each.c.came) != sa.func.lower(each.c.before)).label("broken"),
            sa.func.min(each.c.at).label("first_at"),
            sa.func.max(each.c.at).label("last_at"),
            sa.func.arg_max(each.c.after, each.c.place).label("ends_in"),
        )
        .group_by(*of)
        .subquery()
    )


_history = _histories()
DEFECTS: dict[str, tuple[str, Any]] = {
    "undated": (N_("Done, but nothing tells since when"), sa.and_(*UNDATED)),
    "contradicted": (N_("A day of resolution, but a status that is not done"), sa.and_(*CONTRADICTED)),
    "untold": (N_("No history is told"), sa.not_(sa.func.coalesce(I.history, _history.c.first_at.is_not(None)))),
    "broken": (N_("A move does not begin where the one before ended"), _history.c.broken),
    "elsewhere": (
        N_("The history ends in another status than the present one"),
        sa.func.lower(_history.c.ends_in) != sa.func.lower(filled(I.status)),
    ),
    "early": (N_("Moved before it was created"), _history.c.first_at < I.created_at),
    "future": (
        N_("A day that has not come yet"),
        local_day(sa.func.greatest(I.created_at, I.updated_at, I.resolved_at, _history.c.last_at)) > local_day(NOW),
    ),
    "reversed": (N_("Resolved before it was created"), I.resolved_at < I.created_at),
    "due": (N_("Due before it was created"), I.due_on < local_day(I.created_at)),
    "zero": (N_("An estimate of zero"), ESTIMATE_S == 0),
    "remaining": (N_("Done, and yet with time remaining"), sa.and_(DONE, REMAINING_S > 0)),
    "timeless": (N_("Done without any time logged"), sa.and_(DONE, sa.func.coalesce(SPENT_S, 0) == 0)),
}
"""What may be wrong with a request: its words, and when it is."""
_WRONG = {name: sa.func.coalesce(wrong, sa.false()) for name, (_words, wrong) in DEFECTS.items()}
_LISTED = [wrong for name, wrong in _WRONG.items() if name not in ("undated", "contradicted", "untold", "timeless")]
"""Where most requests may lack it, a list helps nobody; ends in doubt are listed apart (`contradictions`)."""
COUNTS = query(
    "quality",
    sa.select(count().label("all"), *(count(wrong).label(name) for name, wrong in _WRONG.items()))
    .join_from(ISSUES.sql, _history, its(_history), isouter=True)
    .where(*chosen()),
    tables=(ISSUES, CHANGES),
)
DOUBTFUL = query(
    "doubtful",
    sa.select(*ROWS, *(wrong.label(f"is_{name}") for name, wrong in _WRONG.items()))
    .join_from(ISSUES.sql, _history, its(_history), isouter=True)
    .where(*chosen(), sa.or_(*_LISTED))
    .order_by(I.created_at.desc(), I.key),
    tables=(ISSUES, CHANGES),
    cap=5_000,
)


def _shape(_look: JiraLook, counts: pd.DataFrame) -> pd.DataFrame:
    numbers = counts.iloc[0]
    every = int(numbers["all"])
    rows: list[dict[str, Any]] = [
        {"requests": int(numbers[name]), "share": int(numbers[name]) / every if every else 0.0, "wrong": _(words)}
        for name, (words, _condition) in DEFECTS.items()
    ]
    return pd.DataFrame(rows).sort_values("requests", ascending=False, kind="stable")


def _listed(_look: JiraLook, rows: pd.DataFrame) -> pd.DataFrame:
    return rows.assign(why=[_why(row) for row in rows.to_dict("records")])


def _why(row: Mapping[Any, Any]) -> str:
    return " · ".join(_(words) for name, (words, _condition) in DEFECTS.items() if row[f"is_{name}"])


QUALITY: Figure[JiraLook] = Figure(
    name="quality",
    title=N_("Quality of the data"),
    about=ABOUT,
    query=COUNTS,
    shape=_shape,
    columns=(
        Column("wrong", N_("What is wrong"), width="large"),
        Column("requests", N_("Requests"), Kind.NUMBER),
        Column("share", N_("Share"), Kind.PERCENT, digits=1),
    ),
)
DOUBTFUL_REQUESTS: Figure[JiraLook] = Figure(
    name="doubtful",
    title=N_("Requests with a doubt"),
    about=ABOUT,
    query=DOUBTFUL,
    shape=_listed,
    columns=(
        Column("key", N_("Key")),
        Column("url", N_("Jira"), Kind.LINK, width="small"),
        Column("summary", N_("Name"), width="large"),
        Column("why", N_("What is wrong"), width="large"),
        Column("status", N_("Status")),
        Column("created_at", N_("Created"), Kind.MOMENT),
        Column("resolved_at", N_("Resolved"), Kind.MOMENT),
        Column("due_on", N_("Due date"), Kind.DAY),
    ),
    means=one_request,
    height=400,
    empty=N_("No request contradicts itself."),
    mailed=False,
)
