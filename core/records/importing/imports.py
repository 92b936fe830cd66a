"""Files that people bring into a collection: looked at, then read row by row into what `plan.make` compares.

    opened = imports.look(path, collection, lists)            what kind of file, and how its columns are understood
    rows = imports.rows(opened, collection, lists, mapping)   one a record; a mapping is for tables of others
    plan = plan.make(connection, collection, lists, rows)     new, changed, unchanged, refused: nothing is written
    plan.carry_out(connection, person_id, plan)               all or nothing

Every failure of a file is a SourceFailed with one sentence.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from core.base.errors import SourceFailed
from core.base.i18n import N_, _, ngettext, show_number, speaking
from core.records import flat, guard, json_file
from core.records.answers import DASHES, chosen, is_open
from core.records.cells import Reading, Understood, is_no, is_yes, say_broken, say_error
from core.records.collection import Collection
from core.records.fields import ANSWERS, Asked, Kind
from core.records.flat import Slot
from core.records.importing import mappings, sheets
from core.records.lists import Lists
from core.records.row import Row, row
from core.records.words import show
from core.sources.cells import ERRORS, Cells
from core.sources.formats import delimited, excel, formulas, marks
from core.sources.formats.formulas import Broken
from core.sources.formats.marks import Marks
from core.sources.formats.workbook import Rows
from core.sources.mapping import plain

_UNIT = re.compile(r"(?:\(\s*(?:en )?|\ben )(mois|ans|années|jours|semaines|months|years|days|weeks)\s*\)?\s*$", re.I)
TO_NAME = N_("To be named: {words} ({n})")
"""Name of a record that its file leaves without one: in French, so that the same file finds it again."""
SAMPLE = 5
_NAMED = 6
_MOST_TICKS = 20
"""Texts in a column from which on it holds more than ticks."""
_IN_WORDS = frozenset(("oui", "non", "yes", "no"))
_BEHIND = re.compile(r"(?s)(?<=\w)\s*[-–—:;,(].*")
_TOTAL = re.compile(r"(?:sous|sub|grand)?tota(?:l|ux)(?:general)?(?:\d+(?:traitements?|fiches?|lignes?|records?)?)?")
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
    text) are those of a table; a workbook also has `sheets`, of which `sheet` was asked for and `others` are not read.
    `aside`: how many rows are hidden or struck out; `without_aside`: they are left out."""

    path: Path
    kind: FileKind
    columns: tuple[str, ...] = ()
    mapping: Mapping[str, str] | None = None
    sample: tuple[Mapping[str, str], ...] = ()
    sheets: tuple[str, ...] = ()
    sheet: str = ""
    others: tuple[str, ...] = ()
    book: Mapping[str, Rows] | None = None
    pieces: tuple[Cells, ...] = ()
    layout: delimited.Layout | None = None
    broken: Mapping[str, Broken] = field(default_factory=dict)
    marks: Mapping[str, Marks] = field(default_factory=dict)
    without_aside: bool = False

    @property
    def aside(self) -> int:
        """How many rows of its sheets are hidden or struck out."""
        return sum(len(marked.aside) for name, marked in self.marks.items() if name not in self.others)

    @property
    def nameless(self) -> bool:
        """Whether no column tells the names of records, so that they will be proposed."""
        return self.kind is FileKind.TABLE and "name" not in (self.mapping or {}).values()


def look(path: Path, collection: Collection, lists: Lists, *, sheet: str = "", without_aside: bool = False) -> Opened:
    """What a file is, and how its columns are understood. `sheet`: the one to read of a workbook of tables, where not
    all with one head. `without_aside`: leave out rows that are hidden or struck out."""
    suffix = path.suffix.lower()
    if suffix == ".json":
        return Opened(path, FileKind.JSON)
    if suffix in excel.SUFFIXES:
        return _look_at_workbook(path, collection, lists, sheet, without_aside)
    layout = delimited.find_layout(path, partial(mappings.known, collection))
    first = next(delimited.read(path, layout), None)
    if first is None:
        raise SourceFailed(_("{file} holds no rows.").format(file=path.name))
    return replace(_table(path, collection, first, lists), layout=layout)


def _look_at_workbook(path: Path, collection: Collection, lists: Lists, sheet: str, without_aside: bool) -> Opened:
    book, broken, marked = excel.sheets(path), formulas.broken(path), marks.of(path)
    known = Opened(path, FileKind.BOOK, book=book, broken=broken, marks=marked, without_aside=without_aside)
    if not sheet and collection.book and collection.book.holds(book, collection.form):
        return known
    looked_for = [words.split("|")[0] for words in list(collection.guesses.words.values())[:_NAMED]]
    tables = sheets.tables(
        path,
        book,
        marked,
        partial(mappings.known, collection),
        looked_for,
        sheet=sheet,
        without_aside=without_aside,
    )
    if not tables.pieces:
        raise SourceFailed(_("{file} holds no rows.").format(file=path.name))
    opened = _table(path, collection, tables.pieces[0], lists)
    return replace(
        known,
        kind=opened.kind,
        columns=opened.columns,
        mapping=opened.mapping,
        sample=opened.sample,
        book=None,
        sheets=tuple(book),
        sheet=sheet,
        others=tables.others,
        pieces=tables.pieces,
        marks=tables.marks,
    )


def _table(path: Path, collection: Collection, first: Cells, lists: Lists) -> Opened:
    columns = tuple(first.table.column_names)
    ticked = {column for column in columns if _is_ticked(pc.unique(first.table[column]).to_pylist())}
    own = any(map(flat.is_mark, columns))
    sample = tuple(first.row(index) for index in range(min(SAMPLE, len(first.lines))))
    kind = FileKind.OWN if own else FileKind.TABLE
    return Opened(path, kind, columns, mappings.propose(collection, columns, lists, ticked), sample)


def _is_ticked(values: Sequence[str | None]) -> bool:
    """Whether cells hold nothing but ticks, yes and no, some with more words behind."""
    ticks_of = [chosen(value)[0].strip() for value in values[:_MOST_TICKS] if value]
    ticks = (not text or is_yes(text) or is_no(text) for text in (_BEHIND.sub("", tick) for tick in ticks_of))
    return bool(ticks_of) and len(values) < _MOST_TICKS and all(ticks)


class Read:
    """The rows of a file, one a record; once they were read, `remarks` are what is to be told of the file itself."""

    def __init__(self, rows: Iterator[Row], remarks: list[str]) -> None:
        self._found, self.remarks = rows, remarks

    def __iter__(self) -> Iterator[Row]:
        return self._found


def rows(opened: Opened, collection: Collection, lists: Lists, mapping: Mapping[str, str] | None = None) -> Read:
    """What the file says, a row a record. Raises InputInvalid when the mapping cannot be."""
    remarks: list[str] = []
    if opened.others and opened.kind is not FileKind.BOOK:
        sentence = _("These sheets have another head and are not read: {sheets}.")
        remarks.append(sentence.format(sheets=", ".join(opened.others)))
    read_of = [piece.where.partition("!")[2] for piece in opened.pieces]
    if hidden := marks.tell_columns(opened.marks, read_of, opened.columns):
        remarks.append(hidden)
    if opened.kind is FileKind.JSON:
        return Read(json_file.read(opened.path, collection, lists), remarks)
    if opened.kind is FileKind.BOOK and collection.book:
        book, marked = opened.book or {}, opened.marks
        if opened.without_aside:
            book = {name: _without(rows_, marked.get(name, Marks()).aside) for name, rows_ in book.items()}
        booked = collection.book.read(opened.path.name, book, collection.form, lists, opened.broken, marked)
        return Read(booked, remarks)
    if mapping is not None:
        mappings.check(collection.form, mapping)
    return Read(_Table(opened, collection, lists, mapping or opened.mapping or {}, remarks).rows(), remarks)


def _without(rows: Rows, aside: frozenset[int]) -> Rows:
    """Rows of which some say nothing."""
    return [[] if at in aside else cells for at, cells in enumerate(rows, start=1)]


@dataclass
class _Held:
    """What a line says of a record, until it is known whether the next one goes on with it."""

    place: str
    data: dict[str, Any]
    reading: Reading
    refused: str = ""


class _Table:
    """Reads the rows of a table."""

    def __init__(
        self, opened: Opened, collection: Collection, lists: Lists, mapping: Mapping[str, str], remarks: list[str]
    ) -> None:
        self._opened, self._collection, self._lists, self._remarks = opened, collection, lists, remarks
        self._whole = opened.kind is FileKind.OWN
        self._guarded = not flat.marks(flat.GUARDED_MARK).isdisjoint(opened.columns) or (
            opened.layout is not None and not self._whole
        )
        self._names: Counter[str] = Counter()
        self._slots: dict[str, Slot] = {}
        self._noted: set[str] = set()
        self._values: Counter[str] = Counter()
        self._known: dict[tuple[str, str], Understood] = {}
        for column in opened.columns:
            form, path = collection.form, mapping.get(column, "")
            slot = flat.find(form, column) if self._whole else flat.at(form, path)
            if flat.is_mark(column):
                continue
            if (self._whole and slot is None) or (not self._whole and mappings.is_noted(collection, column, path)):
                self._noted.add(column)
            elif slot is not None:
                self._slots[column] = slot
        self._left_out = [c for c in opened.columns if c not in {*self._slots, *self._noted} and not flat.is_mark(c)]

    def rows(self) -> Iterator[Row]:
        held: _Held | None = None
        for piece in self._pieces():
            for refused in piece.refused:
                yield row(refused.position, {}, Reading(self._lists), refused=refused.reason)
            texts = [(column, _texts(piece.table, column)) for column in self._opened.columns]
            sheet = piece.where.partition("!")[2]
            marked = self._opened.marks.get(sheet, Marks())
            for index, line in enumerate(piece.lines):
                cells = [(column, values[index]) for column, values in texts]
                line_read = self._line(piece.position(index), cells, self._broken(sheet, line))
                if line_read is None:
                    continue
                self._add_marks(line_read, line, marked)
                if held and not line_read.refused and not held.refused and self._goes_on(held, line_read, line, marked):
                    self._join(held, line_read)
                    continue
                if held and (ended := self._ended(held)):
                    yield ended
                held = line_read
        if held and (ended := self._ended(held)):
            yield ended
        self._tell_columns()

    def _tell_columns(self) -> None:
        """What became of the columns that no field takes."""
        for column in self._opened.columns:
            n = self._values[column]
            if n and column in self._noted:
                words = ngettext(
                    "“{column}”: no field takes it; its {n} value goes to the notes.",
                    "“{column}”: no field takes it; its {n} values go to the notes.",
                    n,
                )
                self._remarks.append(words.format(column=column, n=show_number(n)))
            elif n and column in self._left_out:
                words = ngettext(
                    "“{column}” is left out, with its {n} value.", "“{column}” is left out, with its {n} values.", n
                )
                self._remarks.append(words.format(column=column, n=show_number(n)))
        content_slots = [slot for slot in self._slots.values() if slot.field.name not in ("name", "ref")]
        if (
            not self._whole
            and content_slots
            and all(slot.column for slot in content_slots)
            and len({slot.field for slot in content_slots}) == 1
        ):
            field = content_slots[0].field
            sentence = _("Of each record this table says {field} alone: is it a list of records?")
            self._remarks.append(sentence.format(field=_(field.label)))

    def _add_marks(self, line_read: _Held, line: int, marked: Marks) -> None:
        """What the workbook says of a line beside its cells."""
        if line in marked.aside:
            line_read.reading.told.append(
                _("This row is hidden in the file.") if line in marked.hidden else _("This row is struck out.")
            )
        for at, column in enumerate(self._opened.columns, start=1):
            if comment := marked.comments.get((line, at)):
                line_read.reading.keep_line(_("Comment on {column}").format(column=column), comment)

    def _broken(self, sheet: str, line: int) -> str:
        """Why a formula spoils a line of a workbook; empty where none does."""
        broken = self._opened.broken.get(sheet, {})
        if broken:
            for at, column in enumerate(self._opened.columns, start=1):
                if column in self._slots and (line, at) in broken:
                    return say_broken(line, at, broken[line, at])
        return ""

    def _pieces(self) -> Iterator[Cells]:
        if self._opened.layout:
            yield from delimited.read(self._opened.path, self._opened.layout)
        yield from self._opened.pieces

    def _line(self, place: str, cells: list[tuple[str, str]], broken: str) -> _Held | None:
        """What a line says; None where it says nothing."""
        if self._guarded:
            cells = [(column, guard.off(text)) for column, text in cells]
        reading = Reading(self._lists, offered=not self._whole, known=self._known)
        mapped = [(column, _ticking(column, text)) for column, text in cells if column in self._slots]
        error = next((cell for cell in mapped if cell[1] in ERRORS), None)
        if broken or error:
            return _Held(place, {}, reading, refused=broken or say_error(*error))  # type: ignore[misc]  # one of them
        if not any(text.strip() for _column, text in mapped):
            return None
        answers = [(self._slots[column], text) for column, text in self._paired(mapped)]
        answers, affirmed = (answers, {}) if self._whole else _answered(answers, reading)
        data = flat.record(answers, reading, whole=self._whole)
        for column, text in cells:
            if column not in self._slots and text.strip() and text.strip() not in DASHES and not flat.is_mark(column):
                self._values[column] += 1
                if column in self._noted:
                    reading.left.append((column, text.strip()))
        if not self._whole:
            self._collection.settle(data, reading)
        for name, (asked, text) in affirmed.items():
            if data.get(name) == []:  # a yes never becomes a no
                del data[name]
                reading.keep(asked, text)
        return _Held(place, data, reading)

    def _paired(self, cells: list[tuple[str, str]]) -> Iterator[tuple[str, str]]:
        """Cells, those of one text of every row as one: each after the name of its column, a number with its unit."""
        several: dict[str, list[tuple[str, str]]] = {}
        for column, text in cells:
            slot = self._slots[column]
            if slot.column and slot.row == flat.EVERY and slot.column.kind is Kind.TEXT:
                several.setdefault(slot.path, []).append((column, text.strip()))
            else:
                yield column, text
        for parts in several.values():
            joined: list[tuple[str, str]] = []
            for column, text in parts:
                stem, unit = _stem(column)
                if joined and unit and _stem(joined[-1][0])[0] == stem:
                    joined[-1] = (stem, " ".join(filter(None, (joined[-1][1], text if joined[-1][1] else ""))))
                else:
                    joined.append((column, _with_unit(column, text)))
            filled = [pair for pair in joined if pair[1] and not is_open(pair[1])]
            if len(filled) > 1:
                yield parts[0][0], " ; ".join(_("{label}: {value}").format(label=c, value=t) for c, t in filled)
            elif filled or parts[0][1]:
                only = filled[0] if filled else parts[0]
                first = only[0] in (parts[0][0], _stem(parts[0][0])[0]) or not filled
                words = only[1] if first else _("{label}: {value}").format(label=only[0], value=only[1])
                yield parts[0][0], words

    def _goes_on(self, held: _Held, line_read: _Held, line: int, marked: Marks) -> bool:
        """Whether a line goes on with the record of the one before: its name is merged with that one's, both give one
        reference and one name, or it has neither, though that one has both or it says only what may have several
        answers."""
        if self._whole:
            return False
        here, before = (" ".join(str(d.get("name") or "").split()) for d in (line_read.data, held.data))
        ref, ref_before = (str(d.get("ref") or "") for d in (line_read.data, held.data))
        for at, column in enumerate(self._opened.columns, start=1):
            slot = self._slots.get(column)
            if slot and slot.path in ("name", "ref") and (line, at) in marked.joined:
                return here == before and ref == ref_before
        if ref or here:
            return bool(ref) and ref == ref_before and here == before
        paths = {slot.path for slot in self._slots.values()}
        if before and line_read.data and ref_before and {"name", "ref"} <= paths:
            return True
        several = all(self._collection.form.field(name).kind in ANSWERS for name in line_read.data)
        return bool(before and line_read.data) and several and not self._collection.propose(line_read.data)

    def _join(self, held: _Held, line_read: _Held) -> None:
        """Add what a line says to the record of the one before."""
        for name, value in line_read.data.items():
            before, asked = held.data.get(name), self._collection.form.field(name)
            if value in ("", None) or value == before:
                continue
            if before in ("", None, []):
                held.data[name] = value
            elif isinstance(before, list):
                held.data[name] = [*before, *(part for part in value if part not in before)]
            elif asked.kind is Kind.LONG:
                held.data[name] = before if value in before else f"{before}\n{value}"
            else:
                held.reading.keep(asked, show(asked, value, self._lists))
        held.reading.join(line_read.reading)

    def _ended(self, held: _Held) -> Row | None:
        """The row of a record; None of an example."""
        if held.refused:
            return row(held.place, {}, held.reading, refused=held.refused)
        name = str(held.data.get("name") or "")
        if not self._whole and name.casefold().startswith(_EXAMPLE):
            return None
        if not self._whole and _TOTAL.fullmatch(plain(name)):
            sentence = _("“{name}” is the total of a table, no record.")
            return row(held.place, {}, held.reading, refused=sentence.format(name=name))
        if not name and not self._whole:
            proposed = self._propose(held.data)
            if not proposed:
                return row(held.place, held.data, held.reading, refused=_("Nothing to name the record by."))
            return row(held.place, held.data, held.reading, proposed=proposed)
        return row(held.place, held.data, held.reading, whole=self._whole)

    def _propose(self, data: Mapping[str, Any]) -> str:
        """A name for a nameless record: what the collection proposes and a number, marked as to be named."""
        words = self._collection.propose(data).split("\n")[0][:300]
        if not words:
            return ""
        self._names[words] += 1
        with speaking("fr"):
            return " ".join(_(TO_NAME).format(words=words, n=self._names[words]).split())


def _answered(
    answers: Sequence[tuple[Slot, str]], reading: Reading
) -> tuple[list[tuple[Slot, str]], dict[str, tuple[Asked, str]]]:
    """Cells without the yes of a field of which another cell says what, and those yeses by the name of the field. A no
    beside a cell that says something is kept for the notes: which of the two holds, a person decides."""
    by_path: dict[str, list[tuple[Slot, str]]] = {}
    for slot, text in answers:
        if text.strip() and not slot.column and not slot.code and slot.field.kind in ANSWERS:
            by_path.setdefault(slot.path, []).append((slot, text))
    dropped: list[tuple[Slot, str]] = []
    affirmed: dict[str, tuple[Asked, str]] = {}
    for group in by_path.values():
        whole = [
            answer for answer in group if not is_yes(answer[1]) and not is_no(answer[1]) and not is_open(answer[1])
        ]
        yes = [answer for answer in group if is_yes(answer[1])]
        for slot, text in group if whole or yes else ():
            if is_yes(text):
                affirmed[slot.field.name] = (slot.field, text)
                if whole:
                    dropped.append((slot, text))
            elif is_no(text):
                reading.keep(slot.field, text)
                dropped.append((slot, text))
    return [answer for answer in answers if answer not in dropped], affirmed


def _ticking(column: str, text: str) -> str:
    """A tick below the yes or the no of a question, as that word; a yes and a no in words stand as they are."""
    side = mappings.answer_of(column) if text and len(text) <= _MOST_TICKS else None
    if not side or plain(text) in _IN_WORDS:
        return text
    return side[1] if is_yes(text) else "" if is_no(text) or not chosen(text)[0] else text


def _with_unit(column: str, text: str) -> str:
    """A number below a head that tells its unit, with it: `60` below `Conservation (mois)`."""
    unit = _UNIT.search(column)
    return f"{text} {unit[1].lower()}" if unit and text.isdecimal() else text


def _stem(column: str) -> tuple[str, str]:
    """A column's name without what says that it is a number or its unit, and that word for a unit."""
    match = _MEASURED.fullmatch(column.strip())
    return (match[1].strip(" _-()"), match[3] or "") if match else (column, "")


_MEASURED = re.compile(r"(?i)(.*?)(?:[ _-]*\(?(time|amount|value|valeur|nombre|durée)|[ _-]*\(?(units?|unités?))\)?")


def _texts(table: pa.Table, column: str) -> list[str]:
    return [text or "" for text in table[column].to_pylist()]
