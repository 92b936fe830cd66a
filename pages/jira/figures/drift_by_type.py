"""Estimate against time spent, by request type."""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

import altair as alt
import pandas as pd

from core.base.i18n import N_, _, language
from core.facts.conditions import NO_VALUE
from core.show.charts import Drawing, drawn, keyed, pick, signed_axis, specification_of
from core.show.figure import Figure
from pages.jira.behind import Behind
from pages.jira.choices import type_name
from pages.jira.conditions import TYPE
from pages.jira.figures import times
from pages.jira.figures.notes import shows
from pages.jira.look import JiraLook

TIME_BY_TYPE = times.times_by("type", TYPE)


def ordered(rows: pd.DataFrame, codes: Iterable[str]) -> pd.DataFrame:
    """Rows a name, in the order in which every chart of the screen has the names (`codes`)."""
    places = {code: place for place, code in enumerate(codes)}
    return rows.sort_values("name", key=lambda names: names.map(places), kind="stable", ignore_index=True)


def _shape(look: JiraLook, rows: pd.DataFrame) -> pd.DataFrame:
    rows = ordered(rows, look.types)
    codes = rows["name"]
    return rows.assign(code=[code or NO_VALUE for code in codes], name=[type_name(code) for code in codes])


def drifts(frame: pd.DataFrame, _look: JiraLook) -> Drawing:
    """Drift by name: the quartiles as a bar, the median as a tick; a mark tells its `code`."""
    measured = frame.dropna(subset=["drift"])
    return Drawing(_drifts(tuple(measured["name"]), language()), measured)


@lru_cache(maxsize=200)
def _drifts(names: tuple[str, ...], _language: str) -> dict[str, Any]:
    base = drawn().encode(
        y=alt.Y("name:N", sort=list(names), title=None, axis=alt.Axis(labelLimit=170)),
        tooltip=[alt.Tooltip("name:N", title=_("Name")), *times.drift_tooltips()],
    )
    across = alt.X("drift_q1:Q", title=_("Drift"), axis=signed_axis())
    quartiles, median, hues = times.spread()
    bars = keyed(base.mark_bar(height=12).encode(x=across, x2="drift_q3:Q"), quartiles, hues)
    ticks = keyed(base.mark_tick(thickness=3, size=18).encode(x="drift:Q"), median, hues)
    values = base.mark_text(align="left", dx=5, fontSize=10, fontWeight="bold", color="black", aria=False)
    values = values.encode(x="drift:Q", text=alt.Text("drift:Q", format="+.0%"))
    zero = drawn().mark_rule(strokeDash=[4, 3]).encode(x=alt.datum(0), color=alt.value("gray"))
    layers = alt.layer(zero, bars.add_params(pick("code")), ticks, values)
    return specification_of(layers.properties(height=alt.Step(26)))


DRIFT_BY_TYPE: Figure[JiraLook] = Figure(
    name="drift-type",
    title=N_("Drift by type"),
    about=times.ABOUT,
    query=TIME_BY_TYPE,
    shape=_shape,
    columns=lambda look: times.columns(look, N_("Request type")),
    chart=drifts,
    means=lambda _look, mark: shows(Behind("measured"), types=[mark["code"]]),
)
