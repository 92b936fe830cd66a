"""Charts of the night: pure functions from a frame to a chart. Their specifications are kept, as only data change."""

from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

import altair as alt
import pandas as pd

from core.base.cache import OfFrame
from core.base.i18n import _, language
from core.show.charts import Drawing, day_axis, moment_axis, plottable, verdict_colour

ROW = 20
"""Height of a pipeline's line, in pixels."""

SHORTEST = timedelta(minutes=3)
"""A bar is drawn at least this long, so that a run of seconds can be seen."""


MARK = timedelta(minutes=20)
"""Room for a mark behind the last bar."""


_bounds: OfFrame[tuple[datetime, datetime]] = OfFrame(entries=100)
_timelines: OfFrame[Drawing] = OfFrame(entries=100)


def bounds(runs: pd.DataFrame) -> tuple[datetime, datetime]:
    """From the hour of the first start or window to the one after the last end (UTC). `runs` is `frames.runs`."""
    return _bounds.get(runs, None, lambda: _found(runs))


def _found(runs: pd.DataFrame) -> tuple[datetime, datetime]:
    first = min(runs[name].min() for name in ("start", "opens") if runs[name].notna().any())
    last = max(runs[name].max() for name in ("end", "closes") if runs[name].notna().any())
    return first.floor("h").to_pydatetime(), (last + MARK).ceil("h").to_pydatetime()


def timeline(runs: pd.DataFrame, first: datetime, last: datetime) -> Drawing:
    """The night as a Gantt chart: a line a pipeline in order of execution, its window behind its runs.

    `runs` is `frames.runs`; `first` and `last` (UTC) bound the axis. Every bar bears its mark, so that colour is
    not the only sign.
    """
    return _timelines.get(runs, (first, last, language()), lambda: _drawn(runs, first, last))


def _drawn(runs: pd.DataFrame, first: datetime, last: datetime) -> Drawing:
    drawn = runs.assign(bar_end=runs["end"].where(runs["end"] - runs["start"] >= SHORTEST, runs["start"] + SHORTEST))
    return Drawing(_timeline(tuple(dict.fromkeys(drawn["pipeline"])), first, last, language()), plottable(drawn))


@lru_cache(maxsize=200)
def _timeline(order: tuple[str, ...], first: datetime, last: datetime, _language: str) -> dict[str, Any]:
    across = moment_axis("start", first, last)
    across["axis"]["grid"] = True
    colour = verdict_colour("verdict", legend=False)
    told = [
        alt.Tooltip("pipeline:N", title=_("Pipeline")),
        alt.Tooltip("family:N", title=_("Family")),
        alt.Tooltip("hours:N", title=_("Start and end")),
        alt.Tooltip("why:N", title=_("Why")),
    ]
    base = alt.Chart(alt.NamedData("drawn")).encode(y=_lines("pipeline", order))
    windows = (
        base.transform_filter("isValid(datum.opens)")
        .transform_aggregate(opens="min(opens)", closes="max(closes)", groupby=["pipeline"])
        .mark_bar(height=ROW, opacity=0.14, color="#7f8c9d", clip=True)
        .encode(x=alt.X("opens:T"), x2="closes:T")
    )
    bars = base.mark_bar(height=11, cornerRadius=2, clip=True).encode(
        x=across, x2="bar_end:T", color=colour, tooltip=told
    )
    marks = base.mark_text(align="left", dx=4, fontSize=11, fontWeight="bold", clip=True).encode(
        x=alt.X("bar_end:T"), text="mark:N", color=colour, tooltip=told
    )
    return alt.layer(windows, bars, marks).properties(height=alt.Step(ROW)).to_dict()


def nights(history: pd.DataFrame) -> Drawing:
    """The last nights of each family as a strip of verdicts.

    `history` has `day`, `night` (the day in words), `family`, `verdict`, `mark` and `why`.
    """
    return Drawing(_nights(tuple(dict.fromkeys(history["family"])), language()), plottable(history))


@lru_cache(maxsize=50)
def _nights(order: tuple[str, ...], _language: str) -> dict[str, Any]:
    told = [
        alt.Tooltip("family:N", title=_("Family")),
        alt.Tooltip("night:N", title=_("Night")),
        alt.Tooltip("why:N", title=_("Why")),
    ]
    base = alt.Chart(alt.NamedData("drawn")).encode(x=day_axis("day"), y=_lines("family", order), tooltip=told)
    colour = verdict_colour("verdict", legend=False)
    squares = base.mark_square(size=170, opacity=0.18).encode(color=colour)
    marks = base.mark_text(fontSize=12, fontWeight="bold").encode(text="mark:N", color=colour)
    return alt.layer(squares, marks).properties(height=alt.Step(24)).to_dict()


def _lines(field: str, order: tuple[str, ...]) -> alt.Y:
    """One line a name, from the top, in the order given."""
    axis = alt.Axis(labelLimit=190, labelFlush=False, ticks=False, domain=False)
    return alt.Y(f"{field}:N", sort=list(order), title=None, axis=axis)
