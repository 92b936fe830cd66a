"""Slow drift of a duration: the slope of Theil and Sen over daily medians, with its interval. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

FEWEST = 20
"""Days with a median, fewer of which say nothing."""
HORIZON = timedelta(days=365)


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


def drift(medians: Sequence[tuple[date, float]]) -> Drift | None:
    """The drift of daily medians; None with too few of them, or where the interval holds zero."""
    if len(medians) < FEWEST:
        return None
    from scipy.stats import theilslopes  # takes half a second to import, and is asked for on one tab alone

    ordered = sorted(medians)
    begin = ordered[0][0]
    days = [(day - begin).days for day, _seconds in ordered]
    slope, intercept, low, high = theilslopes([seconds for _day, seconds in ordered], days, method="joint")
    if low <= 0 <= high:
        return None
    return Drift(float(slope), float(low), float(high), float(intercept + slope * days[-1]), len(ordered))
