"""What a pipeline is expected to do in one night."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from itertools import pairwise

from pages.pipelines.nights import Night
from pages.pipelines.rules import Family, Maintenance, Member

AFTER_A_TICK = timedelta(hours=1)
"""Without a window, what a cron starts must have begun this long after it fired, or by the hour for everything."""
BEFORE_A_TICK = 4
"""A run may begin before the cron's hour, for clocks differ: by a part of the time between two hours, this many parts,
and no more than `AFTER_A_TICK`."""


@dataclass(frozen=True, slots=True)
class Start:
    """One start that a cron asks for: due at `at`, not before `opens`, missing from `deadline` on (UTC)."""

    at: datetime
    opens: datetime
    deadline: datetime


@dataclass(frozen=True, slots=True)
class Expected:
    """When a member is expected; moments are UTC.

    `due`: its calendar holds this night. `windowed`: its window is declared, so it can be early or late; without one,
    `opens` and `closes` are the night's start and the moment by which it must have started. `earliest` and `deadline`
    are `opens` and `closes` with the grace on either side. `starts`: each start that a cron asks for, where the window
    does not say it. `longest` is what a run may take. `maintenance` is the planned stop that moved them, if one did.
    """

    due: bool
    windowed: bool
    opens: datetime
    closes: datetime
    earliest: datetime
    deadline: datetime
    starts: tuple[Start, ...] = ()
    longest: timedelta | None = None
    maintenance: Maintenance | None = None


def expect(member: Member, family: Family, night: Night, due_by: time) -> Expected:
    """What the rules expect of a member in a night of the family's own clock; `due_by`: by its rule of then."""
    window, calendar = member.window or family.window, member.calendar or family.calendar
    grace, longest = timedelta(minutes=family.grace), member.longest or family.longest
    stops = list(_stops(family, night))
    ticks = calendar.starts(night)
    left = [tick for tick in ticks if not any(start <= tick < end for start, end, _stop in stops)]
    limit = night.moment(due_by, closing=True)
    day, clocked = night.day, True
    if window:
        opens, closes = night.span(window.from_, window.to)
        # Of a night that opens later than it used to, what was meant for the hours before was that of the night before.
        day, clocked = night.date_of(window.from_), closes >= night.start
        starts = _starts_inside(left, opens, closes, grace)
    else:
        starts = _starts_by(left, limit, night.end, grace)
        opens, closes = night.start, starts[-1].deadline - grace if starts else limit
    moved = None
    for start, end, stop in stops:
        if start < closes and end > opens:
            closes = end + (closes - max(opens, start))
            moved = stop
    return Expected(
        due=clocked and (bool(ticks) if calendar.cron else calendar.due(day)),
        windowed=window is not None,
        opens=opens,
        closes=closes,
        earliest=(night.first(window.from_) if window else opens) - grace,
        deadline=closes + grace,
        starts=starts,
        longest=timedelta(minutes=longest) if longest else None,
        maintenance=moved,
    )


def _stops(family: Family, night: Night) -> Iterator[tuple[datetime, datetime, Maintenance]]:
    """Planned stops as UTC moments, in order."""
    for stop in sorted(family.maintenance, key=lambda stop: stop.from_):
        yield *stop.span(night.zone), stop


def _starts_inside(ticks: list[datetime], opens: datetime, closes: datetime, grace: timedelta) -> tuple[Start, ...]:
    """Of a cron that fires several times within a window, each start; of one, the window says it."""
    inside = [tick for tick in ticks if opens <= tick <= closes]
    ends = [*inside[1:], closes]
    return _starts(inside, ends, grace) if len(inside) > 1 else ()


def _starts_by(ticks: list[datetime], due_by: datetime, end: datetime, grace: timedelta) -> tuple[Start, ...]:
    """Starts without a window: each must have begun by the hour for everything or an hour after it fired, whichever is
    later, and before the next."""
    nexts = [*ticks[1:], end]
    by = [min(after, max(due_by, at + AFTER_A_TICK)) for at, after in zip(ticks, nexts, strict=False)]
    return _starts(ticks, by, grace)


def _starts(ticks: list[datetime], ends: list[datetime], grace: timedelta) -> tuple[Start, ...]:
    gaps = [after - before for before, after in pairwise(ticks)] or [BEFORE_A_TICK * AFTER_A_TICK]
    gaps = [gaps[0], *gaps][: len(ticks)]
    early = [max(grace, min(AFTER_A_TICK, gap / BEFORE_A_TICK)) for gap in gaps]
    return tuple(Start(at, at - by, end + grace) for at, by, end in zip(ticks, early, ends, strict=True))
