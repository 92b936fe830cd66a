"""The verdict on one pipeline in one night. Pure: runs in, verdict and reason out.

The order of the rules is their severity, so that a verdict is never greener than the worst fact behind it:

1. a failure that no later good run caught up: KO (WARNING while a rerun is at work);
2. cancelled, and nothing good: KO;
3. nothing started: KO from the deadline on, before it NOT DUE (RUNNING when queued);
4. a good run: WARNING when it caught up a failure, came late, ended with warnings or was followed by a
   cancelled run; RUNNING while another run is at work; UNKNOWN when a run is in a state that nobody declared;
   else OK;
5. at work: WARNING once the window is over, else RUNNING.

Whatever is not proven KO is UNKNOWN when its source was last read before the window closed. `cases.csv`, beside
the tests, holds every case.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from core.base.i18n import N_, local
from core.base.stats import slow_above
from core.base.status import LOOKS, Verdict
from pages.pipelines.expected import Expected
from pages.pipelines.facts import RunStatus
from pages.pipelines.known import GOOD, Reading, Run, Usual
from pages.pipelines.why import Phrase, Why, say


@dataclass(frozen=True, slots=True)
class Judged:
    """A verdict, why, and the runs behind it.

    `counted`: the runs judged, in order. `decisive`: the one that start, end and duration are shown of. `failed`:
    the last failed run, caught up or not. `stale`: the source was last read before the window closed.
    `remarks` tell what the verdict does not depend on.
    """

    verdict: Verdict
    why: Why
    counted: tuple[Run, ...] = ()
    decisive: Run | None = None
    failed: Run | None = None
    stale: bool = False
    absent: bool = False
    remarks: Why = ()

    @property
    def told(self) -> Why:
        """Reason and remarks together."""
        return self.why + self.remarks


def judge(
    runs: Iterable[Run], expected: Expected, reading: Reading, as_of: datetime, usual: Usual | None = None
) -> Judged:
    """The verdict on a pipeline's runs of one night, in any order, as known at `as_of` (UTC)."""
    counted = tuple(sorted((run for run in runs if _counts(run, expected)), key=lambda run: run.order))
    known = min(as_of, reading.until) if reading.until else None
    found = _Night(counted, expected, known).judged()
    if found.verdict is Verdict.KO or not expected.due:
        return found
    limit = expected.deadline if found.absent else expected.closes
    if as_of >= limit and (known is None or known < limit):
        return Judged(
            Verdict.UNKNOWN, (_stale(reading, expected),), counted, found.decisive, found.failed, True, found.absent
        )
    slow = _slow(found.decisive, known, usual)
    return replace(found, remarks=(*found.remarks, slow)) if slow else found


def _counts(run: Run, expected: Expected) -> bool:
    """Whether a run is of this night: one that was over before the window opened is of the day before."""
    return not expected.windowed or run.begin >= expected.opens or run.end is None or run.end > expected.opens


class _Night:
    """One pipeline's runs of a night, sorted out."""

    def __init__(self, runs: tuple[Run, ...], expected: Expected, known: datetime | None) -> None:
        self.runs, self.expected, self.known = runs, expected, known
        self.good = [run for run in runs if run.status in GOOD]
        self.bad = [run for run in runs if run.status == RunStatus.FAILED]
        self.open = [run for run in runs if run.status == RunStatus.RUNNING]
        self.queued = [run for run in runs if run.status == RunStatus.QUEUED]
        self.cancelled = [run for run in runs if run.status == RunStatus.CANCELLED]
        self.odd = [run for run in runs if run.status == RunStatus.UNKNOWN]

    def judged(self) -> Judged:
        """The most severe of what can be said; of equals, the first."""
        said = [
            *([self._failure()] if not all(self._caught_up(run) for run in self.bad) else []),
            *([self._success()] if self.good else []),
            *([self._cancelled()] if self.cancelled and not self.good else []),
            *([self._say(Verdict.UNKNOWN, _odd(self.odd[-1]), run=self.odd[-1])] if self.odd else []),
            *([self._at_work()] if self.open else []),
        ]
        return max(said or [self._absence()], key=lambda judged: LOOKS[judged.verdict].severity)

    def _say(self, verdict: Verdict, *why: Phrase, run: Run | None = None, absent: bool = False) -> Judged:
        failed = self.bad[-1] if self.bad else None
        stop = self.expected.maintenance
        remarks = (say(N_("maintenance: {reason}"), reason=stop.reason),) if stop else ()
        return Judged(verdict, why, self.runs, run, failed, absent=absent, remarks=remarks)

    def _caught_up(self, failure: Run) -> bool:
        """Whether a good run both started and ended after this failure."""
        return any(_after([good], failure) and _over(good) >= _over(failure) for good in self.good)

    def _failure(self) -> Judged:
        failure = next(run for run in reversed(self.bad) if not self._caught_up(run))
        rerun = _after(self.open, failure)
        if rerun:
            return self._say(
                Verdict.WARNING, _failed(failure), say(N_("rerun at work since {at}"), at=rerun.begin), run=rerun
            )
        started = self._started(failure) if failure.started_at else ()
        waiting = _after(self.queued, failure)
        queued = (say(N_("rerun queued at {at}"), at=waiting.at),) if waiting else ()
        return self._say(Verdict.KO, *started, _failed(failure), *queued, run=failure)

    def _success(self) -> Judged:
        """What the good runs say: the first on time satisfies the window, a later one does not undo it."""
        on_time = [run for run in self.good if self._on_time(run)]
        best = on_time[0] if on_time else min(self.good, key=_over)
        if self.bad:
            best = next((run for run in self.good if _after([run], self.bad[-1])), best)
            caught_up = say(N_("caught up by a rerun that ended in success at {at}"), at=_over(best))
            return self._say(Verdict.WARNING, _failed(self.bad[-1]), caught_up, *self._late_end(best), run=best)
        if self.good[-1].status == RunStatus.WARNING:
            best = self.good[-1]
        why = (*self._started(best), self._ended(best))
        if cancelled := _after(self.cancelled, self.good[-1]):
            again = say(N_("a later run was cancelled at {at}"), at=_over(cancelled))
            return self._say(Verdict.WARNING, *why, again, run=best)
        if (self.judged_on_time and not on_time) or best.status == RunStatus.WARNING:
            return self._say(Verdict.WARNING, *why, run=best)
        if self.open:
            again = say(N_("another run at work since {at}"), at=self.open[-1].begin)
            return self._say(Verdict.RUNNING, *why, again, run=best)
        if self.queued:
            again = say(N_("another run queued since {at}"), at=self.queued[-1].at)
            return self._say(Verdict.RUNNING, *why, again, run=best)
        outside = () if self.expected.due else (say(N_("outside its calendar")),)
        return self._say(Verdict.OK, *why, *outside, run=best)

    def _cancelled(self) -> Judged:
        last = self.cancelled[-1]
        rerun = _after(self.open, last)
        why = say(N_("cancelled at {at}"), at=_over(last))
        if rerun:
            return self._say(Verdict.RUNNING, why, say(N_("rerun at work since {at}"), at=rerun.begin), run=rerun)
        return self._say(Verdict.KO, why, say(N_("no good run")), run=last)

    def _at_work(self) -> Judged:
        run, expected = self.open[-1], self.expected
        known = self.known or run.begin
        lateness = known - expected.closes
        if self.judged_on_time and not self.good and known > expected.deadline:
            still = say(N_("still at work at {at}, {late} after the window"), at=known, late=lateness)
            return self._say(Verdict.WARNING, *self._started(run), still, run=run)
        return self._say(Verdict.RUNNING, *self._started(run), say(N_("still at work at {at}"), at=known), run=run)

    def _absence(self) -> Judged:
        expected = self.expected
        skipped = [run for run in self.runs if run.status == RunStatus.SKIPPED]
        more = (
            *(say(N_("queued since {at}"), at=run.at) for run in self.queued[:1]),
            *(say(N_("skipped by the scheduler at {at}"), at=run.at) for run in skipped[-1:]),
        )
        if not expected.due and not self.queued:
            return self._say(Verdict.NOT_DUE, say(N_("not expected this night")), *more)
        if expected.due and self.known is not None and self.known >= expected.deadline:
            never = say(N_("never started by {deadline}"), deadline=expected.deadline)
            return self._say(Verdict.KO, never, *more, absent=True)
        if self.queued:
            return self._say(Verdict.RUNNING, *more, absent=True)
        between = N_("not started yet, expected from {opens} to {closes}")
        message = between if expected.windowed else N_("not started yet, expected by {closes}")
        waiting = say(message, opens=expected.opens, closes=expected.closes)
        return self._say(Verdict.NOT_DUE, waiting, *more, absent=True)

    @property
    def judged_on_time(self) -> bool:
        """Whether lateness can be spoken of: never without a declared window, nor outside the calendar."""
        return self.expected.windowed and self.expected.due

    def _on_time(self, run: Run) -> bool:
        """Started and ended within window and grace; an end that nobody told is not known to be in time."""
        expected = self.expected
        return expected.opens <= run.begin and run.end is not None and run.end <= expected.deadline

    def _started(self, run: Run) -> tuple[Phrase]:
        expected = self.expected
        if self.judged_on_time and run.begin > expected.deadline:
            late = run.begin - expected.closes
            return (say(N_("started at {at}, {late} after the window"), at=run.begin, late=late),)
        if self.judged_on_time and run.begin < expected.opens:
            early = expected.opens - run.begin
            return (say(N_("started at {at}, {early} before the window"), at=run.begin, early=early),)
        return (say(N_("started at {at}"), at=run.begin),)

    def _ended(self, run: Run) -> Phrase:
        warned = run.status == RunStatus.WARNING
        if run.end is None:
            return say(N_("ended in success, nobody tells when"))
        if self.judged_on_time and run.begin > self.expected.deadline:
            return say(N_("ended with a warning")) if warned else say(N_("ended in success"))
        end = say(N_("ended with a warning at {at}") if warned else N_("ended in success at {at}"), at=run.end)
        late = self._late_end(run)
        return say(N_("{end}, {late}"), end=(end,), late=late) if late else end

    def _late_end(self, run: Run) -> Why:
        expected = self.expected
        if not (self.judged_on_time and run.end and run.end > expected.deadline):
            return ()
        return (say(N_("{late} after the window"), late=run.end - expected.closes),)


def _after(runs: list[Run], earlier: Run) -> Run | None:
    """The last of the runs that started after an earlier one; an attempt counts where they started together."""
    later = [run for run in runs if (run.begin, run.attempt or 1) > (earlier.begin, earlier.attempt or 1)]
    return later[-1] if later else None


def _over(run: Run) -> datetime:
    """When a run ended, or the last that is known of it."""
    return run.end or run.begin


def _failed(run: Run) -> Phrase:
    return say(N_("failed at {at}"), at=_over(run))


def _odd(run: Run) -> Phrase:
    if run.raw_status:
        return say(N_("the scheduler says “{state}”, a state that nobody declared"), state=run.raw_status)
    return say(N_("the scheduler does not tell its state"))


def _stale(reading: Reading, expected: Expected) -> Phrase:
    if reading.source is None:
        return say(N_("no source has told of it yet"))
    if reading.until is None:
        return say(N_("source {source} was never read"), source=reading.source)
    return say(
        N_("source {source} is known until {day} at {at} only, before the window closed ({closes})"),
        source=reading.source,
        day=local(reading.until).date(),
        at=reading.until,
        closes=expected.closes,
    )


def _slow(run: Run | None, known: datetime | None, usual: Usual | None) -> Phrase | None:
    """A remark on a run that takes much longer than its history; the verdict does not depend on it."""
    threshold = slow_above(usual.middle, usual.deviation, usual.count) if usual else None
    if usual is None or threshold is None or run is None or not run.started:
        return None
    end = run.end or (known if run.status == RunStatus.RUNNING else None)
    took = end - run.begin if end else timedelta()
    if took.total_seconds() <= threshold:
        return None
    return say(N_("unusually long: {took}, usually {usual}"), took=took, usual=timedelta(seconds=usual.middle))
