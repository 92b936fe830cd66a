"""Files that people bring into a collection: looked at, then read row by row into what `plan.make` compares.

    opened = imports.look(path, collection, lists)            what kind of file, and how its columns are understood
    rows = imports.rows(opened, collection, lists, mapping)   one a record; a mapping is for tables of others
    plan = plan.make(connection, collection, lists, rows)     new, changed, unchanged, refused: nothing is written
    plan.carry_out(connection, person_id, plan)               all or nothing

Every failure of a file is a SourceFailed with one sentence.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa

from core.base.errors import SourceFailed
from core.base.i18n import N_, _, speaking
from core.records import flat, guard, json_file, mappings
from core.records.cells import ERRORS, Reading, say_broken, say_error
from core.records.collection import Collection
from core.records.flat import Slot
from core.records.lists import Lists
from core.records.plan import Row, row
from core.sources import delimited, excel, formulas
from core.sources.cells import Cells
from core.sources.formulas import Broken
from core.sources.workbook import Rows

TO_NAME = N_("To be named: {words} ({n})")
"""Name of a record that its file leaves without one: in French, so that the same file finds it again."""
SAMPLE = 5
_EXAMPLE = ("(exemple", "(example")


class FileKind(StrEnum):
    """What a file is taken for."""

    BOOK = "book"
    """A form of others', which the collection reads by a module of its own (`Collection.book`)."""
    OWN = "own"
    TABLE = "table"
    JSON = "json"


@dataclass(frozen=True)
class Opened:
    """A file that was looked at. `columns`, `mapping` (column → path, "" for none) and `sample` (first rows, column →
    text) are those of a table; a workbook also has `sheets`, one of which is `sheet`."""

    path: Path
    kind: FileKind
    columns: tuple[str, ...] = ()
    mapping: Mapping[str, str] | None = None
    sample: tuple[Mapping[str, str], ...] = ()
    sheets: tuple[str, ...] = ()
    sheet: str = ""
    book: Mapping[str, Rows] | None = None
    first: Cells | None = None
    layout: delimited.Layout | None = None
    broken: Mapping[str, Broken] = field(default_factory=dict)

    @property
    def nameless(self) -> bool:
        """Whether no column tells the names of records, so that they will be proposed."""
        return self.kind is FileKind.TABLE and "name" not in (self.mapping or {}).values()


def look(path: Path, collection: Collection, lists: Lists, *, sheet: str = "") -> Opened:
    """What a file is, and how its columns are understood. `sheet`: the one to read of a workbook of tables."""
    suffix = path.suffix.lower()
    if suffix == ".json":
        return Opened(path, FileKind.JSON)
    if suffix in excel.SUFFIXES:
        return _look_at_workbook(path, collection, sheet)
    layout = delimited.find_layout(path, partial(mappings.known, collection))
    first = next(delimited.read(path, layout), None)
    if first is None:
        raise SourceFailed(_("{file} holds no rows.").format(file=path.name))
    return replace(_table(path, collection, first), layout=layout)


def _look_at_workbook(path: Path, collection: Collection, sheet: str) -> Opened:
    book, broken = excel.sheets(path), formulas.broken(path)
    if not sheet and collection.book and collection.book.holds(book, collection.form):
        return Opened(path, FileKind.BOOK, book=book, broken=broken)
    first = excel.choose(path, book, partial(mappings.known, collection), sheet=sheet)
    name = first.where.partition("!")[2]
    if not first.lines:
        raise SourceFailed(_("{file} holds no rows.").format(file=path.name))
    return replace(_table(path, collection, first), sheets=tuple(book), sheet=name, broken={name: broken.get(name, {})})


def _table(path: Path, collection: Collection, first: Cells) -> Opened:
    columns = tuple(first.table.column_names)
    own = any(map(flat.is_mark, columns))
    sample = tuple(first.row(index) for index in range(min(SAMPLE, len(first.lines))))
    kind = FileKind.OWN if own else FileKind.TABLE
    return Opened(path, kind, columns, mappings.propose(collection, columns), sample, first=first)


def rows(
    opened: Opened, collection: Collection, lists: Lists, mapping: Mapping[str, str] | None = None
) -> Iterator[Row]:
    """What the file says, a row a record. Raises InputInvalid when the mapping cannot be."""
    if opened.kind is FileKind.JSON:
        return json_file.read(opened.path, collection, lists)
    if opened.kind is FileKind.BOOK and collection.book:
        return collection.book.read(opened.path.name, opened.book or {}, collection.form, lists, opened.broken)
    if mapping is not None:
        mappings.check(collection.form, mapping)
    return _Table(opened, collection, lists, mapping or opened.mapping or {}).rows()


class _Table:
    """Reads the rows of a table."""

    def __init__(self, opened: Opened, collection: Collection, lists: Lists, mapping: Mapping[str, str]) -> None:
        self._opened, self._collection, self._lists = opened, collection, lists
        self._whole = opened.kind is FileKind.OWN
        self._guarded = not flat.marks(flat.GUARDED_MARK).isdisjoint(opened.columns) or (
            opened.layout is not None and not self._whole
        )
        self._names: Counter[str] = Counter()
        self._slots: dict[str, Slot] = {}
        for column in opened.columns:
            form = collection.form
            slot = flat.find(form, column) if self._whole else flat.at(form, mapping.get(column, ""))
            if slot is not None:
                self._slots[column] = slot

    def rows(self) -> Iterator[Row]:
        for piece in self._pieces():
            for refused in piece.refused:
                yield row(refused.position, {}, Reading(self._lists), refused=refused.reason)
            texts = [(column, _texts(piece.table, column)) for column in self._slots]
            for index in range(len(piece.lines)):
                place, why = piece.position(index), self._broken(piece.lines[index])
                if why:
                    yield row(place, {}, Reading(self._lists), refused=why)
                elif found := self._row(place, [(column, values[index]) for column, values in texts]):
                    yield found

    def _broken(self, line: int) -> str:
        """Why a formula spoils a line of a workbook; empty where none does."""
        broken = self._opened.broken.get(self._opened.sheet, {})
        if broken:
            for at, column in enumerate(self._opened.columns, start=1):
                if column in self._slots and (line, at) in broken:
                    return say_broken(line, at, broken[line, at])
        return ""

    def _pieces(self) -> Iterator[Cells]:
        if self._opened.layout:
            yield from delimited.read(self._opened.path, self._opened.layout)
        elif self._opened.first:
            yield self._opened.first

    def _row(self, place: str, cells: list[tuple[str, str]]) -> Row | None:
        if self._guarded:
            cells = [(column, guard.off(text)) for column, text in cells]
        reading = Reading(self._lists, offered=not self._whole)
        broken = next((cell for cell in cells if cell[1] in ERRORS), None)
        if broken:
            return row(place, {}, reading, refused=say_error(*broken))
        if not any(text.strip() for _column, text in cells):
            return None
        data = flat.record([(self._slots[column], text) for column, text in cells], reading, whole=self._whole)
        if not self._whole:
            self._collection.settle(data, reading)
        name = str(data.get("name") or "")
        if not self._whole and name.casefold().startswith(_EXAMPLE):
            return None
        if not name and not self._whole:
            proposed = self._propose(data)
            if not proposed:
                return row(place, data, reading, refused=_("Nothing to name the record by."))
            data["name"] = proposed
        return row(place, data, reading, whole=self._whole)

    def _propose(self, data: Mapping[str, Any]) -> str:
        """A name for a nameless record: what the collection proposes and a number, marked as to be named."""
        words = self._collection.propose(data).split("\n")[0][:300]
        if not words:
            return ""
        self._names[words] += 1
        with speaking("fr"):
            return " ".join(_(TO_NAME).format(words=words, n=self._names[words]).split())


def _texts(table: pa.Table, column: str) -> list[str]:
    return [text or "" for text in table[column].to_pylist()]
