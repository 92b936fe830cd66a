"""`python -m core.run.sync [SOURCE…]`: pull what is new from the sources and land it.

Correct whatever happens: a batch lands whole or not at all, where the source was left is saved after the landing, and
landing twice changes nothing. So a kill, a full disk or two syncs at once lose nothing and double nothing.
"""

import argparse
import logging
import signal
import sys
import traceback
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn

from core.base import clock, collector, log
from core.base.arrow import without_pandas
from core.base.errors import SourceFailed, VigieError
from core.base.i18n import _
from core.facts import gone
from core.facts.check import Refused
from core.facts.lake import lake
from core.facts.reads import READS, begun
from core.facts.tables import FactTable
from core.mission.discovery import missions
from core.run import feeds, registry, undo
from core.run.registry import Entry
from core.sources import refusals
from core.sources.base import Batch
from core.store.engine import store

MOST_REFUSED = 10_000
"""Refused rows that one reading keeps; the others are only counted: their mapping is wrong, not they."""

_log = logging.getLogger("vigie.sync")


@dataclass(frozen=True)
class Report:
    """How far a source is. `done` of `total` in the connector's own unit; `landed` counts rows new or changed."""

    source: str
    done: int = 0
    total: int | None = None
    landed: int = 0
    refused: int = 0


@dataclass(frozen=True)
class Outcome:
    """How the reading of a source ended: `error` is one sentence, empty when it went well."""

    source: str
    landed: int
    refused: int
    notes: dict[str, int]
    covers_until: datetime | None
    error: str
    latest: datetime | None = None
    """When the latest of what landed happened."""

    @property
    def note(self) -> str:
        """The notes as text, each with its count."""
        return " ".join(f"{sentence} ({count})" for sentence, count in self.notes.items())

    @property
    def line(self) -> str:
        """How it went, in one line."""
        counts = _("{source}: {landed} rows landed, {refused} refused.").format(
            source=self.source, landed=self.landed, refused=self.refused
        )
        return " ".join(filter(None, (counts, self.note, self.error)))


class _Stopped(VigieError):
    """Somebody stopped the reading."""


def run(
    names: Sequence[str] | None = None,
    *,
    progress: Callable[[Report], None] = lambda report: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> list[Outcome]:
    """Read the named sources, or all that are not removed, one after the other; one that fails stops no other.

    Raises SourceFailed when a name is none, before anything is read.
    """
    outcomes: list[Outcome] = []
    landed = {READS}
    with undo.reading():
        feeds.keep()
        try:
            for entry in _wanted(names):
                outcomes.append(_Reading(entry, progress, cancelled, landed).run())
                if cancelled():
                    break
        finally:
            _compact(landed)
    _follow()
    return outcomes


def _follow() -> None:
    """Let every mission do what follows from what landed. One that fails stops no other: the next sync does it."""
    for mission in missions().values():
        try:
            if mission.landed:
                mission.landed(clock.now())
        except VigieError as error:
            _log.error("%s: %s", mission.key, error.detail or error.sentence)


def _wanted(names: Sequence[str] | None) -> list[Entry]:
    with store().read() as connection:
        entries = {entry.name: entry for entry in registry.entries(connection)}
    if names is None:
        return [entry for entry in entries.values() if entry.enabled]
    for name in names:
        if name not in entries:
            raise SourceFailed(
                _("There is no source “{name}”; there are {all}.").format(name=name, all=", ".join(entries) or "–")
            )
        if not entries[name].enabled:
            raise SourceFailed(_("The source “{name}” was removed: restore it first.").format(name=name))
    return [entries[name] for name in names]


class _Reading:
    """One reading of one source. `landed` gathers the tables that it wrote to."""

    def __init__(
        self,
        entry: Entry,
        progress: Callable[[Report], None],
        cancelled: Callable[[], bool],
        landed: set[FactTable],
    ) -> None:
        self._entry = entry
        self._progress = progress
        self._cancelled = cancelled
        self._landed = landed
        self._began = clock.now()
        self._report = Report(entry.name)
        self._notes = Counter[str]()
        self._covers: datetime | None = None
        self._kept = 0
        self._anew = entry.anew
        self._latest: datetime | None = None
        self._told: dict[FactTable, list[pa.Table]] = {}

    def run(self) -> Outcome:
        """Read, and land how it went, last."""
        error = ""
        try:
            self._read()
        except KeyboardInterrupt:
            self._land_read(_("The reading was interrupted; what had landed stays."))
            raise
        except VigieError as failed:
            error = failed.sentence
            _log.warning("reading failed", extra={"source": self._entry.name, "reason": error, "detail": failed.detail})
        except (SystemExit, GeneratorExit):
            raise
        except BaseException as failed:  # a panic of a library in Rust is no Exception; the sources after it go on
            error = _("An unexpected error; the log has the details.")
            # Where and of what kind, not its message: a library's may repeat what it was reading.
            places = "".join(traceback.format_tb(failed.__traceback__))
            detail = f"{type(failed).__name__}\n{places}"
            _log.error("reading failed", extra={"source": self._entry.name, "detail": detail})
        try:
            return self._land_read(error)
        except VigieError as failed:
            _log.warning("reading not noted", extra={"source": self._entry.name, "detail": failed.detail})
            return self._outcome(error or failed.sentence)

    def _read(self) -> None:
        connector, source = self._entry.connector(), self._entry.source()
        begun(source.name).parent.mkdir(exist_ok=True)
        begun(source.name).touch()
        self._progress(self._report)
        for batch in connector.pull(source, self._entry.left):
            if self._cancelled():
                raise _Stopped(_("The reading was stopped; what had landed stays."))
            self._land(batch.table or connector.table, batch)

    def _land(self, table: FactTable, batch: Batch) -> None:
        """Rows first, then what the store knows of them in one transaction: a kill in between repeats the batch."""
        refused: list[Refused] = list(batch.refused)
        landed = 0
        if len(batch.rows):
            if self._anew:  # only now: what cannot be read takes the place of nothing
                undo.take_out(self._entry)
                self._anew = False
            self._landed.add(table)
            result = lake().land(table, self._of_squad(table, batch.rows))
            refused += result.refused
            landed = 0 if batch.derived else result.inserted + result.updated
            self._latest = max(filter(None, (self._latest, _latest(table, batch.rows))), default=None)
            if batch.again:
                self._told.setdefault(table, []).append(_keys(table, batch.rows))
        if batch.unfinished:
            self._withdraw(table, batch.unfinished.keys, batch.rows)
        if batch.leaves:
            self._leave(table, batch.leaves)
        kept = refused[: MOST_REFUSED - self._kept]
        self._kept += len(kept)
        with store().write() as connection:
            if batch.unfinished:
                refusals.reread(connection, self._entry.name, batch.unfinished.path, batch.unfinished.position)
            refusals.keep(connection, self._entry.name, kept)
            refusals.settle(connection, self._entry.name, batch.settles)
            if batch.replaces:
                refusals.replace(connection, self._entry.name, batch.replaces)
            if batch.cursor is not None and not self._anew:
                registry.save_cursor(connection, self._entry, batch.cursor)
        self._covers = batch.covers_until or self._covers
        self._notes.update(batch.notes)
        if len(kept) < len(refused):
            self._notes[_("Rows were refused beyond the first {n}, and are not kept.").format(n=MOST_REFUSED)] += len(
                refused
            ) - len(kept)
        self._report = replace(
            self._report,
            done=batch.done,
            total=batch.total,
            landed=self._report.landed + landed,
            refused=self._report.refused + len(refused),
        )
        self._progress(self._report)

    def _withdraw(self, table: FactTable, before: pa.Table, now: pa.Table) -> None:
        """Take back what half of a row had become, unless the whole row is the same fact."""
        half = before.join(_keys(table, now), list(table.key), join_type="left anti") if len(now) else before
        gone.withdraw(lake(), table, half)

    def _leave(self, table: FactTable, at: datetime) -> None:
        """What is not told any more by a source that tells all is gone from today."""
        rows = pa.concat_tables(self._told.get(table, [table.schema.empty_table()]), promote_options="default")
        left = gone.leave(lake(), table, self._entry.name, rows, at)
        if left:
            self._landed.add(table)
            self._notes[_("Rows are not in the file any more: gone from today, kept in the history.")] += left

    def _of_squad(self, table: FactTable, rows: pa.Table) -> pa.Table:
        """The rows as those of the source's squad, or of the table's, but where they name their own.

        Raises SourceFailed where the table cannot say whose they are: everybody would see them.
        """
        squad = self._entry.squad or table.whose
        if squad is None:
            return rows
        if table.squad is None:
            raise SourceFailed(registry.unscoped(table))
        if table.squad not in rows.column_names:
            return rows.append_column(table.squad, pa.array([squad] * len(rows), pa.string()))
        filled = pc.fill_null(rows[table.squad].cast(pa.string()), squad)
        return rows.set_column(rows.column_names.index(table.squad), table.squad, filled)

    def _outcome(self, error: str) -> Outcome:
        covers = None if error else self._covers
        report, notes = self._report, dict(self._notes)
        return Outcome(self._entry.name, report.landed, report.refused, notes, covers, error, self._latest)

    def _land_read(self, error: str) -> Outcome:
        outcome = self._outcome(error)
        row: dict[str, Any] = {
            "source": outcome.source,
            "mission": self._entry.mission,
            "read_at": self._began,
            "ended_at": clock.now(),
            "covers_until": outcome.covers_until,
            "outcome": "failed" if error else "ok",
            "landed": outcome.landed,
            "refused": outcome.refused,
            "error": error or None,
            "note": outcome.note or None,
            "squad": self._entry.squad,
        }
        lake().land(READS, pa.Table.from_pylist([row], schema=READS.schema))
        begun(outcome.source).unlink(missing_ok=True)
        return outcome


def _keys(table: FactTable, rows: pa.Table) -> pa.Table:
    """The key and the time of each row."""
    names = _key_and_time(table)
    return rows.select(names).cast(pa.schema([table.schema.field(name).with_nullable(True) for name in names]))


def _latest(table: FactTable, rows: pa.Table) -> datetime | None:
    if table.time not in rows.column_names:
        return None
    latest: datetime | None = pc.max(rows[table.time].cast(table.schema.field(table.time).type)).as_py()
    return latest


def _key_and_time(table: FactTable) -> list[str]:
    return list(dict.fromkeys((*table.key, table.time)))


def _compact(tables: set[FactTable]) -> None:
    """Join the small files that the landings left. It can wait: a failure is only logged."""
    for table in tables:
        try:
            lake().compact(table)
        except Exception:
            _log.exception("not compacted", extra={"table": table.name})


def main(arguments: Sequence[str]) -> int:
    """Run from the command line. Returns 0, 1 when a source failed, 2 when nothing could begin, 130 when stopped."""
    parser = argparse.ArgumentParser(prog="python -m core.run.sync", description="Land what sources have that is new.")
    parser.add_argument("sources", nargs="*", metavar="NAME", help="sources to read; all without a name")
    asked = parser.parse_args(arguments)
    without_pandas()
    collector.rarely()
    log.setup()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    console = Console(highlight=False)
    bars = Progress(TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[rows]}"), console=console)
    tasks: dict[str, TaskID] = {}

    def show(report: Report) -> None:
        if report.source not in tasks:
            tasks[report.source] = bars.add_task(report.source, total=None, rows="")
        rows = _("{landed} landed, {refused} refused").format(landed=report.landed, refused=report.refused)
        bars.update(tasks[report.source], completed=report.done, total=report.total, rows=rows)

    try:
        store().upgrade()
        with bars if console.is_terminal else nullcontext():
            outcomes = run(asked.sources or None, progress=show)
    except VigieError as error:
        console.print(error.sentence, markup=False, soft_wrap=True)
        return 2
    except KeyboardInterrupt:
        console.print(_("Stopped. What had landed stays; the next sync goes on from there."), soft_wrap=True)
        return 130
    if not outcomes:
        nothing = _("There is no source yet: add one on the sources page, or with python -m core.run.sources add.")
        console.print(nothing, soft_wrap=True)
    for outcome in outcomes:
        console.print(outcome.line, markup=False, soft_wrap=True)
    return int(any(outcome.error for outcome in outcomes))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
