"""The last nights of each family as a strip of verdicts; a click on a square opens its night."""

from datetime import date
from functools import lru_cache
from typing import Any

import altair as alt
import pandas as pd

from core.base.i18n import N_, _, language, show_date
from core.base.status import LOOKS
from core.show.about import About
from core.show.charts import PICK, Drawing, day_axis, lines, plottable, verdict_colour
from core.show.columns import Column, Kind
from core.show.figure import Figure
from pages.pipelines.look import NightLook
from pages.pipelines.why import sentence
from pages.pipelines.words import SOURCE

NIGHTS = 30


def _shape(look: NightLook) -> pd.DataFrame:
    """One row a family and night, with all that is known of it by now."""
    wanted = look.chosen.family
    return pd.DataFrame(
        [
            {
                "day": pd.Timestamp(board.night.day, tz="UTC"),
                "code": board.night.day.isoformat(),
                "night": show_date(board.night.day),
                "family": family.family.name,
                "verdict": family.verdict.value,
                "mark": LOOKS[family.verdict].mark,
                "why": sentence(family.why),
            }
            for board in map(look.board_before, range(NIGHTS - 1, -1, -1))
            for family in board.families
            if not wanted or family.family.key in wanted
        ]
    )


def _chart(history: pd.DataFrame, _look: NightLook) -> Drawing:
    return Drawing(_specification(tuple(dict.fromkeys(history["family"])), language()), plottable(history))


@lru_cache(maxsize=50)
def _specification(order: tuple[str, ...], _language: str) -> dict[str, Any]:
    tooltip = [
        alt.Tooltip("family:N", title=_("Family")),
        alt.Tooltip("night:N", title=_("Night")),
        alt.Tooltip("why:N", title=_("Why")),
    ]
    base = alt.Chart(alt.NamedData("drawn")).encode(x=day_axis("day"), y=lines("family", order), tooltip=tooltip)
    colour = verdict_colour("verdict", legend=False)
    pick = alt.selection_point(name=PICK, fields=["code"], on="click", clear="dblclick")
    squares = base.mark_square(size=170, opacity=0.18, cursor="pointer").encode(color=colour).add_params(pick)
    marks = base.mark_text(fontSize=12, fontWeight="bold").encode(text="mark:N", color=colour)
    return alt.layer(squares, marks).properties(height=alt.Step(24)).to_dict()


def title(_look: NightLook) -> str:
    """The tab's title."""
    return _("Last {n} nights").format(n=NIGHTS)


HISTORY: Figure[NightLook] = Figure(
    name="history",
    title=N_("Last nights"),
    about=About(N_("Verdict of each family in the last nights, with all that is known of them by now."), SOURCE),
    shape=_shape,
    columns=(
        Column("day", N_("Night"), Kind.DAY),
        Column("family", N_("Family")),
        Column("verdict", N_("Status"), Kind.STATUS),
        Column("why", N_("Why")),
    ),
    chart=_chart,
    means=lambda _look, mark: {"night": date.fromisoformat(str(mark["code"]))},
    told=N_("Verdict of each family in the last nights; the export holds the same."),
)
