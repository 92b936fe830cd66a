"""Charts of the activity: pure functions from a frame to a drawing. Their specifications are kept; only data change.

A bar of a partial month is pale. Where a chart can be picked in, its selection is called "pick".
"""

from functools import lru_cache
from typing import Any

import altair as alt
import pandas as pd

from core.charts import Drawing, day_axis
from core.i18n import _, language

PICK = "pick"
HUES = ("#4c78a8", "#f58518", "#54a24b", "#b279a2", "#9d755d", "#72b7b2", "#e45756", "#8d8d8d", "#d4a72c", "#5b8c5a")


def _days(frame: pd.DataFrame, column: str) -> pd.DataFrame:
    return frame.assign(**{column: pd.to_datetime(frame[column].astype(object), utc=True)})


def stacked_months(frame: pd.DataFrame, colours: dict[str, str]) -> Drawing:
    """Requests by month, a colour a name. `frame` is `figures.by_month`; `colours` are those of some names."""
    names = tuple(frame.groupby("name")["n"].sum().sort_values(ascending=False).index) if len(frame) else ()
    free = iter(hue for hue in HUES * 3 if hue not in colours.values())
    hues = tuple(colours.get(name) or next(free) for name in names)
    return Drawing(_stacked(names, hues, language()), _days(frame, "month"))


@lru_cache(maxsize=200)
def _stacked(names: tuple[str, ...], hues: tuple[str, ...], _language: str) -> dict[str, Any]:
    pick = alt.selection_point(name=PICK, fields=["code"])
    bars = (
        alt.Chart(alt.NamedData("drawn"))
        .mark_bar(width=alt.RelativeBandSize(0.8))
        .encode(
            x=alt.X("yearmonth(month):O", title=None, axis=alt.Axis(format="%b %y", labelAngle=0, labelOverlap=True)),
            y=alt.Y("n:Q", title=_("Requests"), axis=alt.Axis(tickMinStep=1)),
            color=alt.Color(
                "name:N",
                title=None,
                sort=list(names),
                scale=alt.Scale(domain=list(names), range=list(hues)),
                legend=alt.Legend(orient="top", columns=4, symbolType="square", labelLimit=140),
            ),
            order=alt.Order("n:Q", sort="descending"),
            opacity=alt.condition("datum.partial", alt.value(0.45), alt.value(1.0)),
            tooltip=[
                alt.Tooltip("name:N", title=_("Name")),
                alt.Tooltip("utcyearmonth(month):T", title=_("Month"), format="%B %Y"),
                alt.Tooltip("n:Q", title=_("Requests"), format=",.1~f"),
            ],
        )
        .add_params(pick)
    )
    spec: dict[str, Any] = bars.properties(height=300).to_dict()
    spec["encoding"]["x"]["timeUnit"] = {"unit": "yearmonth", "utc": True}
    return spec


def drift(frame: pd.DataFrame) -> Drawing:
    """Drift by name: the quartiles as a bar, the median as a tick. `frame` is an answer of TIME_BY_…, named."""
    names = tuple(frame.sort_values("drift", ascending=False)["name"])
    return Drawing(_drift(names, language()), frame)


@lru_cache(maxsize=200)
def _drift(names: tuple[str, ...], _language: str) -> dict[str, Any]:
    base = alt.Chart(alt.NamedData("drawn")).encode(
        y=alt.Y("name:N", sort=list(names), title=None, axis=alt.Axis(labelLimit=170)),
        tooltip=[
            alt.Tooltip("name:N", title=_("Name")),
            alt.Tooltip("drift:Q", title=_("Median drift"), format="+.0%"),
            alt.Tooltip("above:Q", title=_("Share above the limit"), format=".0%"),
            alt.Tooltip("measured:Q", title=_("With both times")),
        ],
    )
    across = alt.X("drift_q1:Q", title=_("Drift (quartiles and median)"), axis=alt.Axis(format="+.0%"))
    bars = base.mark_bar(height=12, opacity=0.5, color="#4c78a8").encode(x=across, x2="drift_q3:Q")
    ticks = base.mark_tick(thickness=3, size=18, color="#f58518").encode(x="drift:Q")
    zero = alt.Chart(alt.NamedData("drawn")).mark_rule(color="#7f8c9d", strokeDash=[4, 3]).encode(x=alt.datum(0))
    spec: dict[str, Any] = alt.layer(zero, bars, ticks).properties(height=alt.Step(26)).to_dict()
    return spec


def weeks(frame: pd.DataFrame) -> Drawing:
    """Created against resolved, by week: lines of `week`, `created`, `resolved`."""
    long = frame.melt(id_vars="week", value_vars=["created", "resolved"], var_name="what", value_name="requests")
    words = {"created": _("Created"), "resolved": _("Resolved")}
    return Drawing(_lines(language()), _days(long.assign(what=long["what"].map(words)), "week"))


@lru_cache(maxsize=4)
def _lines(_language: str) -> dict[str, Any]:
    spec: dict[str, Any] = (
        alt.Chart(alt.NamedData("drawn"))
        .mark_line(point=alt.OverlayMarkDef(size=12))
        .encode(
            x=day_axis("week"),
            y=alt.Y("requests:Q", title=_("Requests")),
            color=alt.Color(
                "what:N",
                title=None,
                scale=alt.Scale(range=["#4c78a8", "#54a24b"]),
                legend=alt.Legend(orient="top"),
            ),
            tooltip=[
                alt.Tooltip("week:T", title=_("Week"), format="%-d %b %Y"),
                alt.Tooltip("what:N", title=_("Status")),
                alt.Tooltip("requests:Q", title=_("Requests")),
            ],
        )
        .properties(height=260)
        .to_dict()
    )
    return spec


def cumulative(frame: pd.DataFrame) -> Drawing:
    """The cumulative flow: areas of `week`, `status`, `requests`."""
    return Drawing(_areas(language()), _days(frame, "week"))


@lru_cache(maxsize=4)
def _areas(_language: str) -> dict[str, Any]:
    spec: dict[str, Any] = (
        alt.Chart(alt.NamedData("drawn"))
        .mark_area(opacity=0.85)
        .encode(
            x=day_axis("week"),
            y=alt.Y("requests:Q", title=_("Requests"), stack="zero"),
            color=alt.Color(
                "status:N", title=None, scale=alt.Scale(range=list(HUES)), legend=alt.Legend(orient="top", columns=4)
            ),
            tooltip=[
                alt.Tooltip("week:T", title=_("Week"), format="%-d %b %Y"),
                alt.Tooltip("status:N", title=_("Status")),
                alt.Tooltip("requests:Q", title=_("Requests")),
            ],
        )
        .properties(height=260)
        .to_dict()
    )
    return spec


def ages(frame: pd.DataFrame) -> Drawing:
    """Open requests by age: `age` (in words), `band` (its order), `status`, `requests`."""
    return Drawing(_ages(language()), frame)


@lru_cache(maxsize=4)
def _ages(_language: str) -> dict[str, Any]:
    spec: dict[str, Any] = (
        alt.Chart(alt.NamedData("drawn"))
        .mark_bar()
        .encode(
            x=alt.X("requests:Q", title=_("Requests"), axis=alt.Axis(tickMinStep=1)),
            y=alt.Y("age:N", sort=alt.EncodingSortField("band"), title=None),
            color=alt.Color(
                "status:N", title=None, scale=alt.Scale(range=list(HUES)), legend=alt.Legend(orient="top", columns=4)
            ),
            tooltip=[
                alt.Tooltip("age:N", title=_("Age")),
                alt.Tooltip("status:N", title=_("Status")),
                alt.Tooltip("requests:Q", title=_("Requests")),
            ],
        )
        .properties(height=alt.Step(30))
        .to_dict()
    )
    return spec


def cycles(frame: pd.DataFrame) -> Drawing:
    """Cycle times: a point a request (`resolved_at`, `days`, `key`), and lines at `p50`, `p85`, `p95` (days)."""
    return Drawing(_cycles(language()), frame)


@lru_cache(maxsize=4)
def _cycles(_language: str) -> dict[str, Any]:
    base = alt.Chart(alt.NamedData("drawn"))
    points = base.mark_circle(size=28, opacity=0.5, color="#4c78a8").encode(
        x=day_axis("resolved_at"),
        y=alt.Y("days:Q", title=_("Cycle time (days)"), scale=alt.Scale(type="symlog", constant=1)),
        tooltip=[
            alt.Tooltip("key:N", title=_("Key")),
            alt.Tooltip("summary:N", title=_("Name")),
            alt.Tooltip("days:Q", title=_("Cycle time (days)"), format=",.1f"),
        ],
    )
    rules = [
        base.mark_rule(color=colour, strokeDash=[5, 3], size=2).encode(y=f"min({name}):Q")
        for name, colour in (("p50", "#54a24b"), ("p85", "#f58518"), ("p95", "#e45756"))
    ]
    spec: dict[str, Any] = alt.layer(points, *rules).properties(height=280).to_dict()
    return spec
