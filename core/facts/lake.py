"""The lake: every fact table as a Delta table under `data/lake`, which Vigie alone writes and Spark opens as it is.

Landing twice changes nothing: the same batch, a batch again after a kill, or two syncs side by side end in the same
rows. Each table has its own commits; a reader sees whole ones only (`core.facts.snapshot`). One writer at a time holds
a table: `deltalake` lets two compactions, or one and an overwrite, commit side by side, which doubles every row.

Of a table that is declared instead of coded, what its rows were promised lies in `data/landed` before the first of them
lands: it holds for them whatever becomes of the declaration.

`deltalake` runs a thread pool of its own and panics in a forked child: start processes by spawn.
"""

import os
import shutil
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from typing import TypeVar
from urllib.parse import unquote

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
from deltalake import DeltaTable, Schema, WriterProperties, write_deltalake
from deltalake.exceptions import DeltaError, TableNotFoundError

from core.base.errors import LandingFailed
from core.base.i18n import _
from core.base.locks import alone
from core.base.settings import settings
from core.facts.answers import Answers
from core.facts.check import Refused, check, newest
from core.facts.parquet import engine, month_of, name, rows_sql, text
from core.facts.tables import GONE, FactTable

MONTH = "month"
SLACK = timedelta(days=2)
"""How far the time of one fact moves between two reports, mostly: e.g. once its start is known."""

KEPT_HOURS = 1
"""Hours for which files of past versions are kept, for the snapshots and exports that still read them."""

_WRITER = WriterProperties(compression="ZSTD", max_row_group_size=120_000, data_page_row_count_limit=120_000)
"""One page for each column of a row group: DuckDB reads the dictionary of a text an eighth faster than over pages."""
_LOG_RETENTION = "delta.logRetentionDuration"
_CONFIGURATION = {"delta.checkpointInterval": "20", _LOG_RETENTION: "interval 7 days"}
_FEATURES_REFUSED = {"deletionVectors", "columnMapping"}
_T = TypeVar("_T")


@dataclass(frozen=True)
class Landed:
    """What became of a batch's rows. `unchanged` were there already, or the batch held a newer row of their key."""

    inserted: int
    updated: int
    unchanged: int
    refused: list[Refused]


class Lake:
    """The Delta tables of one folder."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.landed = root.parent / "landed"
        """The folder of what is kept of declarations under which rows landed, a file a table."""

    def answers(self, table: str) -> Answers:
        """What is kept of answers about a table."""
        return Answers(self.root.parent / "answers" / table)

    def land(self, table: FactTable, rows: pa.Table) -> Landed:
        """Upsert a batch by key.

        `rows` may lack columns (null then) and hold castable types; see `core.facts.check.check` for what is refused
        and for ValueError. The newest state of a key wins, else the last; a row whose state is already known
        is left alone, so `observed` says since when the source reports it. Where the table is observed, its states
        land in `<name>_observations` first: a kill in between is made good by landing the batch again.
        Raises LandingFailed when nothing could be written; no half of a batch is ever seen.
        """
        good, refused = check(table, rows)
        if not len(good):
            return Landed(0, 0, 0, refused)
        inserted, updated = self._write(table, lambda delta: self._upsert(delta, table, good))
        return Landed(inserted, updated, len(good) - inserted - updated, refused)

    def _upsert(self, delta: DeltaTable, table: FactTable, good: pa.Table) -> tuple[int, int]:
        """Upsert checked rows, their states first; returns rows inserted and updated."""
        self._keep_declaration(table)
        months = _months_of(delta, table, good)
        if table.observed is not None:
            states = table.observations
            history = newest(states, good)
            history = history.append_column(GONE, pa.nulls(len(history), pa.bool_()))
            self._write(states, lambda kept: _upsert(kept, states, _new_states(kept, table, history, months), months))
        return _upsert(delta, table, newest(table, good), months)

    def promise(self, table: FactTable) -> None:
        """Keep the declaration of a table that landed before declarations were kept."""
        if table.declaration and not (self.landed / f"{table.name}.json").exists() and self.version(table) is not None:
            with self._alone(table.name):
                self._keep_declaration(table)

    def _keep_declaration(self, table: FactTable) -> None:
        """Before the rows: a kill in between leaves a declaration too much, never rows without theirs."""
        if table.declaration is None:
            return
        file = self.landed / f"{table.name}.json"
        before = file.read_text(encoding="utf-8") if file.exists() else None
        after = table.declaration.after(before)
        if after != before:
            self.landed.mkdir(exist_ok=True)
            new = file.with_suffix(".new")
            with new.open("w", encoding="utf-8") as handle:
                handle.write(after)
                handle.flush()
                os.fsync(handle.fileno())
            new.replace(file)

    def declarations(self) -> dict[str, str]:
        """What is kept of the declarations under which rows landed, by table."""
        return {file.stem: file.read_text(encoding="utf-8") for file in sorted(self.landed.glob("*.json"))}

    @property
    def stamp(self) -> int | None:
        """What differs once another declaration is kept, or one no more."""
        try:
            return self.landed.stat().st_mtime_ns
        except OSError:
            return None

    def drop(self, table: FactTable) -> None:
        """Take a table out with all its rows, older versions and what is kept of its declaration, for good. Whoever
        reads it at that moment takes a new snapshot. Raises LandingFailed."""
        try:
            with self._alone(table.name):
                aside = self.root / f".{table.name}.dropped"
                shutil.rmtree(aside, ignore_errors=True)
                if (self.root / table.name).exists():
                    (self.root / table.name).rename(aside)
                    shutil.rmtree(aside)
                (self.landed / f"{table.name}.json").unlink(missing_ok=True)
                self.answers(table.name).clear()
        except OSError as error:
            raise LandingFailed(_reason(error), detail=f"{table.name}: {error}") from error

    def version(self, table: FactTable) -> int | None:
        """Number of the table's last commit; None before it first landed."""
        try:
            return int(DeltaTable(self.root / table.name).version())
        except TableNotFoundError:
            return None

    def compact(self, table: FactTable) -> None:
        """Join small files and drop those that no recent version needs; the rows stay as they are."""
        for one in (table, table.observations) if table.observed else (table,):
            if self.version(one) is not None:
                self._write(one, _join_files)
                self.answers(one.name).left(self.files(one.name))

    def names(self) -> list[str]:
        """Names of the tables that have landed, sorted."""
        return sorted(
            path.parent.name for path in self.root.glob("[!.]*/_delta_log") if DeltaTable.is_deltatable(path.parent)
        )

    def files(self, table: str) -> list[str]:
        """Paths of the Parquet files that hold a table's rows as of its last version."""
        return list(files_of(DeltaTable(self.root / table)))

    def scan(self, table: str) -> pa.RecordBatchReader:
        """A stream of a table's rows as stored, `month` included."""
        return pa.RecordBatchReader.from_stream(DeltaTable(self.root / table).scan())

    def replace(self, table: str, rows: pa.RecordBatchReader) -> None:
        """Make a table hold these rows, as `scan` gave them, in one commit."""
        with self._alone(table):
            write_deltalake(
                self.root / table,
                rows,
                mode="overwrite",
                partition_by=[MONTH],
                configuration=_CONFIGURATION,
                writer_properties=_WRITER,
            )

    def empty(self, table: str) -> None:
        """Take every row out of a table, in one commit."""
        with self._alone(table):
            DeltaTable(self.root / table).delete()

    def remove(self, table: FactTable, **equal: str) -> None:
        """Take out the rows whose text columns hold these values, in one commit: for demo data that are told anew."""
        if self.version(table) is not None:
            predicate = " AND ".join(f"{name(column)} = {text(value)}" for column, value in equal.items())
            self._write(table, lambda delta: delta.delete(predicate))

    def purge(self, table: FactTable) -> None:
        """Keep nothing of a table's older versions, nor of answers about them. Whoever reads one at that moment takes a
        new snapshot."""
        if self.version(table) is not None:
            self._write(table, _purge)
            self.answers(table.name).clear()

    def take_out(self, table: FactTable, keys: pa.Table) -> None:
        """Take out the rows that have these values in the columns of `keys`, in one commit."""
        if self.version(table) is None or not len(keys):
            return
        same = " AND ".join(f"t.{name(key)} = s.{name(key)}" for key in keys.column_names)
        self._write(
            table,
            lambda delta: (
                delta.merge(keys, predicate=same, source_alias="s", target_alias="t", writer_properties=_WRITER)
                .when_matched_delete()
                .execute()
            ),
        )

    def read(self, table: FactTable, columns: Sequence[str]) -> pa.Table:
        """Some columns of every row of a table, as they are now; no rows before it first landed."""
        if self.version(table) is None:
            return pa.schema([table.schema.field(column) for column in columns]).empty_table()
        return DeltaTable(self.root / table.name).to_pyarrow_table(columns=list(columns))

    def forget(self, table: FactTable, columns: Sequence[str], keys: pa.Table) -> None:
        """Empty some columns of the rows that have these keys, for good: in one commit, then older versions go.

        Whoever reads an older version at that moment takes a new snapshot.
        """
        same = " AND ".join(f"t.{name(key)} = s.{name(key)}" for key in table.key)
        self._write(
            table,
            lambda delta: (
                delta.merge(
                    keys.select(list(table.key)),
                    predicate=same,
                    source_alias="s",
                    target_alias="t",
                    writer_properties=_WRITER,
                )
                .when_matched_update({name(column): "NULL" for column in columns})
                .execute()
            ),
        )
        self.purge(table)

    def erase(self, table: FactTable, columns: Sequence[str], where: str) -> int:
        """Empty some columns of the rows that a condition holds for, for good, as `forget` does; gives how many.

        Nothing is written where there are none, nor where the table never landed.
        """
        if self.version(table) is None:
            return 0
        found = self._write(table, lambda delta: _emptied(delta, columns, where))
        if found:
            self.purge(table)
        return found

    def _write(self, table: FactTable, write: Callable[[DeltaTable], _T]) -> _T:
        """Write to the newest version of a table, which nobody else writes to meanwhile."""
        try:
            with self._alone(table.name):
                return write(self._open(table))
        except (DeltaError, OSError, duckdb.Error, pa.ArrowException) as error:
            raise LandingFailed(_reason(error), detail=f"{table.name}: {error}") from error

    def _alone(self, table: str) -> AbstractContextManager[None]:
        """Wait until no other thread or process writes to a table."""
        return alone(self.root / f".{table}.lock")

    def _open(self, table: FactTable) -> DeltaTable:
        """The table as it should be: created when missing, with the columns that were declared since."""
        path = self.root / table.name
        try:
            delta = DeltaTable(path)
        except TableNotFoundError:
            path.mkdir(parents=True, exist_ok=True)
            schema = pa.schema([*(field.with_nullable(True) for field in table.schema), (MONTH, pa.string())])
            return DeltaTable.create(path, schema, partition_by=[MONTH], configuration=_CONFIGURATION)
        if refused_features(delta):
            raise LandingFailed(
                _("The table {table} of the lake was changed by another program; Vigie does not write to it.").format(
                    table=table.name
                ),
                detail=f"{refused_features(delta)}",
            )
        known = {field.name for field in delta.schema().fields}
        missing = [field.with_nullable(True) for field in table.schema if field.name not in known]
        if missing:
            delta.alter.add_columns(Schema.from_arrow(pa.schema(missing)).fields)
            delta = DeltaTable(path)
        return delta


def _join_files(delta: DeltaTable) -> None:
    delta.optimize.compact(writer_properties=_WRITER)
    delta.vacuum(KEPT_HOURS, dry_run=False, enforce_retention_duration=False, full=True)


def _emptied(delta: DeltaTable, columns: Sequence[str], where: str) -> int:
    known = {field.name for field in delta.schema().fields}
    done = delta.update(
        updates={name(column): "NULL" for column in columns if column in known},
        predicate=where,
        writer_properties=_WRITER,
    )
    return int(done["num_updated_rows"])


def _purge(delta: DeltaTable) -> None:
    """Keep nothing of the versions before this one: neither their files nor the log, which holds extreme values."""
    delta.vacuum(0, dry_run=False, enforce_retention_duration=False)
    delta.alter.set_table_properties({_LOG_RETENTION: "interval 0 seconds"})
    delta.update_incremental()
    delta.create_checkpoint()
    delta.cleanup_metadata()
    delta.alter.set_table_properties({_LOG_RETENTION: _CONFIGURATION[_LOG_RETENTION]})


def refused_features(delta: DeltaTable) -> set[str]:
    """Features that would make the Parquet files say something else than the table: another program set them."""
    protocol, configuration = delta.protocol(), delta.metadata().configuration
    refused = _FEATURES_REFUSED & {*(protocol.reader_features or ()), *(protocol.writer_features or ())}
    if configuration.get("delta.columnMapping.mode", "none") != "none":
        refused.add("columnMapping")
    return refused


def files_of(delta: DeltaTable, months: list[str] | None = None) -> tuple[str, ...]:
    """Paths of the table's Parquet files, of some months or of all."""
    uris = delta.file_uris(file_pruning_predicate=None if months is None else [(MONTH, "in", months)])
    return tuple(unquote(uri) for uri in uris)


def _reason(error: Exception) -> str:
    message = str(error)
    if "No space left" in message or "File too large" in message or "quota" in message:
        return _("The lake's disk is full; this batch did not land. Make room, then sync again: nothing is lost.")
    return _("The lake cannot be written; this batch did not land. Sync again: nothing is lost.")


def _months(times: pa.ChunkedArray) -> pa.Array:
    """Month of each moment in UTC, as «2026-11»."""
    encoded = pc.floor_temporal(times, unit="month").combine_chunks().dictionary_encode()
    return pc.take(pc.strftime(encoded.dictionary, format="%Y-%m"), encoded.indices)


def _months_around(times: pa.ChunkedArray) -> list[str]:
    """Months in which an earlier report of these facts may lie."""
    hours = pa.chunked_array([pc.unique(pc.floor_temporal(times, unit="hour"))])
    months: set[str] = set()
    for shift in (-SLACK, timedelta(), SLACK):
        months.update(pc.unique(_months(pc.add(hours, pa.scalar(shift, pa.duration("us"))))).to_pylist())
    return sorted(months)


def _months_of(delta: DeltaTable, table: FactTable, rows: pa.Table) -> list[str]:
    """Months in which an earlier report of these facts may lie: those around theirs, and any other that holds their
    keys, however long ago that was."""
    around = _months_around(rows[table.time])
    elsewhere = [file for file in files_of(delta) if month_of(file) not in around]
    if not elsewhere:
        return around
    key = ", ".join(map(name, table.key))
    with engine() as connection:
        connection.register("batch", rows.select(list(table.key)))
        months = connection.execute(
            f"SELECT DISTINCT strftime({name(table.time)}, '%Y-%m') "  # noqa: S608
            f"FROM ({rows_sql(table, elsewhere)}) SEMI JOIN batch USING ({key})"
        ).fetchall()
    return sorted({*around, *(month for (month,) in months)})


def _new_states(delta: DeltaTable, table: FactTable, rows: pa.Table, months: list[str]) -> pa.Table:
    """The rows that say something new: their state differs from the one observed before, and from the one known since.

    A state is every column but `observed`, compared by its hash of 64 bits. One state is kept for one moment of one
    fact, the last landed; a state that is merely reported again is not kept. Landing a batch again, or part of it,
    therefore finds nothing new.
    """
    states = table.observations
    state = [c.name for c in states.columns if c.name not in states.key]
    columns, key = ", ".join(map(name, rows.column_names)), ", ".join(map(name, table.key))
    files = files_of(delta, months)
    with engine() as connection:
        connection.register("batch", rows)
        return connection.execute(f"""
            WITH known AS (SELECT * FROM ({rows_sql(states, files)}) SEMI JOIN batch USING ({key})),
            reported AS (SELECT *, 0 AS landing FROM known UNION ALL BY NAME SELECT *, 1 AS landing FROM batch),
            compared AS (
                SELECT *, hash(row({", ".join(map(name, state))})) AS state, lag(state) OVER seen AS state_before,
                    lead(state) OVER seen AS state_after, lead(landing) OVER seen AS landing_after
                FROM reported
                WINDOW seen AS (PARTITION BY {key} ORDER BY {name(str(table.observed))}, landing)
            )
            SELECT {columns} FROM compared
            WHERE landing = 1 AND state IS DISTINCT FROM state_before
                AND (landing_after IS DISTINCT FROM 0 OR state IS DISTINCT FROM state_after)
        """).to_arrow_table()  # noqa: S608


def _upsert(delta: DeltaTable, table: FactTable, rows: pa.Table, months: list[str]) -> tuple[int, int]:
    """Merge rows with distinct keys. Returns rows inserted and updated; equal rows are left alone.

    `months` may hold earlier reports of them: they spare the rest of the table from being read and rewritten. Where
    nothing landed in them yet, nothing is looked for: to append a few rows costs 8 ms of processor, to merge them 52.
    """
    if not len(rows):
        return 0, 0
    rows = rows.append_column(MONTH, _months(rows[table.time]))
    if not files_of(delta, months):
        write_deltalake(delta, rows, mode="append", writer_properties=_WRITER)
        return len(rows), 0
    within = ", ".join(f"'{month}'" for month in months)
    same = " AND ".join(f"(t.{name(key)} = s.{name(key)})" for key in table.key)
    kept = (*table.key, table.observed)
    changed = " OR ".join(
        f"(t.{name(c.name)} IS DISTINCT FROM s.{name(c.name)})" for c in table.columns if c.name not in kept
    )
    told_at = table.told_at and name(table.told_at)
    not_older = f"(t.{told_at} IS NULL OR s.{told_at} IS NULL OR s.{told_at} >= t.{told_at})" if told_at else "true"
    done = (
        delta.merge(
            rows,
            predicate=f"t.{MONTH} IN ({within}) AND {same}",
            source_alias="s",
            target_alias="t",
            writer_properties=_WRITER,
        )
        .when_matched_update_all(predicate=f"{not_older} AND ({changed or 'false'})")
        .when_not_matched_insert_all()
        .execute()
    )
    return int(done["num_target_rows_inserted"]), int(done["num_target_rows_updated"])


@lru_cache(maxsize=1)
def lake() -> Lake:
    """The lake of this process, in the data folder of the settings."""
    return Lake(settings().data / "lake")
