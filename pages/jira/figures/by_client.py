"""Requests by client and month of creation."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
import sqlalchemy as sa

from core.base.i18n import N_
from core.facts.conditions import local_month
from core.facts.query import Query
from core.show.about import About
from core.show.figure import Figure, Mark
from pages.jira.behind import Behind
from pages.jira.colours import OTHERS
from pages.jira.conditions import I, count, created_in, each_client, query
from pages.jira.figures.notes import SOURCE, shows
from pages.jira.figures.stacked import COUNTS, by_month, columns, stacked
from pages.jira.look import JiraLook

ABOUT = About(
    N_(
        "Requests by client (Jira component), by month of creation. Ranks and movements compare whole months with as "
        "many whole months before; a month that is not over, or only partly in the period, is pale and left out."
    ),
    SOURCE,
)


def counts_by(name: str, label: str, column: Any) -> Query:
    """Requests created in the period, by client and something else: `requests`, and `shares` where those of several
    clients are split."""
    each = each_client(column.label(label), where=created_in())
    return query(
        f"client_{name}",
        sa.select(each.c.client, each.c[label], count().label("requests"), sa.func.sum(each.c.part).label("shares"))
        .group_by(each.c.client, each.c[label])
        .order_by(each.c[label], each.c.client),
    )


CLIENT_MONTHS = counts_by("months", "month", local_month(I.created_at))


def _shape(look: JiraLook, rows: pd.DataFrame) -> pd.DataFrame:
    return by_month(rows, "client", look.clients, look.months, look.counting.column, look.client_colours)


def _means(look: JiraLook, mark: Mark) -> Mapping[str, Any]:
    if mark["code"] == OTHERS:
        return {}
    return shows(Behind("created", *look.within(mark["month_code"])), clients=[mark["code"]])


BY_CLIENT: Figure[JiraLook] = Figure(
    name="by-client",
    title=N_("Requests by client"),
    about=ABOUT,
    query=CLIENT_MONTHS,
    shape=_shape,
    columns=columns(COUNTS),
    chart=lambda frame, look: stacked(frame, look.client_colours),
    told=N_("Requests by client and month; the ranking below says the same. Pick a bar to filter by its client."),
    means=_means,
)
