"""The board of a night as a person may see it: asks the query core, then judges.

A board is kept until what it was judged by changes: the rules, the runs, up to when their sources are known, the rows
that were refused. The
readings of other missions' sources change none of it.
"""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from core.base.cache import Cache
from core.base.calendar import start_of
from core.base.once import once
from core.base.periods import Grain
from core.facts.query import Made, Reader
from core.facts.reads import READS
from core.mission.discovery import warehouse
from core.people.person import EVERYTHING
from pages.pipelines import queries
from pages.pipelines.availability import Ends
from pages.pipelines.board import Board, Known, board
from pages.pipelines.decisions import normal_since, of_durations
from pages.pipelines.facts import PIPELINE_RUNS
from pages.pipelines.known import Run, Usual, last_of, runs_of, usual_of
from pages.pipelines.nights import Night
from pages.pipelines.refused import RefusedRun, refused, refused_between
from pages.pipelines.rules import Rules
from pages.pipelines.witnesses import witnessed

TABLES = (PIPELINE_RUNS, PIPELINE_RUNS.observations)
_boards: Cache[Board] = Cache(entries=200, bytes_=200, size=lambda _board: 1)
_found: Cache[Made[Board]] = Cache(entries=400, bytes_=400, size=lambda _board: 1)
"""The same by what is known without asking the lake: of one snapshot, a board is found again at once."""
_runs: Cache[list[Run]] = Cache(entries=50, bytes_=200_000, size=len)
"""The runs behind the boards, at most as many as `bytes_`: the same ones are judged anew every minute."""


def board_of(reader: Reader, rules: Rules, night: Night, as_of: datetime, *, replay: bool) -> Board:
    """The board of a night, as known at `as_of` (UTC) when `replay`, else with all that is known by now.

    Raises QueryFailed.
    """
    normal = normal_since(as_of, of_durations(), rules.called)
    unread = once("refused runs", refused)
    asked = Reading(rules, night, as_of, replay, tuple(normal.items()), unread)
    key = (rules.digest, night, as_of, replay, asked.normal, unread, reader.scope, reader.snapshot.of((*TABLES, READS)))
    return reader.made(_found, key, partial(_board, asked=asked))


class Reading(NamedTuple):
    """What a board is asked by, beside who sees it and what has landed: `normal` says from which night on durations of
    pipelines are normal, `unread` are the rows that were refused."""

    rules: Rules
    night: Night
    as_of: datetime
    replay: bool
    normal: tuple[tuple[str, date], ...]
    unread: tuple[RefusedRun, ...]


def _board(reader: Reader, asked: Reading) -> Board:
    night, as_of, ask = asked.night, asked.as_of, reader.run
    renamed, rules = asked.rules.spans(), asked.rules.on(night.day)
    its = [rules.night_of(night.day, zone) for zone in {None, *(family.time_zone for family in rules.families)}]
    start, end = min(night.start for night in its), max(night.end for night in its)
    span = queries.span(start, end)
    lately = start - queries.LATELY
    readings_since = Grain.MONTH.at(lately).start  # nights of one month share their question
    if asked.replay:
        runs = ask(queries.RUNS_KNOWN_AT, **span, as_of=as_of).table
        readings = ask(queries.READINGS_KNOWN_AT, since=readings_since, as_of=as_of).table
    else:
        runs = ask(queries.RUNS_OF_NIGHT, **span).table
        readings = ask(queries.READINGS, since=readings_since).table
    habits = ask(queries.HABITS, since=lately, start=start, renamed=renamed).table
    forgotten = rules.pipelines.difference(habits["pipeline"].to_pylist())
    sources = dict(pairs(habits, "source"))
    if forgotten:
        ever = ask(queries.TOLD, renamed=renamed).table
        sources = dict(pairs(ever.filter(pc.less(ever["first"], end)), "source")) | sources
    usual = usual_of(habits) | _since_normal(reader, dict(asked.normal), lately, start, renamed)
    unread = refused_between(asked.unread, start, end, as_of)
    squads = reader.scope.squads
    known = (reader.snapshot.of(TABLES), reader.scope, night, as_of if asked.replay else None)

    def judged() -> Board:
        beside = Known(
            reads=dict(pairs(readings, "covers_until", by="source")),
            errors=dict(pairs(readings, "error", by="source")),
            sources=sources,
            habits=usual,
            before=last_of(habits),
            refused=unread,
        )
        around = witnessed(_runs.get((*known, start, end), lambda: runs_of(runs)), dict(removed), night.end)
        return board(around, beside, rules, night, as_of, squads, _hidden(reader, night, squads, renamed))

    covered = tuple(map(tuple, readings.to_pydict().values()))
    removed = tuple((source, at) for source, at in pairs(readings, "removed_at", by="source") if at)
    return _boards.get((rules.digest, *renamed, *known, covered, unread, asked.normal, as_of), judged)


def _since_normal(
    reader: Reader, normal: Mapping[str, date], lately: datetime, start: datetime, renamed: list[str]
) -> dict[str, Usual]:
    """What the good runs of some pipelines took since a person said that their durations are normal; before a night."""
    usual: dict[str, Usual] = {}
    for pipeline, day in normal.items():
        since = start_of(day)
        if lately < since < start:
            later = usual_of(reader.run(queries.HABITS, since=since, start=start, renamed=renamed).table)
            usual[pipeline] = later.get(pipeline, Usual(0.0, 0.0, 0))
    return usual


def ends_before(reader: Reader, rules: Rules, night: Night, back: timedelta) -> Ends:
    """When the first good run of each pipeline ended, in the nights before one. By the clock of the rules' night.
    Raises QueryFailed."""
    since = Grain.MONTH.at(night.start - back).start  # nights of one month share what is read
    asked = {"zone": night.zone, "ahead": night.ahead, "renamed": rules.spans()}
    spelled = {name.casefold(): name for name in rules.pipelines}
    ends: dict[str, dict[date, datetime]] = {}
    for month in queries.by_month(since, night.start):
        table = reader.run(queries.GOOD_ENDS, **asked, **month).table
        columns = (table[name].to_pylist() for name in ("pipeline", "night", "ended_at"))
        for pipeline, day, ended in zip(*columns, strict=True):
            its = ends.setdefault(spelled.get(pipeline.casefold(), pipeline), {})
            its[day] = min(ended, its.get(day, ended))
    return ends


def pairs(table: pa.Table, value: str, *, by: str = "pipeline") -> Iterator[tuple[Any, Any]]:
    """Two columns of a table, row by row."""
    return zip(table[by].to_pylist(), table[value].to_pylist(), strict=True)


def _hidden(reader: Reader, night: Night, squads: frozenset[str] | None, renamed: list[str]) -> frozenset[str]:
    """Pipelines of which some rows may not be seen by these squads.

    Read beyond the person's scope, since what they may not see can only be known so; nothing but names leaves here,
    and only to leave out families that would otherwise look as if they had never started.
    """
    if squads is None:
        return frozenset()
    everything = warehouse().reader(EVERYTHING, reader.snapshot)
    asked = {"since": night.start - queries.LATELY, "end": night.end, "renamed": renamed}
    owners = everything.run(queries.OWNERS, **asked).table
    return frozenset(pipeline for pipeline, squad in pairs(owners, "squad") if squad not in squads)
