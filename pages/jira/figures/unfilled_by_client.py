"""Empty mandatory fields by client: a request of several counts in each."""

from functools import lru_cache

import pandas as pd
import sqlalchemy as sa

from core.base.i18n import N_
from core.facts.query import Query
from core.show.figure import Figure
from pages.jira.conditions import created_in, each_client, flags, is_asked, query
from pages.jira.figures.notes import shows
from pages.jira.figures.unfilled import ABOUT, counted, group_columns, groups, lacking
from pages.jira.look import JiraLook
from pages.jira.rules import Asked


@lru_cache(maxsize=20)
def by_client(asked: tuple[Asked, ...]) -> Query:
    """How many requests of each client lack each field."""
    known = [sa.case((is_asked(field), True), else_=False).label(f"of_{field.key}") for field in asked]
    each = each_client(*flags(asked), *known, where=created_in())
    code = each.c.client
    select = sa.select(code.label("name"), code.label("code"), *counted(asked, each.c))
    return query("unfilled_by_client", select.group_by(code).order_by(code))


def _shape(look: JiraLook, rows: pd.DataFrame) -> pd.DataFrame:
    return groups(look, rows, look.clients).sort_values("share", ascending=False)


UNFILLED_BY_CLIENT: Figure[JiraLook] = Figure(
    name="unfilled-clients",
    title=N_("By client"),
    about=ABOUT,
    query=lambda look: by_client(look.rules.mandatory),
    shape=_shape,
    columns=group_columns(N_("Client")),
    means=lambda look, mark: shows(lacking(look, mark["column"]), clients=[str(mark["code"])]),
    mailed=False,
)
