"""How many nights went well, by week and by month, each with the interval that chance leaves."""

from collections import Counter
from datetime import date
from functools import lru_cache
from typing import Any

import altair as alt
import pandas as pd

from core.base.i18n import N_, _, language
from core.base.periods import Grain
from core.base.stats import wilson
from core.base.status import LOOKS, Verdict
from core.show.about import About
from core.show.charts import (
    Drawing,
    day_axis,
    drawn,
    midnights,
    month_axis,
    month_tooltip,
    pale,
    said,
    specification_of,
    week_tooltip,
)
from core.show.columns import Column, Kind
from core.show.figure import Figure
from pages.pipelines.figures.years import EMPTY
from pages.pipelines.judged import VERDICTS
from pages.pipelines.look import NightLook
from pages.pipelines.words import SOURCE

WEEKS = 26
"""As many weeks are told, beside the months of two years."""
JUDGED = (Verdict.OK, Verdict.WARNING, Verdict.KO, Verdict.UNKNOWN)
COLUMNS = (
    Column("period", N_("Period")),
    Column("share", N_("Share OK"), Kind.PERCENT),
    Column("low", N_("at least (95 %)"), Kind.PERCENT, help=N_("Wilson's interval: where the share lies, by chance.")),
    Column("high", N_("at most (95 %)"), Kind.PERCENT),
    Column("nights", N_("Nights"), Kind.NUMBER),
    Column("partial", N_("Partial"), Kind.FLAG, help=N_("The period began before what is shown, or is not over.")),
    *(Column(verdict.value, LOOKS[verdict].word, Kind.NUMBER) for verdict in JUDGED),
)


def rows(verdicts: pd.DataFrame, grain: Grain) -> pd.DataFrame:
    """One row a month, or a week of the last WEEKS, the newest first; `first` is its first day. `verdicts`: `at` (the
    night's date as midnight UTC), `verdict`, `families`: how many had it.

    Counted are nights of which something was expected and that are over; those of which nothing is known are counted
    apart, and a period in which nothing is known is left out.
    """
    columns = (verdicts[name] for name in ("at", "verdict", "families"))
    judged = [(at.date(), Verdict(verdict), n) for at, verdict, n in zip(*columns, strict=True) if verdict in JUDGED]
    days = [day for day, _verdict, _n in judged]
    periods: dict[date, Counter[Verdict]] = {}
    for day, verdict, n in judged:
        periods.setdefault(grain.first(day), Counter())[verdict] += n
    rates = []
    for first in sorted(periods, reverse=True)[: WEEKS if grain is Grain.WEEK else None]:
        counts = periods[first]
        known = counts.total() - counts[Verdict.UNKNOWN]
        if not known:
            continue
        low, high = wilson(counts[Verdict.OK], known) or (0.0, 1.0)
        rates.append(
            {
                "first": first,
                "period": grain.label(first),
                "share": counts[Verdict.OK] / known,
                "low": low,
                "high": high,
                "partial": first < min(days) or grain.last(first) > max(days),
                "nights": known,
                **{verdict.value: counts[verdict] for verdict in JUDGED},
            }
        )
    return pd.DataFrame(rates, columns=["first", *(column.name for column in COLUMNS)])


@lru_cache(maxsize=4)
def _lines(grain: Grain, _language: str) -> dict[str, Any]:
    """A point a period, with a line for its interval."""
    month = grain is Grain.MONTH
    base = drawn().encode(
        x=month_axis("first") if month else day_axis("first"),
        opacity=pale(),
        tooltip=[
            month_tooltip("first") if month else week_tooltip("first"),
            alt.Tooltip("share:Q", title=_("Share OK"), format=".0%"),
            alt.Tooltip("low:Q", title=_("at least (95 %)"), format=".0%"),
            alt.Tooltip("high:Q", title=_("at most (95 %)"), format=".0%"),
            alt.Tooltip("nights:Q", title=_("Nights")),
        ],
    )
    share = alt.Y("share:Q", title=_("Share OK"), axis=alt.Axis(format=".0%"), scale=alt.Scale(domain=[0, 1]))
    interval = base.mark_rule(size=2, color="#8d99a6").encode(y=alt.Y("low:Q", title=_("Share OK")), y2="high:Q")
    values = base.encode(y=share).mark_text(align="left", dx=7, fontSize=10, aria=False)
    layers = [interval, base.mark_point(size=60, filled=True).encode(y=share)]
    layers += [said(values, "share:Q", ".0%")]
    return specification_of(alt.layer(*layers).properties(height=200))


def _by(grain: Grain, name: str, title: str, about: str, spoken: str) -> Figure[NightLook]:
    return Figure(
        name=name,
        title=title,
        about=About(about, SOURCE),
        query=VERDICTS,
        shape=lambda _look, verdicts: rows(verdicts, grain),
        columns=COLUMNS,
        chart=lambda frame, _look: Drawing(_lines(grain, language()), midnights(frame, "first")),
        told=spoken,
        empty=EMPTY,
    )


BY_MONTH = _by(
    Grain.MONTH,
    "rates",
    N_("Nights that went well, by month"),
    N_(
        "Of the nights of each family of which something was expected, the share that is OK, by month, over two years "
        "up to the night shown; the line is where the share lies, by chance (Wilson's interval, 95 %). Nights of which "
        "nothing is known are counted apart."
    ),
    N_("The share of nights that are OK by month, with its interval; the export holds the same."),
)
BY_WEEK = _by(
    Grain.WEEK,
    "rates-by-week",
    N_("Nights that went well, by week"),
    N_(
        "The same share by week, over the last 26 weeks up to the night shown, with its interval: fewer nights leave "
        "more to chance."
    ),
    N_("The share of nights that are OK by week, with its interval; the export holds the same."),
)
