"""Open requests on which work has not begun and that could not start today, and what they lack."""

from functools import lru_cache

import pandas as pd
import sqlalchemy as sa

from core.base.i18n import N_, _
from core.facts.query import Query
from core.show.about import About
from core.show.figure import Figure, Note
from pages.jira.conditions import ROWS, UNRESOLVED, I, chosen, flags, query
from pages.jira.figures.notes import SOURCE
from pages.jira.figures.requests import columns, one_request
from pages.jira.look import JiraLook
from pages.jira.rules import Asked, missing_words


def _shape(look: JiraLook, rows: pd.DataFrame) -> pd.DataFrame:
    needs, waiting = look.rules.ready_needs, {word.casefold() for word in look.rules.waiting}
    waits = rows["status"].astype(object).map(lambda status: (status or "").casefold() in waiting)
    lacks = rows[[f"no_{need.key}" for need in needs]].astype(bool).any(axis=1)
    unready: pd.DataFrame = rows[waits & lacks]
    return unready.assign(why=[missing_words(row, needs) for row in unready.to_dict("records")])


def _needs(look: JiraLook) -> str:
    fields = ", ".join(need.called for need in look.rules.ready_needs)
    return _("A request may start once it has: {fields}.").format(fields=fields)


@lru_cache(maxsize=20)
def _query(asked: tuple[Asked, ...]) -> Query:
    select = sa.select(*ROWS, *flags(asked)).where(*chosen(), UNRESOLVED)
    return query("open_rows", select.order_by(I.created_at), cap=5_000)


NOT_READY: Figure[JiraLook] = Figure(
    name="not-ready",
    title=N_("Could not start today"),
    about=About(
        N_("Open requests on which work has not begun and that could not start today, and what they lack."), SOURCE
    ),
    query=lambda look: _query(look.rules.ready_needs),
    shape=_shape,
    columns=lambda look: columns(look, why=True),
    height=320,
    means=one_request,
    mailed=False,
)
NEEDS: Note[JiraLook] = Note(_needs)
