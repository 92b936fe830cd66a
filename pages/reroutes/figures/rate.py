"""The rate by period within its control limits."""

from datetime import date
from functools import lru_cache
from typing import Any

import altair as alt
import pandas as pd

from core.base.i18n import N_, _, language
from core.show.about import About
from core.show.charts import Drawing, day_axis, drawn, legend, pick, specification_of
from core.show.columns import Column, Kind
from core.show.figure import Figure, Note
from pages.reroutes import frames, watch
from pages.reroutes.figures.marked import marked, with_marks
from pages.reroutes.figures.trend import days_of_grain, mondays
from pages.reroutes.look import RerouteLook
from pages.reroutes.words import SOURCE


@lru_cache(maxsize=16)
def _specification(_language: str, weeks: tuple[date, ...]) -> dict[str, Any]:
    base = drawn()
    periods = base.transform_filter("isValid(datum.rate)")
    tooltips = [
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
        x=day_axis("start", at=weeks), y="lower:Q", y2="upper:Q", color=alt.value("gray"), detail="stretch:O"
    )
    mean = limits.mark_line(strokeDash=[5, 4], strokeWidth=1).encode(
        x="start:T", y="mean:Q", color=alt.value("gray"), detail="stretch:O"
    )
    line = periods.mark_line(strokeWidth=1.5).encode(x="start:T", y=scale, color=alt.value("blue"))
    words = {"in": _("within the limits"), "out": _("out of control"), "partial": _("partial period"),
             "recent": _("recent: may still rise")}  # fmt: skip
    key = legend(words, sentences=True, symbol=alt.Undefined)
    points = periods.mark_point(filled=True, opacity=1, cursor="pointer").encode(
        x="start:T",
        y=scale,
        color=alt.Color(
            "state:N",
            title=None,
            scale=alt.Scale(domain=list(words), range=["blue", "red", "gray", "gray"]),
            legend=key,
        ),
        shape=alt.Shape(
            "state:N",
            title=None,
            scale=alt.Scale(domain=list(words), range=["circle", "diamond", "triangle-down", "circle"]),
            legend=key,
        ),
        size=alt.condition("datum.state == 'out'", alt.value(140), alt.value(45)),
        tooltip=tooltips,
    )
    shown = alt.layer(band, mean, line, points.add_params(pick("start")), *marked(base))
    return specification_of(shown.properties(height=260))


def _chart(frame: pd.DataFrame, look: RerouteLook) -> Drawing:
    weeks = mondays(frame, look.watched.grain)
    return Drawing(_specification(language(), weeks), with_marks(frame, look.flags, ["start"]))


OUT: Note[RerouteLook] = Note(lambda look: watch.out_of_control(look.watched), tone="warning")
REST: Note[RerouteLook] = Note(lambda look: watch.rest(look.watched))
RATE: Figure[RerouteLook] = Figure(
    name="control",
    title=N_("Rate and control limits"),
    about=About(
        N_(
            "Of the tasks routed in each period, the share that was rerouted, whenever that was, with Laney's p′ "
            "limits: three standard deviations, widened by what varies between neighbouring periods. Diamonds are more "
            "than chance: beyond the limits, two of three near one, eight on one side of the mean, a lasting change. "
            "Limits are made of the whole periods up to such a change, without those beyond them, and anew from every "
            "marked event and version of the router on. Partial periods (triangles) are not judged; recent ones set no "
            "limits."
        ),
        SOURCE,
    ),
    shape=lambda look: frames.control(look.watched.rates, look.watched.stretches, look.watched.grain),
    columns=(
        Column("start", N_("First day"), Kind.DAY),
        Column("name", N_("Period")),
        Column("rate", N_("Rate"), Kind.PERCENT, digits=1),
        Column("hits", N_("Tasks rerouted"), Kind.NUMBER),
        Column("size", N_("Tasks routed"), Kind.NUMBER),
        Column("lower", N_("Lower limit"), Kind.PERCENT, digits=1),
        Column("upper", N_("Upper limit"), Kind.PERCENT, digits=1),
        Column("state", N_("Control")),
        Column("stretch", N_("Limits"), Kind.NUMBER),
    ),
    chart=_chart,
    means=lambda look, mark: days_of_grain(look, mark, look.watched.grain),
    detail=lambda look, _frame: watch.base_of(look.watched),
    when=lambda look: not look.watched.why_not,
    told=N_("Rate by period within its control limits; the sentences above say what is out of control."),
)
