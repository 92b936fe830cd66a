"""The board of a night as a person may see it: asks the query core, then judges.

A board is kept until what it was judged by changes: the rules, the runs, up to when their sources are known, the rows
that were refused. The
readings of other missions' sources change none of it.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from core.base.cache import Cache
from core.base.calendar import start_of
from core.base.periods import Grain
from core.facts.query import Reader, Result
from core.mission.discovery import warehouse
from core.people.person import EVERYTHING
from pages.pipelines import queries
from pages.pipelines.availability import Ends
from pages.pipelines.board import Board, Known, board
from pages.pipelines.decisions import normal_since
from pages.pipelines.facts import PIPELINE_RUNS
from pages.pipelines.known import Run, Usual, last_of, runs_of, usual_of
from pages.pipelines.nights import Night
from pages.pipelines.refused import refused_between
from pages.pipelines.rules import Rules
from pages.pipelines.witnesses import witnessed

Ask = Callable[..., Result]
TABLES = (PIPELINE_RUNS, PIPELINE_RUNS.observations)
_boards: Cache[Board] = Cache(entries=200, bytes_=200, size=lambda _board: 1)
_runs: Cache[list[Run]] = Cache(entries=50, bytes_=200_000, size=len)
"""The runs behind the boards, at most as many as `bytes_`: the same ones are judged anew every minute."""


def board_of(
    reader: Reader, rules: Rules, night: Night, as_of: datetime, *, replay: bool, ask: Ask | None = None
) -> Board:
    """The board of a night, as known at `as_of` (UTC) when `replay`, else with all that is known by now.

    `ask` answers the queries instead of the reader, e.g. a screen that notes their names. Raises QueryFailed.
    """
    ask = ask or reader.run
    rules = rules.on(night.day)
    its = [rules.night.of(night.day, zone) for zone in {None, *(family.time_zone for family in rules.families)}]
    start, end = min(one.start for one in its), max(one.end for one in its)
    asked = queries.span(start, end)
    lately = start - queries.LATELY
    readings_since = Grain.MONTH.at(lately).start  # nights of one month share their question
    if replay:
        runs = ask(queries.RUNS_KNOWN_AT, **asked, as_of=as_of).table
        readings = ask(queries.READINGS_KNOWN_AT, since=readings_since, as_of=as_of).table
    else:
        runs = ask(queries.RUNS_OF_NIGHT, **asked).table
        readings = ask(queries.READINGS, since=readings_since).table
    habits = ask(queries.HABITS, since=lately, start=start).table
    forgotten = rules.pipelines.difference(habits["pipeline"].to_pylist())
    told = dict(pairs(habits, "source"))
    if forgotten:
        ever = ask(queries.TOLD).table
        told = dict(pairs(ever.filter(pc.less(ever["first"], end)), "source")) | told
    normal = normal_since(as_of)
    usual = usual_of(habits) | _since_normal(ask, normal, lately, start)
    unread = refused_between(start, end, as_of)
    squads = reader.scope.squads
    known = (reader.snapshot.of(TABLES), reader.scope, night, as_of if replay else None)

    def judged() -> Board:
        beside = Known(
            reads=dict(pairs(readings, "covers_until", by="source")),
            errors=dict(pairs(readings, "error", by="source")),
            told=told,
            habits=usual,
            before=last_of(habits),
            refused=unread,
        )
        around = witnessed(_runs.get((*known, start, end), lambda: runs_of(runs)), dict(removed), night.end)
        return board(around, beside, rules, night, as_of, squads, _hidden(reader, night, squads))

    covered = tuple(map(tuple, readings.to_pydict().values()))
    removed = tuple((source, at) for source, at in pairs(readings, "removed_at", by="source") if at)
    return _boards.get((rules.digest, *known, covered, unread, tuple(normal.items()), as_of), judged)


def _since_normal(ask: Ask, normal: Mapping[str, date], lately: datetime, start: datetime) -> dict[str, Usual]:
    """What the good runs of some pipelines took since a person said that their durations are normal; before a night."""
    found: dict[str, Usual] = {}
    for pipeline, day in normal.items():
        since = start_of(day)
        if lately < since < start:
            later = usual_of(ask(queries.HABITS, since=since, start=start).table)
            found[pipeline] = later.get(pipeline, Usual(0.0, 0.0, 0))
    return found


def ends_before(reader: Reader, rules: Rules, night: Night, back: timedelta) -> Ends:
    """When the first good run of each pipeline ended, in the nights before one. By the clock of the rules' night.
    Raises QueryFailed."""
    since = Grain.MONTH.at(night.start - back).start  # nights of one month share what is read
    table = reader.run(queries.GOOD_ENDS, since=since, start=night.start, zone=night.zone, ahead=night.ahead).table
    spelled = {name.casefold(): name for name in rules.pipelines}
    found: dict[str, dict[date, datetime]] = {}
    columns = (table[name].to_pylist() for name in ("pipeline", "night", "ended_at"))
    for pipeline, day, ended in zip(*columns, strict=True):
        found.setdefault(spelled.get(pipeline.casefold(), pipeline), {})[day] = ended
    return found


def pairs(table: pa.Table, value: str, *, by: str = "pipeline") -> Iterator[tuple[Any, Any]]:
    """Two columns of a table, row by row."""
    return zip(table[by].to_pylist(), table[value].to_pylist(), strict=True)


def _hidden(reader: Reader, night: Night, squads: frozenset[str] | None) -> frozenset[str]:
    """Pipelines of which some rows may not be seen by these squads.

    Read beyond the person's scope, since what they may not see can only be known so; nothing but names leaves here,
    and only to leave out families that would otherwise look as if they had never started.
    """
    if squads is None:
        return frozenset()
    everything = warehouse().reader(EVERYTHING, reader.snapshot)
    owners = everything.run(queries.OWNERS, since=night.start - queries.LATELY, end=night.end).table
    return frozenset(pipeline for pipeline, squad in pairs(owners, "squad") if squad not in squads)
