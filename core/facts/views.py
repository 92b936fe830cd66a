"""DuckDB over the lake: for a snapshot and a scope, a schema of views in which queries run as they are written.

The scope's filter lies in the view, so no query can forget it.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import groupby

import duckdb
from deltalake import DeltaTable

from core.base.errors import QueryFailed
from core.base.i18n import _
from core.facts.lake import Lake, files_of, refused_features
from core.facts.parquet import month_of, name, naming, rows_sql, sql_type, text
from core.facts.schemas import Bodies, Schemas, reading
from core.facts.snapshot import Snapshot, Version
from core.facts.tables import TOGETHER, Column, FactTable, NamingRows, given_name
from core.people.person import Scope

_FILE_LISTS_KEPT = 200


class Views:
    """Schemas of views, made when first asked for."""

    def __init__(self, lake: Lake) -> None:
        self.root = lake.root
        self._schemas = Schemas(reading(lake.root))
        self._files = lru_cache(maxsize=_FILE_LISTS_KEPT)(self._list_files)
        self._months = lru_cache(maxsize=_FILE_LISTS_KEPT)(self._list_months)

    def cursor(self, tables: Sequence[FactTable], snapshot: Snapshot, scope: Scope) -> duckdb.DuckDBPyConnection:
        """A cursor of the caller's own that sees just these tables, under their names, at these versions. Raises as
        `bodies` does."""
        return self._schemas.cursor((snapshot.of(tables), scope), lambda: self.bodies(tables, snapshot, scope))

    def bodies(self, tables: Sequence[FactTable], snapshot: Snapshot, scope: Scope) -> Bodies:
        """What the views of these tables select.

        Raises QueryFailed for a table that another program changed, OSError or DeltaError for a version that is gone.
        """
        return {table.name: self._body(table, snapshot.version(table), scope) for table in tables}

    def by_month(self, table: FactTable, snapshot: Snapshot) -> Mapping[str, tuple[str, ...]]:
        """The files of a table by the month that they hold rows of, in order. Raises as `cursor` does."""
        version = snapshot.version(table)
        return self._months(table, version) if version else {}

    def _list_months(self, table: FactTable, version: Version) -> Mapping[str, tuple[str, ...]]:
        ordered = sorted(self._files(table, version), key=month_of)
        return {month: tuple(files) for month, files in groupby(ordered, key=month_of)}

    def _body(self, table: FactTable, version: Version | None, scope: Scope) -> str:
        rows = _told(table, rows_sql(table, self._files(table, version) if version else ()), scope)
        if table.squad is None or scope.squads is None:
            return rows
        squad = name(table.squad)
        allowed = "".join(f" OR {squad} = {text(one)}" for one in sorted(scope.squads))
        if len(scope.squads) > 1:
            own = f"[{', '.join(map(text, sorted(scope.squads)))}]"
            shared = f"contains({squad}, {text(TOGETHER)})"
            allowed += f" OR ({shared} AND list_has_all({own}, string_split({squad}, {text(TOGETHER)})))"
        return f"SELECT * FROM ({rows}) WHERE {squad} IS NULL{allowed}"  # noqa: S608

    def _list_files(self, table: FactTable, version: Version) -> tuple[str, ...]:
        delta = DeltaTable(self.root / table.name, version=version.number)
        if features := refused_features(delta):
            raise QueryFailed(
                _("The table {table} of the lake was changed by another program; Vigie cannot read it.").format(
                    table=table.name
                ),
                detail=f"{features}",
            )
        return files_of(delta)


def _told(table: FactTable, rows: str, scope: Scope) -> str:
    """The rows with their people, or without them where the scope does not tell them."""
    if not table.personal:
        return rows
    given = ", ".join(f"{name(c.name)} IS NOT NULL AS {name(given_name(c))}" for c in table.personal)
    hidden = ""
    if scope.people is not None and table.name not in scope.people:
        hidden = f" REPLACE ({', '.join(f'{_hidden(c)} AS {name(c.name)}' for c in table.personal)})"
    return f"SELECT *{hidden}, {given} FROM ({rows})"  # noqa: S608


def _hidden(column: Column) -> str:
    """A personal column for whoever is not told it: null where it names people."""
    if not isinstance(column.personal, NamingRows):
        return f"CAST(NULL AS {sql_type(column)})"
    return f"CASE WHEN {naming(column.personal)} THEN NULL ELSE {name(column.name)} END"
