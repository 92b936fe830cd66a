"""The requests created in the period that lack a mandatory field, and which; a picked one opens below."""

import pandas as pd
import sqlalchemy as sa

from core.base.i18n import N_
from core.show.figure import Figure
from pages.jira.conditions import EMPTY, FLAGS, ROWS, I, chosen, created_in, query
from pages.jira.figures.requests import columns, one_request
from pages.jira.figures.unfilled import ABOUT
from pages.jira.look import JiraLook
from pages.jira.rules import missing_words


def _shape(look: JiraLook, rows: pd.DataFrame) -> pd.DataFrame:
    fields = look.rules.mandatory
    found = rows.assign(why=[missing_words(row, fields) for row in rows.to_dict("records")])
    return found[found["why"] != ""]


TO_FILL: Figure[JiraLook] = Figure(
    name="to-fill",
    title=N_("Requests to fill"),
    about=ABOUT,
    query=query(
        "unfilled_rows",
        sa.select(*ROWS, *FLAGS).where(*chosen(), *created_in(), sa.or_(*EMPTY.values())).order_by(I.created_at.desc()),
        cap=5_000,
    ),
    shape=_shape,
    columns=columns(why=True),
    height=320,
    means=one_request,
    mailed=False,
)
