"""The robust rule of durations tried on labelled series:

    python -m tests.labelled FOLDER

The folder holds CSV files (`timestamp,value`) and a JSON of windows in which each is abnormal. Values are taken as
durations in seconds, then in minutes. Nothing is written.
"""

import csv
import json
import sys
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from statistics import median

from core.base.stats import slow_above
from pages.pipelines.queries import LAST_GOOD_RUNS

Point = tuple[datetime, float]
Window = tuple[datetime, datetime]
UNITS = {"seconds": 1.0, "minutes": 60.0}


@dataclass(frozen=True)
class Found:
    """What the rule called of a series: windows in which it called at least once, and calls outside of all."""

    hits: int
    windows: int
    false: int
    points: int

    def __add__(self, other: "Found") -> "Found":
        return Found(*(mine + its for mine, its in zip(vars(self).values(), vars(other).values(), strict=True)))

    def __str__(self) -> str:
        return f"{self.hits} of {self.windows} windows, {1000 * self.false / self.points:.1f} false calls per 1,000"


def called(points: Sequence[Point]) -> Iterator[datetime]:
    """When the rule calls a duration unusually long, by the ones before it; the point itself is never among them."""
    before: deque[float] = deque(maxlen=LAST_GOOD_RUNS)
    for at, seconds in points:
        if before:
            middle = median(before)
            threshold = slow_above(middle, median(abs(one - middle) for one in before), len(before))
            if threshold is not None and seconds > threshold:
                yield at
        before.append(seconds)


def found(points: Sequence[Point], windows: Sequence[Window]) -> Found:
    """The calls on a series beside its windows, ends included."""
    calls = list(called(points))
    hits = sum(any(start <= at <= end for at in calls) for start, end in windows)
    false = sum(not any(start <= at <= end for start, end in windows) for at in calls)
    return Found(hits, len(windows), false, len(points))


def lines(folder: Path) -> Iterator[str]:
    """A line a series and unit, then one of all."""
    (labels,) = folder.glob("*.json")
    told = {Path(name).stem: spans for name, spans in json.loads(labels.read_text(encoding="utf-8")).items()}
    for unit, seconds in UNITS.items():
        every = Found(0, 0, 0, 0)
        for file in sorted(folder.glob("*.csv")):
            spans = next(spans for name, spans in told.items() if file.stem.endswith(name))
            with file.open(encoding="utf-8", newline="") as handle:
                rows = csv.DictReader(handle)
                points = [(datetime.fromisoformat(row["timestamp"]), seconds * float(row["value"])) for row in rows]
            mine = found(points, [(datetime.fromisoformat(start), datetime.fromisoformat(end)) for start, end in spans])
            every += mine
            yield f"{file.stem}, as {unit}: {mine}"
        yield f"all, as {unit}: {every}"


if __name__ == "__main__":
    sys.stdout.write("\n".join(lines(Path(sys.argv[1]))) + "\n")
