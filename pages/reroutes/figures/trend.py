"""Reroutes by period, the same stretch of time before as ticks; a click on a bar takes its days."""

import json
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any

import altair as alt
import pandas as pd

from core.base.i18n import N_, _, language
from core.base.periods import Grain
from core.show.about import About
from core.show.charts import Drawing, day_axis, drawn, keyed, pale, pick, specification_of
from core.show.columns import Column, Kind
from core.show.figure import Figure, Mark
from pages.reroutes import frames, queries
from pages.reroutes.figures.marked import marked, with_marks
from pages.reroutes.look import RerouteLook
from pages.reroutes.words import SOURCE


@lru_cache(maxsize=16)
def _specification(_language: str, weeks: tuple[date, ...]) -> dict[str, Any]:
    base = drawn()
    partial, whole = _("partial"), _("whole")
    periods = base.transform_filter("isValid(datum.handovers)").transform_calculate(
        told=f"datum.partial ? {json.dumps(partial)} : {json.dumps(whole)}"
    )
    tooltips = [
        alt.Tooltip("name:N", title=_("Period")),
        alt.Tooltip("handovers:Q", title=_("Reroutes"), format=",d"),
        alt.Tooltip("before:Q", title=_("The period before"), format=",d"),
        alt.Tooltip("told:N", title=_("Period covered")),
    ]
    across = day_axis("start", at=weeks)
    this, before = _("Reroutes"), _("The same time before")
    hues = {this: "blue", before: "gray"}
    bars = periods.mark_bar(binSpacing=2, cursor="pointer").encode(
        x=across,
        x2="end:T",
        y=alt.Y("handovers:Q", title=_("Reroutes")),
        y2=alt.datum(0),
        opacity=pale(),
        tooltip=tooltips,
    )
    known = periods.transform_filter("isValid(datum.before)")
    ticks = known.mark_rule(strokeWidth=2).encode(x="start:T", x2="end:T", y="before:Q", tooltip=tooltips)
    return specification_of(
        alt.layer(
            keyed(bars, this, hues).add_params(pick("start")), keyed(ticks, before, hues), *marked(base)
        ).properties(height=260)
    )


def _chart(frame: pd.DataFrame, look: RerouteLook) -> Drawing:
    weeks = mondays(frame, look.grain)
    return Drawing(_specification(language(), weeks), with_marks(frame, look.flags, ["start", "end"]))


def mondays(frame: pd.DataFrame, grain: Grain) -> tuple[date, ...]:
    """The days that an axis of weeks names: its own first days; none where periods are no weeks."""
    return tuple(frame["start"]) if grain is Grain.WEEK else ()


def days_of(look: RerouteLook, mark: Mark) -> dict[str, object]:
    """The days of the period that a mark stands for, as far as they were asked for."""
    return days_of_grain(look, mark, look.grain)


def days_of_grain(look: RerouteLook, mark: Mark, grain: Grain) -> dict[str, object]:
    """The same of periods of a grain."""
    begin = datetime.fromtimestamp(float(mark["start"]) / 1000, UTC).date()
    return {"days": (max(begin, look.slice.first), min(grain.last(begin), look.slice.last))}


TREND: Figure[RerouteLook] = Figure(
    name="trend",
    title=N_("Reroutes over time"),
    about=About(
        N_(
            "Reroutes by period; the grey line is the same stretch of time just before, where the data tell of all of "
            "it. Pale bars are partial: the data or the period chosen cover only a part of them. Reroutes without a "
            "date are not in it."
        ),
        SOURCE,
    ),
    query=queries.by_day,
    shape=lambda look, counts: frames.trend(counts, look.slice, look.grain, look.there.covered),
    columns=(
        Column("start", N_("First day"), Kind.DAY),
        Column("name", N_("Period")),
        Column("handovers", N_("Reroutes"), Kind.NUMBER),
        Column("first", N_("First reroutes"), Kind.NUMBER),
        Column("before", N_("The period before"), Kind.NUMBER),
        Column("partial", N_("Partial"), Kind.FLAG),
    ),
    chart=_chart,
    means=days_of,
    when=lambda look: bool(look.dated),
    told=N_("Reroutes by period, with the same stretch of time before; the export holds the same."),
)
