"""What the past of a pipeline in no family lets one guess of its rules: a guess, told with how many nights it is of.

Pure. A window begins with the earliest start and ends with the latest end of the first good runs of the nights, to the
quarter of an hour; of twenty nights the most extreme one is left out. A family and its contact are those of pipelines
whose name begins alike. What started on most days of the week, and never in two weekends, is due on working days.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from pages.pipelines.board import Board
from pages.pipelines.known import GOOD, Run
from pages.pipelines.nights import Night
from pages.pipelines.rules import Family

QUARTER, DAY = 15, 24 * 60
SATURDAY = 5
LEFT_OUT = 20
"""Of so many nights, one is left out at either end."""
DAYS_OFF = 4
"""So many days of weekends without a start are asked for before one says that nothing starts on such days."""


@dataclass(frozen=True)
class Guess:
    """`window` is of wall clocks, None where no night went well; `working`: due on working days alone; `good` nights of
    the `nights` that are known."""

    pipeline: str
    family: str
    contact: str
    window: tuple[time, time] | None
    working: bool
    good: int
    nights: int


def guesses(boards: Sequence[Board], families: Sequence[Family]) -> list[Guess]:
    """Of every pipeline that ran in some of these nights and is in no family, by name."""
    known = [b.night.day for b in boards if b.unassigned or any(member.judged.counted for member in b.members)]
    spans: dict[str, list[tuple[int, int]]] = {}
    starts: dict[str, dict[date, date]] = {}
    for board in boards:
        for pipeline, runs in _by_pipeline(board.unassigned).items():
            span = _span(runs, board.night)
            spans.setdefault(pipeline, []).extend([span] if span else [])
            first = min(run.begin for run in runs).astimezone(ZoneInfo(board.night.zone))
            starts.setdefault(pipeline, {})[board.night.day] = first.date()
    homes = _homes(families)
    guesses = []
    for pipeline, its in sorted(spans.items()):
        word = _first_word(pipeline)
        family, contact = homes.get(word, (word.capitalize(), ""))
        window = _window(its, boards[0].night.turn) if its else None
        working = _on_working_days(starts[pipeline], known)
        guesses.append(Guess(pipeline, family, contact, window, working, len(its), len(known)))
    return guesses


def _first_word(pipeline: str) -> str:
    """What the name of a pipeline begins with, in small letters: `sales_daily_load` → `sales`, `CTR010` → `ctr`."""
    word = re.split(r"[-_ ./]", pipeline, maxsplit=1)[0].casefold()
    return word.rstrip("0123456789") or word


def _on_working_days(starts: Mapping[date, date], nights: Sequence[date]) -> bool:
    """`starts`: by night, the local date on which the first run started; `nights`: all that are known."""
    ahead = Counter(night - start for night, start in starts.items()).most_common(1)[0][0]
    week = {night for night in nights if (night - ahead).weekday() < SATURDAY}
    weekends = set(nights) - week
    return len(weekends) >= DAYS_OFF and not weekends & starts.keys() and 2 * len(week & starts.keys()) > len(week)


def _homes(families: Sequence[Family]) -> Mapping[str, tuple[str, str]]:
    """First word → name and contact of the family that holds most of the pipelines that begin with it."""
    counted: dict[str, Counter[tuple[str, str]]] = {}
    for family in families:
        for member in family.members:
            counted.setdefault(_first_word(member.pipeline), Counter())[(family.name, family.contact)] += 1
    return {word: homes.most_common(1)[0][0] for word, homes in counted.items()}


def _by_pipeline(runs: Iterable[Run]) -> Mapping[str, list[Run]]:
    by_pipeline: dict[str, list[Run]] = {}
    for run in runs:
        by_pipeline.setdefault(run.pipeline, []).append(run)
    return by_pipeline


def _span(runs: Iterable[Run], night: Night) -> tuple[int, int] | None:
    """Start and end of a night's first good run, in minutes of the clock since its turn."""
    good = [(run.begin, run.end) for run in runs if run.status in GOOD and run.end]
    if not good:
        return None
    start, end = min(good)
    return _minutes(start, night), _minutes(end, night)


def _minutes(moment: datetime, night: Night) -> int:
    wall = moment.astimezone(ZoneInfo(night.zone))
    since = datetime.combine(wall.date(), wall.time()) - datetime.combine(night.day - timedelta(days=1), night.turn)
    return int(since / timedelta(minutes=1))


def _window(spans: Sequence[tuple[int, int]], turn: time) -> tuple[time, time]:
    spare = len(spans) // LEFT_OUT
    start = sorted(start for start, _end in spans)[spare] // QUARTER * QUARTER
    end = -(-sorted(end for _start, end in spans)[-1 - spare] // QUARTER) * QUARTER
    start = min(max(start, 0), DAY - 2 * QUARTER)
    end = min(max(end, start + QUARTER), DAY - 1)
    return _wall(turn, start), _wall(turn, end)


def _wall(turn: time, minutes: int) -> time:
    return (datetime.combine(date.min, turn) + timedelta(minutes=minutes)).time()
