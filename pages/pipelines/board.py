"""The board of one night: families, data sets and incidents out of the verdicts on their pipelines. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import pyarrow as pa

from core.base.status import LOOKS, Verdict, worst
from pages.pipelines.expected import expect
from pages.pipelines.families import NAMED, NEVER_STARTED, FamilyBoard, MemberBoard, counted, judge_family
from pages.pipelines.known import Reading, Run, Usual
from pages.pipelines.nights import Night
from pages.pipelines.rules import DataSet, Family, Rules
from pages.pipelines.verdicts import Judged, judge
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


def board(
    runs: Iterable[Run],
    reads: pa.Table,
    rules: Rules,
    night: Night,
    as_of: datetime,
    habits: pa.Table | None = None,
    squads: frozenset[str] | None = None,
    hidden: frozenset[str] = frozenset(),
) -> Board:
    """Judge a night.

    `runs` are the night's, in order of their start, `reads` has `source` and `covers_until` (up to when each source is
    known), `habits` has `pipeline`, `source`, `middle`, `deviation`, `count` (who told of each lately, and what its
    good runs took). `squads` are the person's (None: they see every family): a family of another squad is left out,
    and so is one with a `hidden` pipeline, whose rows belong to another squad: nothing true could be said of it.
    """
    known = dict(zip(reads["source"].to_pylist(), reads["covers_until"].to_pylist(), strict=True))
    usual = _usual(habits)
    by_pipeline: dict[str, list[Run]] = {}
    for run in runs:
        by_pipeline.setdefault(run.pipeline, []).append(run)

    def judged(family: Family) -> FamilyBoard:
        mine = {
            member.pipeline: [
                run
                for run in by_pipeline.get(member.pipeline, ())
                if not family.sources or run.source in family.sources
            ]
            for member in family.members
        }
        reading = _readings(family, mine, usual, known)
        members = []
        for member in family.members:
            name, expected = member.pipeline, expect(member, family, rules.night, night)
            found = judge(mine[name], expected, reading[name], as_of, usual[name][1] if name in usual else None)
            members.append(MemberBoard(family, member, expected, found))
        return judge_family(family, tuple(members))

    families = tuple(
        judged(family)
        for family in rules.families
        if (squads is None or family.squad is None or family.squad in squads)
        and hidden.isdisjoint(member.pipeline for member in family.members)
    )
    unassigned = tuple(run for name, mine in by_pipeline.items() if name not in rules.pipelines for run in mine)
    data_sets = tuple(_data_sets(rules.data_sets, families))
    incidents = tuple(_incidents(tuple(told.data_set for told in data_sets), families))
    return Board(night, as_of, families, data_sets, incidents, unassigned)


def _usual(habits: pa.Table | None) -> dict[str, tuple[str, Usual | None]]:
    """Pipeline → the source that told of it last, and what its good runs took lately."""
    if habits is None:
        return {}
    columns = ("pipeline", "source", "middle", "deviation", "count")
    rows = zip(*(habits[name].to_pylist() for name in columns), strict=True)
    return {name: (source, Usual(middle, deviation, n) if n else None) for name, source, middle, deviation, n in rows}


def _readings(
    family: Family,
    runs: Mapping[str, list[Run]],
    usual: Mapping[str, tuple[str, Usual | None]],
    known: Mapping[str, datetime | None],
) -> dict[str, Reading]:
    """Pipeline → what is known of its source.

    Of several sources the least known one counts: those that the family declares, else the one that told of the
    pipeline last, else those that told of the rest of the family.
    """
    told: dict[str, str] = {name: usual[name][0] for name in runs if name in usual}
    told |= {name: mine[-1].source for name, mine in runs.items() if mine}
    family_wide = _least_known(family.sources or sorted(set(told.values())), known)
    if family.sources:
        return dict.fromkeys(runs, family_wide)
    return {name: _least_known([told[name]], known) if name in told else family_wide for name in runs}


def _least_known(sources: Sequence[str], known: Mapping[str, datetime | None]) -> Reading:
    readings = [Reading(source, known.get(source)) for source in sources]
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
    found: list[Incident] = []
    for family in families:
        unwell = [
            m
            for m in family.members
            if m.weighs and not m.judged.stale and m.judged.verdict in (Verdict.KO, Verdict.WARNING, Verdict.UNKNOWN)
        ]
        absent = [m for m in unwell if m.judged.absent]
        if len(absent) > NAMED:
            unwell = [m for m in unwell if not m.judged.absent]
            names = [m.member.pipeline for m in absent]
            why = (counted(NEVER_STARTED, names, sum(m.weighs for m in family.members)),)
            found.append(Incident(family.family, None, Verdict.KO, why, None, _touched(data_sets, names)))
        if family.own:
            names = [m.member.pipeline for m in family.members]
            touched = _touched(data_sets, names)
            found.append(Incident(family.family, None, family.verdict, family.own, None, touched))
        found += [
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
    return sorted(found, key=_urgency)


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
