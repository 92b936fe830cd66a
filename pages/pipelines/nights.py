"""Business nights, which cross midnight: 24 hours, or 23 or 25 when the clock changes, up to the turn of a date."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from core.base.calendar import to_moment


@dataclass(frozen=True)
class Night:
    """One business night: the 24 hours (23 or 25 when the clock changes) up to `turn` of its date.

    With `turn` at 18:00, the night of the 20th lasts from the 19th 18:00 to the 20th 18:00.
    """

    day: date
    turn: time
    zone: str

    @property
    def start(self) -> datetime:
        """First moment (UTC)."""
        return to_moment(self.day - timedelta(days=1), self.turn, self.zone)

    @property
    def end(self) -> datetime:
        """First moment (UTC) of the next night."""
        return to_moment(self.day, self.turn, self.zone)

    def moment(self, wall: time, *, zone: str | None = None, closing: bool = False) -> datetime:
        """When (UTC) the clock shows `wall` during this night: from `turn` on, it is the evening before."""
        day = self.day - timedelta(days=1) if wall >= self.turn else self.day
        return to_moment(day, wall, zone or self.zone, closing=closing)


def night_of(moment: datetime, turn: time, zone: str) -> Night:
    """The business night that a UTC moment falls in."""
    wall = moment.astimezone(ZoneInfo(zone))
    return Night(wall.date() + timedelta(days=int(wall.time() >= turn)), turn, zone)
