"""The months of a period: which are whole, which are partial, and as many whole ones before."""

from dataclasses import dataclass
from datetime import date, timedelta

from core.base.periods import Grain, Period


@dataclass(frozen=True)
class Months:
    """The months of a period: `all` of them, those that are `whole`, and as many whole ones `before` them; none before
    where not all of these are known."""

    all: tuple[date, ...]
    whole: tuple[date, ...]
    before: tuple[date, ...]

    @property
    def partial(self) -> tuple[date, ...]:
        """Months that the period, or what is known, covers in part."""
        return tuple(month for month in self.all if month not in self.whole)


def months(start: date, end: date, first: date, today: date) -> Months:
    """The months of a period from `start` to `end` (both included); what is known begins on `first`, ends `today`.

    A month is whole when the period covers it and it was known from its first day to its last.
    """
    every = Period(start, end).each(Grain.MONTH)
    known_from, known_until = max(start, first), min(end, today - timedelta(days=1))
    whole = tuple(month for month in every if month >= known_from and Grain.MONTH.last(month) <= known_until)
    before = tuple(Grain.MONTH.moved(month, -len(whole)) for month in whole)
    return Months(every, whole, before if before and before[0] >= first else ())
