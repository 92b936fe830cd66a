"""The burn-up of the last quarter: what was asked and what was done, and the fan of what may come."""

from functools import lru_cache
from typing import Any

import altair as alt
import pandas as pd

from core.base.i18n import N_, _, language
from core.base.periods import Grain
from core.show.about import About
from core.show.charts import Drawing, day_axis, drawn, legend, midnights, specification_of, spelled_out, week_tooltip
from core.show.columns import Column, Kind
from core.show.figure import Figure
from pages.jira.colours import HUES
from pages.jira.draws import HISTORY, fan, forecast
from pages.jira.figures.forecast import STOCK, known, uncounted
from pages.jira.figures.notes import SOURCE
from pages.jira.figures.weeks import CREATED_RESOLVED, every_week
from pages.jira.look import JiraLook

SHOWN = 13
"""Weeks of the past that are drawn: beside more, a fan is a hairline."""
SAID = {"scope": N_("Open at the start and asked since"), "done": N_("Done"), "target": N_("Today's requests done")}
FAN = {"low": N_("At least, in 85 draws of 100"), "middle": N_("Middle"), "high": N_("At most, in 85 draws of 100")}


def _shape(look: JiraLook, rows: pd.DataFrame, stock: pd.DataFrame) -> pd.DataFrame:
    weeks = every_week(rows, look.monday)
    within = weeks["week"] >= Grain.WEEK.moved(look.monday, -SHOWN)
    before, since = weeks[~within], weeks[within]
    open_then = int(before["created"].sum() - before["resolved"].sum()) + uncounted(rows, stock)
    past = pd.DataFrame(
        {
            "week": since["week"],
            "scope": (open_then + since["created"].cumsum()).astype(float),
            "done": since["resolved"].cumsum().astype(float),
        }
    )
    done, live = int(since["resolved"].sum()), int(stock["live"].iloc[0])
    return pd.concat([past, _coming(look, weeks["resolved"].tolist(), done, live)], ignore_index=True)


def _coming(look: JiraLook, history: list[int], done: int, live: int) -> pd.DataFrame:
    """The weeks until today's requests are done in most draws, half a year at most; each range widens from today on."""
    forecasts = forecast(history, live)
    most = min(forecasts.high or HISTORY, HISTORY) if forecasts and live else 0
    ahead = fan(history, most) if most else None
    if ahead is None:
        return pd.DataFrame()
    weeks = [Grain.WEEK.moved(look.monday, number) for number in range(-1, most)]
    paths = {name: [float(done), *(done + path)] for name, path in zip(FAN, ahead, strict=True)}
    return pd.DataFrame({"week": weeks, **paths, "target": float(done + live)})


def _chart(frame: pd.DataFrame, _look: JiraLook) -> Drawing:
    return Drawing(_specification(language()), midnights(frame, "week"))


@lru_cache(maxsize=4)
def _specification(_language: str) -> dict[str, Any]:
    words = {name: _(word) for name, word in SAID.items()}
    scale = alt.Scale(domain=list(words), range=[HUES[1], HUES[0], HUES[3]])
    folded = drawn().transform_fold(list(words), as_=["what", "requests"]).transform_filter("isValid(datum.requests)")
    lines = (
        folded.transform_calculate(word=spelled_out(words, "datum.what"))
        .mark_line(size=2)
        .encode(
            x=day_axis("week"),
            y=alt.Y("requests:Q", title=_("Requests")),
            color=alt.Color("what:N", title=None, scale=scale, legend=legend(words, sentences=True, symbol="stroke")),
            strokeDash=alt.condition("datum.what == 'target'", alt.value([5, 4]), alt.value([1, 0])),
            tooltip=[
                week_tooltip("week"),
                alt.Tooltip("word:N", title=_("What")),
                alt.Tooltip("requests:Q", title=_("Requests"), format=",.0f"),
            ],
        )
    )
    ahead = drawn().transform_filter("isValid(datum.middle)").encode(x=day_axis("week"))
    tooltips = [alt.Tooltip(f"{name}:Q", title=_(word), format=",.0f") for name, word in FAN.items()]
    area = ahead.mark_area(opacity=0.25, color=HUES[0]).encode(
        y=alt.Y("low:Q", title=_("Requests")), y2="high:Q", tooltip=[week_tooltip("week"), *tooltips]
    )
    middle = ahead.mark_line(size=2, strokeDash=[2, 3], color=HUES[0]).encode(y="middle:Q")
    return specification_of(alt.layer(area, middle, lines).properties(height=280))


BURN_UP: Figure[JiraLook] = Figure(
    name="burn-up",
    title=N_("Burn-up and where it leads"),
    about=About(
        N_(
            "The last 13 whole weeks: requests open before and asked since, and those done. The fan is what the "
            "last 26 whole weeks, drawn at random, would do: 70 of 100 draws lie in it. It ends where today's open "
            "requests are done, those open for 180 days or more left apart, or after half a year. What is yet to be "
            "asked is not in it."
        ),
        SOURCE,
    ),
    query=(CREATED_RESOLVED, STOCK),
    shape=_shape,
    columns=(
        Column("week", N_("Week"), Kind.DAY),
        *(Column(name, word, Kind.NUMBER) for name, word in {**SAID, **FAN}.items()),
    ),
    chart=_chart,
    when=known,
)
