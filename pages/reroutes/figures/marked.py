"""Marked events on charts over time, as upright lines with a flag."""

from typing import Any

import altair as alt
import pandas as pd

from core.base.i18n import _
from core.show.figure import Events
from pages.reroutes.look import RerouteLook


def _utc(days: "pd.Series[Any]") -> "pd.Series[Any]":
    return pd.to_datetime(days.astype(object), utc=True)


def with_marks(frame: pd.DataFrame, marks: pd.DataFrame, days: list[str]) -> pd.DataFrame:
    """Periods and marked events in one frame; `marks` has `start` and `mark`."""
    joined = pd.concat([frame, marks], ignore_index=True) if len(marks) else frame.assign(mark=None)
    return joined.assign(**{name: _utc(joined[name]) for name in days})


def marked(base: alt.Chart) -> list[alt.Chart]:
    """Marked events as upright lines with a flag; the list below the charts says them to whoever does not see."""
    events = base.transform_filter("isValid(datum.mark)")
    tooltips = [alt.Tooltip("mark:N", title=_("Event")), alt.Tooltip("start:T", title=_("Day"), format="%d/%m/%Y")]
    lines = events.mark_rule(aria=False, strokeDash=[4, 3], strokeWidth=1.5).encode(
        x="start:T", color=alt.value("orange"), tooltip=tooltips
    )
    flags = events.mark_text(aria=False, text="⚑", fontSize=14, dy=-2, baseline="bottom").encode(
        x="start:T", y=alt.value(8), color=alt.value("orange"), tooltip=tooltips
    )
    return [lines, flags]


EVENTS: Events[RerouteLook] = Events(
    marks=lambda look: look.marks, default=lambda look: min(look.slice.last, look.today)
)
