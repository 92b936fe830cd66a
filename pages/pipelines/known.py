"""A pipeline's runs as judging sees them, and what is known of their source."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any

import pyarrow as pa

from pages.pipelines.facts import RunStatus

GOOD = (RunStatus.SUCCEEDED, RunStatus.WARNING)
OPEN = (RunStatus.QUEUED, RunStatus.RUNNING)
OVER = (*GOOD, RunStatus.FAILED, RunStatus.CANCELLED)
RUN_COLUMNS = (
    "source",
    "run_id",
    "attempt",
    "pipeline",
    "at",
    "started_at",
    "ended_at",
    "duration_s",
    "status",
    "raw_status",
    "error_code",
    "error_message",
    "run_url",
    "parent_run_id",
)
"""What judging reads of a run; the night's queries give these columns."""


@dataclass(frozen=True)
class Run:
    """One run, as its source last told it. Moments are UTC."""

    source: str
    run_id: str
    attempt: int | None
    pipeline: str
    at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    duration_s: float | None
    status: str
    raw_status: str | None = None
    error_code: str | None = None
    error_message: str | None = None
    run_url: str | None = None
    parent_run_id: str | None = None

    @cached_property
    def begin(self) -> datetime:
        """When it started, as far as the source tells."""
        if self.started_at is None and self.ended_at is not None and self.duration_s is not None:
            return self.ended_at - timedelta(seconds=self.duration_s)
        return self.started_at or self.at

    @cached_property
    def end(self) -> datetime | None:
        """When it ended; None while it is open, or when the source does not tell."""
        if self.status in OPEN:
            return None
        if self.ended_at is None and self.started_at is not None and self.duration_s is not None:
            return self.started_at + timedelta(seconds=self.duration_s)
        return self.ended_at

    @property
    def started(self) -> bool:
        """Whether it ever began to work."""
        return self.status not in (RunStatus.QUEUED, RunStatus.SKIPPED)

    @cached_property
    def order(self) -> tuple[datetime, int, datetime, str, str]:
        """Sorts runs by start, whatever order the sources tell them in."""
        return self.begin, self.attempt or 1, self.end or self.begin, self.source, self.run_id


def runs_of(table: pa.Table) -> list[Run]:
    """The runs of a table that has `RUN_COLUMNS`, in order of their start."""
    columns = (_values(table.column(name)) for name in RUN_COLUMNS)
    return sorted((Run(*values) for values in zip(*columns, strict=True)), key=lambda run: run.order)


def _values(column: pa.ChunkedArray) -> list[Any]:
    """The values of a column; moments (UTC) a tenth as dear as Arrow makes them, each with a zone looked up."""
    if not pa.types.is_timestamp(column.type):
        return list(column.to_pylist())
    naive = column.cast(pa.timestamp("us")).to_numpy().tolist()
    return [moment and moment.replace(tzinfo=UTC) for moment in naive]


@dataclass(frozen=True, slots=True)
class Usual:
    """What a pipeline's last good runs took: median and median absolute deviation in seconds, and how many."""

    middle: float
    deviation: float
    count: int


def usual_of(habits: pa.Table) -> dict[str, Usual]:
    """Pipeline → what its good runs took; `habits` has `pipeline`, `middle`, `deviation`, `count`."""
    columns = (habits[name].to_pylist() for name in ("pipeline", "middle", "deviation", "count"))
    return {name: Usual(middle, deviation, n) for name, middle, deviation, n in zip(*columns, strict=True) if n}


def last_of(habits: pa.Table) -> dict[str, Run]:
    """Pipeline → its last run before the night; `habits` has `pipeline`, `source`, `at`, `started_at`, `ended_at`,
    `status` of it."""
    names = ("pipeline", "source", "at", "started_at", "ended_at", "status")
    rows = zip(*(_values(habits[name]) for name in names), strict=True)
    return {
        name: Run(source, "", None, name, at, started_at, ended_at, None, status)
        for name, source, at, started_at, ended_at, status in rows
    }


@dataclass(frozen=True, slots=True)
class Reading:
    """What is known of a source: complete up to `until` (UTC), or never read. No source: none told of it yet.

    `wanted`: its family declares that it must have been read. `error`: why its last reading failed, a sentence.
    """

    source: str | None
    until: datetime | None
    wanted: bool = False
    error: str | None = None
