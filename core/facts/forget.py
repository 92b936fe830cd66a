"""People are taken out of facts whose retention is over; what was done, and when, stays.

From the columns that a table declares personal follows what is emptied; from `ends` and `part_of`, since when. Nothing
is left in the observations, in older versions of the lake, or in its log, which holds extreme values.
"""

from collections.abc import Iterator
from datetime import datetime

import pyarrow as pa
import pyarrow.compute as pc

from core.facts.lake import Lake
from core.facts.parquet import name, naming, text
from core.facts.tables import FactTable, NamingRows

_Rows = NamingRows | None
"""The rows in which some columns name people; None: every row."""


def forget(lake: Lake, table: FactTable, before: datetime) -> int:
    """Empty the personal columns of what ended before a moment (UTC), in a table and its observations.

    Gives how many rows named somebody. Doing it again finds nothing and writes nothing. Raises LandingFailed.
    """
    forgotten = 0
    for stored in (table, table.observations) if table.observed else (table,):
        for rows, columns in _columns(stored):
            if stored.part_of is None:
                forgotten += lake.erase(stored, columns, _ended(stored, rows, columns, before))
            else:
                naming = _ended_with(lake, stored, stored.part_of, rows, columns, before)
                if len(naming):
                    lake.forget(stored, columns, naming)
                forgotten += len(naming)
    return forgotten


def _columns(table: FactTable) -> Iterator[tuple[_Rows, list[str]]]:
    """The personal columns, together where they name people in the same rows."""
    kinds = dict.fromkeys(c.personal if isinstance(c.personal, NamingRows) else None for c in table.personal)
    for rows in kinds:
        yield rows, [c.name for c in table.personal if (c.personal == rows) or (rows is None and c.personal is True)]


def _ended(table: FactTable, rows: _Rows, columns: list[str], before: datetime) -> str:
    """The rows to empty, in the words of the lake."""
    ends = ", ".join(map(name, table.ends or (table.time,)))
    named = " OR ".join(f"{name(column)} IS NOT NULL" for column in columns)
    moment = f"arrow_cast({text(before.isoformat())}, 'Timestamp(Microsecond, Some(\"UTC\"))')"
    of = f" AND {naming(rows)}" if rows else ""
    return f"coalesce({ends}) < {moment} AND ({named}){of}"


def _ended_with(
    lake: Lake, table: FactTable, whole: FactTable, rows: _Rows, columns: list[str], before: datetime
) -> pa.Table:
    """Keys of the rows to empty of a table whose rows are about those of another."""
    moment = pa.scalar(before, pa.timestamp("us", "UTC"))
    ends, shared = whole.ends or (whole.time,), [key for key in whole.key if key in table.key]
    owners = lake.read(whole, [*shared, *ends])
    ended = owners.filter(pc.less(pc.coalesce(*(owners[column] for column in ends)), moment))
    asked = dict.fromkeys([*table.key, table.time, *columns, *([rows.column] if rows else [])])
    parts = lake.read(table, list(asked))
    if rows:
        values = pa.array(rows.values, pa.string())
        held = pc.is_in(pc.utf8_lower(parts[rows.column]), value_set=values)
        parts = parts.filter(pc.invert(held) if rows.others else held)
    parts = parts.filter(_any_given(parts, columns))
    strays = parts.filter(pc.less(parts[table.time], moment)).join(owners, shared, join_type="left anti")
    return pa.concat_tables([parts.join(ended, shared, join_type="left semi"), strays])


def _any_given(rows: pa.Table, columns: list[str]) -> pa.ChunkedArray:
    given = pc.is_valid(rows[columns[0]])
    for column in columns[1:]:
        given = pc.or_(given, pc.is_valid(rows[column]))
    return given
