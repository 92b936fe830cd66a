"""Rows that a source told and that could not land: of which pipelines they are, and of when.

Such a row is no run, but it exists: nobody may say that its pipeline never started.
"""

import logging
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import pyarrow as pa
import pyarrow.compute as pc
import sqlalchemy as sa

from core.base.cache import Cache
from core.base.errors import StoreFailed, VigieError
from core.run import registry
from core.run.registry import Entry
from core.sources import refusals
from core.sources.cells import Cells
from core.sources.mapping import ColumnMapping, Reasons, convert
from core.sources.refusals import Kept
from core.store.engine import store
from core.store.schema import refused_rows, sources
from pages.pipelines.sources.runs import RUN_FIELDS

MISSION = "pipelines"
_log = logging.getLogger("vigie.pipelines")
_MOMENTS = ("started_at", "ended_at", "scheduled_at", "queued_at")


@dataclass(frozen=True, slots=True)
class RefusedRun:
    """A refused row that names its pipeline. `at` (UTC): the first of its moments that can be read, or when it was
    refused."""

    pipeline: str
    at: datetime
    refused_at: datetime


_STILL_OPEN = sa.select(sa.func.count(), sa.func.coalesce(sa.func.sum(refused_rows.c.id), 0)).where(
    refused_rows.c.settled_at.is_(None),
    refused_rows.c.source.in_(sa.select(sources.c.name).where(sources.c.mission == MISSION)),
)
_kept: Cache[tuple[RefusedRun, ...]] = Cache(entries=2, bytes_=2, size=lambda _rows: 1)


def refused() -> tuple[RefusedRun, ...]:
    """Every refused row of the mission's sources that is still to be put right and names its pipeline.

    Facts stand without the store: where it cannot be read, none is known, and what it would excuse is told as absent.
    """
    try:
        with store().read() as connection:
            count, total = connection.execute(_STILL_OPEN).one()
            return _kept.get((store(), count, total), lambda: tuple(_told(connection))) if count else ()
    except StoreFailed as failed:
        _log.warning("refused rows not read", extra={"detail": failed.detail})
        return ()


def refused_between(rows: Iterable[RefusedRun], start: datetime, end: datetime, known_at: datetime) -> frozenset[str]:
    """Pipelines of which a row between two moments was refused, as known at a third one (UTC)."""
    return frozenset(row.pipeline for row in rows if start <= row.at < end and row.refused_at <= known_at)


def _told(connection: sa.Connection) -> Iterator[RefusedRun]:
    for entry in registry.entries(connection):
        if entry.mission == MISSION and (rows := refusals.open_rows(connection, entry.name)):
            try:
                yield from _read(entry, rows)
            except VigieError:
                continue  # a source whose settings are wrong by now is told on the sources page


def _read(entry: Entry, rows: Sequence[Kept]) -> Iterable[RefusedRun]:
    """Read each row as its source's settings say, as far as it can be."""
    source = entry.source()
    mapping: ColumnMapping = entry.connector().mapping(source)  # type: ignore[attr-defined]
    mapped, told_of = (*mapping.columns.values(), *mapping.patterns), (name for row in rows for name in row.row)
    names = dict.fromkeys((*mapped, *told_of))
    cells = Cells(
        pa.table({name: pa.array([row.row.get(name, "") for row in rows], pa.string()) for name in names}),
        range(len(rows)),
        entry.name,
    )
    read = convert(cells, RUN_FIELDS, mapping, Reasons(cells)).columns
    moments = pc.coalesce(*(read[name] for name in _MOMENTS)).to_pylist()
    for row, pipeline, at in zip(rows, read["pipeline"].to_pylist(), moments, strict=True):
        if pipeline:
            yield RefusedRun(pipeline, at or row.refused_at, row.refused_at)
