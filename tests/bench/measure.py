"""What a bench part gives: rows of figures; and how a time is taken."""

import gc
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """One figure. `size` is the runs in the log, or the people; `aim` is the most it should be, where it has one."""

    part: str
    size: int
    what: str
    value: float
    unit: str
    aim: float | None = None

    @property
    def met(self) -> bool | None:
        """Whether the aim is met; None without one."""
        return None if self.aim is None else self.value <= self.aim


def milliseconds(work: Callable[[], object]) -> float:
    """How long one call takes."""
    begun = time.perf_counter()
    work()
    return (time.perf_counter() - begun) * 1000


def cpu(work: Callable[[], object]) -> float:
    """How many milliseconds of processor one call takes, of all its threads: what others do beside it is not in it."""
    begun = time.process_time()
    work()
    return (time.process_time() - begun) * 1000


def medians(times: int, *works: Callable[[], object], before: Callable[[], object] = lambda: None) -> list[float]:
    """Median milliseconds of each work, taken in turns so that a slow moment of the machine falls on all of them.

    `before` is called before each, untimed.
    """
    for work in works:
        work()
    gc.collect()
    taken: list[list[float]] = [[] for _ in works]
    for _ in range(times):
        for work, each in zip(works, taken, strict=True):
            before()
            each.append(milliseconds(work))
    return [statistics.median(each) for each in taken]
