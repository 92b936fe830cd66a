"""Empty mandatory fields by client: a request of several counts in each."""

import pandas as pd
import sqlalchemy as sa

from core.base.i18n import N_
from core.facts.query import Query
from core.show.figure import Figure
from pages.jira.conditions import EMPTY, FLAGS, count, created_in, each_client, query
from pages.jira.figures.notes import shows
from pages.jira.figures.unfilled import ABOUT, group_columns, groups, lacking
from pages.jira.look import JiraLook


def _query() -> Query:
    each = each_client(*FLAGS, where=created_in())
    counts = [count(each.c[f"no_{name}"]).label(name) for name in EMPTY]
    code = each.c.client
    select = sa.select(code.label("name"), code.label("code"), count().label("requests"), *counts)
    return query("unfilled_by_client", select.group_by(code).order_by(code))


def _shape(look: JiraLook, rows: pd.DataFrame) -> pd.DataFrame:
    return groups(look, rows, look.clients).sort_values("share", ascending=False)


UNFILLED_BY_CLIENT: Figure[JiraLook] = Figure(
    name="unfilled-clients",
    title=N_("By client"),
    about=ABOUT,
    query=_query(),
    shape=_shape,
    columns=group_columns(N_("Client")),
    means=lambda look, mark: shows(lacking(look, mark["column"]), clients=[str(mark["code"])]),
    mailed=False,
)
