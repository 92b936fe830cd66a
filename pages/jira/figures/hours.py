"""Estimated against spent, in hours: the shape and the chart of the figures by month, by type and by client."""

from functools import lru_cache
from typing import Any

import altair as alt
import pandas as pd

from core.base.i18n import N_, _, language
from core.show.about import About
from core.show.charts import (
    BESIDE,
    Drawing,
    drawn,
    legend,
    midnights,
    month_axis,
    month_tooltip,
    numbers,
    pale,
    pick,
    specification_of,
)
from core.show.columns import Column, Kind
from pages.jira.colours import HUES
from pages.jira.figures.notes import SOURCE

ABOUT = About(
    N_(
        "The hours estimated at first and the hours spent on the requests resolved in the period that have both, and "
        "how many requests that are. The difference says by how much all of them together ran over, which a median of "
        "single drifts does not."
    ),
    SOURCE,
)
SAID = {"estimated": N_("Estimated"), "spent": N_("Spent")}
TOP = 15
"""So many names are drawn; the table holds all."""


def in_hours(rows: pd.DataFrame) -> pd.DataFrame:
    """Sums of both times in hours: `estimated`, `spent`, `over` (what was spent more, as a share of the estimate), and
    `measured`, the number of requests with both; without what has none. `rows` has `estimate_s` and `spent_s`."""
    measured = rows[rows["measured"] > 0]
    estimated, spent = (measured[f"{name}_s"].astype(float) / 3600 for name in ("estimate", "spent"))
    kept = [name for name in ("name", "code", "month", "month_code", "partial", "measured") if name in measured]
    return measured[kept].assign(estimated=estimated, spent=spent, over=spent / estimated - 1)


def columns(label: str, kind: Kind = Kind.TEXT) -> tuple[Column, ...]:
    """What a table of the hours shows; `label` says what they are by."""
    return (
        Column("name", label, kind),
        Column("measured", N_("With both times"), Kind.NUMBER),
        Column("estimated", N_("Estimated"), Kind.NUMBER, digits=1, unit="h"),
        Column("spent", N_("Spent"), Kind.NUMBER, digits=1, unit="h"),
        Column("over", N_("Difference"), Kind.PERCENT),
    )


def by_name(frame: pd.DataFrame) -> Drawing:
    """Two bars a name, of those with the most hours, in the frame's order; a mark tells its `code`."""
    biggest = frame.loc[frame["spent"].nlargest(TOP).index.sort_values()]
    return Drawing(_by_name(tuple(biggest["name"]), language()), biggest)


def by_month(frame: pd.DataFrame) -> Drawing:
    """Two bars a month; a mark tells its `month_code`."""
    return Drawing(_by_month(language()), midnights(frame, "month"))


@lru_cache(maxsize=200)
def _by_name(names: tuple[str, ...], _language: str) -> dict[str, Any]:
    name = alt.Y("name:N", sort=list(names), title=None, axis=alt.Axis(labelLimit=170))
    across = alt.X("hours:Q", title=_("Hours"), scale=BESIDE, axis=alt.Axis(tickCount=8))
    base = _both().encode(
        y=name, yOffset="what:N", x=across, tooltip=[alt.Tooltip("name:N", title=_("Name")), *_tooltips()]
    )
    values = numbers(base.encode(color=alt.value("gray")), "hours:Q", ",.0f")
    both = alt.layer(base.mark_bar(height=9).add_params(pick("code")), values)
    return specification_of(both.properties(height=alt.Step(13)))


@lru_cache(maxsize=4)
def _by_month(_language: str) -> dict[str, Any]:
    bars = _both().mark_bar().encode(x=month_axis("month"), xOffset="what:N", y=alt.Y("hours:Q", title=_("Hours")))
    columns = bars.encode(opacity=pale(), tooltip=[month_tooltip("month"), *_tooltips()])
    return specification_of(columns.add_params(pick("month_code")).properties(height=260))


def _both() -> alt.Chart:
    words = {name: _(word) for name, word in SAID.items()}
    scale = alt.Scale(domain=list(words), range=[HUES[0], HUES[1]])
    folded = drawn().transform_fold(list(words), as_=["what", "hours"])
    return folded.encode(color=alt.Color("what:N", title=None, scale=scale, legend=legend(words)))


def _tooltips() -> list[alt.Tooltip]:
    return [
        alt.Tooltip("estimated:Q", title=_("Estimated (h)"), format=",.1f"),
        alt.Tooltip("spent:Q", title=_("Spent (h)"), format=",.1f"),
        alt.Tooltip("over:Q", title=_("Difference"), format="+.0%"),
        alt.Tooltip("measured:Q", title=_("With both times"), format=",.0f"),
    ]
