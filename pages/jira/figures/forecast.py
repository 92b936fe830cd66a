"""When will the open work be done? Weekly throughput drawn again and again (Monte Carlo), and how often that held."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd

from core.base.cache import once_a_frame
from core.base.i18n import N_, _, show_date, show_number
from core.show.about import About
from core.show.columns import Kind
from core.show.figure import Note, Number, Numbers
from pages.jira.figures import times
from pages.jira.figures.notes import SOURCE
from pages.jira.figures.weeks import CREATED_RESOLVED, every_week
from pages.jira.look import JiraLook

RUNS = 4_000
HISTORY = 26
"""Whole weeks of throughput that are drawn from."""
ENOUGH = 8
"""Fewer weeks than this are no history."""
LONGEST = 520
"""Weeks after which a run is given up."""
LOW, HIGH = 0.15, 0.85
"""The range lies between these shares of the runs: it should hold in 70 of 100 cases."""
_SEED = 20_261


@dataclass(frozen=True)
class Forecast:
    """Weeks until the open work is done: in the middle of the runs, and the range. The dates are Mondays."""

    open: int
    low: int
    middle: int
    high: int
    monday: date

    def on(self, weeks: int) -> date:
        """The day after so many weeks."""
        return self.monday + timedelta(weeks=weeks)


@dataclass(frozen=True)
class Backtest:
    """How often the range held when it was forecast in the past, of the forecasts whose end is known by now."""

    held: int
    of: int


def forecast(throughput: Sequence[int], remaining: int, monday: date) -> Forecast | None:
    """Of the last whole weeks' throughput, oldest first; `monday` begins the week in which the work goes on.

    None without enough history, or where nothing gets done.
    """
    weeks = _weeks(throughput, remaining)
    if weeks is None:
        return None
    low, middle, high = (int(np.quantile(weeks, share, method="higher")) for share in (LOW, 0.5, HIGH))
    return Forecast(remaining, low, middle, high, monday)


def _weeks(throughput: Sequence[int], remaining: int) -> np.ndarray | None:
    """How many weeks each run takes."""
    history = np.asarray(throughput[-HISTORY:])
    if len(history) < ENOUGH or not history.sum():
        return None
    if remaining <= 0:
        return np.zeros(RUNS, dtype=int)
    most = min(LONGEST, int(np.ceil(6 * remaining / history.mean())) + 10)
    draws = np.random.default_rng(_SEED).choice(history, size=(RUNS, most))
    done = draws.cumsum(axis=1) >= remaining
    return np.where(done.any(axis=1), done.argmax(axis=1) + 1, most)


def backtest(created: Sequence[int], resolved: Sequence[int], most: int = HISTORY) -> Backtest:
    """Forecast at the end of each of the last weeks the work then open, and compare with when as much was done.

    `created` and `resolved` are counts of whole weeks, oldest first. A forecast whose end has not come yet counts as
    failed once its range is over, and not at all before.
    """
    held = of = 0
    still_open = np.cumsum(created) - np.cumsum(resolved)
    for then in range(max(ENOUGH, len(resolved) - most), len(resolved)):
        weeks = _weeks(resolved[:then], int(still_open[then - 1]))
        if weeks is None:
            continue
        low, high = (int(np.quantile(weeks, share, method="higher")) for share in (LOW, HIGH))
        done = np.cumsum(resolved[then:]) >= still_open[then - 1]
        took = int(done.argmax()) + 1 if done.any() else None
        if took is None and len(done) < high:
            continue
        of += 1
        held += took is not None and low <= took <= high
    return Backtest(held, of)


@once_a_frame
def _forecasts(weeks: pd.DataFrame, left: int, monday: date) -> tuple[Forecast | None, Backtest]:
    """When so many open requests are done, from this Monday on, and how often such ranges held."""
    created, resolved = ([int(n) for n in weeks[name]] for name in ("created", "resolved"))
    return forecast(resolved, left, monday), backtest(created, resolved)


def of(look: JiraLook) -> tuple[Forecast | None, Backtest]:
    """The forecast of the open requests that pass the filters, from all of their history."""
    weeks = every_week(look.ask(CREATED_RESOLVED), look.monday)
    return _forecasts(weeks, int(times.unresolved(look)["open"]), look.monday)


def _middle(look: JiraLook) -> date | None:
    found, _held = of(look)
    return found.on(found.middle) if found else None


def _range(look: JiraLook) -> str:
    found, held = of(look)
    if found is None:
        return ""
    return _("between {low} and {high}, for {n} open requests; the range held {held} times out of {of}").format(
        low=show_date(found.on(found.low)),
        high=show_date(found.on(found.high)),
        n=show_number(found.open),
        held=held.held,
        of=held.of,
    )


FORECAST: Numbers[JiraLook] = Numbers(
    (
        Number(
            name="forecast",
            label=N_("Open requests done by"),
            about=About(
                N_(
                    "The throughput of the last 26 whole weeks is drawn at random 4,000 times until the open requests "
                    "are done. 70 of 100 draws end within the range. The backtest says how often past forecasts held."
                ),
                SOURCE,
            ),
            value=_middle,
            kind=Kind.DAY,
            detail=_range,
            mailed=False,
        ),
    ),
    when=lambda look: of(look)[0] is not None,
)
NO_FORECAST: Note[JiraLook] = Note(
    lambda _look: _("There is not enough history for a forecast yet."),
    tone="info",
    when=lambda look: of(look)[0] is None,
)
