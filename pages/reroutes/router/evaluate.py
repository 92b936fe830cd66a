"""How well the router places tasks, from where it first placed them and where they ended.

"Not rerouted" does not mean right, and an escalation is no misroute: these figures are what hand-overs can tell.
Where the routed volumes are not known there is no diagonal, and so neither precision nor recall: None, never a guess.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from core.base import stats

Pair = tuple[str, str]
ENOUGH = 30
"""Fewer tasks than this give no interval worth showing."""


@dataclass(frozen=True)
class Share:
    """A share with its interval (Wilson, 95 %); the interval is None where there are too few tasks."""

    hits: int
    size: int

    @property
    def value(self) -> float:
        """The share."""
        return self.hits / self.size

    @property
    def interval(self) -> tuple[float, float] | None:
        """Between which values the true share lies, 95 times in 100."""
        return wilson(self.hits, self.size) if self.size >= ENOUGH else None


def wilson(hits: int, size: int) -> tuple[float, float]:
    """The interval of a share of tasks (`core.base.stats.wilson`). Raises ValueError without anything to share."""
    interval = stats.wilson(hits, size)
    if interval is None:
        raise ValueError("no tasks")
    return interval


@dataclass(frozen=True)
class Judged:
    """One entity: tasks the router placed there (None: not known), those of them that ended elsewhere, those that
    came from elsewhere; precision (of what was placed there, what stayed) and recall (of what belongs there, what was
    placed there at once)."""

    entity: str
    placed: int | None
    lost: int
    gained: int
    precision: Share | None
    recall: Share | None
    contradicts: bool = False


def judge(moved: Mapping[Pair, int], placed: Mapping[str, int]) -> list[Judged]:
    """Every entity that was placed, lost or gained tasks, those that lost most first.

    `moved`: rerouted tasks by (placed, final); those that came back to where they were placed are right.
    `placed`: routed tasks by entity. `contradicts`: more tasks left an entity than were placed there, so that the two
    sources do not tell of the same tasks and nothing is computed.
    """
    lost: dict[str, int] = {}
    gained: dict[str, int] = {}
    for (first, last), count in moved.items():
        if first != last:
            lost[first] = lost.get(first, 0) + count
            gained[last] = gained.get(last, 0) + count
    judged = []
    for entity in sorted({*lost, *gained, *placed}, key=lambda name: (-lost.get(name, 0), name)):
        volume, left, came = placed.get(entity), lost.get(entity, 0), gained.get(entity, 0)
        contradicts = volume is not None and volume < left
        right = None if volume is None or contradicts else volume - left
        precision = Share(right, volume) if right is not None and volume else None
        recall = Share(right, right + came) if right is not None and right + came else None
        judged.append(Judged(entity, volume, left, came, precision, recall, contradicts))
    return judged
