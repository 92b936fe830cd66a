"""Whole weeks drawn again and again from those that were (Monte Carlo): when open work may be done. Pure.

A run that does not end within a year is not followed: so far ahead a team, and what it is asked, are others.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from core.base.draws import paths, reached

RUNS = 4_000
HISTORY = 26
"""Whole weeks that are drawn from, the last ones."""
ENOUGH = 8
"""Fewer weeks than this are no history."""
HORIZON = 52
"""Weeks that a run is followed."""
LOW, MIDDLE, HIGH = 0.15, 0.5, 0.85
"""Between the first and the last of these shares of the runs lies the range: it should hold in 70 of 100 cases."""
SHARES = (LOW, MIDDLE, HIGH)


@dataclass(frozen=True)
class Forecast:
    """Weeks until some work is done: in the middle of the runs, and the range; None: not within a year."""

    low: int | None
    middle: int | None
    high: int | None


@dataclass(frozen=True)
class Backtest:
    """How often the range held when it was forecast in the past, of the forecasts whose end is known by now."""

    held: int
    of: int


def drawn(history: Sequence[int] | np.ndarray) -> np.ndarray | None:
    """What would be done in all by the end of each week of a year, a row a run; None without enough history.

    `history` are numbers of whole weeks, oldest first.
    """
    last = np.asarray(history)[-HISTORY:]
    if len(last) < ENOUGH:
        return None
    return paths(last, RUNS, HORIZON)


def forecast(history: Sequence[int] | np.ndarray, remaining: int) -> Forecast | None:
    """When so much is done, by what was done in each of the last whole weeks; None without enough history.

    Where `history` is what was done less what came in, it says when nothing is left, arrivals counted.
    """
    draws = drawn(history)
    return None if draws is None else Forecast(*reached(draws, remaining, SHARES))


def confidence(history: Sequence[int] | np.ndarray, remaining: int, weeks: int) -> float | None:
    """In which share of the runs so much is done within so many weeks; None without history, or beyond a year."""
    draws = drawn(history)
    if draws is None or weeks > HORIZON:
        return None
    if remaining <= 0:
        return 1.0
    return float((draws[:, weeks - 1] >= remaining).mean()) if weeks > 0 else 0.0


def fan(history: Sequence[int] | np.ndarray, weeks: int) -> np.ndarray | None:
    """What is done in all by the end of each coming week: the low, the middle and the high, a row each."""
    draws = drawn(history)
    return None if draws is None else np.quantile(draws[:, :weeks], SHARES, axis=0)


def backtest(created: Sequence[int], resolved: Sequence[int], dead: int = 0, most: int = HISTORY) -> Backtest:
    """Forecast at the end of each of the last weeks the work then open, and compare with when as much was done.

    `created` and `resolved` are counts of whole weeks, oldest first; `dead` of the open requests were left apart then
    as now. A forecast whose end has not come yet counts as failed once its range is over, and not at all before.
    """
    held = of = 0
    still_open = np.cumsum(created) - np.cumsum(resolved) - dead
    for then in range(max(ENOUGH, len(resolved) - most), len(resolved)):
        left = int(still_open[then - 1])
        forecast_then = forecast(resolved[:then], left) if left > 0 else None
        if forecast_then is None or forecast_then.low is None or forecast_then.high is None:
            continue
        done = np.cumsum(resolved[then:]) >= left
        took = int(done.argmax()) + 1 if done.any() else None
        if took is None and len(done) < forecast_then.high:
            continue
        of += 1
        held += took is not None and forecast_then.low <= took <= forecast_then.high
    return Backtest(held, of)


def weeks_from(monday: date, weeks: int) -> date:
    """The day after so many weeks."""
    return monday + timedelta(weeks=weeks)
