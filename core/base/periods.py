"""Days, weeks, months, quarters, years: their first and last day, those before and after, their moments, their names.

A period is told by a day that lies in it; which one a screen or a frame holds is its first. A week begins on Monday.
Days are those of the screens' clock, so a period begins and ends at its midnights, summer time or not.
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import count, takewhile

from core.base.calendar import start_of
from core.base.i18n import _, local, show_date

_DAY = timedelta(days=1)
MONTH = timedelta(days=30.4375)
"""How long a month is where spans are counted in months, e.g. retentions."""


class Grain(StrEnum):
    """How long periods are."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"

    def first(self, day: date) -> date:
        """First day of the period that a day lies in."""
        if self is Grain.DAY:
            return day
        if self is Grain.WEEK:
            return day - timedelta(days=day.weekday())
        return day.replace(month=day.month - (day.month - 1) % self._months, day=1)

    def last(self, day: date) -> date:
        """Last day of the period that a day lies in."""
        return self.moved(day, 1) - _DAY

    def moved(self, day: date, periods: int) -> date:
        """First day of the period so many after the one that a day lies in; before it, where negative."""
        first = self.first(day)
        if self._months:
            return months_later(first, periods * self._months)
        return first + periods * (7 if self is Grain.WEEK else 1) * _DAY

    def of(self, day: date) -> "Period":
        """The period that a day lies in, whole."""
        return Period(self.first(day), self.last(day))

    def at(self, moment: datetime) -> "Period":
        """The period that a moment lies in on the screens' clock, whole."""
        return self.of(local(moment).date())

    def label(self, day: date) -> str:
        """The period that a day lies in, in the person's language: «avril 2026», «semaine du 6 avr. 2026»."""
        first = self.first(day)
        if self is Grain.WEEK:
            return _("week of {day}").format(day=show_date(first))
        return show_date(first) if self is Grain.DAY else show_date(first, _PATTERNS[self])

    @property
    def _months(self) -> int:
        """How many months long; 0 where it is none."""
        return {Grain.MONTH: 1, Grain.QUARTER: 3, Grain.YEAR: 12}.get(self, 0)


_PATTERNS = {Grain.MONTH: "MMMM y", Grain.QUARTER: "QQQ y", Grain.YEAR: "y"}


@dataclass(frozen=True, order=True)
class Period:
    """Days in a row, from `first` to `last`, both included. Raises ValueError where the last comes before the first."""

    first: date
    last: date

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise ValueError(f"{self.last} comes before {self.first}")

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.last - self.first).days + 1

    @property
    def start(self) -> datetime:
        """Its first moment (UTC)."""
        return start_of(self.first)

    @property
    def end(self) -> datetime:
        """The first moment (UTC) after it."""
        return start_of(self.last + _DAY)

    @property
    def before(self) -> "Period":
        """As many days, ending on the day before it."""
        return Period(self.first - self.days * _DAY, self.first - _DAY)

    def holds(self, other: "Period") -> bool:
        """Whether every day of another period lies in it."""
        return self.first <= other.first and other.last <= self.last

    def common(self, other: "Period") -> "Period | None":
        """The days that lie in both; None where none does."""
        first, last = max(self.first, other.first), min(self.last, other.last)
        return Period(first, last) if first <= last else None

    def each(self, grain: Grain) -> tuple[date, ...]:
        """First days of the periods of a grain that it touches, in order; those at its ends may begin before it and
        end after it."""
        firsts = (grain.moved(self.first, number) for number in count())
        return tuple(takewhile(lambda first: first <= self.last, firsts))


def last_whole(today: date, grain: Grain, periods: int) -> Period:
    """The last so many periods that are over."""
    return Period(grain.moved(today, -periods), grain.first(today) - _DAY)


def months_later(day: date, months: int) -> date:
    """The same day so many months later, or the last day of that month where it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
