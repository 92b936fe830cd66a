"""The last nights of each family as a strip of verdicts; a click on a square opens its night."""

from datetime import date
from functools import lru_cache
from typing import Any

import altair as alt
import pandas as pd

from core.base.i18n import N_, _, language
from core.show.about import About
from core.show.charts import Drawing, day_axis, drawn, lines, pick, specification_of, verdict_colour
from core.show.figure import Figure
from pages.pipelines.figures.years import COLUMNS, told, tooltip
from pages.pipelines.judged import STRIP, STRIP_NIGHTS
from pages.pipelines.look import NightLook
from pages.pipelines.words import SOURCE


def _shape(look: NightLook) -> pd.DataFrame:
    """One row a family and night: those that were judged, and the night shown as its board has it."""
    judged = look.ask(STRIP_NIGHTS)
    tonight, wanted = pd.Timestamp(look.night.day, tz="UTC"), look.chosen.family
    rows = [
        {"family": family.family.key, "at": tonight, "verdict": family.verdict.value}
        for family in look.board.families
        if not wanted or family.family.key in wanted
    ]
    shown = pd.DataFrame(rows, columns=["family", "at", "verdict"]).astype({"at": "datetime64[us, UTC]"})
    return told(look, pd.concat([judged[judged["at"] < tonight], shown], ignore_index=True))


def _chart(history: pd.DataFrame, look: NightLook) -> Drawing:
    there = set(history["family"])
    order = dict.fromkeys(family.name for family in look.rules.families if family.name in there)
    days = tuple(sorted(history["day"].dt.date.unique()))
    return Drawing(_specification(tuple(order), days, language()), history)


@lru_cache(maxsize=50)
def _specification(order: tuple[str, ...], days: tuple[date, ...], _language: str) -> dict[str, Any]:
    base = drawn().encode(x=day_axis("day", at=days), y=lines("family", order), tooltip=tooltip())
    base.encoding.x["scale"]["padding"] = 12  # the marks of the first and the last night stand whole
    colour = verdict_colour("verdict", legend=False)
    # On a phone a night has seven pixels: its square and its mark become as small as that.
    side = alt.expr(f"pow(min(13, width / {len(days)}), 2)")
    squares = base.mark_square(size=side, opacity=0.18, cursor="pointer").encode(color=colour)
    marks = base.mark_text(fontSize=alt.expr(f"min(12, width / {len(days)})"), fontWeight="bold")
    marks = marks.encode(text="mark:N", color=colour)
    return specification_of(alt.layer(squares.add_params(pick("code")), marks).properties(height=alt.Step(24)))


def title(_look: NightLook) -> str:
    """The tab's title."""
    return _("Last {n} nights").format(n=STRIP)


HISTORY: Figure[NightLook] = Figure(
    name="history",
    title=N_("Last nights"),
    about=About(
        N_(
            "Verdict of each family in the last nights that are over, as they were judged at the end of a sync, and in "
            "the night shown."
        ),
        SOURCE,
    ),
    shape=_shape,
    columns=COLUMNS,
    chart=_chart,
    means=lambda _look, mark: {"night": date.fromisoformat(str(mark["code"]))},
    told=N_("Verdict of each family in the last nights; the export holds the same."),
)
