"""Charts of the hand-overs: pure functions from a frame to a chart. Their specifications are kept; only data change.

Every mark that stands for hand-overs can be picked.
"""

import json
from functools import lru_cache
from typing import Any

import altair as alt
import pandas as pd

from core.base.i18n import _, language
from core.show.charts import AnyChart, Drawing, day_axis

PICK = "pick"
"""Name of the selection of a mark."""


def _drawn() -> alt.Chart:
    return alt.Chart(alt.NamedData("drawn"))


def _spec(chart: AnyChart) -> dict[str, Any]:
    spec: dict[str, Any] = chart.to_dict()
    return spec


def _pick(*fields: str) -> alt.Parameter:
    """A click on a mark picks it, as the values of these fields."""
    return alt.selection_point(name=PICK, fields=list(fields), on="click", clear="dblclick")


def _utc(days: "pd.Series[Any]") -> "pd.Series[Any]":
    return pd.to_datetime(days.astype(object), utc=True)


def _with_marks(frame: pd.DataFrame, marks: pd.DataFrame, days: list[str]) -> pd.DataFrame:
    """Periods and marked events in one frame; `marks` has `start` and `mark`."""
    joined = pd.concat([frame, marks], ignore_index=True) if len(marks) else frame.assign(mark=None)
    return joined.assign(**{name: _utc(joined[name]) for name in days})


def _marked(base: alt.Chart) -> list[alt.Chart]:
    """Marked events as upright lines with a flag; the list below the charts says them to whoever does not see."""
    events = base.transform_filter("isValid(datum.mark)")
    told = [alt.Tooltip("mark:N", title=_("Event")), alt.Tooltip("start:T", title=_("Day"), format="%d/%m/%Y")]
    lines = events.mark_rule(aria=False, strokeDash=[4, 3], strokeWidth=1.5).encode(
        x="start:T", color=alt.value("orange"), tooltip=told
    )
    flags = events.mark_text(aria=False, text="⚑", fontSize=14, dy=-2, baseline="bottom").encode(
        x="start:T", y=alt.value(8), color=alt.value("orange"), tooltip=told
    )
    return [lines, flags]


def trend(frame: pd.DataFrame, marks: pd.DataFrame) -> Drawing:
    """Hand-overs by period, the period before as ticks, marked events. `frame` is `frames.trend`."""
    return Drawing(_trend(language()), _with_marks(frame, marks, ["start", "end"]))


@lru_cache(maxsize=4)
def _trend(_language: str) -> dict[str, Any]:
    base = _drawn()
    partial, whole = _("partial"), _("whole")
    periods = base.transform_filter("isValid(datum.handovers)").transform_calculate(
        told=f"datum.partial ? {json.dumps(partial)} : {json.dumps(whole)}"
    )
    told = [
        alt.Tooltip("name:N", title=_("Period")),
        alt.Tooltip("handovers:Q", title=_("Reroutes"), format=",d"),
        alt.Tooltip("before:Q", title=_("The period before"), format=",d"),
        alt.Tooltip("told:N", title=_("Period covered")),
    ]
    across = day_axis("start")
    bars = periods.mark_bar(binSpacing=2, cursor="pointer").encode(
        x=across,
        x2="end:T",
        y=alt.Y("handovers:Q", title=_("Reroutes")),
        y2=alt.datum(0),
        color=alt.value("blue"),
        opacity=alt.condition("datum.partial", alt.value(0.35), alt.value(0.95)),
        tooltip=told,
    )
    ticks = periods.mark_rule(strokeWidth=2).encode(
        x="start:T", x2="end:T", y="before:Q", color=alt.value("gray"), tooltip=told
    )
    return _spec(alt.layer(bars.add_params(_pick("start")), ticks, *_marked(base)).properties(height=260))


def control(frame: pd.DataFrame, marks: pd.DataFrame) -> Drawing:
    """The rate by period within its limits, marked events. `frame` is `frames.control`."""
    return Drawing(_control(language()), _with_marks(frame, marks, ["start"]))


@lru_cache(maxsize=4)
def _control(_language: str) -> dict[str, Any]:
    base = _drawn()
    periods = base.transform_filter("isValid(datum.rate)")
    told = [
        alt.Tooltip("name:N", title=_("Period")),
        alt.Tooltip("rate:Q", title=_("Rate"), format=".1%"),
        alt.Tooltip("lower:Q", title=_("Lower limit"), format=".1%"),
        alt.Tooltip("upper:Q", title=_("Upper limit"), format=".1%"),
        alt.Tooltip("hits:Q", title=_("Tasks rerouted"), format=",d"),
        alt.Tooltip("size:Q", title=_("Tasks routed"), format=",d"),
    ]
    scale = alt.Y(
        "rate:Q", title=_("Tasks rerouted / routed"), axis=alt.Axis(format=".0%"), scale=alt.Scale(zero=False)
    )
    limits = periods.transform_filter("isValid(datum.upper)")
    band = limits.mark_area(opacity=0.14, interpolate="step").encode(
        x=day_axis("start"), y="lower:Q", y2="upper:Q", color=alt.value("gray")
    )
    mean = limits.mark_line(strokeDash=[5, 4], strokeWidth=1).encode(x="start:T", y="mean:Q", color=alt.value("gray"))
    line = periods.mark_line(strokeWidth=1.5).encode(x="start:T", y=scale, color=alt.value("blue"))
    points = periods.mark_point(filled=True, opacity=1, cursor="pointer").encode(
        x="start:T",
        y=scale,
        color=alt.Color(
            "state:N", scale=alt.Scale(domain=["in", "out", "partial"], range=["blue", "red", "gray"]), legend=None
        ),
        shape=alt.Shape(
            "state:N",
            scale=alt.Scale(domain=["in", "out", "partial"], range=["circle", "diamond", "triangle-down"]),
            legend=None,
        ),
        size=alt.condition("datum.state == 'out'", alt.value(140), alt.value(45)),
        tooltip=told,
    )
    shown = alt.layer(band, mean, line, points.add_params(_pick("start")), *_marked(base))
    return _spec(shown.properties(height=260))


def bars(frame: pd.DataFrame) -> Drawing:
    """Values by their number of hand-overs. `frame` is `frames.shares`."""
    return Drawing(_bars(language()), frame)


@lru_cache(maxsize=4)
def _bars(_language: str) -> dict[str, Any]:
    told = [
        alt.Tooltip("value:N", title=_("Value")),
        alt.Tooltip("handovers:Q", title=_("Reroutes"), format=",d"),
        alt.Tooltip("share:Q", title=_("Share"), format=".1%"),
    ]
    base = _drawn().encode(
        y=alt.Y("value:N", sort="-x", title=None, axis=alt.Axis(labelLimit=150, ticks=False, domain=False)),
        x=alt.X("handovers:Q", title=None, axis=alt.Axis(tickCount=4, format=",d")),
        tooltip=told,
    )
    bars = base.mark_bar(cornerRadiusEnd=2, cursor="pointer").encode(color=alt.value("blue"))
    return _spec(bars.add_params(_pick("value", "said")).properties(height=alt.Step(20)))


def matrix(frame: pd.DataFrame) -> Drawing:
    """Origin → target; a click on a cell picks it. `frame` is `frames.matrix`."""
    return Drawing(_matrix(language()), frame)


@lru_cache(maxsize=4)
def _matrix(_language: str) -> dict[str, Any]:
    told = [
        alt.Tooltip("origin:N", title=_("Origin")),
        alt.Tooltip("target:N", title=_("Target")),
        alt.Tooltip("handovers:Q", title=_("Reroutes"), format=",d"),
        alt.Tooltip("tasks:Q", title=_("First reroutes"), format=",d"),
    ]
    most = alt.EncodingSortField("handovers", op="sum", order="descending")
    axis = alt.Axis(labelLimit=120, ticks=False, domain=False)
    squares = (
        _drawn()
        .mark_rect(cursor="pointer", cornerRadius=2)
        .encode(
            x=alt.X(
                "target:N",
                sort=most,
                title=_("Target"),
                axis=alt.Axis(labelAngle=-50, orient="top", labelLimit=120, ticks=False, domain=False),
            ),
            y=alt.Y("origin:N", sort=most, title=_("Origin"), axis=axis),
            color=alt.value("blue"),
            opacity=alt.Opacity("handovers:Q", scale=alt.Scale(type="log", range=[0.12, 1]), legend=None),
            tooltip=told,
        )
        .add_params(_pick("origin", "target"))
    )
    return _spec(squares.properties(height=alt.Step(20)))


def pareto(frame: pd.DataFrame) -> Drawing:
    """The most frequent pairs and what they make up together. `frame` is `frames.pareto`."""
    return Drawing(_pareto(language()), frame)


@lru_cache(maxsize=4)
def _pareto(_language: str) -> dict[str, Any]:
    told = [
        alt.Tooltip("pair:N", title=_("Pair")),
        alt.Tooltip("handovers:Q", title=_("Reroutes"), format=",d"),
        alt.Tooltip("share:Q", title=_("Share"), format=".1%"),
        alt.Tooltip("together:Q", title=_("Together"), format=".1%"),
    ]
    order = alt.Y("pair:N", sort=None, title=None, axis=alt.Axis(labelLimit=190, ticks=False, domain=False))
    columns = (
        _drawn()
        .mark_bar(cornerRadiusEnd=2, cursor="pointer")
        .encode(
            y=order, x=alt.X("share:Q", title=None, axis=alt.Axis(format=".0%")), color=alt.value("blue"), tooltip=told
        )
        .add_params(_pick("origin", "target"))
    )
    line = _drawn().mark_line(point={"filled": True, "size": 30}, strokeWidth=1.5)
    together = line.encode(y=order, x="together:Q", color=alt.value("orange"), tooltip=told)
    return _spec(alt.layer(columns, together).properties(height=alt.Step(20)))


def flow(points: pd.DataFrame, names: pd.DataFrame) -> Drawing:
    """Bands from origins (left) to targets (right). `points` is `frames.flow`, `names` is `frames.labels`."""
    drawn = pd.concat([points.drop(columns="name"), names[["x", "name", "middle"]]], ignore_index=True)
    return Drawing(_flow(language()), drawn)


@lru_cache(maxsize=4)
def _flow(_language: str) -> dict[str, Any]:
    across = alt.X("x:Q", axis=None, scale=alt.Scale(domain=[-0.25, 1.25]))
    told = [alt.Tooltip("pair:N", title=_("Pair")), alt.Tooltip("handovers:Q", title=_("Reroutes"), format=",d")]
    bands = (
        _drawn()
        .transform_filter("isValid(datum.pair)")
        .mark_area(opacity=0.5, stroke="#8a94a2", strokeWidth=0.3, cursor="pointer")
        .encode(
            x=across,
            y=alt.Y("low:Q", axis=None),
            y2="high:Q",
            detail="pair:N",
            color=alt.Color("origin:N", legend=None),
            tooltip=told,
        )
        .add_params(_pick("origin", "target"))
    )
    words = _drawn().transform_filter("isValid(datum.middle)")
    left = (
        words.transform_filter("datum.x == 0")
        .mark_text(align="right", dx=-5)
        .encode(x="x:Q", y="middle:Q", text="name:N", color=alt.value("gray"))
    )
    right = (
        words.transform_filter("datum.x == 1")
        .mark_text(align="left", dx=5)
        .encode(x="x:Q", y="middle:Q", text="name:N", color=alt.value("gray"))
    )
    return _spec(alt.layer(bands, left, right).properties(height=460))


def waits(frame: pd.DataFrame) -> Drawing:
    """How long tasks had been with the entity that gave them away. `frame` is `frames.waits`."""
    return Drawing(_waits(language()), frame)


@lru_cache(maxsize=4)
def _waits(_language: str) -> dict[str, Any]:
    told = [
        alt.Tooltip("name:N", title=_("Waited")),
        alt.Tooltip("handovers:Q", title=_("Reroutes"), format=",d"),
        alt.Tooltip("together:Q", title=_("Up to here"), format=".1%"),
    ]
    chart = (
        _drawn()
        .mark_bar(cornerRadiusEnd=2, cursor="pointer")
        .encode(
            x=alt.X("name:N", sort=None, title=None, axis=alt.Axis(labelAngle=-40)),
            y=alt.Y("handovers:Q", title=_("Reroutes")),
            color=alt.value("blue"),
            tooltip=told,
        )
        .add_params(_pick("wait"))
        .properties(height=240)
    )
    return _spec(chart)


def totals(frame: pd.DataFrame) -> Drawing:
    """Tasks by how often they were rerouted. `frame` is `frames.totals`."""
    return Drawing(_totals(language()), frame)


@lru_cache(maxsize=4)
def _totals(_language: str) -> dict[str, Any]:
    told = [
        alt.Tooltip("total:O", title=_("Reroutes")),
        alt.Tooltip("again:Q", title=_("Tasks"), format=",d"),
        alt.Tooltip("share:Q", title=_("Share"), format=".1%"),
    ]
    chart = (
        _drawn()
        .mark_bar(cornerRadiusEnd=2, cursor="pointer")
        .encode(
            x=alt.X("total:O", title=_("Reroutes"), axis=alt.Axis(labelAngle=0)),
            y=alt.Y("again:Q", title=_("Tasks")),
            color=alt.value("blue"),
            tooltip=told,
        )
        .add_params(_pick("total"))
        .properties(height=200)
    )
    return _spec(chart)


def hours(frame: pd.DataFrame) -> Drawing:
    """Weekday and hour. `frame` is `frames.hours`."""
    return Drawing(_hours(language()), frame)


@lru_cache(maxsize=4)
def _hours(_language: str) -> dict[str, Any]:
    told = [
        alt.Tooltip("name:N", title=_("Weekday")),
        alt.Tooltip("hour:O", title=_("Hour")),
        alt.Tooltip("handovers:Q", title=_("Reroutes"), format=",d"),
    ]
    chart = (
        _drawn()
        .mark_rect(cornerRadius=2, cursor="pointer")
        .encode(
            x=alt.X(
                "hour:O",
                title=None,
                scale=alt.Scale(domain=list(range(24))),
                axis=alt.Axis(labelAngle=0, labelOverlap=True, ticks=False, domain=False),
            ),
            y=alt.Y(
                "name:N", sort=alt.EncodingSortField("weekday"), title=None, axis=alt.Axis(ticks=False, domain=False)
            ),
            color=alt.value("blue"),
            opacity=alt.Opacity("handovers:Q", scale=alt.Scale(range=[0.06, 1]), legend=None),
            tooltip=told,
        )
        .add_params(_pick("weekday", "hour"))
        .properties(height=alt.Step(24))
    )
    return _spec(chart)
