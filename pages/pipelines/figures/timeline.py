"""The night on a time line: every run in its pipeline's line, the window it was expected in behind it."""

import json
from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

import altair as alt
import pandas as pd

from core.base.i18n import N_, _, language, show_time
from core.base.status import LOOKS, Verdict
from core.show.about import About
from core.show.charts import (
    Drawing,
    drawn,
    legend,
    lines,
    moment_axis,
    pick,
    plottable,
    specification_of,
    verdict_colour,
)
from core.show.columns import Column, Kind
from core.show.figure import Figure
from pages.pipelines.facts import RunStatus
from pages.pipelines.families import MemberBoard
from pages.pipelines.known import Run
from pages.pipelines.look import NightLook
from pages.pipelines.why import sentence
from pages.pipelines.words import RUN_VERDICTS, SOURCE

ROW = 20
"""Height of a pipeline's line, in pixels."""
SHORTEST = timedelta(minutes=3)
"""A bar is drawn at least this long, so that a run of seconds can be seen."""
WINDOW = "#7f8c9d"
MARK = timedelta(minutes=20)
"""Room for a mark behind the last bar; twice of it behind one that the axis cuts."""
HEAD = "\N{WORD JOINER}"
"""Before the name of a family that stands as a line: a pipeline may be called the same."""
BEYOND = timedelta(hours=2)
"""The axis goes on this long after the last start or window; a run that goes on longer is cut, and says so."""


def began(member: MemberBoard) -> tuple[datetime, str]:
    """Sorts pipelines by execution; one that did not start stands where it is expected to end."""
    counted = member.judged.counted
    return (counted[0].begin if counted else member.expected.deadline), member.member.pipeline


def rows(members: Iterable[MemberBoard], until: datetime) -> pd.DataFrame:
    """One row a run, and of each the window that it was expected in; families in the order in which they began, and in
    each its pipelines. A run still at work ends at `until` (UTC); a good one bears its pipeline's verdict where it
    decided it."""
    ordered = sorted(members, key=began)
    families = list(dict.fromkeys(member.family.name for member in ordered))
    return pd.DataFrame(
        [
            {
                "pipeline": member.member.pipeline,
                "family": member.family.name,
                "verdict": verdict.value,
                "mark": LOOKS[verdict].mark,
                "start": run.begin,
                "end": run.end or max(until, run.begin),
                "opens": member.expected.opens if member.expected.windowed else None,
                "closes": member.expected.closes if member.expected.windowed else None,
                "hours": f"{show_time(run.begin)} – {show_time(run.end) if run.end else '…'}",
                "why": sentence(member.judged.told),
            }
            for member in sorted(ordered, key=lambda member: families.index(member.family.name))
            for run in member.judged.counted
            for verdict in [_verdict(run, member)]
        ]
    )


def _verdict(run: Run, member: MemberBoard) -> Verdict:
    own = RUN_VERDICTS[RunStatus(run.status)]
    return member.judged.verdict if own is Verdict.OK and run is member.judged.decisive else own


def _chart(runs: pd.DataFrame, look: NightLook) -> Drawing:
    return drawing(runs, *(look.hours or bounds(runs)))


def drawing(runs: pd.DataFrame, first: datetime, last: datetime) -> Drawing:
    """The runs on an axis from `first` to `last` (UTC); one that goes on beyond it ends in an arrow at its edge."""
    end = runs["end"].where(runs["end"] - runs["start"] >= SHORTEST, runs["start"] + SHORTEST)
    cut = end > last
    edge = runs["start"].where(runs["start"] > last - 2 * MARK, last - 2 * MARK)
    shown = runs.assign(bar_end=end.where(~cut, edge), mark=runs["mark"].where(~cut, runs["mark"] + " →"))
    return Drawing(_specification(*_order(runs), first, last, language()), plottable(shown))


def _order(runs: pd.DataFrame) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The lines from the top, a family's name above its pipelines, and which of them are such names; of one family
    alone there is none."""
    families = [(f"{HEAD}{name}", *of.unique()) for name, of in runs.groupby("family", sort=False)["pipeline"]]
    if len(families) == 1:
        return families[0][1:], ()
    return tuple(line for lines in families for line in lines), tuple(lines[0] for lines in families)


def bounds(runs: pd.DataFrame) -> tuple[datetime, datetime]:
    """From the hour of the first start or window to the one after the last end (UTC); of several runs, one that goes on
    long after the last start and window does not squeeze the others."""
    first = min(runs[name].min() for name in ("start", "opens") if runs[name].notna().any())
    last = max(runs[name].max() for name in ("end", "closes") if runs[name].notna().any())
    if len(runs) > 1:
        last = min(last, max(runs[name].max() for name in ("start", "closes") if runs[name].notna().any()) + BEYOND)
    return first.floor("h").to_pydatetime(), (last + MARK).ceil("h").to_pydatetime()


@lru_cache(maxsize=200)
def _specification(
    order: tuple[str, ...], heads: tuple[str, ...], first: datetime, last: datetime, _language: str
) -> dict[str, Any]:
    """Every bar bears its mark, so that colour is not the only sign. The windows behind them are not read aloud: a
    night may have none, and an empty layer would be a picture without a name."""
    across = moment_axis("start", first, last)
    across["axis"]["grid"] = True
    colour = verdict_colour("verdict")
    up = lines("pipeline", order)
    up["scale"] = alt.Scale(domain=list(order))
    up["axis"]["labelLimit"] = 230
    up["axis"]["labelFontWeight"] = alt.expr(f"indexof({json.dumps(heads)}, datum.value) < 0 ? 'normal' : 'bold'")
    tooltip = [
        alt.Tooltip("pipeline:N", title=_("Pipeline")),
        alt.Tooltip("family:N", title=_("Family")),
        alt.Tooltip("hours:N", title=_("Start and end")),
        alt.Tooltip("why:N", title=_("Why")),
    ]
    base = drawn().encode(y=up)
    key = legend({"window": _("expected window")}, sentences=True)
    key.title, key.symbolFillColor, key.symbolOpacity = None, WINDOW, alt.Undefined
    windows = (
        base.transform_filter("isValid(datum.opens)")
        .transform_aggregate(opens="min(opens)", closes="max(closes)", groupby=["pipeline"])
        .transform_calculate(window="'window'")
        .mark_bar(height=ROW, color=WINDOW, clip=True, aria=False)
        .encode(
            x=alt.X("opens:T"),
            x2="closes:T",
            opacity=alt.Opacity("window:N", scale=alt.Scale(domain=["window"], range=[0.14]), legend=key),
        )
    )
    bars = (
        base.mark_bar(height=11, cornerRadius=2, clip=True, cursor="pointer")
        .encode(x=across, x2="bar_end:T", color=colour, tooltip=tooltip)
        .add_params(pick("pipeline"))
    )
    marks = base.mark_text(align="left", dx=4, fontSize=11, fontWeight="bold", clip=True).encode(
        x=alt.X("bar_end:T"), text="mark:N", color=colour, tooltip=tooltip
    )
    return specification_of(alt.layer(windows, bars, marks).properties(height=alt.Step(ROW)))


TIMELINE: Figure[NightLook] = Figure(
    name="timeline",
    title=N_("Order of execution"),
    about=About(
        N_(
            "Every run of the night, in its pipeline's line, on Paris time; the grey band is the window it was "
            "expected in."
        ),
        SOURCE,
    ),
    shape=lambda look: rows(look.passing.members, min(look.board.as_of, look.night.end)),
    columns=(
        Column("pipeline", N_("Pipeline")),
        Column("family", N_("Family")),
        Column("verdict", N_("Status"), Kind.STATUS),
        Column("start", N_("Start"), Kind.MOMENT),
        Column("end", N_("End"), Kind.MOMENT),
        Column("opens", N_("Window from"), Kind.MOMENT),
        Column("closes", N_("Window to"), Kind.MOMENT),
        Column("why", N_("Why")),
    ),
    chart=_chart,
    means=lambda _look, mark: {"pipeline": {"pipeline": mark["pipeline"]}},
    told=N_("Runs of the night on a time line; the table below says the same."),
)
