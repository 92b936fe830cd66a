"""Charts of the activity: pure functions from a frame to a drawing. Their specifications are kept; only data change.

A bar of a partial month is pale. A mark that is picked tells, under the selection "pick", the columns of its row that
the page needs to find the requests behind it.
"""

import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import cycle
from typing import Any

import altair as alt
import pandas as pd

from core.base.cache import once_a_frame
from core.base.i18n import _, language
from core.show.charts import Drawing, day_axis
from pages.jira.figures import OTHERS

PICK = "pick"
HUES = ("#0072b2", "#da730b", "#8bd4f9", "#8d356f", "#35d49f", "#a02222", "#8b8bf9", "#bad435", "#bc4e60")
"""Told apart also by eyes that do not tell red from green."""
NONE_HUE, OTHERS_HUE = "#8d99a6", "#b9c1c9"
"""Greys: what has no value is no type or client, and the others together are several."""


def _days(frame: pd.DataFrame, column: str) -> pd.DataFrame:
    return frame.assign(**{column: pd.to_datetime(frame[column].astype(object), utc=True)})


def _pick(*fields: str) -> alt.Parameter:
    return alt.selection_point(name=PICK, fields=list(fields), clear="dblclick")


def _month(field: str = "month") -> alt.X:
    """A horizontal axis of months, as days that `_days` made."""
    axis = alt.Axis(format="%b %y", labelAngle=0, labelOverlap=True)
    return alt.X(f"{field}:O", timeUnit=alt.TimeUnitParams(unit="yearmonth", utc=True), title=None, axis=axis)


def _month_told(field: str = "month") -> alt.Tooltip:
    return alt.Tooltip(f"utcyearmonth({field}):T", title=_("Month"), format="%B %Y")


def _week_told() -> alt.Tooltip:
    return alt.Tooltip("week:T", title=_("Week"), format="%-d %b %Y")


PALE = alt.condition("datum.partial", alt.value(0.45), alt.value(1.0))


@once_a_frame
def stacked_months(frame: pd.DataFrame, colours: dict[str, str]) -> Drawing:
    """Requests by month, a colour a name. `frame` is `figures.by_month`; `colours` are those of some names."""
    names = tuple(frame.groupby("name")["n"].sum().sort_values(ascending=False).index) if len(frame) else ()
    codes = dict(zip(frame["name"], frame["code"], strict=True))
    return Drawing(_stacked(names, hues([codes[name] for name in names], colours), language()), _days(frame, "month"))


def hues(codes: Sequence[str], colours: Mapping[str, str]) -> tuple[str, ...]:
    """A colour for each code: its own where it has one, grey for none and for the others, else one that is unlike."""
    own = {code: colours[code] for code in codes if code in colours}
    own |= {code: OTHERS_HUE if code == OTHERS else NONE_HUE for code in codes if code == OTHERS or is_none(code)}
    free = list(HUES)
    for colour in own.values():
        free = sorted(free, key=lambda hue: _unlike(hue, colour))[1:] or free
    left = cycle(hue for hue in HUES if hue in free)
    return tuple(own.get(code) or next(left) for code in codes)


def is_none(code: str) -> bool:
    """Whether a code stands for no type, or for no client of a project (`DATA/`)."""
    return not code or code.endswith("/")


def _unlike(one: str, other: str) -> int:
    """How much two colours differ, between their reds, greens and blues."""
    return sum((int(one[at : at + 2], 16) - int(other[at : at + 2], 16)) ** 2 for at in (1, 3, 5))


@lru_cache(maxsize=200)
def _stacked(names: tuple[str, ...], hues: tuple[str, ...], _language: str) -> dict[str, Any]:
    bars = (
        alt.Chart(alt.NamedData("drawn"))
        .mark_bar(width=alt.RelativeBandSize(0.8))
        .encode(
            x=_month(),
            y=alt.Y("n:Q", title=_("Requests"), axis=alt.Axis(tickMinStep=1)),
            color=alt.Color(
                "name:N",
                title=None,
                sort=list(names),
                scale=alt.Scale(domain=list(names), range=list(hues)),
                legend=alt.Legend(orient="top", columns=4, symbolType="square", labelLimit=140),
            ),
            order=alt.Order("n:Q", sort="descending"),
            opacity=PALE,
            tooltip=[
                alt.Tooltip("name:N", title=_("Name")),
                _month_told(),
                alt.Tooltip("n:Q", title=_("Requests"), format=",.1~f"),
            ],
        )
        .add_params(_pick("code", "month_code"))
    )
    spec: dict[str, Any] = bars.properties(height=300).to_dict()
    return spec


@once_a_frame
def drift(frame: pd.DataFrame) -> Drawing:
    """Drift by name: the quartiles as a bar, the median as a tick. `frame` is an answer of TIME_BY_…, named; its `code`
    is picked."""
    names = tuple(frame.sort_values("drift", ascending=False)["name"])
    return Drawing(_drift(names, language()), frame)


@lru_cache(maxsize=200)
def _drift(names: tuple[str, ...], _language: str) -> dict[str, Any]:
    base = alt.Chart(alt.NamedData("drawn")).encode(
        y=alt.Y("name:N", sort=list(names), title=None, axis=alt.Axis(labelLimit=170)),
        tooltip=[alt.Tooltip("name:N", title=_("Name")), *_drift_told()],
    )
    across = alt.X("drift_q1:Q", title=_("Drift (quartiles and median)"), axis=alt.Axis(format="+.0%"))
    bars = base.mark_bar(height=12, opacity=0.5, color="#4c78a8").encode(x=across, x2="drift_q3:Q")
    ticks = base.mark_tick(thickness=3, size=18, color="#f58518").encode(x="drift:Q")
    zero = alt.Chart(alt.NamedData("drawn")).mark_rule(color="#7f8c9d", strokeDash=[4, 3]).encode(x=alt.datum(0))
    layers = alt.layer(zero, bars.add_params(_pick("code")), ticks)
    spec: dict[str, Any] = layers.properties(height=alt.Step(26)).to_dict()
    return spec


def _drift_told() -> list[alt.Tooltip]:
    return [
        alt.Tooltip("drift:Q", title=_("Median drift"), format="+.0%"),
        alt.Tooltip("drift_q1:Q", title=_("Drift, 1st quartile"), format="+.0%"),
        alt.Tooltip("drift_q3:Q", title=_("Drift, 3rd quartile"), format="+.0%"),
        alt.Tooltip("above:Q", title=_("Share above the limit"), format=".0%"),
        alt.Tooltip("measured:Q", title=_("With both times")),
    ]


@once_a_frame
def drift_months(frame: pd.DataFrame) -> Drawing:
    """Drift by month of resolution: quartiles and median. `frame` is TIME_BY_MONTH with `month`, `partial`."""
    return Drawing(_drift_months(language()), _days(frame, "month"))


@lru_cache(maxsize=4)
def _drift_months(_language: str) -> dict[str, Any]:
    base = alt.Chart(alt.NamedData("drawn")).encode(x=_month(), tooltip=[_month_told(), *_drift_told()])
    across = alt.Y("drift_q1:Q", title=_("Drift (quartiles and median)"), axis=alt.Axis(format="+.0%"))
    pale = alt.condition("datum.partial", alt.value(0.2), alt.value(0.5))
    bars = base.mark_bar(width=16, color="#4c78a8").encode(y=across, y2="drift_q3:Q", opacity=pale)
    ticks = base.mark_tick(thickness=3, size=24, color="#f58518").encode(y="drift:Q", opacity=PALE)
    zero = alt.Chart(alt.NamedData("drawn")).mark_rule(color="#7f8c9d", strokeDash=[4, 3]).encode(y=alt.datum(0))
    layers = alt.layer(zero, bars.add_params(_pick("month_code")), ticks)
    spec: dict[str, Any] = layers.properties(height=240).to_dict()
    return spec


DUE_HUES = {"on_time": HUES[0], "late": HUES[1], "without_date": NONE_HUE}


@once_a_frame
def due(frame: pd.DataFrame) -> Drawing:
    """Resolved requests by month and by how they stand to their due date: `month`, `state`, `requests`, `partial`."""
    return Drawing(_due(language()), _days(frame, "month"))


@lru_cache(maxsize=4)
def _due(_language: str) -> dict[str, Any]:
    words = {"on_time": _("On time"), "late": _("Late"), "without_date": _("Without date")}
    scale = alt.Scale(domain=list(words), range=list(DUE_HUES.values()))
    legend = alt.Legend(orient="top", symbolType="square", labelExpr=_said(words))
    spec: dict[str, Any] = (
        alt.Chart(alt.NamedData("drawn"))
        .mark_bar(width=alt.RelativeBandSize(0.8))
        .encode(
            x=_month(),
            y=alt.Y("requests:Q", title=_("Requests"), axis=alt.Axis(tickMinStep=1)),
            color=alt.Color("state:N", title=None, scale=scale, legend=legend),
            opacity=PALE,
            tooltip=[
                _month_told(),
                alt.Tooltip("word:N", title=_("Due date")),
                alt.Tooltip("requests:Q", title=_("Requests")),
            ],
        )
        .transform_calculate(word=_said(words, "datum.state"))
        .add_params(_pick("state", "month_code"))
        .properties(height=240)
        .to_dict()
    )
    return spec


def _said(words: dict[str, str], of: str = "datum.value") -> str:
    """A Vega expression that says a code's word."""
    return f"({json.dumps(words, ensure_ascii=False)})[{of}]"


@once_a_frame
def weeks(frame: pd.DataFrame) -> Drawing:
    """Created against resolved, by week: lines of `week`, `created`, `resolved`."""
    long = frame.melt(id_vars="week", value_vars=["created", "resolved"], var_name="what", value_name="requests")
    long["week_code"] = long["week"].map(str)
    return Drawing(_lines(language()), _days(long, "week"))


@lru_cache(maxsize=4)
def _lines(_language: str) -> dict[str, Any]:
    words = {"created": _("Created"), "resolved": _("Resolved")}
    legend = alt.Legend(orient="top", labelExpr=_said(words))
    base = (
        alt.Chart(alt.NamedData("drawn"))
        .transform_calculate(word=_said(words, "datum.what"))
        .encode(
            x=day_axis("week"),
            y=alt.Y("requests:Q", title=_("Requests")),
            color=alt.Color(
                "what:N",
                title=None,
                scale=alt.Scale(domain=list(words), range=["#4c78a8", "#54a24b"]),
                legend=legend,
            ),
            tooltip=[
                _week_told(),
                alt.Tooltip("word:N", title=_("Status")),
                alt.Tooltip("requests:Q", title=_("Requests")),
            ],
        )
    )
    points = base.mark_point(size=36, filled=True, opacity=1).add_params(_pick("what", "week_code"))
    spec: dict[str, Any] = alt.layer(base.mark_line(), points).properties(height=260).to_dict()
    return spec


@once_a_frame
def cumulative(frame: pd.DataFrame) -> Drawing:
    """The cumulative flow: steps of `week`, `until` (the week's end), `status`, `requests`; where requests come to
    rest lies lowest."""
    ordered = frame.sort_values(["week", "rests", "requests"], ascending=[True, False, False], kind="stable")
    names = tuple(
        ordered.groupby("status", sort=False)["rests"].first().sort_values(ascending=False, kind="stable").index
    )
    place = {name: number for number, name in enumerate(names)}
    ordered = ordered.assign(place=ordered["status"].map(place)).sort_values(["week", "place"])
    top = ordered.groupby("week")["requests"].cumsum()
    dated = _days(_days(ordered, "week"), "until")
    return Drawing(
        _steps(names, language()),
        dated.assign(top=top, bottom=top - ordered["requests"], week_code=ordered["week"].map(str)),
    )


@lru_cache(maxsize=50)
def _steps(names: tuple[str, ...], _language: str) -> dict[str, Any]:
    spec: dict[str, Any] = (
        alt.Chart(alt.NamedData("drawn"))
        .mark_rect(opacity=0.85)
        .encode(
            x=day_axis("week"),
            x2="until:T",
            y=alt.Y("bottom:Q", title=_("Requests")),
            y2="top:Q",
            color=alt.Color(
                "status:N",
                title=None,
                scale=alt.Scale(domain=list(names), range=list(HUES)),
                legend=alt.Legend(orient="top", columns=4),
            ),
            tooltip=[
                _week_told(),
                alt.Tooltip("status:N", title=_("Status")),
                alt.Tooltip("requests:Q", title=_("Requests")),
            ],
        )
        .add_params(_pick("status", "week_code", "rests"))
        .properties(height=260)
        .to_dict()
    )
    return spec


@once_a_frame
def ages(frame: pd.DataFrame) -> Drawing:
    """Open requests by age: `age` (in words), `band` (its number), `status`, `requests`."""
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
        .add_params(_pick("band", "status"))
        .properties(height=alt.Step(30))
        .to_dict()
    )
    return spec


@once_a_frame
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
    layers = alt.layer(points.add_params(_pick("key")), *rules)
    spec: dict[str, Any] = layers.properties(height=280).to_dict()
    return spec
