"""Estimate against time spent, by month of resolution."""

from functools import lru_cache
from typing import Any

import altair as alt
import pandas as pd

from core.base.i18n import N_, _, language
from core.facts.conditions import local_month
from core.show.charts import (
    Drawing,
    drawn,
    keyed,
    midnights,
    month_axis,
    month_tooltip,
    pale,
    pick,
    signed_axis,
    specification_of,
)
from core.show.columns import Kind
from core.show.figure import Figure
from pages.jira.behind import Behind
from pages.jira.conditions import I
from pages.jira.figures import times
from pages.jira.figures.notes import PARTIAL_COLUMN, shows
from pages.jira.look import JiraLook

TIME_BY_MONTH = times.times_by("month", local_month(I.resolved_at))


def _shape(look: JiraLook, rows: pd.DataFrame) -> pd.DataFrame:
    months = rows["name"]
    return rows.assign(month=months, partial=months.isin(look.months.partial), month_code=months.map(str))


def _chart(frame: pd.DataFrame, _look: JiraLook) -> Drawing:
    return Drawing(_specification(language()), midnights(frame.dropna(subset=["drift"]), "month"))


@lru_cache(maxsize=4)
def _specification(_language: str) -> dict[str, Any]:
    base = drawn().encode(x=month_axis("month"), tooltip=[month_tooltip("month"), *times.drift_tooltips()])
    across = alt.Y("drift_q1:Q", title=_("Drift"), axis=signed_axis())
    base = base.encode(opacity=pale())
    quartiles, median, hues = times.spread()
    bars = keyed(base.mark_bar(width=16).encode(y=across, y2="drift_q3:Q"), quartiles, hues)
    ticks = keyed(base.mark_tick(thickness=3, size=24).encode(y="drift:Q"), median, hues)
    zero = drawn().mark_rule(strokeDash=[4, 3]).encode(y=alt.datum(0), color=alt.value("gray"))
    layers = alt.layer(zero, bars.add_params(pick("month_code")), ticks)
    return specification_of(layers.properties(height=240))


DRIFT_BY_MONTH: Figure[JiraLook] = Figure(
    name="drift-month",
    title=N_("Drift by month of resolution"),
    about=times.ABOUT,
    query=TIME_BY_MONTH,
    shape=_shape,
    columns=lambda look: (*times.columns(look, N_("Month"), Kind.MONTH), PARTIAL_COLUMN),
    chart=_chart,
    told=N_("Median drift and its quartiles, by month of resolution; the export holds the same."),
    means=lambda look, mark: shows(Behind("measured", *look.within(mark["month_code"]))),
)
