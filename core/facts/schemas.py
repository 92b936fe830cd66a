"""Schemas of views in a DuckDB that reads files of the lake alone."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from itertools import count
from pathlib import Path

import duckdb

from core.facts.parquet import name, text

Bodies = Mapping[str, str]
"""What views select, by their names."""
_KEPT = 100
_MEMORY = "2GB"


class Schemas:
    """Schemas of a connection, made when first asked for; the oldest give way."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection
        self._known: OrderedDict[Hashable, str] = OrderedDict()
        self._numbers = count(1)
        self._lock = threading.Lock()

    def cursor(self, key: Hashable, bodies: Callable[[], Bodies]) -> duckdb.DuckDBPyConnection:
        """A cursor of the caller's own that sees the views of a key, and no others."""
        with self._lock:
            schema = self._known.get(key)
            if schema is None:
                schema = self._known[key] = self._made(bodies())
                while len(self._known) > _KEPT:
                    self._connection.execute(f"DROP SCHEMA {self._known.popitem(last=False)[1]} CASCADE")
            self._known.move_to_end(key)
            cursor = self._connection.cursor()
            cursor.execute(f"USE {schema}")
        return cursor

    def _made(self, bodies: Bodies) -> str:
        schema = f"s{next(self._numbers)}"
        self._connection.execute(f"CREATE SCHEMA {schema}")
        for view, body in bodies.items():
            self._connection.execute(f"CREATE VIEW {schema}.{name(view)} AS {body}")
        return schema


def reading(root: Path | None, threads: int | None = None) -> duckdb.DuckDBPyConnection:
    """A connection that reads the files of a lake and nothing else, or nothing at all, by as many `threads` (as the
    machine has cores where none are said). Its settings hold for all its cursors and can no longer be changed."""
    connection = duckdb.connect(config={} if threads is None else {"threads": threads})
    places = (
        []
        if root is None
        else [
            f"allowed_directories = [{text(str(root.resolve()))}]",
            f"temp_directory = {text(str(root.parent / 'scratch'))}",
        ]
    )
    for setting in (
        "TimeZone = 'UTC'",
        "python_enable_replacements = false",
        *places,
        f"memory_limit = '{_MEMORY}'",
        # A data file never changes once written, so nothing that was read of it need be checked again.
        "parquet_metadata_cache = true",
        "validate_external_file_cache = 'NO_VALIDATION'",
        "autoload_known_extensions = false",
        "autoinstall_known_extensions = false",
        "enable_external_access = false",
        "lock_configuration = true",
    ):
        connection.execute(f"SET GLOBAL {setting}")
    return connection
