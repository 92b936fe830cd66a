"""Signal or noise: the Laney p′ chart of a rate, its run rules, and a lasting change found without them.

With thousands of tasks a period, a plain p chart takes nearly every period for out of control: its limits know of
chance alone, and rates vary by more than chance. Laney's p′ chart widens (or narrows) them by the variation found
between neighbouring periods. Limits are made of a baseline: by default of every whole period up to a lasting change,
without those that lie beyond the limits that the others make. They start anew where something is known to have changed.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise
from math import sqrt
from statistics import fmean, median
from typing import Literal

SIGMAS = 3.0
D2 = 1.128
"""Expected range of two values of a normal law, in standard deviations."""

SCREEN = 3.267
"""Moving ranges beyond so many times their mean are no usual variation and make no limits."""

ENOUGH = 8
"""Fewer periods than this make no limits."""

RUN = 8
"""So many periods in a row on one side of the mean are no chance."""

SIDE = 5
"""Fewer periods than this on either side make no lasting change."""

LASTING = 3.5
"""How many standard errors the rates before and after a lasting change lie apart at least."""

LEAST = 3
"""Fewer periods than this on either side tell of no change at all."""

MOST = 2 / 3
"""At least so many periods of each side lie on its own side of the middle, where a change lasts."""

NEARLY = 0.97
"""A place where rates differ by so much of the most is as good."""

FAR = 3.2
"""A period so many standard deviations from what the others make sets no limits: somewhat farther than the limits
themselves, since the farthest of many is looked at."""

TOGETHER = 3
"""So many bad neighbours are left out together, for each alone might hide behind the others."""

MUCH, PERHAPS = 4 / 3, 2.0
"""A rate so many times what it was, by so many standard errors, is told as what may be chance."""

Rule = Literal["beyond", "two_of_three", "run", "shift"]


@dataclass(frozen=True)
class Period:
    """One period of a rate: `hits` of `size`. `whole` is false where the data cover only a part of it; `settled` is
    false while many of its tasks may yet be hit: its rate can only rise."""

    hits: int
    size: int
    whole: bool = True
    settled: bool = True

    @property
    def rate(self) -> float | None:
        """Share of hits; None without anything to share."""
        return self.hits / self.size if self.size > 0 else None

    @property
    def usual(self) -> bool:
        """Whether it may tell what is usual."""
        return self.whole and self.settled and self.size > 0


@dataclass(frozen=True)
class Limits:
    """What is usual: the mean rate, `widening` (Laney's σz: 1 is chance alone), and the number of periods behind."""

    mean: float
    widening: float
    periods: int

    def around(self, size: int, sigmas: float = SIGMAS) -> tuple[float, float]:
        """Lower and upper limit of the rate of a period of that size, within 0 and 1."""
        spread = sigmas * self.widening * sqrt(self.mean * (1 - self.mean) / size)
        return max(0.0, self.mean - spread), min(1.0, self.mean + spread)

    def side(self, period: Period, sigmas: float = SIGMAS) -> int:
        """1 where the period's rate lies above its limits, -1 below, 0 within; 0 where it has none."""
        if period.rate is None:
            return 0
        lower, upper = self.around(period.size, sigmas)
        return (period.rate > upper) - (period.rate < lower)


def laney(periods: Sequence[Period], enough: int = ENOUGH) -> Limits | None:
    """Limits of a Laney p′ chart, made of the periods that tell what is usual. None with fewer than `enough` of them.

    p̄ = Σhits / Σsize;  zᵢ = (pᵢ − p̄) / √(p̄(1 − p̄)/nᵢ);  σz = mean |zᵢ − zᵢ₋₁| / 1.128, once the ranges beyond
    3.267 times their mean were left out;  limits p̄ ± 3 σz √(p̄(1 − p̄)/nᵢ). D. B. Laney, "Improved control charts for
    attributes", Quality Engineering 14 (2002) 531–537; the screening: NHS England, "Making data count".
    """
    used = [period for period in periods if period.usual]
    if len(used) < enough:
        return None
    mean = min(1.0, sum(period.hits for period in used) / sum(period.size for period in used))
    if not 0 < mean < 1:
        return Limits(mean, 0.0, len(used))
    scores = [(period.hits / period.size - mean) / sqrt(mean * (1 - mean) / period.size) for period in used]
    ranges = [abs(after - before) for before, after in pairwise(scores)]
    usual = [spread for spread in ranges if spread <= SCREEN * fmean(ranges)]
    return Limits(mean, fmean(usual) / D2, len(used))


def usual_limits(periods: Sequence[Period], enough: int = ENOUGH) -> Limits | None:
    """Limits that the periods in question do not set: the farthest one is left out, with neighbours, where each of them
    lies beyond those that the others make."""
    used = [period for period in periods if period.usual]
    limits = laney(used, enough)
    for length in range(min(TOGETHER, len(used) // 4), 0, -1):
        out = limits and _out(used, length, enough)
        if out:
            return usual_limits([*used[: out[0]], *used[out[-1] + 1 :]], enough)
    return limits


def _out(used: Sequence[Period], length: int, enough: int) -> range | None:
    """So many neighbours, the farthest from the middle among them, that lie on one side beyond the limits which the
    others make; None where there are none."""
    middle = median(period.rate or 0.0 for period in used)
    far = max(range(len(used)), key=lambda at: abs((used[at].rate or 0.0) - middle) * sqrt(used[at].size))
    for begin in range(max(0, far - length + 1), min(far, len(used) - length) + 1):
        others = laney([*used[:begin], *used[begin + length :]], enough)
        if others and abs(sum(others.side(period, FAR) for period in used[begin : begin + length])) == length:
            return range(begin, begin + length)
    return None


@dataclass(frozen=True)
class Signal:
    """Neighbouring periods that say more than chance, by a rule; `first` and `last` are positions, `side` 1 above, -1
    below. `before` and `after`: of a shift, what was usual and what the rate has been since."""

    first: int
    last: int
    side: int
    rule: Rule = "beyond"
    before: float = 0.0
    after: float = 0.0


@dataclass(frozen=True)
class Stretch:
    """Periods that are judged by the same limits: from `first` to `last`; `limits` are None where too few periods make
    none. `base`: positions of the first and last period that they are made of."""

    first: int
    last: int
    limits: Limits | None
    base: tuple[int, int] | None
    signals: tuple[Signal, ...] = ()
    perhaps: Signal | None = None


def chart(
    periods: Sequence[Period], starts: Sequence[int] = (), minimum: int = 1, baseline: Limits | None = None
) -> list[Stretch]:
    """The periods in stretches that begin at `starts`, each with its limits and what it says.

    `baseline` are limits for the first stretch that were made elsewhere. Periods smaller than `minimum` say nothing.
    """
    begins = sorted({0, *(start for start in starts if 0 < start < len(periods))})
    stretches = []
    for begin, end in zip(begins, [*begins[1:], len(periods)], strict=True):
        given = baseline if begin == 0 else None
        stretches.append(_stretch(periods, begin, end - 1, minimum, given))
    return stretches


def _stretch(periods: Sequence[Period], begin: int, end: int, minimum: int, given: Limits | None) -> Stretch:
    known = [at for at in range(begin, end + 1) if periods[at].whole and periods[at].size >= minimum]
    usual = [at for at in known if periods[at].usual]
    splits = _splits(periods, usual)
    shift = _lasting(splits)
    base = [at for at in usual if shift is None or at < shift.first]
    limits = given or usual_limits([periods[at] for at in base], ENOUGH if shift is None else SIDE)
    signals: list[Signal] = []
    if limits is not None:
        judged = [at for at in known if shift is None or at < shift.first]
        signals = [*_beyond(periods, judged, limits), *_near(periods, judged, limits), *_runs(periods, judged, limits)]
    if shift is not None:
        signals.append(replace(shift, last=max(known)))
    perhaps = None if signals else _perhaps(splits)
    ordered = tuple(sorted(_apart(signals), key=lambda signal: (signal.first, signal.last)))
    return Stretch(begin, end, limits, (base[0], base[-1]) if base and limits and not given else None, ordered, perhaps)


@dataclass(frozen=True)
class _Split:
    """Two sides of the periods: as a signal, how many standard errors their rates lie apart, how many periods the
    shorter one has, and whether most of each lie on its own side: a few bad ones make no lasting change."""

    signal: Signal
    apart: float
    shorter: int
    clear: bool


def _splits(periods: Sequence[Period], usual: Sequence[int]) -> list[_Split]:
    """Every way to part the periods in two; none without three on either side."""
    limits = laney([periods[at] for at in usual], 2 * LEAST)
    if limits is None:
        return []
    return [_split(periods, usual, at, limits) for at in range(LEAST, len(usual) - LEAST + 1)]


def _lasting(splits: Sequence[_Split]) -> Signal | None:
    """The lasting change, where rates differ most; of places that are nearly as good, the last one."""
    lasting = [split for split in splits if split.apart >= LASTING and split.shorter >= SIDE and split.clear]
    most = max((split.apart for split in lasting), default=0.0)
    return next((split.signal for split in reversed(lasting) if split.apart >= NEARLY * most), None)


def _perhaps(splits: Sequence[_Split]) -> Signal | None:
    """Where the rate differs most, if by much, though it may be chance."""
    best = max(splits, key=lambda split: split.apart, default=None)
    if best is None or best.apart < PERHAPS:
        return None
    low, high = sorted((best.signal.before, best.signal.after))
    return best.signal if high >= MUCH * low else None


def _split(periods: Sequence[Period], usual: Sequence[int], at: int, limits: Limits) -> _Split:
    sides = [[periods[place] for place in part] for part in (usual[:at], usual[at:])]
    sizes = [sum(period.size for period in side) for side in sides]
    before, after = (sum(period.hits for period in side) / size for side, size in zip(sides, sizes, strict=True))
    middle, up = (before + after) / 2, 1 if after > before else -1
    clear = all(
        sum(sign * ((period.rate or 0.0) - middle) > 0 for period in side) >= len(side) * MOST
        for side, sign in zip(sides, (-up, up), strict=True)
    )
    variances = [rate * max(1 - rate, 0.0) / size for rate, size in zip((before, after), sizes, strict=True)]
    error = sqrt(sum(variances)) * max(limits.widening, 1.0)
    apart = abs(after - before) / error if error else 0.0
    return _Split(Signal(usual[at], usual[-1], up, "shift", before, after), apart, min(map(len, sides)), clear)


def _beyond(periods: Sequence[Period], judged: Sequence[int], limits: Limits) -> Iterator[Signal]:
    """Neighbouring periods beyond the same limit. One that is not settled says nothing below: it may yet rise."""
    sides = [(at, _side(periods[at], limits)) for at in judged]
    for side, run in groupby(sides, key=lambda pair: pair[1]):
        positions = [at for at, _side in run]
        if side:
            yield Signal(positions[0], positions[-1], side)


def _side(period: Period, limits: Limits, sigmas: float = SIGMAS) -> int:
    side = limits.side(period, sigmas)
    return side if period.settled or side > 0 else 0


def _near(periods: Sequence[Period], judged: Sequence[int], limits: Limits) -> Iterator[Signal]:
    """Two of three neighbours beyond two thirds of the way to the same limit."""
    for three in zip(judged, judged[1:], judged[2:], strict=False):
        for side in (1, -1):
            far = [at for at in three if _side(periods[at], limits, 2.0) == side]
            if len(far) >= 2:
                yield Signal(far[0], far[-1], side, "two_of_three")


def _runs(periods: Sequence[Period], judged: Sequence[int], limits: Limits) -> Iterator[Signal]:
    """Many neighbours on one side of the mean."""
    sides = [(at, _side(periods[at], limits, 0.0)) for at in judged]
    for side, run in groupby(sides, key=lambda pair: pair[1]):
        positions = [at for at, _side in run]
        if side and len(positions) >= RUN:
            yield Signal(positions[0], positions[-1], side, "run")


def _apart(signals: Sequence[Signal]) -> list[Signal]:
    """The signals, without those whose periods another one tells of on the same side: by an earlier rule, or longer."""
    kept: list[Signal] = []
    for signal in signals:
        like = [
            other
            for other in kept
            if other.side == signal.side and other.first <= signal.last and signal.first <= other.last
        ]
        if signal.rule == "two_of_three" and like and like[-1].rule == "two_of_three":
            kept[kept.index(like[-1])] = replace(like[-1], last=max(like[-1].last, signal.last))
        elif not like or signal.rule in ("run", "shift"):
            kept.append(signal)
    return kept
