"""The charts and tables of the hand-overs, as their screen and their mailed views show them."""

from collections.abc import Sequence

import pandas as pd

from core.base.i18n import _, show_number, show_percent
from core.notes.marks import Mark
from core.show.shown import Shown
from pages.reroutes import charts, columns, frames
from pages.reroutes.watch import Watched

BARS = 12


def flags(marks: Sequence[Mark]) -> pd.DataFrame:
    """Marked events as charts draw them."""
    return pd.DataFrame([{"start": mark.day, "mark": mark.title} for mark in marks], columns=["start", "mark"])


def trend(frame: pd.DataFrame, marked: pd.DataFrame) -> Shown:
    """Reroutes by period. `frame` is `frames.trend`."""
    return Shown(
        name="trend",
        title=_("Reroutes over time"),
        about=columns.ABOUT_TREND,
        frame=frame,
        columns=columns.trend(),
        chart=charts.trend(frame, marked),
        told=_("Reroutes by period, with the same stretch of time before; the export holds the same."),
    )


def control(watched: Watched, marked: pd.DataFrame) -> Shown:
    """The rate by period within its limits; without a row where there is no rate."""
    rated = frames.control(watched.rates, watched.limits, watched.grain)
    return Shown(
        name="control",
        title=_("Rate and control limits"),
        about=columns.ABOUT_CONTROL,
        frame=rated,
        columns=columns.control(),
        chart=charts.control(rated, marked),
        told=_("Rate by period within its control limits; the sentences above say what is out of control."),
    )


def distribution(ends: pd.DataFrame) -> list[Shown]:
    """Reroutes by origin, target, their types, filière, from the answer to `queries.ends`."""
    wanted = {
        "origin": _("Origin"),
        "target": _("Target"),
        "origin_type": _("Type of the origin"),
        "target_type": _("Type of the target"),
        "line": _("Filière"),
    }
    return [_shares(frames.shares(ends, side), side, label) for side, label in wanted.items()]


def _shares(found: pd.DataFrame, side: str, label: str) -> Shown:
    return Shown(
        name=f"by-{side}",
        title=label,
        about=columns.ABOUT_SHARES,
        frame=found,
        columns=columns.shares(label),
        chart=charts.bars(found.head(BARS)),
    )


def matrix(pairs: pd.DataFrame) -> Shown:
    """From where to where."""
    return Shown(
        name="matrix",
        title=_("From where to where"),
        about=columns.ABOUT_MATRIX,
        frame=pairs,
        columns=columns.pairs(),
        chart=charts.matrix(frames.matrix(pairs)),
        told=_("Reroutes between the entities that have most; a click on a cell filters both ends."),
    )


def pareto(pairs: pd.DataFrame) -> Shown:
    """The most frequent pairs, with what they make up together in `told`. There is at least one pair."""
    ranked = frames.pareto(pairs)
    return Shown(
        name="pareto",
        title=_("Most frequent pairs"),
        about=columns.ABOUT_PARETO,
        frame=ranked,
        columns=columns.pareto(),
        chart=charts.pareto(ranked),
        told=_("{n} of {all} pairs make up {share}.").format(
            n=len(ranked), all=show_number(len(pairs)), share=show_percent(float(ranked["together"].iloc[-1]))
        ),
    )


def flow(pairs: pd.DataFrame) -> Shown:
    """Bands from origins to targets."""
    points = frames.flow(pairs)
    return Shown(
        name="flow",
        title=_("Flow"),
        about=columns.ABOUT_FLOW,
        frame=pairs.head(frames.FLOW_LINKS),
        columns=columns.pairs(),
        chart=charts.flow(points, frames.labels(points)),
    )


def newcomers(pairs: pd.DataFrame, before: pd.DataFrame) -> Shown:
    """Pairs that were not met in the period before."""
    new = frames.newcomers(pairs, before)
    return Shown("newcomers", _("New pairs"), columns.ABOUT_NEW, new, columns.pairs())


def waits(counts: pd.DataFrame) -> Shown:
    """Time to reroute. `counts` is an answer of `queries.waits`."""
    waited = frames.waits(counts)
    return Shown(
        name="waits",
        title=_("Time to reroute"),
        about=columns.ABOUT_WAITS,
        frame=waited,
        columns=columns.waits(),
        chart=charts.waits(waited),
    )


def hours(counts: pd.DataFrame) -> Shown:
    """Weekday and hour. `counts` is an answer of `queries.hours`."""
    found = frames.hours(counts)
    return Shown(
        name="hours",
        title=_("Weekday and hour"),
        about=columns.ABOUT_HOURS,
        frame=found,
        columns=columns.hours(),
        chart=charts.hours(found),
    )


def totals(counts: pd.DataFrame) -> Shown:
    """How often tasks were rerouted. `counts` is an answer of `queries.totals`."""
    found = frames.totals(counts)
    return Shown(
        name="totals",
        title=_("How often they were rerouted"),
        about=columns.ABOUT_TOTALS,
        frame=found,
        columns=columns.totals(),
        chart=charts.totals(found),
    )
