"""All checks as they stood on a day: of each its newest run, its verdict, its sentence. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

import pyarrow as pa

from core.base.cache import OfFrame
from core.base.i18n import _, show_date, show_moment
from core.base.status import Verdict, worst
from core.facts.query import Query, Result
from pages.checks import judged
from pages.checks.definitions import Check
from pages.checks.judged import Count
from pages.checks.queries import Asked

GRACE = timedelta(hours=1)
"""A sync may come so long after the hour of a check before it is missed."""


@dataclass(frozen=True)
class Seen:
    """One run: the day it checked, so many days after it, when, up to when, and what it counted within the scope."""

    day: date
    after: int
    take: int
    at: datetime
    until: datetime
    version: int
    definition: str
    verdict: Verdict
    error: str
    file: str
    checksum: str
    counts: tuple[Count, ...]

    @property
    def name(self) -> str:
        """The run in few words."""
        return f"{show_date(self.day)}, J+{self.after}"


@dataclass(frozen=True)
class Line:
    """A check on the board. `seen` is the run it is judged by, None where there is none."""

    check: Check
    seen: Seen | None
    verdict: Verdict
    sentence: str


@dataclass(frozen=True)
class Board:
    """Every check, the gravest first, then by title."""

    lines: tuple[Line, ...] = field(default=())

    @property
    def verdict(self) -> Verdict:
        """The gravest."""
        return worst([line.verdict for line in self.lines])


Runs = Mapping[str, Sequence[Seen]]
"""Runs by check, the oldest first."""
_SEEN: OfFrame[dict[str, list[Seen]]] = OfFrame(20)


def seen(checks: Sequence[Check], asked: Asked, answer: Callable[[Query], Result], *, judging: bool) -> Runs:
    """Runs with their counts, by check, the oldest first; worked out once for the same answers. `judging`: whoever sees
    a part of the rows is told the verdict of that part. Raises QueryFailed."""
    runs, counts = answer(asked.runs).table, answer(asked.counts).table
    return _SEEN.get(runs, (tuple(checks), judging), lambda: _seen(checks, runs, counts, judging=judging))


def _seen(checks: Sequence[Check], runs: pa.Table, counts: pa.Table, *, judging: bool) -> dict[str, list[Seen]]:
    by_run: dict[tuple[str, date, datetime], list[Mapping[str, object]]] = {}
    for row in counts.to_pylist():
        by_run.setdefault((row["check"], row["day"], row["seen_at"]), []).append(row)
    known, by_check = {check.check: check for check in checks}, dict[str, list[Seen]]()
    for row in runs.to_pylist():
        check = known.get(row["check"])
        if check is None:
            continue
        counted = judged.summed(by_run.get((row["check"], row["day"], row["seen_at"]), []))
        verdict = Verdict(row["verdict"])
        if judging and not row["error"]:
            verdict = judged.verdict(check, counted)
        by_check.setdefault(row["check"], []).append(
            Seen(
                row["day"],
                row["after"],
                row["take"],
                row["seen_at"],
                row["until"],
                row["version"],
                row["definition"],
                verdict,
                row["error"] or "",
                row["file"] or "",
                row["checksum"] or "",
                counted,
            )
        )
    return by_check


def board(checks: Sequence[Check], runs: Runs, day: date, now: datetime) -> Board:
    """Every check by its newest run of the newest day up to `day`; one that should have run by now (UTC) and did not is
    unknown."""
    lines = [_line(check, runs.get(check.check, ()), day, now) for check in checks]
    return Board(tuple(sorted(lines, key=_gravest)))


def _gravest(line: Line) -> tuple[int, str]:
    order = (Verdict.KO, Verdict.UNKNOWN, Verdict.WARNING, Verdict.RUNNING, Verdict.NOT_DUE, Verdict.OK)
    return order.index(line.verdict), line.check.title.casefold()


def _line(check: Check, runs: Sequence[Seen], day: date, now: datetime) -> Line:
    there = [run for run in runs if run.day <= day]
    newest = max(there, key=lambda seen: (seen.day, seen.at), default=None)
    if late := _missed(check, newest, day, now):
        return Line(check, newest, Verdict.UNKNOWN, late)
    if newest is None:
        return Line(check, None, Verdict.UNKNOWN, _("it has not run yet."))
    return Line(check, newest, newest.verdict, newest.error or judged.sentence(check, newest.counts))


def _missed(check: Check, newest: Seen | None, day: date, now: datetime) -> str:
    """That the last run which the calendar asked for was not made; "" where it was."""
    first, now = min(check.schedule.after), now.replace(second=0, microsecond=0)
    due = [
        slot for slot in check.slots(now - timedelta(days=5), now - GRACE) if slot.after == first and slot.day <= day
    ]
    if not due or (newest is not None and newest.day >= due[-1].day):
        return ""
    template = _("the run of {day} was to be made on {moment} and was not.")
    return template.format(day=show_date(due[-1].day), moment=show_moment(due[-1].at))
