"""What a fact table is: its columns, its key, its time column. A mission declares its tables in `facts.py`."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pyarrow as pa
import sqlalchemy as sa

TEXT = "text"
INTEGER = "integer"
NUMBER = "number"
FLAG = "flag"
MOMENT = "moment"
DAY = "day"

_ARROW = {
    TEXT: pa.string(),
    INTEGER: pa.int64(),
    NUMBER: pa.float64(),
    FLAG: pa.bool_(),
    MOMENT: pa.timestamp("us", tz="UTC"),
    DAY: pa.date32(),
}
_SQL: dict[str, sa.types.TypeEngine[Any]] = {
    TEXT: sa.Text(),
    INTEGER: sa.BigInteger(),
    NUMBER: sa.Double(),
    FLAG: sa.Boolean(),
    MOMENT: sa.TIMESTAMP(timezone=True),
    DAY: sa.Date(),
}
METADATA = sa.MetaData()


@dataclass(frozen=True)
class Column:
    """A column: its name, its type (one of the constants above), what it means, whether it must be filled."""

    name: str
    type: str
    meaning: str
    required: bool = False


@dataclass(frozen=True)
class FactTable:
    """A fact table.

    `key`: the columns that tell two facts apart. `time`: the MOMENT column the `month` partition derives from;
    always filled; between two reports of one fact it moves by two days at most. `observed`: the MOMENT column that
    says since when the source reports the row as it is; where it is given, an older observation never overwrites a
    newer one and every reported state is kept in `<name>_observations`. `squad`: the TEXT column that says whose row
    it is; a squad's people see their own rows and nobody's. `newest_apart`: screens mostly ask for the newest rows by
    `time`, and `core.facts.parquet` reads the newest months apart; false where they ask for years, by another column.
    """

    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    time: str
    observed: str | None = None
    squad: str | None = None
    newest_apart: bool = True

    @cached_property
    def schema(self) -> pa.Schema:
        """Arrow schema; timestamps are UTC microseconds."""
        return pa.schema([pa.field(c.name, _ARROW[c.type], nullable=not c.required) for c in self.columns])

    @cached_property
    def filled(self) -> frozenset[str]:
        """Columns in which a row must hold something to land: the required ones, the key, the time, the observed."""
        needed = {c.name for c in self.columns if c.required} | {*self.key, self.time}
        return frozenset(needed | {self.observed} if self.observed else needed)

    @cached_property
    def sql(self) -> sa.Table:
        """The table as SQLAlchemy sees it, for `select()`."""
        return sa.Table(self.name, METADATA, *(sa.Column(c.name, _SQL[c.type], quote=True) for c in self.columns))

    @cached_property
    def observations(self) -> "FactTable":
        """The table of every state that a source reported. Only where `observed` is given."""
        if self.observed is None:
            raise ValueError(f"{self.name} keeps no observations")
        return FactTable(
            f"{self.name}_observations", self.columns, (*self.key, self.observed), self.time, squad=self.squad
        )
