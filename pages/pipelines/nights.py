"""Business nights, which cross midnight: 24 hours, or 23 or 25 when the clock changes, up to the turn of a date."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from core.base.calendar import to_moment


@dataclass(frozen=True)
class Night:
    """One business night: the 24 hours (23 or 25 when the clock changes) up to `turn` of its date.

    With `turn` at 18:00, the night of the 20th lasts from the 19th 18:00 to the 20th 18:00. `opens`: when (UTC) the
    night before ended, where that was by another turn or zone: this one is then shorter or longer.
    """

    day: date
    turn: time
    zone: str
    opens: datetime | None = None

    @cached_property
    def start(self) -> datetime:
        """First moment (UTC)."""
        return self.opens or to_moment(self.day - timedelta(days=1), self.turn, self.zone)

    @cached_property
    def end(self) -> datetime:
        """First moment (UTC) of the next night."""
        return to_moment(self.day, self.turn, self.zone)

    @property
    def ahead(self) -> int:
        """Seconds by which its date is ahead of the clock's: from the turn of the night to midnight."""
        turn = timedelta(hours=self.turn.hour, minutes=self.turn.minute)
        return int((timedelta(days=1) - turn).total_seconds()) if turn else 0

    def holds(self, moment: datetime) -> bool:
        """Whether a UTC moment lies in it."""
        return self.start <= moment < self.end

    def date_of(self, wall: time) -> date:
        """The date on which the clock shows `wall` during this night: from `turn` on, it is the evening before."""
        return self.day - timedelta(days=1) if wall >= self.turn else self.day

    def moment(self, wall: time, *, closing: bool = False) -> datetime:
        """When (UTC) the clock shows `wall` during this night."""
        return to_moment(self.date_of(wall), wall, self.zone, closing=closing)

    def span(self, start: time, end: time) -> tuple[datetime, datetime]:
        """From when to when (UTC) the clock shows two hours of this night, by every reading of them. What begins in an
        hour that lacks, which is read as the next, and would not end after it begins keeps its length."""
        opens, closes = self.moment(start), self.moment(end, closing=True)
        if closes > opens:
            return opens, closes
        begin, over = (datetime.combine(self.date_of(wall), wall) for wall in (start, end))
        return opens, opens + (over - begin)

    def first(self, wall: time) -> datetime:
        """The earliest moment (UTC) that `wall` can be: an hour that the clock skips has two readings."""
        local = datetime.combine(self.date_of(wall), wall, ZoneInfo(self.zone))
        return min(local.replace(fold=fold).astimezone(UTC) for fold in (0, 1))
