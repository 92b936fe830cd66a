"""Runs that a scheduler's service is asked for: what every connector of one shares."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, ClassVar

import pyarrow as pa
import pyarrow.compute as pc
from pydantic import Field as Option

from core.base import clock
from core.base.i18n import N_
from core.facts.tables import FactTable
from core.sources import files
from core.sources.base import Batch, Cursor, Options, Source
from core.sources.cells import Cells
from core.sources.files import Shaped
from core.sources.formats import objects
from core.sources.mapping import Field, known_names
from pages.pipelines.facts import PIPELINE_RUNS
from pages.pipelines.known import OPEN
from pages.pipelines.sources.run_shaper import RunShaper
from pages.pipelines.sources.runs import RUN_FIELDS, RunMapping

Record = dict[str, Any]
_DAY = timedelta(days=1)


class AskedOptions(Options):
    """How far back a service is asked."""

    history_days: int = Option(
        default=30, ge=1, le=400, title=N_("Days to read first"), description=N_("As far as the service remembers")
    )
    overlap_minutes: int = Option(
        default=60, ge=0, le=10_080, title=N_("Overlap (minutes)"), description=N_("Read again, for what was told late")
    )

    @property
    def daily(self) -> timedelta:
        """How far back the service is asked again once a day."""
        return timedelta()


class Runs:
    """What every connector of runs that has its own words shares: `own_mapping` maps its records."""

    table: ClassVar[FactTable] = PIPELINE_RUNS
    fields: ClassVar[tuple[Field, ...]] = RUN_FIELDS
    own_mapping: ClassVar[RunMapping]

    def mapping(self, source: Source) -> RunMapping:
        """How the source's records become runs."""
        return self.own_mapping

    def shaper(self, source: Source) -> RunShaper:
        """Makes runs of the source's records."""
        return RunShaper(source.name, source.squad, self.mapping(source), clock.now())

    def cells(self, records: list[Any], where: str, first: int = 1) -> Cells:
        """Records as cells, the first of them numbered `first`. What is no record is refused."""
        lines, columns = range(first, first + len(records)), tuple(self.own_mapping.columns.values())
        return objects.cells(records, where, rows=objects.ALL, columns=columns, lines=lines)

    def corrected(self, source: Source, cursor: Cursor) -> Iterator[Batch]:
        """Corrected rows that people dropped."""
        known = known_names(self.fields, self.mapping(source))
        return files.pull_corrections(source.name, cursor, known=known, shaper=lambda: self.shaper(source))


class Asked(Runs):
    """A connector that asks for the runs since the last reading, less the overlap.

    A run that was open is asked for again until it is over.
    """

    lag: ClassVar[timedelta] = timedelta(minutes=2)
    """How long the service may take to tell of a run."""

    def pages(self, options: AskedOptions, after: datetime, now: datetime) -> Iterator[list[Any]]:
        """Pages of the records of the runs since a moment (UTC). Raises SourceFailed."""
        raise NotImplementedError

    def pull(self, source: Source, cursor: Cursor) -> Iterator[Batch]:
        """Runs since the cursor; it moves when the last page has come. Then the corrected rows that people dropped."""
        options = source.options
        assert isinstance(options, AskedOptions)
        now = clock.now()
        shaper = self.shaper(source)
        done = 0
        still: list[datetime] = []
        daily = cursor.get("daily")
        again = not daily or now - datetime.fromisoformat(daily) >= _DAY
        for records in self.pages(options, _after(options, cursor, now, again=again), now):
            cells = self.cells(records, source.name, done + 1)
            done += len(records)
            shaped = shaper.shape(cells, now)
            still += _open(shaped)
            yield landed(shaped, cells.refused, done)
        cursor = {
            **cursor,
            "until": now.isoformat(),
            "open": min(still).isoformat() if still else None,
            "daily": now.isoformat() if again else daily,
        }
        yield Batch(pa.table({}), cursor=cursor, covers_until=now - self.lag, done=done)
        yield from self.corrected(source, cursor)


def landed(shaped: Shaped, refused: list[Any], done: int, total: int | None = None) -> Batch:
    """A batch of shaped rows. The cursor stays where it was."""
    return Batch(
        shaped.rows,
        refused=[*refused, *shaped.refused],
        done=done,
        total=total,
        notes=shaped.notes,
        settles=shaped.settles,
    )


def _after(options: AskedOptions, cursor: Cursor, now: datetime, *, again: bool) -> datetime:
    """Since when to ask: what was open, or the overlap, or what is asked `again` once a day, no farther back than the
    first reading went."""
    history = now - timedelta(days=options.history_days)
    if not cursor.get("until"):
        return history
    begins = [datetime.fromisoformat(cursor["until"]) - timedelta(minutes=options.overlap_minutes)]
    begins += [datetime.fromisoformat(cursor["open"])] if cursor.get("open") else []
    begins += [now - options.daily] if again else []
    return max(history, min(begins))


def _open(shaped: Shaped) -> list[datetime]:
    """The earliest moment known of a run that is not over."""
    first = pc.min(shaped.rows["at"].filter(pc.is_in(shaped.rows["status"], pa.array(OPEN, pa.string())))).as_py()
    return [first] if first else []


def moment(at: datetime) -> str:
    """A moment as services want it: `2026-11-20T06:00:00.000Z`."""
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
