"""When will the open work be done? Weeks as they were, drawn again and again, and how often such a range held."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import pandas as pd
import sqlalchemy as sa

from core.base.i18n import N_, _, show_date, show_number, show_percent
from core.show.about import About
from core.show.columns import Column, Kind
from core.show.figure import Choose, Figure, Mark, Note, Number, Numbers
from pages.jira.behind import Behind
from pages.jira.conditions import BAND, BAND_LIMITS, UNRESOLVED, chosen, count, query
from pages.jira.draws import Forecast, backtest, confidence, forecast, weeks_from
from pages.jira.figures.notes import SOURCE, shows
from pages.jira.figures.weeks import CREATED_RESOLVED, every_week
from pages.jira.look import JiraLook

OLD = len(BAND_LIMITS)
"""The band of ages whose requests are dead stock: nobody has resolved them in half a year."""
_old: Any = sa.literal_column(str(OLD))
STOCK = query(
    "stock", sa.select(count(_old > BAND).label("live"), count(_old == BAND).label("dead")).where(*chosen(), UNRESOLVED)
)
"""The open requests, those older than half a year apart."""
ABOUT = About(
    N_(
        "The last 26 whole weeks are drawn at random 4,000 times. Requests open for 180 days or more are left apart, "
        "as dead stock. “Today's requests”: those that are open now, if nothing newer is taken before them. “Nothing "
        "left open”: what comes in is drawn with what is done. 70 of 100 draws end within the range; as far ahead as a "
        "year no date is told."
    ),
    SOURCE,
)
WORDS = {"todays": N_("Today's requests done by"), "nothing": N_("Nothing left open by")}
SHORT = {"todays": N_("Open ones done by"), "nothing": N_("Nothing left open")}
"""Where a word has the room of a figure."""


def uncounted(weeks: pd.DataFrame, stock: pd.DataFrame) -> int:
    """By how much today's open requests exceed what was created less what was resolved, over all weeks: below zero
    where some are done and nothing tells since when."""
    return int(stock[["live", "dead"]].sum(axis=1).iloc[0]) - int(weeks["created"].sum() - weeks["resolved"].sum())


def net(weeks: pd.DataFrame) -> pd.Series:
    """What was done less what came in, by week."""
    return weeks["resolved"] - weeks["created"]


def _shape(look: JiraLook, rows: pd.DataFrame, stock: pd.DataFrame) -> pd.DataFrame:
    weeks = every_week(rows, look.monday)
    live, dead = int(stock["live"].iloc[0]), int(stock["dead"].iloc[0])
    past = backtest(weeks["created"].tolist(), weeks["resolved"].tolist(), dead)
    forecasts = {"todays": forecast(weeks["resolved"].tolist(), live), "nothing": forecast(net(weeks).tolist(), live)}
    answers = [
        {"what": what, "said": _(WORDS[what]), "requests": live, "dead": dead, **_days(forecasted, look.monday)}
        for what, forecasted in forecasts.items()
        if forecasted is not None
    ]
    frame = pd.DataFrame(answers, columns=["what", "said", "requests", "dead", *DAYS])
    return frame.assign(held=past.held, of=past.of)


DAYS = ("low", "middle", "high")


def _days(forecasted: Forecast, monday: date) -> dict[str, str]:
    weeks = (forecasted.low, forecasted.middle, forecasted.high)
    return {name: _day(monday, week) for name, week in zip(DAYS, weeks, strict=True)}


def _day(monday: date, weeks: int | None) -> str:
    return _("not within a year") if weeks is None else show_date(weeks_from(monday, weeks))


def _row(look: JiraLook, what: str) -> Mapping[str, Any]:
    frame = FORECASTS.frame(look)
    [row] = frame[frame["what"] == what].to_dict("records")
    return {str(name): value for name, value in row.items()}


def known(look: JiraLook) -> bool:
    """Whether there is history enough for a forecast."""
    return len(FORECASTS.frame(look)) > 0


def _range(look: JiraLook, what: str) -> str:
    row = _row(look, what)
    low, high, never = row["low"], row["high"], _day(look.monday, None)
    pattern = _("{low} at the earliest") if high == never else _("between {low} and {high}")
    sentences = [pattern.format(low=low, high=high) if low != high else ""]
    sentences += [_("of {n} open requests").format(n=show_number(row["requests"]))]
    if row["dead"]:
        sentences += [_("{n} open for 180 days or more apart").format(n=show_number(row["dead"]))]
    if what == "todays":
        sentences += [_("new arrivals not counted")]
        if row["of"]:
            sentences += [_("the range held {held} times out of {of}").format(held=row["held"], of=row["of"])]
    else:
        sentences += [_("new arrivals counted")]
    return " · ".join(filter(None, sentences))


def _number(what: str) -> Number[JiraLook]:
    return Number(
        name=f"forecast-{what}",
        label=SHORT[what],
        about=ABOUT,
        value=lambda look: str(_row(look, what)["middle"]),
        kind=Kind.TEXT,
        mailed=False,
    )


def _confidence(look: JiraLook) -> str:
    """In how many draws today's requests are done by the chosen day; weeks that end by then count."""
    weeks = every_week(look.ask(CREATED_RESOLVED), look.monday)
    by = (look.chosen.deadline - look.monday).days // 7
    share = confidence(weeks["resolved"].tolist(), int(look.ask(STOCK)["live"].iloc[0]), by)
    return "–" if share is None else show_percent(share)


def _means(_look: JiraLook, mark: Mark) -> Mapping[str, Any]:
    return shows(Behind("aged", value=str(OLD)) if mark["column"] == "dead" else Behind("open"))


FORECASTS: Figure[JiraLook] = Figure(
    name="forecasts",
    title=N_("Forecast"),
    about=ABOUT,
    query=(CREATED_RESOLVED, STOCK),
    shape=_shape,
    columns=(
        Column("said", N_("What")),
        Column("low", N_("Earliest (15 %)")),
        Column("middle", N_("Middle")),
        Column("high", N_("Latest (85 %)")),
        Column("requests", N_("Open requests"), Kind.NUMBER),
        Column("dead", N_("Open for 180 days or more"), Kind.NUMBER),
    ),
    means=_means,
    when=known,
    mailed=False,
)
FORECAST: Numbers[JiraLook] = Numbers(
    (
        _number("todays"),
        _number("nothing"),
        Number(
            name="confidence",
            label=lambda look: _("Done by {day}").format(day=show_date(look.chosen.deadline)),
            about=ABOUT,
            value=_confidence,
            kind=Kind.TEXT,
            detail=lambda _look: _("share of the draws"),
            mailed=False,
        ),
    ),
    when=known,
)
RANGES: Note[JiraLook] = Note(
    lambda look: [_("{label}: {value}").format(label=_(WORDS[what]), value=_range(look, what)) for what in WORDS],
    when=known,
)
DEADLINE: Choose[JiraLook] = Choose(("deadline",), when=known)
NO_FORECAST: Note[JiraLook] = Note(
    lambda _look: _("There is not enough history for a forecast yet."), tone="info", when=lambda look: not known(look)
)
