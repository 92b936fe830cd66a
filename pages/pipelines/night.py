"""The board of a night as a person may see it: asks the query core, then judges. Boards are kept until data change."""

from collections.abc import Callable
from datetime import datetime

from core.base.cache import Cache
from core.base.calendar import Night
from core.facts.query import Reader, Result
from core.facts.reads import READS
from core.mission.discovery import warehouse
from core.people.person import EVERYTHING
from pages.pipelines import queries
from pages.pipelines.board import Board, board
from pages.pipelines.facts import PIPELINE_RUNS
from pages.pipelines.known import Run, runs_of
from pages.pipelines.rules import Rules

Ask = Callable[..., Result]
TABLES = (READS, PIPELINE_RUNS, PIPELINE_RUNS.observations)
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
    asked = {"since": night.start - queries.EARLY, "start": night.start, "end": night.end}
    lately = night.start - queries.LATELY
    if replay:
        runs = ask(queries.RUNS_KNOWN_AT, **asked, as_of=as_of).table
        readings = ask(queries.READINGS_KNOWN_AT, since=lately, as_of=as_of).table
    else:
        runs = ask(queries.RUNS_OF_NIGHT, **asked).table
        readings = ask(queries.READINGS, since=lately).table
    habits = ask(queries.HABITS, since=lately, start=night.start).table
    squads = reader.scope.squads
    known = (reader.snapshot.of(TABLES), reader.scope, night, as_of if replay else None)

    def judged() -> Board:
        told = _runs.get(known, lambda: runs_of(runs))
        return board(told, readings, rules, night, as_of, habits, squads, _hidden(reader, night, squads))

    return _boards.get((id(rules), *known, as_of), judged)


def _hidden(reader: Reader, night: Night, squads: frozenset[str] | None) -> frozenset[str]:
    """Pipelines of which some rows may not be seen by these squads.

    Read beyond the person's scope, since what they may not see can only be known so; nothing but names leaves here,
    and only to leave out families that would otherwise look as if they had never started.
    """
    if squads is None:
        return frozenset()
    everything = warehouse().reader(EVERYTHING, reader.snapshot)
    owners = everything.run(queries.OWNERS, since=night.start - queries.LATELY, end=night.end).table
    pairs = zip(owners["pipeline"].to_pylist(), owners["squad"].to_pylist(), strict=True)
    return frozenset(pipeline for pipeline, squad in pairs if squad not in squads)
