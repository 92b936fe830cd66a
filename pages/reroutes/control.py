"""Signal or noise: the Laney p′ chart of a rate, and what it says in plain words.

With thousands of tasks a period, a plain p chart takes nearly every period for out of control: its limits know of
chance alone, and rates vary by more than chance. Laney's p′ chart widens (or narrows) them by the variation found
between neighbouring periods.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from math import sqrt
from statistics import fmean

SIGMAS = 3.0
D2 = 1.128
"""Expected range of two values of a normal law, in standard deviations."""

ENOUGH = 8
"""Fewer periods than this make no limits."""


@dataclass(frozen=True)
class Period:
    """One period of a rate: `hits` of `size`. `whole` is false where the data cover only a part of it."""

    hits: int
    size: int
    whole: bool = True

    @property
    def rate(self) -> float | None:
        """Share of hits; None without anything to share."""
        return self.hits / self.size if self.size > 0 else None


@dataclass(frozen=True)
class Limits:
    """What is usual: the mean rate, `widening` (Laney's σz: 1 is chance alone), and the number of periods behind."""

    mean: float
    widening: float
    periods: int

    def around(self, size: int) -> tuple[float, float]:
        """Lower and upper limit of the rate of a period of that size, within 0 and 1."""
        spread = SIGMAS * self.widening * sqrt(self.mean * (1 - self.mean) / size)
        return max(0.0, self.mean - spread), min(1.0, self.mean + spread)

    def side(self, period: Period) -> int:
        """1 where the period's rate lies above its limits, -1 below, 0 within; 0 where it has none."""
        if period.rate is None:
            return 0
        lower, upper = self.around(period.size)
        return (period.rate > upper) - (period.rate < lower)


def laney(periods: Sequence[Period]) -> Limits | None:
    """Limits of a Laney p′ chart, made of the whole periods that have a size. None with fewer than ENOUGH of them.

    p̄ = Σhits / Σsize;  zᵢ = (pᵢ − p̄) / √(p̄(1 − p̄)/nᵢ);  σz = mean |zᵢ − zᵢ₋₁| / 1.128;
    limits p̄ ± 3 σz √(p̄(1 − p̄)/nᵢ). D. B. Laney, "Improved control charts for attributes",
    Quality Engineering 14 (2002) 531–537.
    """
    used = [period for period in periods if period.whole and period.size > 0]
    if len(used) < ENOUGH:
        return None
    mean = min(1.0, sum(period.hits for period in used) / sum(period.size for period in used))
    if not 0 < mean < 1:
        return Limits(mean, 0.0, len(used))
    scores = [(period.hits / period.size - mean) / sqrt(mean * (1 - mean) / period.size) for period in used]
    ranges = [abs(after - before) for before, after in pairwise(scores)]
    return Limits(mean, fmean(ranges) / D2, len(used))


@dataclass(frozen=True)
class Excursion:
    """Neighbouring whole periods beyond the same limit; `first` and `last` are positions, `side` 1 above, -1 below."""

    first: int
    last: int
    side: int


def excursions(periods: Sequence[Period], limits: Limits, minimum: int = 1) -> list[Excursion]:
    """Every excursion, in order. Periods that are partial, or smaller than `minimum`, say nothing and end none."""
    sides = [
        (position, limits.side(period))
        for position, period in enumerate(periods)
        if period.whole and period.size >= minimum
    ]
    found = []
    for side, run in groupby(sides, key=lambda one: one[1]):
        positions = [position for position, _side in run]
        if side:
            found.append(Excursion(positions[0], positions[-1], side))
    return found
