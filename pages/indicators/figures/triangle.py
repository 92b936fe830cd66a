"""How each month grew: what was seen of it at each age, in percent of its newest value."""

from functools import lru_cache
from typing import Any

import altair as alt
import pandas as pd

from core.base.i18n import N_, _, language
from core.base.periods import Grain
from core.show.about import About
from core.show.charts import Drawing
from core.show.columns import Column, Kind
from core.show.figure import Figure
from core.show.heat import heat
from pages.indicators.look import IndicatorLook
from pages.indicators.words import SOURCE, column

SHOWN = 18
"""So many months and ages stand in the picture; the export holds all."""


@lru_cache(maxsize=4)
def _specification(_language: str) -> dict[str, Any]:
    axis = alt.Axis(labelAngle=0, orient="top", ticks=False, domain=False)
    across = alt.X("age:O", title=_("Age of the month when it was looked at, in months"), axis=axis)
    down = alt.Y("name:N", sort=alt.EncodingSortField("place", op="min", order="descending"), title=None)
    told = [
        alt.Tooltip("name:N", title=_("Month")),
        alt.Tooltip("age:Q", title=_("Age in months")),
        alt.Tooltip("value:Q", title=_("Value"), format=",.4~r"),
        alt.Tooltip("of_newest:Q", title=_("Of the newest value"), format=".1%"),
    ]
    return heat(across, down, "of_newest", told, number=".0%", most=1, step=20)


def _shape(look: IndicatorLook) -> pd.DataFrame:
    cells = look.triangle
    place = [month.year * 12 + month.month for month in cells["period"]]
    return cells.assign(name=[Grain.MONTH.label(month) for month in cells["period"]], place=place)


def _chart(frame: pd.DataFrame, _look: IndicatorLook) -> Drawing:
    newest = frame["place"].max() if len(frame) else 0
    shown = frame[(frame["place"] > newest - SHOWN) & (frame["age"] <= SHOWN)]
    return Drawing(_specification(language()), shown[["name", "place", "age", "value", "of_newest"]])


TRIANGLE: Figure[IndicatorLook] = Figure(
    name="triangle",
    title=N_("How months grew"),
    about=About(
        N_(
            "A line a month, a column an age: what was seen of the month when it was so many months old, in percent of "
            "its newest value, in the newest version of the definition. Linear colours. The picture shows the newest "
            "months and ages; the export holds all."
        ),
        SOURCE,
    ),
    shape=_shape,
    columns=lambda look: (
        Column("period", N_("Month"), Kind.MONTH),
        Column("age", N_("Age in months"), Kind.NUMBER),
        column("value", N_("Value"), look.indicator),
        Column("of_newest", N_("Of the newest value"), Kind.PERCENT, digits=1),
        Column("seen_on", N_("Looked at on"), Kind.DAY),
    ),
    chart=_chart,
    told=N_("What was seen of each month at each age, in percent of its newest value."),
)
