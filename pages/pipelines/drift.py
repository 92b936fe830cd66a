"""How a duration changes over daily medians: a slow drift (the slope of Theil and Sen, with its interval), or a step to
another level. Pure."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from math import sqrt
from statistics import NormalDist, median

import numpy as np
from numpy.typing import NDArray

from core.base.stats import slow_above

FEWEST = 20
"""Days with a median, fewer of which say nothing."""
HORIZON = timedelta(days=365)
_Numbers = NDArray[np.float64]
Median = tuple[date, float]
"""A day and the median of its durations, in seconds."""
KEPT = 2_000
"""So many series are looked at once: of most pipelines nothing is new a minute later."""


@dataclass(frozen=True)
class Drift:
    """Seconds a day that a duration changes by, and the 95 % interval; where it stands today (seconds)."""

    slope: float
    low: float
    high: float
    today: float
    days: int

    def reaches(self, seconds: float, today: date) -> tuple[date, date] | None:
        """Between which days it comes to a duration, at the interval's ends; None where it does not, within a year."""
        missing = seconds - self.today
        if missing <= 0 or self.low <= 0:
            return None
        first, last = (timedelta(days=missing / slope) for slope in (self.high, self.low))
        return (today + first, today + last) if last <= HORIZON else None


@lru_cache(maxsize=KEPT)
def drift(medians: tuple[Median, ...]) -> Drift | None:
    """The drift of daily medians; None with too few of them, or where the interval holds zero."""
    if len(medians) < FEWEST:
        return None
    ordered = sorted(medians)
    begin = ordered[0][0]
    days = np.array([(day - begin).days for day, _seconds in ordered], dtype=float)
    seconds = np.array([seconds for _day, seconds in ordered])
    slopes = _slopes(days, seconds)
    low, high = (float(slopes[place]) for place in _interval(seconds, len(slopes)))
    if low <= 0 <= high:
        return None
    slope = float(np.median(slopes))
    today = float(np.median(seconds - slope * days) + slope * days[-1])
    return Drift(slope, low, high, today, len(ordered))


def _slopes(days: _Numbers, seconds: _Numbers) -> _Numbers:
    """Seconds a day between each two days (all are distinct), in order of size."""
    earlier, later = _pairs(len(days))
    slopes = (seconds[later] - seconds[earlier]) / (days[later] - days[earlier])
    slopes.sort()
    return slopes


@lru_cache(maxsize=200)
def _pairs(days: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    return np.triu_indices(days, 1)


def _interval(seconds: _Numbers, pairs: int) -> tuple[int, int]:
    """The places, among the slopes in order, of the ends of their interval at 95 %.

    P. K. Sen, "Estimates of the regression coefficient based on Kendall's tau", JASA 63 (1968) 1379–1389, (2.6).
    """
    alike = np.unique(seconds, return_counts=True)[1].astype(float)
    days = len(seconds)
    variance = days * (days - 1) * (2 * days + 5) - (alike * (alike - 1) * (2 * alike + 5)).sum()
    half = NormalDist().inv_cdf(0.975) * sqrt(variance / 18)
    return max(round((pairs - half) / 2) - 1, 0), min(round((pairs + half) / 2), pairs - 1)


STAYS, BEFORE = 7, 30
"""Days that a new level must have lasted, and those before them that it is held against."""


@dataclass(frozen=True)
class Shift:
    """The day from which on a duration is another one, and its medians (seconds) before and since."""

    since: date
    before: float
    now: float


@lru_cache(maxsize=KEPT)
def shift(medians: tuple[Median, ...]) -> Shift | None:
    """The step of daily medians to another level: the last STAYS days lie, by their median, as far from that of the
    BEFORE days before them as a run must to be unusual, up or down. Once the new level fills half of those days it is
    what is usual, and nothing is said. The day is the one that splits them best, by the sum of distances to the medians
    of both sides.
    """
    ordered = sorted(medians)[-(BEFORE + STAYS) :]
    seconds = [value for _day, value in ordered]
    before, last = seconds[:-STAYS], seconds[-STAYS:]
    if not before:
        return None
    middle = median(before)
    threshold = slow_above(middle, median(abs(value - middle) for value in before), len(before))
    if threshold is None or abs(median(last) - middle) <= threshold - middle:
        return None

    def apart(place: int) -> float:
        sides = seconds[:place], seconds[place:]
        return sum(abs(value - level) for side in sides for level in [median(side)] for value in side)

    place = min(range(1, len(seconds) - STAYS + 1), key=apart)
    return Shift(ordered[place][0], median(seconds[:place]), median(seconds[place:]))
