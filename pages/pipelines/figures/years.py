"""Two years of nights: every family's, or each night of one family as a square."""

from collections import Counter
from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from typing import Any

import altair as alt
import pandas as pd

from core.base.i18n import N_, _, language, ngettext, show_date
from core.base.status import LOOKS, Verdict, word
from core.show.about import About
from core.show.charts import Drawing, day_axis, drawn, lines, pick, specification_of, verdict_colour
from core.show.columns import Column, Kind
from core.show.figure import Figure
from core.store.engine import store
from pages.pipelines.desk import notes
from pages.pipelines.judged import NIGHTS, UNWELL_NIGHTS
from pages.pipelines.look import NightLook
from pages.pipelines.words import SOURCE

SHOWN = 40
"""As many families are drawn: those that were KO most often."""
HEIGHTS = {Verdict.KO: 18, Verdict.WARNING: 10, Verdict.UNKNOWN: 5, Verdict.OK: 5, Verdict.RUNNING: 5}
"""Pixels of a verdict's stroke: what is worse is longer, so that colour is not the only sign."""
APART = alt.Scale(paddingInner=0.08)
ABOUT = About(
    N_(
        "Verdict of each family in the nights of two years that are over, as they were judged at the end of a sync, by "
        "the rules that held then. A night is judged again when its runs or its rules change."
    ),
    SOURCE,
)
COLUMNS = (
    Column("day", N_("Night"), Kind.DAY),
    Column("family", N_("Family")),
    Column("verdict", N_("Status"), Kind.STATUS),
)


def told(look: NightLook, nights: pd.DataFrame) -> pd.DataFrame:
    """Nights with their family's name and what a mark of them says. `nights`: `family` (its key), `at`, `verdict`."""
    days = nights["at"].dt.tz_convert("UTC")
    spoken = {day: show_date(day.date()) for day in days.unique()}
    return nights.assign(
        day=days,
        code=days.dt.strftime("%Y-%m-%d"),
        night=days.map(spoken),
        family=nights["family"].map(lambda key: look.family_names.get(key, key)),
        mark=nights["verdict"].map({verdict.value: looked.mark for verdict, looked in LOOKS.items()}),
        said=nights["verdict"].map({verdict.value: word(verdict) for verdict in LOOKS}),
    )


def _noted(look: NightLook, nights: pd.DataFrame) -> pd.DataFrame:
    """The nights with what people noted in each, of the family and its pipelines."""
    noted: dict[tuple[str, date], list[str]] = {}
    with store().read() as connection:
        for scope, steps in notes(connection, set(nights["family"]), look.desk.at, look.rules.called).items():
            key, _slash, pipeline = scope.partition("/")
            for step in steps:
                words = _("{label}: {value}").format(label=pipeline, value=step.note) if pipeline else step.note
                noted.setdefault((key, look.rules.night_at(step.at).day), []).append(words)
    keys = zip(nights["family"], nights["at"].dt.tz_convert("UTC").dt.date, strict=True)
    said_then = pd.Series(["; ".join(noted.get(key, ())) for key in keys], nights.index, dtype="str")
    return told(look, nights).assign(note=said_then.where(said_then != ""))


def _one_alone(look: NightLook) -> bool:
    return len(look.chosen.family) == 1


def _drawn(frame: pd.DataFrame, names: Iterable[str]) -> list[str]:
    """The families that are drawn, in the order of the rules (`names`); those that they no longer have come last."""
    bad = Counter(frame.loc[frame["verdict"] == Verdict.KO.value, "family"])
    most = sorted(frame["family"].unique(), key=lambda name: (-bad[name], name))[:SHOWN]
    return [name for name in dict.fromkeys([*names, *sorted(most)]) if name in most]


def _overview(frame: pd.DataFrame, look: NightLook) -> Drawing:
    order = _drawn(frame, look.family_names.values())
    return Drawing(_strokes(tuple(order), language()), frame[frame["family"].isin(order)])


@lru_cache(maxsize=50)
def _strokes(order: tuple[str, ...], _language: str) -> dict[str, Any]:
    base = drawn().encode(y=lines("family", order))
    spans = (
        base.transform_aggregate(first="min(first)", last="max(last)", groupby=["family"])
        .mark_rule(opacity=0.5, strokeWidth=2)
        .encode(x=day_axis("first"), x2="last:T", color=alt.value("green"))
    )
    strokes = [
        base.transform_filter(f"datum.verdict == '{verdict.value}'")
        .mark_tick(thickness=3, size=height, cursor="pointer")
        .encode(x=day_axis("day"), color=verdict_colour("verdict"), tooltip=tooltip())
        for verdict, height in reversed(HEIGHTS.items())
    ]
    strokes[-1] = strokes[-1].add_params(pick("code"))
    return specification_of(alt.layer(spans, *strokes).properties(height=alt.Step(24)))


def tooltip() -> list[alt.Tooltip]:
    """What a mark of a night says."""
    return [
        alt.Tooltip("family:N", title=_("Family")),
        alt.Tooltip("night:N", title=_("Night")),
        alt.Tooltip("said:N", title=_("Status")),
    ]


@lru_cache(maxsize=4)
def _squares(_language: str) -> dict[str, Any]:
    """A line a month, the newest first; a square a night."""
    month = alt.Y(
        "day:O",
        timeUnit=alt.TimeUnitParams(unit="yearmonth", utc=True),
        sort="descending",
        title=None,
        scale=APART,
        axis=alt.Axis(format="%b %y", ticks=False, domain=False),
    )
    axis = alt.Axis(labelAngle=0, labelOverlap=True, ticks=False, domain=False)
    across = alt.X("day:O", timeUnit=alt.TimeUnitParams(unit="date", utc=True), title=None, axis=axis, scale=APART)
    colour = verdict_colour("verdict")
    noted = alt.Tooltip("note:N", title=_("Noted then"))
    base = drawn().encode(x=across, y=month, tooltip=[*tooltip(), noted])
    squares = base.mark_rect(opacity=0.22, cursor="pointer").encode(color=colour).add_params(pick("code"))
    marks = base.mark_text(fontSize=11, fontWeight="bold").encode(text="mark:N", color=colour)
    return specification_of(alt.layer(squares, marks).properties(height=alt.Step(20)))


def _left_out(_look: NightLook, frame: pd.DataFrame) -> str:
    sentences = [_("Choose one family to see each of its nights as a square.")]
    more = frame["family"].nunique() - SHOWN
    if more > 0:
        least = ngettext("{n} family more stands in the export.", "{n} families more stand in the export.", more)
        sentences.append(least.format(n=more))
    return " ".join(sentences)


def _open(_look: NightLook, mark: Any) -> dict[str, object]:
    return {"night": date.fromisoformat(str(mark["code"]))}


EMPTY = N_("No night has been judged yet: the next sync does it.")
YEARS: Figure[NightLook] = Figure(
    name="years",
    title=N_("Nights of two years that were not well"),
    about=ABOUT,
    query=UNWELL_NIGHTS,
    shape=told,
    columns=COLUMNS,
    chart=_overview,
    means=_open,
    detail=_left_out,
    told=N_("Nights that were not well, by family, over two years; the export holds the same."),
    when=lambda look: not _one_alone(look),
    empty=EMPTY,
)
CALENDAR: Figure[NightLook] = Figure(
    name="calendar",
    title=N_("Nights of two years"),
    about=ABOUT,
    query=NIGHTS,
    shape=_noted,
    kept=False,
    columns=(*COLUMNS, Column("note", N_("Noted then"), width="large")),
    chart=lambda frame, _look: Drawing(_squares(language()), frame),
    means=_open,
    told=N_("Verdict of each night over two years; the export holds the same."),
    when=_one_alone,
    empty=EMPTY,
)
