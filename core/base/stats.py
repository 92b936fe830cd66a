"""Robust statistics, for figures with a few wild values."""

from collections.abc import Sequence
from math import sqrt
from statistics import median

ENOUGH = 10
"""Fewer values than this are no history."""

_SIGMA = 1.4826
"""Turns a median absolute deviation into a standard deviation, for a normal law."""


def slow_above(middle: float, deviation: float, count: int) -> float | None:
    """Seconds above which a duration is unusually long, given the median and deviation of `count` earlier ones.

    One-sided: median + max(3.5 deviations made comparable to standard ones, 20 % of the median, 60 s). The two
    floors matter: many flows take the same time every night, so that their deviation is 0. None without enough.
    """
    if count < ENOUGH:
        return None
    return middle + max(3.5 * _SIGMA * deviation, 0.2 * middle, 60.0)


def usual_between(values: Sequence[float]) -> tuple[float, float] | None:
    """Between what a measure is usual, given earlier ones: their median, give or take max(3.5 deviations made
    comparable to standard ones, 20 % of the median). None without enough."""
    if len(values) < ENOUGH:
        return None
    middle = median(values)
    apart = max(3.5 * _SIGMA * median(abs(value - middle) for value in values), 0.2 * abs(middle))
    return middle - apart, middle + apart


def wilson(good: int, of: int) -> tuple[float, float] | None:
    """Wilson's interval of a share, at 95 %: where the share behind `good` of `of` lies. None where `of` is none.

    E. B. Wilson, "Probable inference, the law of succession, and statistical inference", JASA 22 (1927) 209–212.
    """
    if of <= 0:
        return None
    z = 1.96
    share, spread = good / of, z * z / of
    middle = (share + spread / 2) / (1 + spread)
    half = z * sqrt(share * (1 - share) / of + spread / (4 * of)) / (1 + spread)
    return max(0.0, min(share, middle - half)), min(1.0, max(share, middle + half))
