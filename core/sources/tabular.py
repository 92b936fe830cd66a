"""A kind of source that is a table, declared once by its columns: files of it, tables of a database, an address."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from pydantic import create_model

from core.facts.tables import FactTable
from core.sources import addresses, files, tables
from core.sources.addresses import AddressOptions
from core.sources.base import Batch, Connector, Cursor, Options, Source
from core.sources.cells import Cells
from core.sources.files import FileOptions, Shaper
from core.sources.mapping import JOIN, ColumnMapping, Field, guess, is_planned, known_names, parts
from core.sources.shaping import Complete, Doubts, TableShaper, Tidy
from core.sources.tables import TableOptions
from core.sources.values.amounts import tell_mark
from core.sources.values.hours import paired
from core.sources.values.kinds import DATES, NUMBERS, Kind
from core.sources.values.moments import dated, tell_order, tell_unit

Around = Callable[[Source, Cursor, Iterator[Batch]], Iterator[Batch]]
"""(source, cursor, what is new in it) → what lands, where more than the rows does."""


def as_read(_source: Source, _cursor: Cursor, rows: Iterator[Batch]) -> Iterator[Batch]:
    """What lands is what was read."""
    return rows


def is_file(source: Source) -> bool:
    """Whether the source is files, whose rows stand in an order that means something; else it is a database."""
    return isinstance(source.options, FileOptions)


@dataclass(frozen=True)
class Tabular:
    """Columns of a table that comes as CSV or Excel, or lies in a database; `connectors` follow from it.

    `title` names the files, `sql_title` the tables of a database, `address_title` the JSON of an address (none where it
    is empty): all are source strings.
    `fields` are the columns that a source may fill, `former` those that it might before; `mapping` holds what else it
    may say, `guesses` options that fit a first look at a file. Rows are made as `core.sources.shaping` does, with
    `tidy`, `complete` and `doubts`, or by `shaper`, where one is given. `around` adds to what a reading lands; without
    it, rows that left a file are gone. `latest_counts`: whether a source is known complete up to its latest row, and
    not up to the date of the file or of the reading. `needs_all`: whether rows are told apart by those before them, so
    that a file that grew is looked at from its beginning.
    """

    kind: str
    title: str
    table: FactTable
    fields: tuple[Field, ...]
    sql_title: str = ""
    sql_kind: str = ""
    former: frozenset[str] = frozenset()
    address_title: str = ""
    mapping: type[ColumnMapping] = ColumnMapping
    guesses: Callable[[Cells, dict[str, str]], dict[str, Any]] = lambda _cells, _columns: {}
    tidy: Tidy = lambda _source, cells: cells
    complete: Complete = lambda _piece: None
    doubts: Doubts = lambda _rows: {}
    shaper: Callable[[Source], Shaper] | None = None
    around: Around = as_read
    latest_counts: Callable[[Source], bool] = lambda _source: False
    needs_all: Callable[[Source], bool] = lambda _source: False

    @property
    def connectors(self) -> tuple[Connector, ...]:
        """The connector of files, then that of a database, then that of an address."""
        of_files = FileConnector(self, self.kind, self.title, self._options(FileOptions))
        others: list[Connector] = []
        if self.sql_title:
            kind = self.sql_kind or f"{self.kind}_sql"
            others.append(SqlConnector(self, kind, self.sql_title, self._options(TableOptions)))
        if self.address_title:
            others.append(AddressConnector(self, "address", self.address_title, self._options(AddressOptions)))
        return of_files, *others

    def _options(self, place: type[Options]) -> type[Options]:
        """What a source of this kind may say that lies there."""
        name = f"{self.kind}_{place.__name__}"
        options: type[Any] = create_model(name, __base__=(self.mapping, place), __doc__=place.__doc__)
        options.fields, options.former = self.fields, self.former
        return options


@dataclass(frozen=True)
class _Connector:
    """What both connectors of a declared table share."""

    of: Tabular
    kind: str
    title: str
    options: type[Options]

    @property
    def table(self) -> FactTable:
        """The fact table of its rows."""
        return self.of.table

    @property
    def fields(self) -> tuple[Field, ...]:
        """The columns that a source may fill."""
        return self.of.fields

    def mapping(self, source: Source) -> ColumnMapping:
        """How the source's cells become rows."""
        assert isinstance(source.options, ColumnMapping)
        return source.options

    def shaper(self, source: Source) -> Shaper:
        """Makes the rows."""
        if self.of.shaper:
            return self.of.shaper(source)
        of = self.of
        return TableShaper(
            source,
            of.table,
            of.fields,
            tidy=of.tidy,
            complete=of.complete,
            doubts=of.doubts,
            needs_all=of.needs_all(source),
        )

    def pull(self, source: Source, cursor: Cursor) -> Iterator[Batch]:
        """What is new since the cursor; see `core.sources.base.Connector`."""
        return self.of.around(source, cursor, self._rows(source, cursor))

    def _rows(self, source: Source, cursor: Cursor) -> Iterator[Batch]:
        raise NotImplementedError


class FileConnector(_Connector):
    """Files: CSV in any dialect, workbooks. What people drop can become a source of its kind."""

    def propose(self, cells: Cells) -> dict[str, Any]:
        """Options that fit a first look at a file: the columns by name, how its dates, durations and amounts are
        written."""
        moments = [field.name for field in self.fields if field.kind == Kind.MOMENT]
        named = guess(cells.table.column_names, self.fields)
        columns = paired(cells, self._by_what_it_holds(cells, named), moments, JOIN)
        names = [columns[field.name] for field in self.fields if field.kind in NUMBERS and field.name in columns]
        marks = {mark for name in names if (mark := tell_mark(cells.table[name].combine_chunks()))}
        decimal = {"decimal": marks.pop()} if len(marks) == 1 else {}
        dates = [
            parts(columns[field.name], cells.table.column_names)[0]
            for field in self.fields
            if field.kind in DATES and field.name in columns
        ]
        month_first = tell_order([cells.table[name].combine_chunks() for name in dates]) is False
        order = {"day_first": False} if month_first else {}
        unit = next(
            (tell_unit(columns[f.name]) for f in self.fields if f.kind == Kind.DURATION and f.name in columns), ""
        )
        units = {"duration_unit": unit} if unit else {}
        return {"columns": columns, **decimal, **order, **units, **self.of.guesses(cells, columns)}

    def _by_what_it_holds(self, cells: Cells, named: dict[str, str]) -> dict[str, str]:
        """The columns, where the one date that a row cannot do without is called as nobody knows and one column that
        is not taken, and tells of no plan, holds dates."""
        lacking = [
            field.name for field in self.fields if field.needed and field.kind in DATES and field.name not in named
        ]
        if len(lacking) != 1:
            return named
        others = [name for name in cells.table.column_names if name not in named.values() and not is_planned(name)]
        free = [name for name in others if dated(cells.text(name))]
        return {**named, lacking[0]: free[0]} if len(free) == 1 else named

    def _rows(self, source: Source, cursor: Cursor) -> Iterator[Batch]:
        """What is new in the files since the cursor."""
        options = source.options
        assert isinstance(options, FileOptions)
        return files.pull(
            options.path,
            source.name,
            cursor,
            known=known_names(self.fields, self.mapping(source)),
            shaper=partial(self.shaper, source),
            part=options.part,
            latest_counts=self.of.latest_counts(source),
            leaves=self.of.around is as_read,
        )


class SqlConnector(_Connector):
    """A table or a SELECT of a database."""

    def _rows(self, source: Source, cursor: Cursor) -> Iterator[Batch]:
        """Rows from the growing column's last value on, less the overlap; all of them without one."""
        options = source.options
        assert isinstance(options, TableOptions)
        return tables.pull(
            options,
            source.name,
            cursor,
            known=known_names(self.fields, self.mapping(source)),
            shaper=partial(self.shaper, source),
            latest_counts=self.of.latest_counts(source),
        )


class AddressConnector(_Connector):
    """The JSON of an address."""

    def _rows(self, source: Source, cursor: Cursor) -> Iterator[Batch]:
        """Every row that it tells."""
        options = source.options
        assert isinstance(options, AddressOptions)
        known = known_names(self.fields, self.mapping(source))
        return addresses.pull(options, source.name, cursor, known=known, shaper=partial(self.shaper, source))
