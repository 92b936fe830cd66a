"""The rows of a fact table's Parquet files, as DuckDB reads them."""

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from core.facts.tables import ARROW, Column, FactTable, NamingRows

_DUCKDB = {
    pa.string(): "VARCHAR",
    pa.int64(): "BIGINT",
    pa.float64(): "DOUBLE",
    pa.bool_(): "BOOLEAN",
    pa.timestamp("us", tz="UTC"): "TIMESTAMPTZ",
    pa.date32(): "DATE",
}

_RECENT_MONTHS = 3


def engine() -> duckdb.DuckDBPyConnection:
    """DuckDB for whoever writes to the lake, on UTC: a cursor of the caller's own, to be closed. What it registers is
    seen by nobody else."""
    return _engine().cursor()


@lru_cache(maxsize=1)
def _engine() -> duckdb.DuckDBPyConnection:
    """One a process: to make it costs more than many a question. It keeps nothing of the files that it read."""
    made = duckdb.connect()
    made.execute("SET GLOBAL TimeZone = 'UTC'")
    made.execute("SET GLOBAL enable_external_file_cache = false")
    return made


def name(identifier: str) -> str:
    """A quoted SQL identifier."""
    return '"' + identifier.replace('"', '""') + '"'


def text(value: str) -> str:
    """A quoted SQL string."""
    return "'" + value.replace("'", "''") + "'"


def sql_type(column: Column) -> str:
    """What DuckDB calls a column's type."""
    return _DUCKDB[ARROW[column.type]]


def naming(rows: NamingRows) -> str:
    """The condition of the rows in which a column names people, as DuckDB and the lake read it."""
    values = ", ".join(map(text, rows.values))
    return f"coalesce(lower({name(rows.column)}), '') {'NOT ' if rows.others else ''}IN ({values})"


def rows_sql(table: FactTable, files: Sequence[str]) -> str:
    """A SELECT of exactly the declared columns, in their order and types, over files of the lake.

    It holds with no file at all, and with files written before a column was declared: that column is null there.

    The newest months stand apart from the rest, each side saying in its WHERE what its files' months say already.
    DuckDB then drops the side that a query's own limits on the time leave out, so last night is found as fast in a
    long log as in a short one; a table whose queries set no limit on the time would pay for that WHERE and gain nothing
    (`newest_apart`). For the same reason files of like columns are read together rather than by `union_by_name`, which
    opens every file for every query.
    """
    border = sorted({month_of(file) for file in files})[-_RECENT_MONTHS:][0] if files and table.newest_apart else ""
    alike: dict[tuple[bool, frozenset[str]], list[str]] = {}
    for file in files:
        alike.setdefault((month_of(file) >= border, _columns(file)), []).append(file)
    sides = {recent for recent, _names in alike}
    pieces = [] if files else [f"SELECT {_selected(table, frozenset())} WHERE false"]
    for (recent, names), together in alike.items():
        read = f"read_parquet([{', '.join(map(text, together))}], hive_partitioning = false)"
        piece = f"SELECT {_selected(table, names)} FROM {read}"  # noqa: S608
        if len(sides) > 1:
            piece += f" WHERE {name(table.time)} {'>=' if recent else '<'} TIMESTAMPTZ '{border}-01 00:00:00+00'"
        pieces.append(piece)
    return " UNION ALL ".join(pieces)


def _selected(table: FactTable, names: frozenset[str]) -> str:
    """The declared columns, null and typed where they are not among `names`."""
    return ", ".join(
        name(field.name) if field.name in names else f"CAST(NULL AS {_DUCKDB[field.type]}) AS {name(field.name)}"
        for field in table.schema
    )


def month_at(moment: datetime) -> str:
    """The month under which the lake keeps what happened at a moment (UTC), as «2026-11»."""
    return f"{moment:%Y-%m}"


def month_of(file: str) -> str:
    """The month whose rows a file of the lake holds, as «2026-11»."""
    return Path(file).parent.name.partition("=")[2]


@lru_cache(maxsize=10_000)
def _columns(file: str) -> frozenset[str]:
    """Names of a file's columns; a file of the lake never changes."""
    return frozenset(pq.read_schema(file).names)
