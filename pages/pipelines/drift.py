"""How a duration changes over daily medians: a slow drift (the slope of Theil and Sen, with its interval), or a step to
another level. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median

from core.base.stats import slow_above

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


STAYS, BEFORE = 7, 30
"""Days that a new level must have lasted, and those before them that it is held against."""


@dataclass(frozen=True)
class Shift:
    """The day from which on a duration is another one, and its medians (seconds) before and since."""

    since: date
    before: float
    now: float


def shift(medians: Sequence[tuple[date, float]]) -> Shift | None:
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
    threshold = slow_above(middle, median(abs(one - middle) for one in before), len(before))
    if threshold is None or abs(median(last) - middle) <= threshold - middle:
        return None

    def apart(place: int) -> float:
        sides = seconds[:place], seconds[place:]
        return sum(abs(one - level) for side in sides for level in [median(side)] for one in side)

    place = min(range(1, len(seconds) - STAYS + 1), key=apart)
    return Shift(ordered[place][0], median(seconds[:place]), median(seconds[place:]))
