"""Lead times: from the creation of a request to its resolution, by month of resolution."""

from functools import lru_cache
from typing import Any

import altair as alt
import pandas as pd
import sqlalchemy as sa

from core.base.i18n import N_, _, language
from core.facts.conditions import local_month, percentiles, seconds_between
from core.show.about import About
from core.show.charts import (
    Drawing,
    drawn,
    keyed,
    midnights,
    month_axis,
    month_tooltip,
    pale,
    pick,
    said,
    specification_of,
)
from core.show.columns import Column, Kind
from core.show.figure import Figure
from pages.jira.behind import Behind
from pages.jira.colours import HUES
from pages.jira.conditions import I, chosen, count, query, resolved_in
from pages.jira.figures.notes import PARTIAL_COLUMN, SOURCE, shows
from pages.jira.look import JiraLook

_days = seconds_between(I.created_at, I.resolved_at) / sa.literal_column("86400.0")
_middle, _high = percentiles(_days, 0.5, 0.85)
LEAD_TIMES = query(
    "lead_times",
    sa.select(
        local_month(I.resolved_at).label("month"),
        count().label("requests"),
        _middle.label("middle"),
        _high.label("high"),
    )
    .where(*chosen(), *resolved_in(), I.resolved_at >= I.created_at)
    .group_by(local_month(I.resolved_at))
    .order_by(local_month(I.resolved_at)),
)


def _shape(look: JiraLook, rows: pd.DataFrame) -> pd.DataFrame:
    return rows.assign(partial=rows["month"].isin(look.months.partial), month_code=rows["month"].map(str))


@lru_cache(maxsize=4)
def _specification(_language: str) -> dict[str, Any]:
    base = drawn().encode(
        x=month_axis("month"),
        opacity=pale(),
        tooltip=[
            month_tooltip("month"),
            alt.Tooltip("middle:Q", title=_("Median (days)"), format=",.1f"),
            alt.Tooltip("high:Q", title=_("85 of 100 below (days)"), format=",.1f"),
            alt.Tooltip("requests:Q", title=_("Requests"), format=",.0f"),
        ],
    )
    up_to, middle = _("Up to the days below which 85 of 100 lie"), _("Median")
    hues = {up_to: HUES[2], middle: HUES[0]}
    bars = base.mark_bar(width=16).encode(y=alt.Y("middle:Q", title=_("Days")), y2="high:Q")
    bars = keyed(bars, up_to, hues)
    ticks = keyed(base.mark_tick(thickness=3, size=24).encode(y="middle:Q"), middle, hues)
    days = said(base.encode(y="middle:Q").mark_text(dy=9, fontSize=10, aria=False), "middle:Q", ",.1f")
    return specification_of(alt.layer(bars.add_params(pick("month_code")), ticks, days).properties(height=220))


LEAD_TIMES_BY_MONTH: Figure[JiraLook] = Figure(
    name="lead-times",
    title=N_("Lead time: from creation to resolution"),
    about=About(
        N_(
            "Days that went by between the creation of a request and its resolution, by month of resolution: the "
            "median as a tick, and up to the days below which 85 of 100 lie. Nights and weekends included."
        ),
        SOURCE,
    ),
    query=LEAD_TIMES,
    shape=_shape,
    columns=(
        Column("month", N_("Month"), Kind.MONTH),
        Column("requests", N_("Requests"), Kind.NUMBER),
        Column("middle", N_("Median (days)"), Kind.NUMBER, digits=1),
        Column("high", N_("85 of 100 below (days)"), Kind.NUMBER, digits=1),
        PARTIAL_COLUMN,
    ),
    chart=lambda frame, _look: Drawing(_specification(language()), midnights(frame, "month")),
    means=lambda look, mark: shows(Behind("resolved", *look.within(mark["month_code"]))),
)
