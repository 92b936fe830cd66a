"""Incidents by month: expected nights that failed, of all flows and of each."""

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import Any

import altair as alt
import pandas as pd

from core.base.i18n import N_, _, language
from core.base.periods import Grain
from core.show.about import About
from core.show.charts import Drawing, drawn, midnights, month_axis, month_tooltip, numbers, pale, specification_of
from core.show.columns import Column, Kind
from core.show.figure import Figure
from pages.pipelines.figures.years import EMPTY
from pages.pipelines.judged import INCIDENTS
from pages.pipelines.look import NightLook
from pages.pipelines.words import SOURCE

ABOUT = About(
    N_(
        "An incident is a night in which something was expected of a pipeline and that was KO, by the rules that held "
        "then; a failure that a rerun caught up is none. Beside it stands in how many nights something was expected. "
        "Two years up to the night shown; a month that is covered in part is marked."
    ),
    SOURCE,
)
_COUNTED = (
    Column("month", N_("Month"), Kind.MONTH),
    Column("incidents", N_("Incidents"), Kind.NUMBER),
    Column("nights", N_("Expected nights"), Kind.NUMBER),
    Column("share", N_("Share KO"), Kind.PERCENT),
    Column("partial", N_("Partial"), Kind.FLAG),
)
BY_FLOW = (Column("pipeline", N_("Pipeline")), Column("family", N_("Family")), *_COUNTED)


def _told(counted: pd.DataFrame, begin: pd.Timestamp, last: date) -> pd.DataFrame:
    """With the share of nights that were KO, and whether a month is covered in part. `begin` and `last`: the first and
    the last night told of."""
    partial = [
        month < begin.date() or Grain.MONTH.last(month) > last if not pd.isna(begin) else False
        for month in counted["month"]
    ]
    return counted.assign(share=counted["incidents"] / counted["nights"], partial=partial)


def by_flow(counted: pd.DataFrame, names: Mapping[str, str], last: date) -> pd.DataFrame:
    """A row a pipeline and month that had incidents, of those that `judged.INCIDENTS` gives; `names` of families by
    their key."""
    had = counted[counted["incidents"] > 0].reset_index(drop=True)
    named = _told(had, counted["begin"].min(), last).assign(family=had["family"].map(lambda key: names.get(key, key)))
    return named[[column.name for column in BY_FLOW]]


def by_month(counted: pd.DataFrame, last: date) -> pd.DataFrame:
    """A row a month, the newest first, of all pipelines together."""
    months = counted[counted["nights"] > 0].groupby("month", sort=False)[["incidents", "nights"]].sum().reset_index()
    return _told(months, counted["begin"].min(), last)[[column.name for column in _COUNTED]]


@lru_cache(maxsize=4)
def _bars(_language: str) -> dict[str, Any]:
    base = drawn().encode(
        x=month_axis("month"),
        y=alt.Y("incidents:Q", title=_("Incidents"), axis=alt.Axis(tickMinStep=1)),
        opacity=pale(),
        tooltip=[
            month_tooltip("month"),
            alt.Tooltip("incidents:Q", title=_("Incidents")),
            alt.Tooltip("nights:Q", title=_("Expected nights")),
        ],
    )
    layers = alt.layer(base.mark_bar(), numbers(base, "incidents:Q", ",d", upright=True))
    return specification_of(layers.properties(height=200))


BY_MONTH: Figure[NightLook] = Figure(
    name="incidents-by-month",
    title=N_("Incidents by month"),
    about=ABOUT,
    query=INCIDENTS,
    shape=lambda look, counted: by_month(counted, look.night.day),
    columns=_COUNTED,
    chart=lambda frame, _look: Drawing(_bars(language()), midnights(frame, "month")),
    told=N_("Incidents by month; the export holds the same."),
    empty=EMPTY,
)
OF_FLOWS: Figure[NightLook] = Figure(
    name="incidents-by-flow",
    title=N_("Incidents by pipeline and month"),
    about=ABOUT,
    query=INCIDENTS,
    shape=lambda look, counted: by_flow(counted, look.family_names, look.night.day),
    columns=BY_FLOW,
    height=13 * 35,
    means=lambda _look, mark: {"pipeline": {"pipeline": mark["pipeline"]}},
    empty=N_("No pipeline was KO in two years."),
)
