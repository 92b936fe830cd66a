"""The verdict on a family out of those on its pipelines. Pure.

A family is KO when a required member is KO or when all expected members are, WARNING when some member is not well, else
the most severe of its members. A family with steps adds: WARNING when a step failed, is absent or started before the
one before it had ended, beyond what the moments of the log can tell; KO when every step failed. Members whose calendar
leaves the night out do not weigh, unless they ran.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from core.base.i18n import N_
from core.base.status import LOOKS, Verdict, worst
from pages.pipelines.expected import Expected
from pages.pipelines.facts import RunStatus
from pages.pipelines.known import GOOD, Run
from pages.pipelines.rules import Family, Member
from pages.pipelines.verdicts import Judged
from pages.pipelines.why import Phrase, Value, Why, say

NAMED = 3
"""As many pipelines are named in a family's sentence; more are counted."""


@dataclass(frozen=True, eq=False)
class MemberBoard:
    """A pipeline of a family, with its verdict. Equal only to itself, so that frames made of some are found again."""

    family: Family
    member: Member
    expected: Expected
    judged: Judged

    @property
    def weighs(self) -> bool:
        """Whether it counts for its family: it was expected, or it ran."""
        return self.expected.due or bool(self.judged.counted)


@dataclass(frozen=True)
class FamilyBoard:
    """A family with its verdict. `start` and `end` (UTC) are those of its first and last decisive runs;
    one that has not ended leaves the end open.

    `own`: what is wrong with the family beyond its members (an inverted order, a source not read in time).
    """

    family: Family
    verdict: Verdict
    why: Why
    members: tuple[MemberBoard, ...]
    own: Why
    start: datetime | None
    end: datetime | None


Precision = Mapping[tuple[str, bool], timedelta]
"""Source and whether it is a start → what its moments are told in: two that differ by less may have come in either
order."""
PRECISIONS = (timedelta(minutes=1), timedelta(seconds=1), timedelta(microseconds=1))


def precision(runs: Iterable[Run]) -> Precision:
    """Of each source, the coarsest of minutes, seconds and less that all its starts, or ends, are told in."""
    shortest: dict[tuple[str, bool], timedelta] = {}
    for run in runs:
        for key, moment in (((run.source, True), run.started_at), ((run.source, False), run.ended_at)):
            if moment:
                own = PRECISIONS[2] if moment.microsecond else PRECISIONS[1] if moment.second else PRECISIONS[0]
                shortest[key] = min(own, shortest.get(key, own))
    return shortest


def judge_family(family: Family, members: tuple[MemberBoard, ...], precision: Precision) -> FamilyBoard:
    """The verdict on a family; `precision` of the sources of its runs."""
    weighing = [member for member in members if member.weighs]
    ran = [member.judged.decisive for member in weighing if member.judged.decisive]
    verdict, own = _family_verdict(family, weighing, precision)
    return FamilyBoard(
        family,
        verdict,
        own + (() if verdict is Verdict.OK and own else _summary(weighing)),
        members,
        own if verdict in (Verdict.WARNING, Verdict.UNKNOWN) else (),
        min((run.begin for run in ran), default=None),
        max(ends) if ran and len(ends := [run.end for run in ran if run.end]) == len(ran) else None,
    )


def _family_verdict(family: Family, weighing: list[MemberBoard], precision: Precision) -> tuple[Verdict, Why]:
    """The verdict, and what the family's own rules say beyond the members' sentences."""
    if not weighing:
        return Verdict.NOT_DUE, (say(N_("nothing is expected this night")),)
    steps = [mine for step in family.steps if (mine := [m for m in weighing if m.member.step == step.name])]
    ko = [member for member in weighing if member.judged.verdict is Verdict.KO]
    fails = any if family.step_fails == "any" else all
    if (
        len(ko) == len(weighing)
        or any(member.member.required for member in ko)
        or (steps and all(fails(member in ko for member in step) for step in steps))
    ):
        return Verdict.KO, ()
    stale = next((member.judged.why for member in weighing if member.judged.stale), ())
    for earlier, later in pairwise(steps):
        inverted, order = _order(earlier, later, precision)
        if inverted:
            return Verdict.WARNING, (*stale, order)
    verdict = worst([member.judged.verdict for member in weighing])
    if verdict is Verdict.OK and len(steps) > 1:
        return verdict, tuple(_order(earlier, later, precision)[1] for earlier, later in pairwise(steps))
    return (Verdict.WARNING if verdict is Verdict.KO else verdict), stale


def _order(earlier: list[MemberBoard], later: list[MemberBoard], precision: Precision) -> tuple[bool, Phrase]:
    """Whether a step began before the one before it had well ended, and the sentence that says the order.

    A step begins with the first of its pipelines' last runs that are good or at work, and has well ended with the
    last of its pipelines' first good runs: a rerun of the earlier step does not invert an order that was right. It
    began before only if even the last instant that its recorded moment can mean lies before that end.
    """
    began = [
        max(runs, key=lambda run: run.begin)
        for member in later
        if (runs := [run for run in member.judged.counted if run.status in (*GOOD, RunStatus.RUNNING)])
    ]
    ended = [
        min(run.end or run.begin for run in runs)
        for member in earlier
        if (runs := [run for run in member.judged.counted if run.status in GOOD])
    ]
    names: dict[str, Value] = {"earlier": earlier[0].member.step or "", "later": later[0].member.step or ""}
    if not began:
        return False, say(N_("{later} not started"), **names)
    start = min(run.begin for run in began)
    if len(ended) < len(earlier):
        seen = not any(member.judged.stale for member in earlier)
        return seen, say(N_("{later} started at {start}, before {earlier} ended"), start=start, **names)
    moments = {"start": start, "end": max(ended)}
    told_in = ((run.source, run.started_at is not None) for run in began)
    last_start = min(run.begin + precision.get(key, PRECISIONS[2]) for run, key in zip(began, told_in, strict=True))
    if last_start <= max(ended):
        return True, say(N_("{later} started at {start}, before {earlier} ended at {end}"), **moments, **names)
    return False, say(N_("{earlier} ended at {end}, then {later} started at {start}"), **moments, **names)


def _summary(members: list[MemberBoard]) -> Why:
    """What the members did, in one sentence: by name where one is not well, else counted."""
    unwell = [m for m in members if m.judged.verdict is not Verdict.OK and not m.judged.stale]
    if len(unwell) == 1:
        return (say(N_("{pipeline}: {why}"), pipeline=unwell[0].member.pipeline, why=unwell[0].judged.told),)
    if not unwell:
        well = sum(m.judged.verdict is Verdict.OK for m in members)
        return (say(N_("{n} of {total} in success"), n=well, total=len(members)),) if well else ()
    groups: dict[str, list[str]] = {}
    for member in sorted(unwell, key=lambda m: -LOOKS[m.judged.verdict].severity):
        absent = member.judged.absent and member.judged.verdict is Verdict.KO
        groups.setdefault(NEVER_STARTED if absent else _GROUPS[member.judged.verdict], []).append(
            member.member.pipeline
        )
    return tuple(counted(message, names, len(members)) for message, names in groups.items())


def counted(message: str, names: list[str], total: int) -> Phrase:
    """A phrase that counts pipelines and names the first."""
    named = ", ".join(names[:NAMED]) + ("…" if len(names) > NAMED else "")
    return say(message, n=len(names), total=total, names=named)


NEVER_STARTED = N_("{n} of {total} never started: {names}")
_GROUPS = {
    Verdict.KO: N_("{n} of {total} failed: {names}"),
    Verdict.WARNING: N_("{n} of {total} late or caught up: {names}"),
    Verdict.UNKNOWN: N_("{n} of {total} unknown: {names}"),
    Verdict.RUNNING: N_("{n} of {total} at work: {names}"),
    Verdict.NOT_DUE: N_("{n} of {total} not due yet: {names}"),
}
