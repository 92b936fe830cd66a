"""The plan in figures: days with their dates, sums beside the totals that were written, pace, end as a range. Pure."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate, islice

from core.base.calendar import is_working_day
from core.base.draws import paths, reached
from pages.migration.model import TOTAL, Lot, Worked

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday")
PLANNED_MINUTES = 30
"""Minutes that the plan gives to a treatment."""
ENOUGH, LAST = 5, 20
"""Worked days without which no end is told; those that are drawn from, the last ones."""
RUNS, HORIZON = 2_000, 252
"""Draws; working days that each is followed, about a year."""
LOW, HIGH = 0.15, 0.85
"""70 of 100 draws end between these shares."""


@dataclass(frozen=True)
class Sums:
    """What days add up to, and what is written as their total; None where a lot has none."""

    expected: int
    treated: int
    written_expected: int | None
    written_treated: int | None

    @property
    def contradicts(self) -> bool:
        """Whether a written total is not what the days add up to."""
        pairs = ((self.expected, self.written_expected), (self.treated, self.written_treated))
        return any(written is not None and written != summed for summed, written in pairs)


@dataclass(frozen=True)
class End:
    """When the rest may be done: from a day to another, in 70 of 100 draws; None: not within a year. `worked`: days
    drawn from."""

    first: date | None
    last: date | None
    worked: int


@dataclass(frozen=True)
class Step:
    """The plan as of a day, in treatments added up over lots: in scope, expected and treated by then. `treated` is None
    after the last day with a figure."""

    day: date
    scope: int
    expected: int
    treated: int | None


def rows(lot: Lot) -> list[Worked]:
    """Its days, without totals that were written."""
    return [row for row in lot.days.values if row.weekday != TOTAL]


def sums(lots: Iterable[Lot]) -> Sums:
    """What the days of some lots add up to, beside the totals that were written for them."""
    kept = list(lots)
    days = [row for lot in kept for row in rows(lot)]
    totals = [[row for row in lot.days.values if row.weekday == TOTAL] for lot in kept]
    return Sums(
        sum(row.expected or 0 for row in days),
        sum(row.treated or 0 for row in days),
        _written([[row.expected for row in some] for some in totals]),
        _written([[row.treated for row in some] for some in totals]),
    )


def _written(said: Sequence[Sequence[int | None]]) -> int | None:
    """The totals that were written for each lot, added up; None where one has none."""
    told = [[one for one in some if one is not None] for some in said]
    return sum(map(sum, told)) if told and all(told) else None


def dated(lot: Lot) -> list[tuple[date, Worked]]:
    """Its days with their dates, the first week being that of its first Monday; none where no Monday is known."""
    days = [(row.week, row) for row in rows(lot) if row.week is not None and row.weekday in WEEKDAYS]
    if lot.first_monday is None or not days:
        return []
    first, monday = min(week for week, _row in days), lot.first_monday - timedelta(days=lot.first_monday.weekday())
    found = [(monday + timedelta(weeks=week - first, days=WEEKDAYS.index(row.weekday)), row) for week, row in days]
    return sorted(found, key=lambda one: one[0])


def size(lot: Lot, day: date) -> int:
    """How many treatments a lot holds on a day: as its last change of scope says, else what its days expect."""
    said = sorted((row.day, row.treatments) for row in lot.scope.values if row.day and row.treatments is not None)
    if not said:
        return sums([lot]).expected
    return next((treatments for since, treatments in reversed(said) if since <= day), said[0][1])


def remaining(lots: Iterable[Lot], today: date) -> int:
    """How many treatments are in scope today and not treated; lots that hold more than was treated do not make up for
    others."""
    return sum(max(0, size(lot, today) - sums([lot]).treated) for lot in lots)


def steps(lots: Sequence[Lot]) -> list[Step]:
    """The plan on each day that a lot names or whose scope changes, the first first."""
    known = [one for lot in lots for one in dated(lot)]
    days = sorted({day for day, _row in known} | {row.day for lot in lots for row in lot.scope.values if row.day})
    last = max((day for day, row in known if row.treated is not None), default=None)
    expected, treated = Counter[date](), Counter[date]()
    for day, row in known:
        expected[day] += row.expected or 0
        treated[day] += row.treated or 0
    by_then = (accumulate(map(counted.__getitem__, days)) for counted in (expected, treated))
    return [
        Step(day, sum(size(lot, day) for lot in lots), asked, done if last and day <= last else None)
        for day, asked, done in zip(days, *by_then, strict=True)
    ]


def worked(lots: Iterable[Lot], today: date) -> list[int]:
    """What was treated on each working day up to today that bears a figure, the oldest first: public holidays and days
    that nobody filled in are no worked days."""
    by = Counter[date]()
    for day, row in (one for lot in lots for one in dated(lot)):
        if row.treated is not None and day <= today and is_working_day(day):
            by[day] += row.treated
    return [n for _day, n in sorted(by.items())]


def end(lots: Sequence[Lot], today: date) -> End | None:
    """When the rest may be done; None under so many worked days. Nothing left: no days."""
    history = worked(lots, today)[-LAST:]
    if len(history) < ENOUGH:
        return None
    first, last = reached(paths(history, RUNS, HORIZON), remaining(lots, today), (LOW, HIGH))
    if first and first == last:  # one day would say more than draws can
        last += 1
    return End(_after(today, first), _after(today, last), len(history))


def _after(today: date, days: int | None) -> date | None:
    """The day on which so many working days after today are over."""
    if not days:
        return None if days is None else today
    return next(islice(_working(today), days - 1, None))


def _working(after: date) -> Iterator[date]:
    while True:
        after += timedelta(days=1)
        if is_working_day(after):
            yield after


def pace(lots: Iterable[Lot]) -> float | None:
    """Minutes a treatment as measured, over the days whose minutes are known; None where there is none. The plan's are
    PLANNED_MINUTES."""
    timed = [row for lot in lots for row in rows(lot) if row.minutes is not None and row.treated]
    treatments = sum(row.treated or 0 for row in timed)
    return sum(row.minutes or 0 for row in timed) / treatments if treatments else None
