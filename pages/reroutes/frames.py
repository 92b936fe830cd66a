"""From counts by day and pair to what the screen shows. Pure: frames and slices in, frames out.

A period is partial when the data, or what was asked, cover only a part of it: it is marked, and left out of limits and
of what they are made of. A week begins on Monday.
"""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pandas as pd

from core.base import periods
from core.base.cache import once_a_frame
from core.base.calendar import is_working_day
from core.base.periods import Grain
from core.base.settings import settings
from pages.reroutes.control import Limits, Period
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


@once_a_frame
def within(counts: pd.DataFrame, asked: Slice) -> pd.DataFrame:
    """The days of a slice, of `queries.by_day`."""
    return counts[(counts["day"] >= asked.first) & (counts["day"] <= asked.last)]


def newest(counts: pd.DataFrame, asked: Slice, column: str = "handovers", wanted: int = ROWS_SHOWN + 1) -> Slice:
    """The slice from its newest day on from which there are as many as wanted, by a column of `queries.by_day`: the
    first rows of a list, the newest first, all lie in it. Rows without a date stand at the start of their period."""
    days = within(counts, asked).sort_values("day", ascending=False)
    enough = days[days[column].cumsum() >= wanted]
    return replace(asked, first=enough["day"].iloc[0]) if len(enough) else asked


@once_a_frame
def trend(counts: pd.DataFrame, asked: Slice, grain: Grain, covered: Covered) -> pd.DataFrame:
    """One row a period of the slice: `start`, `end` (days), `name`, `handovers`, `tasks`, `before` (hand-overs as long
    before the slice as it is long), `partial`. `counts` is `queries.by_day`."""
    found = {begin: [0, 0, 0] for begin in periods_of(asked, grain)}
    for day, handovers, tasks in within(counts, asked)[["day", "handovers", "tasks"]].values.tolist():
        bucket = found[grain.first(day)]
        bucket[0] += handovers
        bucket[1] += tasks
    for day, handovers in within(counts, asked.before())[["day", "handovers"]].values.tolist():
        found[grain.first(day + asked.days * DAY)][2] += handovers
    return pd.DataFrame(
        [
            {
                "start": begin,
                "end": grain.moved(begin, 1),
                "name": grain.label(begin),
                "handovers": now,
                "tasks": tasks,
                "before": before,
                "partial": not is_whole(begin, grain, asked, covered),
            }
            for begin, (now, tasks, before) in found.items()
        ]
    )


@dataclass(frozen=True)
class Rates:
    """Rates by period; `missing` names the periods whose volumes are not known, `coarse` is true where volumes are
    given for periods longer than the ones asked for."""

    begins: tuple[date, ...]
    periods: list[Period]
    missing: list[date]
    coarse: bool

    @property
    def measured(self) -> tuple[int, int]:
        """Tasks rerouted and tasks routed, of the periods whose volumes are known."""
        return sum(one.hits for one in self.periods if one.size), sum(one.size for one in self.periods)


def rates(counts: pd.DataFrame, routed: pd.DataFrame, asked: Slice, grain: Grain, covered: Covered) -> Rates:
    """Tasks rerouted for the first time, of those routed, by period.

    `counts` is `queries.by_day`, `routed` is `queries.ROUTED`.
    A volume counts in the period that holds all of it.
    """
    hits: dict[date, int] = {}
    for day, count in within(counts, asked)[["day", "own"]].values.tolist():
        hits[grain.first(day)] = hits.get(grain.first(day), 0) + count
    sizes: dict[date, int] = {}
    coarse = False
    told = _volumes(routed)
    for start, until, size in told:
        begin = grain.first(start)
        if until > grain.moved(begin, 1):
            coarse = True
        else:
            sizes[begin] = sizes.get(begin, 0) + size
    if told and covered:
        end = max(until for _start, until, _size in told)
        while not is_working_day(end):
            end += DAY  # nothing is routed then: that no volume tells of such a day says nothing
        covered = (max(covered[0], min(start for start, _until, _size in told)), min(covered[1], end))
    begins = periods_of(asked, grain)
    rated = [
        Period(hits.get(begin, 0), sizes.get(begin, 0), is_whole(begin, grain, asked, covered)) for begin in begins
    ]
    return Rates(begins, rated, [begin for begin in begins if not sizes.get(begin)], coarse)


@once_a_frame
def _volumes(routed: pd.DataFrame) -> list[tuple[date, date, int]]:
    """First day, the day after the last, and the routed tasks of each period of `queries.ROUTED`."""
    spans = routed.itertuples(index=False, name=None)
    return [(local_day(start), local_day(until), int(size)) for start, until, size in spans]


def local_day(moment: datetime) -> date:
    """The local day of a moment, as a frame holds it."""
    aware = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
    return aware.astimezone(ZoneInfo(settings().timezone)).date()


def control(found: Rates, limits: Limits | None, grain: Grain) -> pd.DataFrame:
    """One row a period with a rate: `start`, `name`, `rate`, `hits`, `size`, `lower`, `upper`, `mean`, `state`
    ("in", "out", "partial")."""
    rows = []
    for begin, period in zip(found.begins, found.periods, strict=True):
        if period.rate is None:
            continue
        lower, upper = limits.around(period.size) if limits else (None, None)
        out = bool(limits and period.whole and limits.side(period))
        rows.append(
            {
                "start": begin,
                "name": grain.label(begin),
                "rate": period.rate,
                "hits": period.hits,
                "size": period.size,
                "lower": lower,
                "upper": upper,
                "mean": limits.mean if limits else None,
                "state": "out" if out else "in" if period.whole else "partial",
            }
        )
    return pd.DataFrame(rows, columns=["start", "name", "rate", "hits", "size", "lower", "upper", "mean", "state"])
