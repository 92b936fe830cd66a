"""The requests created in the period that lack a mandatory field, and which; a picked one opens below."""

from functools import lru_cache

import pandas as pd
import sqlalchemy as sa

from core.base.i18n import N_
from core.facts.query import Query
from core.show.figure import Figure
from pages.jira.conditions import ROWS, I, chosen, created_in, flags, lacks, query
from pages.jira.figures.requests import columns, one_request
from pages.jira.figures.unfilled import ABOUT
from pages.jira.look import JiraLook
from pages.jira.rules import Asked, missing_words


def _shape(look: JiraLook, rows: pd.DataFrame) -> pd.DataFrame:
    fields = look.rules.mandatory
    lacking = rows.assign(why=[missing_words(row, fields) for row in rows.to_dict("records")])
    return lacking[lacking["why"] != ""]


@lru_cache(maxsize=20)
def _query(asked: tuple[Asked, ...]) -> Query:
    lacking = sa.or_(sa.false(), *map(lacks, asked))
    select = sa.select(*ROWS, *flags(asked)).where(*chosen(), *created_in(), lacking)
    return query("unfilled_rows", select.order_by(I.created_at.desc()), cap=5_000)


TO_FILL: Figure[JiraLook] = Figure(
    name="to-fill",
    title=N_("Requests to fill"),
    about=ABOUT,
    query=lambda look: _query(look.rules.mandatory),
    shape=_shape,
    columns=lambda look: columns(look, why=True),
    height=320,
    means=one_request,
    mailed=False,
)
