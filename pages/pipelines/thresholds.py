"""When an incident is told: what holds it back, by the rule of who is told. Pure."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from core.base.calendar import is_working_day, to_moment
from core.base.i18n import local
from core.base.settings import settings
from core.base.status import Verdict
from core.tell.outbox import Reason
from pages.pipelines.board import Incident
from pages.pipelines.desk import Desk, Standing
from pages.pipelines.facts import RunStatus
from pages.pipelines.known import GOOD
from pages.pipelines.rules import Department, Family, Mail, Rules

WORKING = (time(8), time(18))
"""The hours of work where a rule names none."""
Shares = Callable[[Standing, int], tuple[int, int]]
"""(incident, nights) → in how many of the last nights it was KO, and how many were judged."""


@dataclass(frozen=True)
class Case:
    """An incident that is open at `now` (UTC), with what stands of it on the board of the night that goes on, if
    anything."""

    standing: Standing
    incident: Incident | None
    family: Family | None
    rules: Rules
    desk: Desk
    now: datetime


def wants(mail: Mail, case: Case) -> bool:
    """Whether a rule is about an incident at all."""
    if mail.families and case.standing.family not in mail.families:
        return False
    if mail.kinds and not any(case.desk.kinds.is_of(case.standing.kind, wanted) for wanted in mail.kinds):
        return False
    verdict = case.standing.verdict
    return (
        (verdict is Verdict.KO and mail.failures)
        or (verdict is Verdict.WARNING and mail.warnings)
        or (verdict is Verdict.UNKNOWN and mail.unknown)
    )


def held(mail: Mail, case: Case, shares: Shares) -> Reason | None:
    """What holds a message back, the first that does; None where it is to be sent."""
    if case.desk.silence(case.standing.scope):
        return Reason.SILENCE
    if case.family and _stopped(case.family, case.rules, case.now):
        return Reason.MAINTENANCE
    if _parents_down(case):
        return Reason.PARENT
    if in_a_row(case) < mail.after:
        return Reason.THRESHOLD
    if mail.share:
        bad, judged = shares(case.standing, mail.share.nights)
        if not judged or bad / judged < mail.share.of:
            return Reason.THRESHOLD
    if mail.unattended is not None:
        if case.standing.taken(case.now):
            return Reason.TAKEN
        if worked(case.standing.opened_at, case.now, hours_of(mail), mail.holidays) < timedelta(
            minutes=mail.unattended
        ):
            return Reason.THRESHOLD
    there = local(case.now)
    if mail.working_days and not is_working_day(there.date(), mail.holidays):
        return Reason.HOLIDAY
    if mail.hours and not mail.hours.from_ <= there.time() < mail.hours.to:
        return Reason.HOURS
    return None


def in_a_row(case: Case) -> int:
    """Failures in a row: those of this night since its last good run, at least one, and one each night before."""
    runs = case.incident.judged.counted if case.incident and case.incident.judged else ()
    tonight = 0
    for run in runs:
        tonight = 0 if run.status in GOOD else tonight + (run.status == RunStatus.FAILED)
    return max(tonight, 1) + max(case.standing.nights - 1, 0)


def hours_of(mail: Mail) -> tuple[time, time]:
    """The hours of work that a rule counts."""
    return (mail.hours.from_, mail.hours.to) if mail.hours else WORKING


def worked(start: datetime, end: datetime, hours: tuple[time, time], department: Department = "") -> timedelta:
    """Working time between two moments (UTC), on the screens' clock: hours of working days."""
    total, day, zone = timedelta(), local(start).date(), settings().timezone
    while day <= local(end).date():
        if is_working_day(day, department):
            first, last = (to_moment(day, hour, zone) for hour in hours)
            total += max(min(last, end) - max(first, start), timedelta())
        day += timedelta(days=1)
    return total


def _stopped(family: Family, rules: Rules, now: datetime) -> bool:
    """Whether a planned stop of the family goes on."""
    zone = family.time_zone or rules.night_at(now).zone
    spans = (stop.span(zone) for stop in family.maintenance)
    return any(start <= now < end for start, end in spans)


def _parents_down(case: Case) -> bool:
    """Whether a family that this one cannot do without has an open incident that is KO."""
    needed = case.rules.needed(case.standing.family) - {case.standing.family}
    return any(standing.family in needed and standing.verdict is Verdict.KO for standing in case.desk.open.values())
