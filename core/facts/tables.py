"""What a fact table is: its columns, its key, its time column. A mission declares its tables in `facts.py`."""

from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from typing import Any, Protocol

import pyarrow as pa
import sqlalchemy as sa

TEXT = "text"
INTEGER = "integer"
NUMBER = "number"
FLAG = "flag"
MOMENT = "moment"
DAY = "day"

ARROW = {
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
FIGURES = 15
"""How many figures a NUMBER keeps, whichever they are."""
GONE = "gone"
"""Column of observations beyond those of their table."""
TOGETHER = " + "
"""Between the squads of a row that is of several: who sees them all sees it."""


@dataclass(frozen=True)
class NamingRows:
    """The rows in which a column names people: those whose TEXT column `column` holds one of `values`, whatever its
    case (`values` are in lower case); with `others`, those in which it holds none of them."""

    column: str
    values: tuple[str, ...]
    others: bool = False


@dataclass(frozen=True)
class Column:
    """A column: its name, its type (one of the constants above), what it means, whether it must be filled.

    `personal`: it names people, in every row or in some. Only whoever the mission lets (`Mission.people`) is told it;
    to all others it is null, and `<name>_given` says whether it was filled. It is emptied once its retention is over.
    """

    name: str
    type: str
    meaning: str
    required: bool = False
    personal: bool | NamingRows = False


class Declaration(Protocol):
    """How a table was declared by its team; equal and hashable by what it says."""

    def after(self, before: str | None) -> str:
        """What is kept beside the rows from the landing of some under this declaration on, `before` being what was
        kept until then: whatever was promised to those that landed before goes on holding."""
        ...


@dataclass(frozen=True)
class FactTable:
    """A fact table.

    `key`: the columns that tell two facts apart. `time`: the MOMENT column the `month` partition derives from;
    always filled. `observed`: the MOMENT column that
    says since when the source reports the row as it is; where it is given, an older observation never overwrites a
    newer one and every reported state is kept in `<name>_observations`. `squad`: the TEXT column that says whose row
    it is; a squad's people see their own rows and nobody's. `whose`: the squad whose rows they are where neither they
    nor their source say it. `newest_apart`: screens mostly ask for the newest rows by
    `time`, and `core.facts.parquet` reads the newest months apart; false where they ask for years, by another column.
    `ends`: MOMENT columns, the first filled of which says when what the row is about ended; people are forgotten so
    long after it (by default after `time`), and never while none is filled. `part_of`: the table whose rows these are
    about, found by the key columns that both have: its row's end counts, and the own `time` where there is no such row.
    `changed`: the MOMENT column that says when a row last changed at its source, for a table that keeps no
    observations: an older state never overwrites a newer one; of equal ones, or where either says nothing, the last
    landed stays.
    `treatments`: references of the register's treatments that allow its people, where they are its own and not its
    mission's: people are told while all of them stand, and kept no longer than the shortest retention among them, nor
    than `kept`. `declaration`: how it is declared, where it is not coded; the lake keeps it beside the rows. `made_of`:
    the table from whose rows Vigie makes these: with a source of those all of these are forgotten, and made anew.
    """

    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    time: str
    observed: str | None = None
    squad: str | None = None
    whose: str | None = None
    newest_apart: bool = True
    ends: tuple[str, ...] = ()
    part_of: "FactTable | None" = None
    changed: str | None = None
    treatments: tuple[str, ...] = ()
    kept: timedelta | None = None
    declaration: Declaration | None = field(default=None, hash=False)
    made_of: "FactTable | None" = None

    @property
    def told_at(self) -> str | None:
        """The column by which the newer of two states of a row is known; None where the last landed is."""
        return self.observed or self.changed

    @cached_property
    def personal(self) -> tuple[Column, ...]:
        """The columns that name people. Raises ValueError where one is of the key or must be filled."""
        found = tuple(column for column in self.columns if column.personal)
        if wrong := [column.name for column in found if column.name in self.filled]:
            raise ValueError(f"{self.name}: {wrong} cannot be emptied, so no people may be named there")
        return found

    @cached_property
    def schema(self) -> pa.Schema:
        """Arrow schema; timestamps are UTC microseconds."""
        return pa.schema([pa.field(c.name, ARROW[c.type], nullable=not c.required) for c in self.columns])

    @cached_property
    def filled(self) -> frozenset[str]:
        """Columns in which a row must hold something to land: the required ones, the key, the time, the observed."""
        needed = {c.name for c in self.columns if c.required} | {*self.key, self.time}
        return frozenset(needed | {self.observed} if self.observed else needed)

    @cached_property
    def sql(self) -> sa.Table:
        """The table as SQLAlchemy sees it, for `select()`."""
        given: list[sa.Column[Any]] = [sa.Column(given_name(c), sa.Boolean(), quote=True) for c in self.personal]
        told = (sa.Column(c.name, _SQL[c.type], quote=True) for c in self.columns)
        return sa.Table(self.name, sa.MetaData(), *told, *given)

    @cached_property
    def observations(self) -> "FactTable":
        """The table of every state that a source reported. Only where `observed` is given."""
        if self.observed is None:
            raise ValueError(f"{self.name} keeps no observations")
        return FactTable(
            f"{self.name}_observations",
            (*self.columns, Column(GONE, FLAG, "true: from then on its source did not tell of it any more")),
            (*self.key, self.observed),
            self.time,
            squad=self.squad,
            ends=self.ends,
            part_of=self.part_of,
        )


def given_name(column: Column) -> str:
    """The flag beside a personal column, which says whether it is filled."""
    return f"{column.name}_given"
