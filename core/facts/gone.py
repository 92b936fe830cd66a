"""Rows that are there no more: taken back as if they had never been, or gone from today with their history kept."""

from collections.abc import Sequence
from datetime import datetime

import pyarrow as pa

from core.facts.lake import Lake
from core.facts.parquet import engine, name, rows_sql
from core.facts.tables import GONE, FactTable


def forget_source(lake: Lake, tables: Sequence[FactTable], source: str) -> None:
    """Take out every row that a source brought, its history and older versions too. Raises LandingFailed."""
    for table in tables:
        if "source" in table.schema.names:
            for stored in (table, table.observations) if table.observed else (table,):
                lake.remove(stored, source=source)
                lake.purge(stored)


def withdraw(lake: Lake, table: FactTable, rows: pa.Table) -> None:
    """Take back rows, by their keys, that were no facts; no trace is left. Raises LandingFailed."""
    keys = rows.select(list(table.key))
    for stored in (table, table.observations) if table.observed else (table,):
        lake.take_out(stored, keys)


def leave(lake: Lake, table: FactTable, source: str, told: pa.Table, at: datetime) -> int:
    """Take out what a source told before and, as of `at`, does not tell any more; gives how many rows that were.

    `told`: key and time of all that it tells. What lies before the earliest of it stays: logs lose their oldest rows
    without these being untrue. Where the table is observed, the history says since when they are gone. Raises
    LandingFailed.
    """
    if lake.version(table) is None or not len(told):
        return 0
    key = ", ".join(map(name, table.key))
    with engine() as connection:
        connection.register("told", told)
        left = connection.execute(
            f"SELECT * FROM ({rows_sql(table, lake.files(table.name))}) ANTI JOIN told USING ({key}) "  # noqa: S608
            f"WHERE source = ? AND {name(table.time)} >= (SELECT min({name(table.time)}) FROM told)",
            [source],
        ).to_arrow_table()
    if len(left):
        if table.observed:
            moment = pa.array([at] * len(left), table.schema.field(table.observed).type)
            states = left.set_column(left.column_names.index(table.observed), table.observed, moment)
            lake.land(table.observations, states.append_column(GONE, pa.array([True] * len(left))))
        lake.take_out(table, left.select(list(table.key)))
    return len(left)
