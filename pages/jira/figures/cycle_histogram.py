"""How cycle times are spread: how many requests took how many days of work."""

from functools import lru_cache
from math import ceil
from typing import Any

import altair as alt
import pandas as pd

from core.base.i18n import DAY_S, N_, _, language, show_number
from core.show.charts import Drawing, drawn, specification_of
from core.show.columns import Column, Kind
from core.show.figure import Figure
from pages.jira.colours import HUES
from pages.jira.figures.cycles import CYCLES
from pages.jira.look import JiraLook

BARS = 20
"""About so many bars reach to the 95th percentile; what took longer stands together in one more."""
WIDTHS = (0.125, 0.25, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500)
"""Days that a bar may be wide."""


def _shape(look: JiraLook, rows: pd.DataFrame) -> pd.DataFrame:
    return spread(CYCLES.shape(look, rows)["cycle_s"].astype(float) / DAY_S)


def spread(days: "pd.Series[float]") -> pd.DataFrame:
    """Durations in bars of one width: `low` and `high` in days, `requests`; the last, `more`, has no end of its own."""
    if days.empty:
        return pd.DataFrame(columns=["low", "high", "requests", "more", "range"])
    most = float(days.quantile(0.95))
    width = next((candidate for candidate in WIDTHS if most / candidate <= BARS), WIDTHS[-1])
    last = max(ceil(most / width), 1)
    counts = (days // width).clip(upper=last).astype(int).value_counts().reindex(range(last + 1), fill_value=0)
    frame = pd.DataFrame({"low": [n * width for n in counts.index], "requests": counts.to_list()})
    frame = frame.assign(high=frame["low"] + width, more=frame.index == last)
    ranges = [
        f"≥ {_said(low)}" if more else f"{_said(low)} – {_said(high)}"
        for low, high, more in zip(frame["low"], frame["high"], frame["more"], strict=True)
    ]
    return frame.assign(range=ranges)


def _said(days: float) -> str:
    return show_number(days, next((digits for digits in range(3) if round(days, digits) == days), 3))


@lru_cache(maxsize=4)
def _specification(_language: str) -> dict[str, Any]:
    count = alt.Y("requests:Q", title=_("Requests"), axis=alt.Axis(tickMinStep=1))
    bars = (
        drawn()
        .mark_bar()
        .encode(
            x=alt.X("low:Q", title=_("Cycle time (days)"), bin=alt.BinParams(binned=True)),
            x2="high:Q",
            y=count,
            color=alt.condition("datum.more", alt.value("gray"), alt.value(HUES[0])),
            tooltip=[
                alt.Tooltip("range:N", title=_("Days")),
                alt.Tooltip("requests:Q", title=_("Requests"), format=",.0f"),
            ],
        )
    )
    more = drawn().transform_filter("datum.more").mark_text(align="right", baseline="bottom", dy=-3, aria=False)
    return specification_of(alt.layer(bars, more.encode(x="high:Q", y=count, text="range:N")).properties(height=220))


CYCLE_HISTOGRAM: Figure[JiraLook] = Figure(
    name="cycle-histogram",
    title=N_("How cycle times are spread"),
    about=CYCLES.about,
    query=CYCLES.query,
    shape=_shape,
    columns=(Column("range", N_("Days")), Column("requests", N_("Requests"), Kind.NUMBER)),
    chart=lambda frame, _look: Drawing(_specification(language()), frame),
)
