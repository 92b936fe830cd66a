"""From counts by day and pair to what the screen shows. Pure: frames and slices in, frames out.

A period is partial when the data, or what was asked, cover only a part of it: it is marked, and left out of limits and
of what they are made of. A week begins on Monday.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pandas as pd

from core.base import periods
from core.base.calendar import is_working_day
from core.base.periods import Grain
from core.base.settings import settings
from pages.reroutes.control import Period, Stretch
from pages.reroutes.queries import ROWS_SHOWN, Slice

DAY = timedelta(days=1)
Covered = tuple[date, date] | None
"""First and last day that the data tell of; None where they tell of none."""


def periods_of(asked: Slice, grain: Grain) -> tuple[date, ...]:
    """First days of the periods that a slice touches, in order."""
    return periods.Period(asked.first, asked.last).each(grain)


def is_whole(begin: date, grain: Grain, asked: Slice, covered: Covered) -> bool:
    """Whether the data and the slice hold every day of a period. The last day told of may not be over: it is none."""
    if covered is None:
        return False
    first, last = max(asked.first, covered[0]), min(asked.last, covered[1] - DAY)
    return first <= begin and grain.last(begin) <= last


def within(counts: pd.DataFrame, asked: Slice) -> pd.DataFrame:
    """The days of a slice, of `queries.by_day`."""
    return counts[(counts["day"] >= asked.first) & (counts["day"] <= asked.last)]


def newest(counts: pd.DataFrame, asked: Slice, column: str = "handovers", wanted: int = ROWS_SHOWN + 1) -> Slice:
    """The slice from its newest day on from which there are as many as wanted, by a column of `queries.by_day`: the
    first rows of a list, the newest first, all lie in it. Rows without a date stand at the start of their period."""
    days = within(counts, asked).sort_values("day", ascending=False)
    enough = days[days[column].cumsum() >= wanted]
    return replace(asked, first=enough["day"].iloc[0]) if len(enough) else asked


def trend(counts: pd.DataFrame, asked: Slice, grain: Grain, covered: Covered) -> pd.DataFrame:
    """One row a period of the slice: `start`, `end` (days), `name`, `handovers`, `first` (first ones of a task),
    `before` (Int64, hand-overs as long before the slice as it is long; none where the data do not tell of every day of
    that stretch), `partial`. `counts` is `queries.by_day`."""
    buckets = {begin: [0, 0, 0] for begin in periods_of(asked, grain)}
    for day, handovers, first in within(counts, asked)[["day", "handovers", "first"]].values.tolist():
        bucket = buckets[grain.first(day)]
        bucket[0] += handovers
        bucket[1] += first
    for day, handovers in within(counts, asked.before())[["day", "handovers"]].values.tolist():
        buckets[grain.first(day + asked.days * DAY)][2] += handovers
    return pd.DataFrame(
        [
            {
                "start": begin,
                "end": grain.moved(begin, 1),
                "name": grain.label(begin),
                "handovers": now,
                "first": first,
                "before": before if _told_before(begin, grain, asked, covered) else None,
                "partial": not is_whole(begin, grain, asked, covered),
            }
            for begin, (now, first, before) in buckets.items()
        ]
    ).astype({"before": "Int64"})


def _told_before(begin: date, grain: Grain, asked: Slice, covered: Covered) -> bool:
    """Whether the data tell of every day of the stretch that lies as long before."""
    first, last = max(begin, asked.first), min(grain.last(begin), asked.last)
    return covered is not None and covered[0] <= first - asked.days * DAY and last - asked.days * DAY <= covered[1]


@dataclass(frozen=True)
class Rates:
    """Rates by period. `missing` names the periods whose volumes are not known, `contradicting` those in which more
    tasks were rerouted than the volumes say were routed: both have no rate. `coarse` is true where volumes are given
    for longer periods than the ones asked for."""

    begins: tuple[date, ...]
    periods: list[Period]
    missing: tuple[date, ...] = ()
    contradicting: tuple[date, ...] = ()
    coarse: bool = False

    @property
    def measured(self) -> tuple[int, int]:
        """Tasks rerouted and tasks routed, of the periods that have a rate."""
        return sum(period.hits for period in self.periods if period.size), sum(period.size for period in self.periods)

    @property
    def known(self) -> bool:
        """Whether there is any rate."""
        return any(period.size for period in self.periods)


@dataclass(frozen=True)
class Judged:
    """What decides whether a period may be judged: the days told of, and the last day whose tasks have mostly been
    rerouted, if they are at all."""

    covered: Covered
    settled: date | None

    def period(self, hits: int, size: int, begin: date, grain: Grain, asked: Slice) -> Period:
        """A period of so many hits."""
        settled = self.settled is None or grain.last(begin) <= self.settled
        return Period(hits, size, is_whole(begin, grain, asked, self.covered), settled)


def cohort_rates(routed: pd.DataFrame, asked: Slice, grain: Grain, judged: Judged) -> Rates:
    """Of the tasks routed in each period, those that were rerouted, whenever that was. `routed` is `queries.COHORT`."""
    hits: dict[date, int] = {}
    sizes: dict[date, int] = {}
    for day, size, rerouted in routed[["day", "routed", "rerouted"]].values.tolist():
        begin = grain.first(day)
        hits[begin] = hits.get(begin, 0) + rerouted
        sizes[begin] = sizes.get(begin, 0) + size
    begins = periods_of(asked, grain)
    rated = [judged.period(hits.get(begin, 0), sizes.get(begin, 0), begin, grain, asked) for begin in begins]
    return Rates(begins, rated)


@dataclass(frozen=True)
class Volume:
    """Tasks routed to an entity from a day to a day, both included."""

    entity: str
    first: date
    last: date
    routed: int


def volume_rates(rerouted: pd.DataFrame, volumes: list[Volume], asked: Slice, grain: Grain, judged: Judged) -> Rates:
    """Of the tasks that volumes say were routed, those that were rerouted. `rerouted` is `queries.REROUTED`.

    A volume counts where it lies whole in the slice and in one of its periods, and a rerouted task where a volume that
    counts tells of its entity and day: both are of the same tasks.
    """
    sizes: dict[date, int] = {}
    spans: dict[str, list[Volume]] = {}
    coarse = False
    for volume in volumes:
        begin = grain.first(volume.first)
        if volume.last > grain.last(begin):
            coarse = True
        elif asked.first <= volume.first and volume.last <= asked.last:
            sizes[begin] = sizes.get(begin, 0) + volume.routed
            spans.setdefault(volume.entity, []).append(volume)
    hits: dict[date, int] = {}
    for entity, first, last, count in _when(rerouted):
        held = next((span for span in spans.get(entity, ()) if span.first <= first and last <= span.last), None)
        if held is not None:
            begin = grain.first(held.first)
            hits[begin] = hits.get(begin, 0) + count
    begins = periods_of(asked, grain)
    contradicting = tuple(begin for begin in begins if 0 < sizes.get(begin, 0) < hits.get(begin, 0))
    missing = tuple(begin for begin in begins if not sizes.get(begin))
    judged = replace(judged, covered=_told_by(volumes, judged.covered))
    rated = [
        judged.period(hits.get(begin, 0), 0 if begin in contradicting else sizes.get(begin, 0), begin, grain, asked)
        for begin in begins
    ]
    return Rates(begins, rated, missing, contradicting, coarse)


def _when(rerouted: pd.DataFrame) -> Iterator[tuple[str, date, date, int]]:
    """Entity, first and last day of when tasks were routed there, and how many."""
    for entity, day, start, until, count in rerouted[["placed", "day", "start", "until", "rerouted"]].itertuples(
        index=False, name=None
    ):
        if pd.isna(day):
            yield entity, local_day(start), local_day(until) - DAY, int(count)
        else:
            yield entity, day, day, int(count)


def _told_by(volumes: list[Volume], covered: Covered) -> Covered:
    """The days of what is covered of which volumes tell, too."""
    if not (volumes and covered):
        return covered
    end = max(volume.last for volume in volumes) + DAY
    while not is_working_day(end):
        end += DAY  # nothing is routed then: that no volume tells of such a day says nothing
    return max(covered[0], min(volume.first for volume in volumes)), min(covered[1], end)


def local_day(moment: datetime) -> date:
    """The local day of a moment, as a frame holds it."""
    aware = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
    return aware.astimezone(ZoneInfo(settings().timezone)).date()


def control(rates: Rates, stretches: Sequence[Stretch], grain: Grain) -> pd.DataFrame:
    """One row a period with a rate: `start`, `name`, `rate`, `hits`, `size`, `lower`, `upper`, `mean`, `state`
    ("in", "out", "partial", "recent"), `stretch` (its number)."""
    rows = []
    for number, stretch in enumerate(stretches):
        signalled = {at for signal in stretch.signals for at in range(signal.first, signal.last + 1)}
        for at in range(stretch.first, stretch.last + 1):
            begin, period = rates.begins[at], rates.periods[at]
            if period.rate is None:
                continue
            lower, upper = stretch.limits.around(period.size) if stretch.limits else (None, None)
            state = "out" if at in signalled and period.whole else "in" if period.usual else "recent"
            rows.append(
                {
                    "start": begin,
                    "name": grain.label(begin),
                    "rate": period.rate,
                    "hits": period.hits,
                    "size": period.size,
                    "lower": lower,
                    "upper": upper,
                    "mean": stretch.limits.mean if stretch.limits else None,
                    "state": state if period.whole else "partial",
                    "stretch": number,
                }
            )
    return pd.DataFrame(rows, columns=CONTROL)


CONTROL = ["start", "name", "rate", "hits", "size", "lower", "upper", "mean", "state", "stretch"]
