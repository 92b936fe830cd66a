"""Whether data sets are available, in three words: ready since, expected at, or unavailable. Pure.

"Expected at" is the 90th percentile of when the last 20 good nights of that kind of day (working days, other days) were
ready: the 18th of 20. It is counted in minutes of the wall clock after the night's start, for jobs go by the clock also
in the two nights when it changes. A data set is ready once every pipeline that it needs has had a good run.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from math import ceil
from zoneinfo import ZoneInfo

from core.base.calendar import is_working_day, to_moment
from core.base.i18n import N_, _, show_moment
from core.base.status import Verdict
from pages.pipelines.board import Board, DataSetBoard
from pages.pipelines.families import MemberBoard
from pages.pipelines.known import GOOD
from pages.pipelines.nights import Night
from pages.pipelines.rules import DataSet

NIGHTS, LEAST, SHARE = 20, 10, 0.9
BACK = timedelta(days=120)
"""How far back good nights are looked for: 20 that are no working days take ten weeks."""
Ends = Mapping[str, Mapping[date, datetime]]
"""Pipeline → night → when (UTC) its first good run ended."""


class State(StrEnum):
    """The three words."""

    READY = "ready"
    EXPECTED = "expected"
    UNAVAILABLE = "unavailable"


WORDS = {
    State.READY: N_("ready since {moment}"),
    State.EXPECTED: N_("expected at {moment} (as 9 of 10 of the last {n} such nights)"),
    State.UNAVAILABLE: N_("unavailable"),
}
LATE = N_("unavailable: was expected at {moment}")
LITTLE = N_("expected, too little history to say when ({n} good nights)")


@dataclass(frozen=True)
class Availability:
    """`moment` (UTC): since when it is ready, or when it is, or was, expected; None where nobody knows. `n`: the good
    nights that this is read from."""

    data_set: DataSet
    state: State
    moment: datetime | None
    n: int = 0

    @property
    def words(self) -> str:
        """In the person's language."""
        if self.moment is None:
            template = LITTLE if self.state is State.EXPECTED else N_("unavailable")
        elif self.state is State.UNAVAILABLE:
            template = LATE
        else:
            template = WORDS[self.state]
        return _(template).format(moment=show_moment(self.moment) if self.moment else "", n=self.n)


def availabilities(board: Board, ends: Ends) -> Iterator[Availability]:
    """Every data set of a board; `ends` are those of earlier nights."""
    members: dict[str, list[MemberBoard]] = {}
    for member in board.members:
        members.setdefault(member.member.pipeline, []).append(member)
    for judged in board.data_sets:
        needed = [member for name in judged.data_set.pipelines for member in members[name] if member.weighs]
        yield _availability(judged, needed, board, ends)


def _availability(judged: DataSetBoard, needed: list[MemberBoard], board: Board, ends: Ends) -> Availability:
    before = readiness(judged.data_set.pipelines, ends)
    if not needed:  # nothing comes this night: what came last stands
        last = max((day for day in before if day < board.night.day), default=None)
        moment = before[last] if last else None
        return Availability(judged.data_set, State.READY if moment else State.EXPECTED, moment, len(before))
    done = [_ready(member) for member in needed]
    if all(done) and judged.verdict is not Verdict.KO:
        return Availability(judged.data_set, State.READY, max(moment for moment in done if moment))
    moment, n = expected(before, board.night)
    if judged.verdict is Verdict.KO:
        return Availability(judged.data_set, State.UNAVAILABLE, None, n)
    late = moment is not None and moment < board.as_of
    return Availability(judged.data_set, State.UNAVAILABLE if late else State.EXPECTED, moment, n)


def _ready(member: MemberBoard) -> datetime | None:
    """When its first good run of the night ended."""
    ends = (run.end for run in member.judged.counted if run.status in GOOD)
    return min((end for end in ends if end), default=None)


def readiness(pipelines: Iterable[str], ends: Ends) -> dict[date, datetime]:
    """Night → when (UTC) every pipeline had had its good run; nights in which one had none are left out."""
    every = [ends.get(name, {}) for name in pipelines]
    nights = set(every[0]).intersection(*every[1:]) if every else set()
    return {day: max(ends_of[day] for ends_of in every) for day in nights}


def expected(ready: Mapping[date, datetime], night: Night) -> tuple[datetime | None, int]:
    """When (UTC) a night is expected to be ready, by the good nights of its kind before it, and how many these are;
    None under LEAST of them."""
    kind = is_working_day(night.day)
    alike = sorted((day for day in ready if day < night.day and is_working_day(day) is kind), reverse=True)[:NIGHTS]
    if len(alike) < LEAST:
        return None, len(alike)
    after = sorted(_after(ready[day], Night(day, night.turn, night.zone)) for day in alike)
    wall = datetime.combine(night.day - timedelta(days=1), night.turn) + after[ceil(SHARE * len(after)) - 1]
    return to_moment(wall.date(), wall.time(), night.zone, closing=True), len(alike)


def _after(moment: datetime, night: Night) -> timedelta:
    """How long after the night's start a moment is, on the wall clock."""
    wall = moment.astimezone(ZoneInfo(night.zone)).replace(tzinfo=None)
    return wall - datetime.combine(night.day - timedelta(days=1), night.turn)


def held(ready: Mapping[date, datetime], nights: Iterable[Night]) -> tuple[int, int]:
    """Of the nights that had enough history, in how many the data were ready when expected, and how many they were.
    Only nights that were ready in the end are counted."""
    pairs = [(expected(ready, night)[0], ready[night.day]) for night in nights if night.day in ready]
    judged = [(due, came) for due, came in pairs if due is not None]
    return sum(came <= due for due, came in judged), len(judged)
