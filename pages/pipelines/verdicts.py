"""The verdict on one pipeline in one night. Pure: runs in, verdict and reason out.

The order of the rules is their severity, so that a verdict is never greener than the worst fact behind it:

1. a failure that no later good run caught up: KO (WARNING while a rerun is at work, or where the family follows the
   reruns of children);
2. cancelled, and nothing good: KO;
3. nothing started: KO from the deadline on, before it NOT DUE (RUNNING when queued). A run that was over before the
   window opened, or one of an earlier night that still hangs, is told instead of "never started". Of several starts
   that a cron asks for, one that lacks: KO if it is the last that was due, else WARNING;
4. a good run: WARNING when it caught up a failure, came early or late, took longer than it may, ended with warnings or
   was followed by a cancelled run; RUNNING while another run is at work; UNKNOWN when a run is in a state that nobody
   declared; else OK;
5. at work: WARNING once the window is over, or longer than it may be, else RUNNING.

What landed rows prove stays said. What is read out of absence (not started, not ended within its window) is UNKNOWN
where the source was last read before that could be known. `cases.csv`, beside the tests, holds every case.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from core.base.i18n import N_, local
from core.base.stats import slow_above
from core.base.status import LOOKS, Verdict
from pages.pipelines.children import Child
from pages.pipelines.errors import shown
from pages.pipelines.expected import Expected, Start
from pages.pipelines.facts import RunStatus
from pages.pipelines.known import GOOD, Reading, Run, Usual
from pages.pipelines.why import Phrase, Value, Why, say

LONGEST = 200
"""Signs of what a run says that stand in a sentence."""
NAMED_HOURS = 3
"""As many missing starts are named; more are counted."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A verdict, why, and the runs behind it.

    `counted`: the runs judged, in order. `decisive`: the one that start, end and duration are shown of. `failed`:
    the last failed run, caught up or not. `absent`: nothing started. `awaits`: up to when (UTC) the source must be
    known for the verdict to stand, where it is read out of absence. `stale`: it is not known so far.
    `remarks` tell what the verdict does not depend on; `noted`: somebody has to look at them.
    """

    verdict: Verdict
    why: Why
    counted: tuple[Run, ...] = ()
    decisive: Run | None = None
    failed: Run | None = None
    stale: bool = False
    absent: bool = False
    remarks: Why = ()
    awaits: datetime | None = None
    noted: bool = False

    @property
    def told(self) -> Why:
        """Reason and remarks together."""
        return self.why + self.remarks


@dataclass(frozen=True, slots=True)
class Beside:
    """What is known of a pipeline beside its runs of the night.

    `before`: its last run of an earlier night. `refused`: its name, where a row of this night was refused. `children`:
    the failed children of a run, with what became of them; `follows`: their reruns make a failure good.
    """

    usual: Usual | None = None
    before: Run | None = None
    refused: str | None = None
    children: Callable[[Run], Sequence[Child]] = lambda _run: ()
    follows: bool = False


ALONE = Beside()


def judge(runs: Iterable[Run], expected: Expected, reading: Reading, as_of: datetime, beside: Beside = ALONE) -> Judged:
    """The verdict on a pipeline's runs of one night, in any order, as known at `as_of` (UTC)."""
    counted = tuple(sorted(runs, key=lambda run: run.order))
    known = min(as_of, reading.until) if reading.until else None
    judged = _Night(counted, expected, known, beside).judged()
    if expected.due and LOOKS[judged.verdict].severity < LOOKS[Verdict.UNKNOWN].severity:
        awaits = expected.deadline if reading.wanted and reading.until is None else judged.awaits
        if awaits and as_of >= awaits and (known is None or known < awaits):
            return replace(judged, verdict=Verdict.UNKNOWN, why=_stale(reading, expected), stale=True, remarks=())
    if judged.verdict is Verdict.KO or not expected.due:
        return judged
    slow = _slow(judged.decisive, known, beside.usual)
    return replace(judged, remarks=(*judged.remarks, slow), noted=True) if slow else judged


class _Night:
    """One pipeline's runs of a night, sorted out."""

    def __init__(self, runs: tuple[Run, ...], expected: Expected, known: datetime | None, beside: Beside) -> None:
        self.counted, self.expected, self.known, self.beside = runs, expected, known, beside
        self.judged_on_time = expected.windowed and expected.due
        began = any(run.started for run in runs)
        before = beside.before
        self.reaches = before if before and not began and self._reaches(before) else None
        self.hung = before if before and before.status == RunStatus.RUNNING else None
        self.runs = (self.reaches, *runs) if self.reaches else runs
        over = [run for run in self.runs if self._over_before(run)]
        self.early = [run for run in over if run.status in (*GOOD, RunStatus.CANCELLED)]
        self.any_good = [run for run in self.runs if run.status in GOOD]
        self.good = [run for run in self.any_good if run not in over]
        self.bad = [run for run in self.runs if run.status == RunStatus.FAILED]
        self.open = [run for run in self.runs if run.status == RunStatus.RUNNING]
        self.queued = [run for run in self.runs if run.status == RunStatus.QUEUED]
        self.cancelled = [run for run in self.runs if run.status == RunStatus.CANCELLED and run not in over]
        self.odd = [run for run in self.runs if run.status == RunStatus.UNKNOWN]

    def judged(self) -> Judged:
        """The most severe of what can be said; of equals, the first."""
        findings = [
            *([self._failure()] if not all(self._caught_up(run) for run in self.bad) else []),
            *([self._success()] if self.good else []),
            *([self._cancelled()] if self.cancelled and not self.good else []),
            *([self._say(Verdict.UNKNOWN, _odd(self.odd[-1]), run=self.odd[-1])] if self.odd else []),
            *([self._at_work()] if self.open else []),
            *self._too_long(),
        ]
        began = bool(findings)
        if not began and self.hung and self.expected.due:
            findings.append(self._hangs(self.hung))
        if began or len(self.expected.starts) > 1:
            findings += self._missing()
        worst = max(findings or [self._absence()], key=lambda judged: LOOKS[judged.verdict].severity)
        return replace(
            worst,
            awaits=worst.awaits or self._next_deadline(),
            remarks=(*worst.remarks, *self._remarks(worst)),
            noted=bool(self.beside.refused),
        )

    def _say(
        self,
        verdict: Verdict,
        *why: Phrase,
        run: Run | None = None,
        absent: bool = False,
        awaits: datetime | None = None,
    ) -> Judged:
        failed = self.bad[-1] if self.bad else None
        return Judged(verdict, why, self.counted, run, failed, absent=absent, awaits=awaits)

    def _remarks(self, judged: Judged) -> Why:
        stop = self.expected.maintenance
        refused = self.beside.refused if judged.why != self._refused() else None
        hung = self.hung if judged.decisive is not self.hung else None
        return (
            *((say(N_("maintenance: {reason}"), reason=stop.reason),) if stop else ()),
            *((say(N_("another run at work since {day} at {at}"), **_when(hung)),) if hung else ()),
            *((say(N_("a row of {pipeline} was refused"), pipeline=refused),) if refused else ()),
        )

    def _reaches(self, before: Run) -> bool:
        """Whether a run of the night before was still at work in the window: it is tonight's, begun early."""
        return self.judged_on_time and before.end is not None and before.end >= self.expected.earliest

    def _over_before(self, run: Run) -> bool:
        """Whether a run was over before the window opened: it cannot be what the window waits for."""
        return self.judged_on_time and run.end is not None and run.end < self.expected.earliest

    def _caught_up(self, failure: Run) -> bool:
        """Whether a good run both started and ended after this failure."""
        return any(_after([good], failure) and _over(good) >= _over(failure) for good in self.any_good)

    def _failure(self) -> Judged:
        uncaught = [run for run in self.bad if not self._caught_up(run)]
        failure = next((run for run in reversed(uncaught) if not self._made_good(run)), None)
        verdict = Verdict.KO if failure else Verdict.WARNING
        failure = failure or uncaught[-1]
        children = tuple(map(_child, self.beside.children(failure)))
        rerun = _after(self.open, failure)
        if rerun:
            again = say(N_("rerun at work since {at}"), at=rerun.begin)
            return self._say(Verdict.WARNING, _failed(failure), *children, again, run=rerun)
        started = self._started(failure) if failure.started_at else ()
        waiting = _after(self.queued, failure)
        queued = (say(N_("rerun queued at {at}"), at=waiting.at),) if waiting else ()
        return self._say(verdict, *started, _failed(failure), *children, *queued, run=failure)

    def _made_good(self, failure: Run) -> bool:
        """Whether the family takes the good reruns of all children that failed for the run's own."""
        children = self.beside.children(failure) if self.beside.follows else ()
        return bool(children) and all(child.rerun for child in children)

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
        why = (*self._started(best), self._ended(best), *_warned(best))
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
        still = say(N_("still at work at {at}"), at=known)
        awaits = expected.closes if self.judged_on_time and not self.good else None
        return self._say(Verdict.RUNNING, *self._started(run), still, run=run, awaits=awaits)

    def _too_long(self) -> list[Judged]:
        """The last run that took longer than its rules allow, or takes longer."""
        longest = self.expected.longest
        for run in reversed(self.runs if longest else ()):
            at_work = run.status == RunStatus.RUNNING
            took = (self.known if at_work else run.end or run.begin) or run.begin
            if run.started and longest and (took - run.begin > longest or (at_work and took - run.begin == longest)):
                message = (
                    N_("at work for {took}, {longest} at most") if at_work else N_("took {took}, {longest} at most")
                )
                long = say(message, took=took - run.begin, longest=longest)
                return [self._say(Verdict.WARNING, *self._started(run), long, run=run)]
        return []

    def _hangs(self, run: Run) -> Judged:
        """A run of an earlier night is still at work, and none has begun in this one."""
        since = say(N_("at work since {day} at {at}"), **_when(run))
        if self._is_over():
            return self._say(Verdict.KO, since, run=run)
        return self._say(Verdict.RUNNING, since, run=run, awaits=self.expected.deadline)

    def _missing(self) -> list[Judged]:
        """Of the starts that a cron asks for, those that were due and never came."""
        due = [start for start in self.expected.starts if self.known and start.deadline <= self.known]
        missing = [start for start in due if not self._began_at(start)]
        if not missing:
            return []
        hours = tuple(start.at for start in missing[:NAMED_HOURS])
        more = N_("{n} of {total} starts never came: {hours}…")
        message = more if len(missing) > NAMED_HOURS else N_("{n} of {total} starts never came: {hours}")
        why = say(message, n=len(missing), total=len(due), hours=hours)
        run = self.good[-1] if self.good else None
        if self.beside.refused:
            return [self._say(Verdict.UNKNOWN, *self._refused(), why, run=run)]
        verdict = Verdict.KO if missing[-1] == due[-1] else Verdict.WARNING
        return [self._say(verdict, why, run=run, absent=not any(other.started for other in self.counted))]

    def _began_at(self, start: Start) -> bool:
        """Whether some run began between this start and the next."""
        nexts = [later.opens for later in self.expected.starts if later.opens > start.opens]
        return any(
            run.started and start.opens <= run.begin and (not nexts or run.begin < nexts[0]) for run in self.runs
        )

    def _next_deadline(self) -> datetime | None:
        """When the first start that nothing is known of yet will be missing."""
        open_ = (start for start in self.expected.starts if self.known is None or start.deadline > self.known)
        return next((start.deadline for start in open_ if not self._began_at(start)), None)

    def _absence(self) -> Judged:
        """Nothing has started that could be what is expected."""
        expected = self.expected
        skipped = [run for run in self.runs if run.status == RunStatus.SKIPPED]
        before = self.beside.before
        waiting = before if before and before.status == RunStatus.QUEUED else None
        more = (
            *(say(N_("queued since {at}"), at=run.at) for run in self.queued[:1]),
            *((say(N_("queued since {day} at {at}"), **_when(waiting)),) if waiting and not self.queued else ()),
            *(say(N_("skipped by the scheduler at {at}"), at=run.at) for run in skipped[-1:]),
        )
        if not expected.due and not self.queued:
            return self._say(Verdict.NOT_DUE, say(N_("not expected this night")), *more)
        early = tuple(map(_early, self.early[-1:]))
        if expected.due and self._is_over():
            if self.beside.refused:
                return self._say(Verdict.UNKNOWN, *self._refused(), *early, *more, absent=True)
            never = N_("never started again by {deadline}") if early else N_("never started by {deadline}")
            run = self.early[-1] if early else None
            missed = say(never, deadline=expected.deadline)
            return self._say(Verdict.KO, *early, missed, *more, run=run, absent=not early)
        awaits = self._next_deadline() or expected.deadline
        if self.queued or waiting:
            return self._say(Verdict.RUNNING, *more, absent=True, awaits=awaits)
        return self._say(Verdict.NOT_DUE, self._expected(), *early, *more, absent=True, awaits=awaits)

    def _expected(self) -> Phrase:
        expected = self.expected
        if expected.starts and not expected.windowed:
            return say(N_("not started yet, due at {at}"), at=expected.starts[0].at)
        between = N_("not started yet, expected from {opens} to {closes}")
        message = between if expected.windowed else N_("not started yet, expected by {closes}")
        return say(message, opens=expected.opens, closes=expected.closes)

    def _is_over(self) -> bool:
        """Whether whoever has not started by now is known to be too late."""
        return self.known is not None and self.known >= self.expected.deadline

    def _refused(self) -> Why:
        """That a row of it was refused: whether it ran is not known."""
        name = self.beside.refused
        return (say(N_("a row of {pipeline} was refused: what it says is not known"), pipeline=name),) if name else ()

    def _on_time(self, run: Run) -> bool:
        """Started and ended within window and grace; an end that nobody told is not known to be in time."""
        expected = self.expected
        return expected.earliest <= run.begin and run.end is not None and run.end <= expected.deadline

    def _started(self, run: Run) -> tuple[Phrase]:
        expected = self.expected
        if self.judged_on_time and run.begin > expected.deadline:
            late = run.begin - expected.closes
            return (say(N_("started at {at}, {late} after the window"), at=run.begin, late=late),)
        if self.judged_on_time and run.begin < expected.earliest:
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


def _warned(run: Run) -> Why:
    """What a run that ended with a warning says of it."""
    if run.status != RunStatus.WARNING or not run.error_message:
        return ()
    return (say(N_("it says: {error}"), error=shown(run.error_message)[:LONGEST].rstrip(".")),)


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


def _when(run: Run) -> dict[str, Value]:
    """When a run of an earlier night began: its day and hour."""
    return {"day": local(run.begin).date(), "at": run.begin}


def _early(run: Run) -> Phrase:
    """A run that was over before the window opened."""
    if run.status == RunStatus.CANCELLED:
        return say(N_("cancelled at {at}, before the window"), at=_over(run))
    return say(N_("ended in success at {at}, before the window"), at=_over(run))


def _child(child: Child) -> Phrase:
    names: dict[str, Value] = {"pipeline": child.run.pipeline, "at": _over(child.run)}
    if child.rerun is None:
        return say(N_("its child {pipeline} failed at {at}"), **names)
    again = N_("its child {pipeline} failed at {at} and succeeded in a rerun at {again}")
    return say(again, again=_over(child.rerun), **names)


def _stale(reading: Reading, expected: Expected) -> Why:
    """How far a source is known, and why it is not known better."""
    failed = N_("its last reading failed: {error}")
    return (_known(reading, expected), *((say(failed, error=reading.error.rstrip(".")),) if reading.error else ()))


def _known(reading: Reading, expected: Expected) -> Phrase:
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
