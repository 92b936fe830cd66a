"""Estimate against time spent, by client: a request of several counts in each."""

import pandas as pd
import sqlalchemy as sa

from core.base.i18n import N_
from core.facts.query import Query
from core.show.figure import Figure
from pages.jira.behind import Behind
from pages.jira.conditions import TIMES, each_client, query, resolved_in
from pages.jira.figures import times
from pages.jira.figures.drift_by_type import drifts, ordered
from pages.jira.figures.notes import shows
from pages.jira.look import JiraLook


def _query() -> Query:
    each = each_client(*(TIMES[name] for name in ("estimate_s", "spent_s")), where=resolved_in())
    select = sa.select(each.c.client.label("name"), *times.measures(each.c.estimate_s, each.c.spent_s))
    return query("time_by_client", select.group_by(each.c.client).order_by(each.c.client))


TIME_BY_CLIENT = _query()


def _shape(look: JiraLook, rows: pd.DataFrame) -> pd.DataFrame:
    rows = ordered(rows, look.clients)
    return rows.assign(code=rows["name"], name=[look.clients.get(code, code) for code in rows["name"]])


DRIFT_BY_CLIENT: Figure[JiraLook] = Figure(
    name="drift-client",
    title=N_("Drift by client"),
    about=times.ABOUT,
    query=TIME_BY_CLIENT,
    shape=_shape,
    columns=lambda look: times.columns(look, N_("Client")),
    chart=drifts,
    means=lambda _look, mark: shows(Behind("measured"), clients=[mark["code"]]),
)
