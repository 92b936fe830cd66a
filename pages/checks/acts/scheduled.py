"""What the calendar does at the end of a sync: no screen imports this."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from core.base.declarations import files
from core.base.i18n import local
from core.base.status import Verdict
from core.mission.discovery import warehouse
from pages.checks.definitions import Check, Slot
from pages.checks.queries import SINCE

CAUGHT_UP = timedelta(days=3)
"""A run that the calendar asked for, and that nobody made, is made so long after; then it is too late to tell."""


def run_due(now: datetime) -> None:
    """Make every run that is due at a moment (UTC) and was not made, or could not be. Raises LandingFailed."""
    if not files("checks"):
        return
    # Where nothing is declared, a sync starts without what reads SELECTs.
    from pages.checks import running
    from pages.checks.acts.feed import feed
    from pages.checks.acts.keep import keep, with_file
    from pages.checks.standing import standing

    reader = warehouse().reader(running.scope())
    known = reader.run(SINCE.runs, since=now - CAUGHT_UP - timedelta(days=1)).table.to_pylist()
    made = [
        (check, slot, with_file(check, reader, slot, running.run(check, reader, slot, now)))
        for check, slot in due(standing().things, known, now)
    ]
    if made:
        keep([run for _check, _slot, run in made], now)
    for check, slot, run in made:
        feed(check, reader, slot, run)


def erase(ended: Mapping[str, datetime]) -> int:
    """Erase the files that robots took of days before a moment (UTC), by a table that a check names."""
    from pages.checks.acts.keep import files_of
    from pages.checks.standing import standing

    erased = 0
    for check in standing().things if ended.keys() and files("checks") else ():
        moments = [ended[name] for name in check.tables if name in ended]
        for day, file in files_of(check) if moments else ():
            if day < local(max(moments)).date():
                file.unlink(missing_ok=True)
                erased += 1
    return erased


def due(checks: Iterable[Check], known: Iterable[Mapping[str, Any]], now: datetime) -> Iterator[tuple[Check, Slot]]:
    """The runs that are due and of which there is none that could be made."""
    there = {
        (row["check"], row["day"], row["after"])
        for row in known
        if not (row["verdict"] == Verdict.UNKNOWN and row["error"])
    }
    for check in checks:
        for slot in check.slots(now - CAUGHT_UP, now):
            if (check.check, slot.day, slot.after) not in there:
                yield check, slot
