"""From counts by day and pair to what the screen shows. Pure: frames and slices in, frames out.

A period is partial when the data, or what was asked, cover only a part of it: it is marked, and left out of limits and
of what they are made of. A week begins on Monday.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd

from core.base import periods
from core.base.cache import once_a_frame
from core.base.calendar import is_working_day
from core.base.i18n import _, show_date
from core.base.periods import Grain
from core.base.settings import settings
from pages.reroutes.control import Limits, Period
from pages.reroutes.facts import WAITS
from pages.reroutes.queries import ROWS_SHOWN, Slice

DAY = timedelta(days=1)
MATRIX_SIDE = 24
PARETO_BARS = 20
FLOW_LINKS = 40
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


def shares(pairs: pd.DataFrame, side: str) -> pd.DataFrame:
    """Hand-overs by the values of a column, the most frequent first, with their `share`. `said` is false of the row
    of those without a value, which says so in words."""
    found = pairs.groupby(side, sort=False, dropna=False)["handovers"].sum().sort_values(ascending=False, kind="stable")
    said = [bool(pd.notna(value)) for value in found.index]
    return pd.DataFrame(
        {
            "value": [value if known else _("not said") for value, known in zip(found.index, said, strict=True)],
            "handovers": found.astype(int).values,
            "share": (found / max(int(found.sum()), 1)).values,
            "said": said,
        }
    )


def matrix(pairs: pd.DataFrame, side: int = MATRIX_SIDE) -> pd.DataFrame:
    """The pairs between the origins and targets that have most hand-overs, as cells."""
    origins = list(shares(pairs, "origin")["value"][:side])
    targets = list(shares(pairs, "target")["value"][:side])
    return pairs[pairs["origin"].isin(origins) & pairs["target"].isin(targets)].reset_index(drop=True)


def pareto(pairs: pd.DataFrame, bars: int = PARETO_BARS) -> pd.DataFrame:
    """The most frequent pairs with the share they make up together: `pair`, `handovers`, `share`, `together`."""
    total = max(int(pairs["handovers"].sum()), 1)
    top = pairs.head(bars)
    return pd.DataFrame(
        {
            "pair": [f"{one} → {two}" for one, two in zip(top["origin"], top["target"], strict=True)],
            "origin": list(top["origin"]),
            "target": list(top["target"]),
            "handovers": list(top["handovers"]),
            "share": [count / total for count in top["handovers"]],
            "together": [count / total for count in top["handovers"].cumsum()],
        }
    )


def newcomers(pairs: pd.DataFrame, before: pd.DataFrame) -> pd.DataFrame:
    """Pairs that were not met in the period before, the most frequent first."""
    known = set(zip(before["origin"], before["target"], strict=True))
    new = [pair not in known for pair in zip(pairs["origin"], pairs["target"], strict=True)]
    return pairs[new].reset_index(drop=True)


def wait_names() -> list[str]:
    """The classes of waiting in words, shortest first."""
    named = [_limit(seconds) for seconds in WAITS]
    return [
        _("under {limit}").format(limit=named[0]),
        *(f"{low} – {high}" for low, high in pairwise(named)),
        _("{limit} or more").format(limit=named[-1]),
    ]


def _limit(seconds: int) -> str:
    if seconds < 3_600:
        return f"{seconds // 60}\u202fmin"
    if seconds < 86_400:
        return f"{seconds // 3_600}\u202fh"
    return _("{n} d").format(n=seconds // 86_400)


def waits(counts: pd.DataFrame) -> pd.DataFrame:
    """Hand-overs by class of waiting, in order: `wait`, `name`, `handovers`, `together` (share up to the class)."""
    known = dict(zip(counts["wait"], counts["handovers"], strict=True))
    frame = pd.DataFrame(
        {
            "wait": range(len(WAITS) + 1),
            "name": wait_names(),
            "handovers": [known.get(n, 0) for n in range(len(WAITS) + 1)],
        }
    )
    frame["together"] = frame["handovers"].cumsum() / max(int(frame["handovers"].sum()), 1)
    return frame


def weekday_name(number: int) -> str:
    """A weekday in words; Monday is 1."""
    return show_date(date(2024, 1, number), "EEEE")


def hours(counts: pd.DataFrame) -> pd.DataFrame:
    """Hand-overs by weekday and hour, with the weekday's name."""
    return counts.assign(name=[weekday_name(int(number)) for number in counts["weekday"]])


def totals(counts: pd.DataFrame) -> pd.DataFrame:
    """Tasks rerouted twice or more by their number of hand-overs: `total`, `again`, `share`, the smallest first."""
    ordered = counts.sort_values("total").reset_index(drop=True)
    return ordered.assign(share=ordered["again"] / max(int(ordered["again"].sum()), 1))


def flow(pairs: pd.DataFrame, links: int = FLOW_LINKS, steps: int = 24) -> pd.DataFrame:
    """The most frequent pairs as bands between two columns of entities: points of each band's edges.

    `x` runs from 0 to 1, `low` and `high` from 0 to 1; entities stand by their share, the largest on top.
    """
    top = pairs.head(links)
    total = max(int(top["handovers"].sum()), 1)
    tops: dict[tuple[str, str], float] = {}
    for side in ("origin", "target"):
        ordered = shares(top, side)
        edges = [0.0, *ordered["share"].cumsum()]
        tops |= {(side, value): edge for value, edge in zip(ordered["value"], edges, strict=False)}
    rows = []
    ordered_pairs = top.sort_values(["origin", "handovers"], ascending=[True, False])
    for origin, target, count in ordered_pairs[["origin", "target", "handovers"]].values.tolist():
        width = count / total
        left, right = tops["origin", origin], tops["target", target]
        tops["origin", origin] += width
        tops["target", target] += width
        for step in range(steps + 1):
            x = step / steps
            ease = x * x * (3 - 2 * x)
            high = 1 - (left + (right - left) * ease)
            rows.append(
                {
                    "pair": f"{origin} → {target}",
                    "origin": origin,
                    "target": target,
                    "handovers": count,
                    "x": x,
                    "high": high,
                    "low": high - width,
                    "name": origin if step == 0 else target if step == steps else None,
                }
            )
    return pd.DataFrame(rows, columns=["pair", "origin", "target", "handovers", "x", "high", "low", "name"])


def labels(points: pd.DataFrame) -> pd.DataFrame:
    """Where the names of the entities of a flow stand: `x`, `name`, `middle`."""
    ends = points[points["name"].notna()]
    found = ends.groupby(["x", "name"], sort=False).agg(high=("high", "max"), low=("low", "min")).reset_index()
    return found.assign(middle=(found["high"] + found["low"]) / 2)[found["high"] - found["low"] > 0.024]


def recipients(text: str | None) -> str:
    """A list written as text (`["a@b", "c@d"]`) as people read it; any other text as it is."""
    if not text:
        return ""
    inner = text.strip()
    if inner.startswith("[") and inner.endswith("]"):
        parts: Iterable[str] = (part.strip().strip("\"'") for part in inner[1:-1].split(","))
        return ", ".join(part for part in parts if part)
    return inner


def summed(frame: pd.DataFrame, by: list[str], what: str) -> list[tuple[Any, ...]]:
    """The values of some columns, each with the sum of another, the greatest first."""
    if frame.empty:
        return []
    found = frame.groupby(by, sort=False)[what].sum().reset_index().sort_values(what, ascending=False, kind="stable")
    return list(found[[*by, what]].itertuples(index=False, name=None))
