"""What of a night's board passes the filters. Pure."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from pages.pipelines.board import Board, DataSetBoard, Incident
from pages.pipelines.facts import RunStatus
from pages.pipelines.families import FamilyBoard, MemberBoard
from pages.pipelines.known import Run
from pages.pipelines.words import RUN_VERDICTS

Hours = tuple[datetime, datetime]


@dataclass(frozen=True)
class Passing:
    """The parts of a board that pass."""

    members: tuple[MemberBoard, ...]
    families: tuple[FamilyBoard, ...]
    incidents: tuple[Incident, ...]
    data_sets: tuple[DataSetBoard, ...]
    unassigned: tuple[Run, ...]


def passing(board: Board, families: Collection[str], statuses: Collection[str], hours: Hours | None) -> Passing:
    """Filter by keys of families, verdicts and UTC hours; an empty filter lets everything pass.

    Pipelines pass by their verdict, and by having run or been awaited in the hours. Families, incidents and data sets
    pass by their own verdict, where a pipeline of theirs is among those of the families and hours asked for. Runs of
    no family pass whichever family is asked for.
    """
    around = [
        member
        for member in board.members
        if (not families or member.family.key in families) and (hours is None or _between(member, hours, board.as_of))
    ]
    near = {member.family.key for member in around}
    pipelines = {(member.family.key, member.member.pipeline) for member in around}
    names = {pipeline for _family, pipeline in pipelines}
    members = tuple(member for member in around if not statuses or member.judged.verdict in statuses)
    passed = {member.family.key for member in members}
    return Passing(
        members,
        tuple(f for f in board.families if f.family.key in passed or (f.family.key in near and f.verdict in statuses)),
        tuple(
            incident
            for incident in board.incidents
            if (not statuses or incident.verdict in statuses)
            and (not incident.pipeline or (incident.family.key, incident.pipeline) in pipelines)
            and incident.family.key in near
        ),
        tuple(
            judged
            for judged in board.data_sets
            if (not statuses or judged.verdict in statuses) and not names.isdisjoint(judged.data_set.pipelines)
        ),
        tuple(
            run
            for run in board.unassigned
            if (not statuses or RUN_VERDICTS[RunStatus(run.status)] in statuses)
            and (hours is None or _ran(run, hours, board.as_of))
        ),
    )


def _between(member: MemberBoard, hours: Hours, as_of: datetime) -> bool:
    if not member.judged.counted:
        return hours[0] <= member.expected.deadline <= hours[1]
    return any(_ran(run, hours, as_of) for run in member.judged.counted)


def _ran(run: Run, hours: Hours, as_of: datetime) -> bool:
    return run.begin <= hours[1] and (run.end or as_of) >= hours[0]
