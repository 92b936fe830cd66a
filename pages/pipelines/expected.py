"""What a pipeline is expected to do in one night."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from pages.pipelines.nights import Night
from pages.pipelines.rules import Family, Maintenance, Member, NightRule


@dataclass(frozen=True, slots=True)
class Expected:
    """When a member is expected; moments are UTC.

    `due`: its calendar holds this night. `windowed`: its window is declared, so it can be late; without one,
    `opens` and `closes` are the night's start and the hour by which everything must have started. `deadline` is
    `closes` and the grace. `maintenance` is the planned stop that moved them, if one did.
    """

    due: bool
    windowed: bool
    opens: datetime
    closes: datetime
    deadline: datetime
    maintenance: Maintenance | None = None


def expect(member: Member, family: Family, rule: NightRule, night: Night) -> Expected:
    """What the rules expect of a member in a night."""
    window = member.window or family.window
    if window:
        opens = night.moment(window.from_, zone=family.time_zone)
        closes = night.moment(window.to, zone=family.time_zone, closing=True)
    else:
        opens, closes = night.start, night.moment(rule.due_by, closing=True)
    stop_moved = None
    for stop in sorted(family.maintenance, key=lambda stop: stop.from_):
        zone = ZoneInfo(family.time_zone or night.zone)
        start, end = (moment.replace(tzinfo=zone).astimezone(UTC) for moment in (stop.from_, stop.to))
        if start < closes and end > opens:
            closes = end + (closes - max(opens, start))
            stop_moved = stop
    return Expected(
        due=(member.calendar or family.calendar).due(night),
        windowed=window is not None,
        opens=opens,
        closes=closes,
        deadline=closes + timedelta(minutes=family.grace),
        maintenance=stop_moved,
    )
