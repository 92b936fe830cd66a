"""The board of one night: families, data sets and incidents out of the verdicts on their pipelines. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime

from core.base.status import LOOKS, Verdict, worst
from pages.pipelines.children import Children
from pages.pipelines.expected import expect
from pages.pipelines.facts import RunStatus
from pages.pipelines.families import (
    NAMED,
    NEVER_STARTED,
    FamilyBoard,
    MemberBoard,
    counted,
    judge_family,
    precision,
)
from pages.pipelines.known import OPEN, Reading, Run, Usual
from pages.pipelines.nights import Night
from pages.pipelines.rules import DataSet, Family, Rules
from pages.pipelines.verdicts import Beside, Judged, judge
from pages.pipelines.why import Why


@dataclass(frozen=True)
class DataSetBoard:
    """A data set with the most severe verdict of the pipelines it needs, and which ones hold it up."""

    data_set: DataSet
    verdict: Verdict
    held_up_by: tuple[str, ...]


@dataclass(frozen=True)
class Incident:
    """What somebody has to look at: one pipeline, or a whole family where no single pipeline is to blame."""

    family: Family
    pipeline: str | None
    verdict: Verdict
    why: Why
    judged: Judged | None
    data_sets: tuple[DataSet, ...]

    @property
    def consumers(self) -> tuple[str, ...]:
        """Who waits for the data sets it touches, each once."""
        return tuple(dict.fromkeys(name for data_set in self.data_sets for name in data_set.consumers))


@dataclass(frozen=True)
class Board:
    """One night as known at `as_of` (UTC). `unassigned`: the runs of pipelines that are in no family."""

    night: Night
    as_of: datetime
    families: tuple[FamilyBoard, ...]
    data_sets: tuple[DataSetBoard, ...]
    incidents: tuple[Incident, ...]
    unassigned: tuple[Run, ...]

    @property
    def members(self) -> tuple[MemberBoard, ...]:
        """Every pipeline of every family."""
        return tuple(member for family in self.families for member in family.members)

    @property
    def verdict(self) -> Verdict:
        """The most severe verdict of the families of which something is expected; UNKNOWN without any family."""
        awaited = [family.verdict for family in self.families if any(member.weighs for member in family.members)]
        return worst(awaited) if awaited or not self.families else Verdict.NOT_DUE


@dataclass(frozen=True)
class Known:
    """What is known beside a night's runs, by pipeline or by source.

    `reads`: up to when each source is known (UTC). `errors`: why its last reading failed, if it did. `sources`: which
    told of a pipeline last. `habits`: what its good runs took lately. `before`: its last run of an earlier night.
    `refused`: pipelines of which a row of this night was refused.
    """

    reads: Mapping[str, datetime | None]
    errors: Mapping[str, str | None] = field(default_factory=dict)
    sources: Mapping[str, str] = field(default_factory=dict)
    habits: Mapping[str, Usual] = field(default_factory=dict)
    before: Mapping[str, Run] = field(default_factory=dict)
    refused: frozenset[str] = frozenset()


def board(
    runs: Iterable[Run],
    known: Known,
    rules: Rules,
    night: Night,
    as_of: datetime,
    squads: frozenset[str] | None = None,
    hidden: frozenset[str] = frozenset(),
) -> Board:
    """Judge a night by the rules that hold in it.

    `runs` are those around the night, in order of their start: a family's night is that of its own clock. Names of
    pipelines are those of the rules, or differ from them by case alone. `squads` are the person's (None: they see every
    family): a family of another squad is left out, and so is one with a `hidden` pipeline, whose rows belong to another
    squad: nothing true could be said of it.
    """
    rules = rules.on(night.day)
    spelled = _Spelling(rules, night.day)
    known = spelled.known(known)
    around: dict[str, list[Run]] = {}
    for run in runs:
        around.setdefault(spelled.name(run.pipeline), []).append(run)
    every = [run for mine in around.values() for run in mine]
    due_by = rules.night_rule(night.day).due_by
    children, told_in = Children(sorted(every, key=lambda run: run.order)), precision(every)

    def judged(family: Family) -> FamilyBoard:
        its = rules.night_of(night.day, family.time_zone)
        mine = {
            member.pipeline: [
                run
                for run in around.get(member.pipeline, ())
                if its.holds(run.begin) and (not family.sources or run.source in family.sources)
            ]
            for member in family.members
        }
        reading = _readings(family, mine, known)
        members = []
        for member in family.members:
            name, expected = member.pipeline, expect(member, family, its, due_by)
            beside = Beside(
                usual=known.habits.get(name),
                before=_before(name, family, its, around, known, as_of),
                refused=name if name in known.refused else None,
                children=children.failed,
                follows=family.child_rerun == "WARNING",
            )
            members.append(
                MemberBoard(family, member, expected, judge(mine[name], expected, reading[name], as_of, beside))
            )
        return judge_family(family, tuple(members), told_in)

    families = tuple(
        judged(family)
        for family in rules.families
        if (squads is None or family.squad is None or family.squad in squads)
        and hidden.isdisjoint(member.pipeline for member in family.members)
    )
    unassigned = tuple(
        run for run in every if night.holds(run.begin) and spelled.name(run.pipeline) not in rules.pipelines
    )
    data_sets = tuple(_data_sets(rules.data_sets, families))
    incidents = tuple(_incidents(tuple(judged.data_set for judged in data_sets), families))
    return Board(night, as_of, families, data_sets, incidents, unassigned)


class _Spelling:
    """How the rules write the names of pipelines that schedulers write in another case, or by a former name."""

    def __init__(self, rules: Rules, day: date) -> None:
        self._pipelines, self._former = rules.pipelines, rules.names.on(day)
        self._alike: dict[str, list[str]] = {}
        for name in rules.pipelines:
            self._alike.setdefault(name.casefold(), []).append(name)

    def name(self, pipeline: str) -> str:
        """The name in the rules; its own where they have none, or several that differ by case."""
        if now := self._former.get(pipeline.casefold()):
            return now
        alike = self._alike.get(pipeline.casefold(), ())
        return alike[0] if pipeline not in self._pipelines and len(alike) == 1 else pipeline

    def known(self, known: Known) -> Known:
        """What is known, by the names of the rules."""
        return replace(
            known,
            sources={self.name(pipeline): source for pipeline, source in known.sources.items()},
            habits={self.name(pipeline): usual for pipeline, usual in known.habits.items()},
            before={self.name(pipeline): run for pipeline, run in known.before.items()},
            refused=frozenset(map(self.name, known.refused)),
        )


def _before(
    name: str, family: Family, its: Night, around: Mapping[str, list[Run]], known: Known, as_of: datetime
) -> Run | None:
    """The last run of a pipeline that began before the family's night, as it stood at `as_of`."""
    around_it = [*([known.before[name]] if name in known.before else ()), *around.get(name, ())]
    earlier = [
        run for run in around_it if run.begin < its.start and (not family.sources or run.source in family.sources)
    ]
    if not earlier:
        return None
    last: Run = max(earlier, key=lambda run: run.order)
    if last.status not in OPEN and last.end and last.end > as_of:
        return replace(last, status=RunStatus.RUNNING, ended_at=None, duration_s=None)
    return last


def _readings(family: Family, runs: Mapping[str, list[Run]], known: Known) -> dict[str, Reading]:
    """Pipeline → what is known of its source.

    Of several sources the least known one counts: those that the family declares, else the one that told of the
    pipeline last, else those that told of the rest of the family.
    """
    sources: dict[str, str] = {name: known.sources[name] for name in runs if name in known.sources}
    sources |= {name: mine[-1].source for name, mine in runs.items() if mine}
    family_wide = _least_known(family.sources or sorted(set(sources.values())), known)
    if family.sources:
        return dict.fromkeys(runs, replace(family_wide, wanted=True))
    return {name: _least_known([sources[name]], known) if name in sources else family_wide for name in runs}


def _least_known(sources: Sequence[str], known: Known) -> Reading:
    readings = [Reading(source, known.reads.get(source), error=known.errors.get(source)) for source in sources]
    never = [reading for reading in readings if reading.until is None]
    return never[0] if never else min(readings, key=lambda r: r.until or _NEVER, default=Reading(None, None))


_NEVER = datetime.max.replace(tzinfo=UTC)


def _data_sets(data_sets: tuple[DataSet, ...], families: tuple[FamilyBoard, ...]) -> Iterator[DataSetBoard]:
    """Every data set whose pipelines are all on the board."""
    by_pipeline: dict[str, list[MemberBoard]] = {}
    for family in families:
        for member in family.members:
            by_pipeline.setdefault(member.member.pipeline, []).append(member)
    for data_set in data_sets:
        if all(name in by_pipeline for name in data_set.pipelines):
            needed = [m for name in data_set.pipelines for m in by_pipeline[name] if m.weighs]
            verdict = worst([m.judged.verdict for m in needed]) if needed else Verdict.NOT_DUE
            slow = [m.member.pipeline for m in needed if m.judged.verdict is not Verdict.OK]
            yield DataSetBoard(data_set, verdict, tuple(dict.fromkeys(slow)))


def _incidents(data_sets: tuple[DataSet, ...], families: tuple[FamilyBoard, ...]) -> list[Incident]:
    """What to look at first: by the family's criticality, the verdict, then how many wait for it."""
    incidents: list[Incident] = []
    for family in families:
        unwell = [
            m
            for m in family.members
            if m.weighs
            and not m.judged.stale
            and (m.judged.noted or m.judged.verdict in (Verdict.KO, Verdict.WARNING, Verdict.UNKNOWN))
        ]
        absent = [m for m in unwell if m.judged.absent]
        if len(absent) > NAMED:
            unwell = [m for m in unwell if not m.judged.absent]
            names = [m.member.pipeline for m in absent]
            why = (counted(NEVER_STARTED, names, sum(m.weighs for m in family.members)),)
            incidents.append(Incident(family.family, None, Verdict.KO, why, None, _touched(data_sets, names)))
        if family.own:
            names = [m.member.pipeline for m in family.members]
            touched = _touched(data_sets, names)
            incidents.append(Incident(family.family, None, family.verdict, family.own, None, touched))
        incidents += [
            Incident(
                family.family,
                m.member.pipeline,
                m.judged.verdict,
                m.judged.told,
                m.judged,
                _touched(data_sets, [m.member.pipeline]),
            )
            for m in unwell
        ]
    return sorted(incidents, key=_urgency)


def _touched(data_sets: tuple[DataSet, ...], pipelines: list[str]) -> tuple[DataSet, ...]:
    return tuple(data_set for data_set in data_sets if not set(pipelines).isdisjoint(data_set.pipelines))


def _urgency(incident: Incident) -> tuple[int, int, int, int, str]:
    severity = LOOKS[incident.verdict].severity
    return (
        incident.family.criticality,
        -severity,
        -len(incident.consumers),
        -len(incident.data_sets),
        incident.pipeline or "",
    )
