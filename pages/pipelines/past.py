"""Nights that are over, judged once and kept in `judged_nights`, so that a screen of two years judges none.

They are judged at the end of every sync. A night keeps what it was judged by (`basis`): its runs and those of the night
before, whose the runs of its pipelines ever were, the rules that held in it, how far its sources were known, the rows
that were refused. Where any of that is another one by now, it is judged again.
"""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from hashlib import sha256
from typing import Any

import pyarrow as pa

from core.base.periods import Grain
from core.base.status import Verdict
from core.facts.lake import lake
from core.facts.query import Reader
from core.facts.tables import TOGETHER
from core.mission.discovery import warehouse
from core.people.person import EVERYTHING
from pages.pipelines import lasted, queries, rules
from pages.pipelines.board import Board, Known, board
from pages.pipelines.desk import kind_of_failure
from pages.pipelines.facts import APART, JUDGED_NIGHTS, PIPELINE_RUNS, WHOLE, RunStatus
from pages.pipelines.families import FamilyBoard
from pages.pipelines.headline import last_night, to_the_minute
from pages.pipelines.judged import BACK, table
from pages.pipelines.known import Run, last_of, runs_of
from pages.pipelines.night import board_of, pairs
from pages.pipelines.nights import Night
from pages.pipelines.refused import refused
from pages.pipelines.rules import Family, Rules
from pages.pipelines.witnesses import witnessed

AT_ONCE = 30
"""Nights whose runs are read together."""
A_SYNC = 120
"""Nights that one sync judges at most, the newest first; the next one goes on."""
_DAY = timedelta(days=1)
JUDGING = "1"
"""Another one where the rules of judging change in the code: every night is then judged again."""


def landed(now: datetime) -> None:
    """What follows from new runs: the nights that are over by `now` (UTC) and stand otherwise are judged, and what the
    board of the night shown and durations are made of is worked out before somebody asks. Raises QueryFailed,
    RulesInvalid, LandingFailed."""
    in_force, reader = rules.in_force(), warehouse().reader(EVERYTHING)
    judge(in_force, now)
    if in_force.families and reader.fresh(PIPELINE_RUNS) is not None:
        board_of(reader, in_force, in_force.night_of(last_night(now)), to_the_minute(now), replay=False)
        lasted.ahead(reader, in_force.spans(), in_force.night_at(now).end)


def judge(in_force: Rules, now: datetime, most: int = A_SYNC) -> int:
    """Judge the nights that are over and whose basis is another one than it was, at most so many, the newest first;
    gives how many that were."""
    if not in_force.families and lake().version(JUDGED_NIGHTS) is None:
        return 0
    reader = warehouse().reader(EVERYTHING)
    if reader.fresh(PIPELINE_RUNS) is None:
        return 0
    past = _Past(reader, in_force, now)
    wanted = [night for night in past.nights if past.kept.get(night.day) != {past.basis(night)}][:most]
    for first in range(0, len(wanted), AT_ONCE):
        some = sorted(wanted[first : first + AT_ONCE], key=lambda night: night.day)
        _replace(list(past.rows(some)), {night.day for night in some} & past.kept.keys())
    if wanted:
        lake().compact(JUDGED_NIGHTS)
    return len(wanted)


def _replace(rows: Sequence[Mapping[str, Any]], again: set[date]) -> None:
    """Land the rows of some nights, and take out what those that are judged `again` held beside them."""
    lake().land(JUDGED_NIGHTS, table(rows))
    if again:
        known = lake().read(JUDGED_NIGHTS, JUDGED_NIGHTS.key)
        there = {tuple(row[name] for name in JUDGED_NIGHTS.key) for row in rows}
        left = [row for row in known.to_pylist() if row["at"].date() in again and tuple(row.values()) not in there]
        lake().take_out(JUDGED_NIGHTS, pa.Table.from_pylist(left, known.schema))


class _Past:
    """The nights that are over at a moment, and what they are judged by."""

    def __init__(self, reader: Reader, in_force: Rules, now: datetime) -> None:
        self._reader, self._rules = reader, in_force
        self._renamed = in_force.spans()
        first, last = in_force.night_at(now - BACK - _DAY), in_force.night_at(now)
        nights = [
            in_force.night_of(last.day - timedelta(days=back)) for back in range(1, (last.day - first.day).days + 1)
        ]
        self._contents: dict[tuple[time, str], dict[date, str]] = {}
        for turned in {(night.turn, night.zone): night for night in nights}.values():
            sums: Counter[date] = Counter()
            for month in queries.by_month(Grain.MONTH.at(first.start - APART).start, last.end + APART):
                asked = {**month, "zone": turned.zone, "ahead": turned.ahead}
                for day, content in pairs(reader.run(queries.CONTENTS, **asked).table, "content", by="night"):
                    sums[day] += int(content)
            self._contents[turned.turn, turned.zone] = {day: str(content) for day, content in sums.items()}
        ever = reader.run(queries.TOLD, renamed=self._renamed).table
        self._ever = dict(pairs(ever, "source"))
        self._first = {name.casefold(): at for name, at in pairs(ever, "first")}
        readings = reader.run(queries.READINGS, since=Grain.MONTH.at(first.start - queries.LATELY).start).table
        self._reads = dict(pairs(readings, "covers_until", by="source"))
        self._removed = {source: at for source, at in pairs(readings, "removed_at", by="source") if at}
        self._refused = refused()
        self._owners = self._owners_between(first.start - queries.LATELY, last.end)
        kept = lake().read(JUDGED_NIGHTS, ["at", "basis"])
        self.kept: dict[date, set[str]] = {}
        for at, basis in pairs(kept, "basis", by="at"):
            self.kept.setdefault(at.date(), set()).add(basis)
        self._zones = {None, *(family.time_zone for family in in_force.families)}
        self._on: dict[int, tuple[Family, ...]] = {}
        self._changes = sorted(self._days_of_change())
        self.nights = [night for night in nights if self._families(night.day) or night.day in self.kept]

    def _days_of_change(self) -> set[date]:
        """The first nights of other families than in the night before: by the rules, and as pipelines began."""
        dated = [part for family in self._rules.families for part in (family, *family.members)]
        begun = {self._rules.night_at(at).day for at in self._first.values()}
        over = {part.until for part in dated if part.until} | self._rules.names.last_nights
        return begun | {part.since for part in dated if part.since} | {last + _DAY for last in over}

    def _families(self, day: date) -> tuple[Family, ...]:
        """The families that hold in a night and of which some pipeline had begun by then: nothing is expected of what
        was not there yet."""
        place, end = bisect_right(self._changes, day), self._rules.night_of(day).end
        if place not in self._on:
            self._on[place] = tuple(
                family
                for family in self._rules.on(day).families
                if any(self._first.get(member.pipeline.casefold(), end) < end for member in family.members)
            )
        return self._on[place]

    def basis(self, night: Night) -> str:
        """What a night is judged by, as one word."""
        later = [night.day + _DAY] if len(self._zones) > 1 else []
        by_day = self._contents[night.turn, night.zone]
        contents = [by_day.get(day) for day in (night.day - _DAY, night.day, *later)]
        known = sorted((name, str(at)) for name, at in self._reads.items() if at is None or at < night.end)
        held = [(family.digest, _squad(family, self._owners)) for family in self._families(night.day)]
        given = (JUDGING, night, self._rules.night_rule(night.day).due_by, held, contents, known)
        beside = sorted(self._removed.items()), sorted(self._without(night))
        return sha256(repr((*given, *beside)).encode()).hexdigest()[:16]

    def _without(self, night: Night) -> frozenset[str]:
        """Pipelines of which a row of a night was refused."""
        return frozenset(row.pipeline for row in self._refused if night.holds(row.at) and row.refused_at <= night.end)

    def rows(self, nights: Sequence[Night]) -> Iterator[dict[str, Any]]:
        """The rows of some nights, given in order of their date: of each family, then of its pipelines."""
        begin, end = self._span(nights[0])[0], self._span(nights[-1])[1]
        owners = self._owners_between(begin - queries.LATELY, end)
        for judged in self._boards(nights, begin, end):
            shared = {"at": datetime.combine(judged.night.day, time(), UTC), "basis": self.basis(judged.night)}
            for family in judged.families:
                for row in _rows(family):
                    yield {**shared, "squad": _squad(family.family, owners), **row}

    def _owners_between(self, since: datetime, end: datetime) -> Mapping[str, set[str]]:
        """Pipeline → the squads whose runs it has between two moments (UTC)."""
        owners: dict[str, set[str]] = {}
        for pipeline, squad in pairs(
            self._reader.run(queries.OWNERS, since=since, end=end, renamed=self._renamed).table, "squad"
        ):
            owners.setdefault(pipeline.casefold(), set()).add(squad)
        return owners

    def _span(self, night: Night) -> tuple[datetime, datetime]:
        """From when to when (UTC) a night lasts by any of the families' clocks."""
        its = [self._rules.night_of(night.day, zone) for zone in self._zones]
        return min(turn.start for turn in its), max(turn.end for turn in its)

    def _boards(self, nights: Sequence[Night], begin: datetime, end: datetime) -> Iterator[Board]:
        """The boards of some nights, with all that is known of them by now; as `night.board_of` judges each alone."""
        batches = list(self._reader.stream(queries.RUNS_OF_NIGHT, **queries.span(begin, end)))
        runs = runs_of(pa.Table.from_batches(batches)) if batches else []
        passed = iter(sorted(runs, key=lambda run: run.at))
        waiting = next(passed, None)
        habits = self._reader.run(
            queries.HABITS, since=begin - queries.LATELY, start=begin, renamed=self._renamed
        ).table
        before = last_of(habits)
        for night in nights:
            start, over = self._span(night)
            while waiting and waiting.at < start:
                before[self._rules.called(waiting.pipeline, waiting.begin)] = waiting
                waiting = next(passed, None)
            lately = {name: run for name, run in before.items() if run.at >= start - queries.LATELY}
            first, last = (bisect_left(runs, at, key=lambda run: run.begin) for at in (start, over))
            known = Known(
                reads=self._reads,
                sources=self._ever | {name: run.source for name, run in lately.items()},
                before=lately,
                refused=self._without(night),
            )
            on = Rules(night=self._rules.night, families=self._families(night.day))
            yield board(witnessed(runs[first:last], self._removed, night.end), known, on, night, night.end)


def _rows(family: FamilyBoard) -> Iterator[dict[str, Any]]:
    """A family's row, then those of its pipelines."""
    rows: list[dict[str, Any]] = [
        {
            "pipeline": member.member.pipeline,
            "verdict": member.judged.verdict.value,
            "expected": member.expected.due,
            "failed": member.judged.verdict is Verdict.KO or member.judged.failed is not None,
            "kind": kind_of_failure(member.judged) if member.judged.verdict is Verdict.KO else None,
            "runs": len(member.judged.counted),
            "reruns": _reruns(member.judged.counted),
        }
        for member in family.members
    ]
    whole = {
        "pipeline": WHOLE,
        "verdict": family.verdict.value,
        "expected": any(row["expected"] for row in rows),
        "failed": family.verdict is Verdict.KO,
        "kind": None,
        "runs": sum(row["runs"] for row in rows),
        "reruns": sum(row["reruns"] for row in rows),
    }
    for row in (whole, *rows):
        yield {"family": family.family.key, **row}


def _reruns(runs: Sequence[Run]) -> int:
    """How many runs came after a failed one, or were no first attempt."""
    failed = [run.status == RunStatus.FAILED for run in runs]
    return sum((run.attempt or 1) > 1 or any(failed[:place]) for place, run in enumerate(runs))


def _squad(family: Family, owners: Mapping[str, set[str]]) -> str | None:
    """Whose the rows of a family are: its own squad's and those of the runs behind it. Of several squads they are told
    to those who see them all."""
    squads = {squad for member in family.members for squad in owners.get(member.pipeline.casefold(), ())}
    return TOGETHER.join(sorted(squads | ({family.squad} if family.squad else set()))) or None
