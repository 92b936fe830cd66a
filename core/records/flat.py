"""A collection as one table, a line a record: for Excel and CSV, and for any table that people bring.

A field is a column. A field of rows is as many columns as its rows have: `Finalités 1 · Base légale`, and one column
for its explicit none (`Transferts`). A list too long for a cell goes on in a further column. So nothing is cut, and
what `cells` writes `record` reads as the same content.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from core.base.i18n import LANGUAGES, N_, _, speaking
from core.records import answers, cells, words
from core.records.cells import Cell, Reading
from core.records.fields import LISTED, Asked, Form, Kind, plain_path
from core.records.lists import Lists
from core.sources.mapping import plain

EVERY = 0
"""Row of a slot that fills every row of its field."""
MARK = N_("State in Vigie (not imported)")
"""Header of the column that only a table of Vigie has: there, an empty cell says that nobody has answered."""
GUARDED_MARK = N_("State in Vigie (CSV, not imported)")
"""Its header where apostrophes guard the texts (`guard`), also once a spreadsheet has saved the table as a workbook."""
DENSE = 1_500
"""Line breaks in a record from which its texts are written without any: readers give up on endless lines of CSV."""
MOST_ROWS = 10_000
"""Rows of one field that a table can tell of."""
_PART_UNITS = 12_000
_ROW_HEADER = re.compile(r"(?P<field>.+?) (?P<row>\d{1,5}) · (?P<column>.+)")
_PART_HEADER = re.compile(r"(?P<header>.+) \((?:suite|continued) (?P<part>\d{1,4})\)")
_PATH = re.compile(r"(?P<field>\w+)(?:\[(?P<row>\d{1,5})\])?(?:\.(?P<column>\w+))?")


@dataclass(frozen=True)
class Slot:
    """Where a column of a table goes: a field, or a column of one of its rows (counted from 1; `EVERY`: of all).

    `part` counts the columns over which a long list goes on. With a `code` it ticks that value of the field's list.
    """

    field: Asked
    column: Asked | None = None
    row: int = EVERY
    part: int = 1
    code: str = ""

    @property
    def asked(self) -> Asked:
        """What a cell of this column answers."""
        return self.column or self.field

    @property
    def path(self) -> str:
        """`name`, `purposes[2].legal_bases`, `purposes.legal_bases` for every row, `rights=access` for a tick."""
        if self.code:
            return f"{self.asked.path}={self.code}"
        row = f"[{self.row}]" if self.row else ""
        return f"{self.field.path}{row}.{self.column.name}" if self.column else self.field.path

    @property
    def header(self) -> str:
        """The column's header in the person's language."""
        words = _(self.field.label)
        if self.column:
            number = f" {self.row}" if self.row else ""
            words = f"{words}{number} · {_(self.column.label)}"
        return words if self.part == 1 else _("{header} (continued {n})").format(header=words, n=self.part)


@dataclass
class Shape:
    """How much room some records take: rows of each field, and cells of each long list by (path, row)."""

    rows: dict[str, int]
    parts: dict[tuple[str, int], int]


def measure(form: Form, contents: Iterable[Mapping[str, Any]]) -> Shape:
    """The room that contents take; every field of rows has room for one."""
    shape = Shape({field.path: 1 for field in form.fields if field.columns}, {})
    lists = [field for field in form.fields if field.kind in LISTED]
    for data in contents:
        for path, most in shape.rows.items():
            rows = data.get(path) or ()
            if len(rows) > most:
                shape.rows[path] = len(rows)
        for field in lists:
            _measure_list(shape, (field.path, EVERY), data.get(field.name))
        for field in form.fields:
            for column in field.columns:
                if column.kind is Kind.CODES:
                    for number, row in enumerate(data.get(field.name) or (), start=1):
                        _measure_list(shape, (column.path, number), row.get(column.name))
    return shape


def _measure_list(shape: Shape, place: tuple[str, int], values: Sequence[str] | None) -> None:
    if values and (chunks := len(_chunks(values))) > shape.parts.get(place, 1):
        shape.parts[place] = chunks


def _chunks(values: Sequence[str]) -> list[list[str]]:
    """Values in as many groups as they need cells."""
    groups: list[list[str]] = [[]]
    room = _PART_UNITS
    for value in values:
        units = 2 * len(value) + 2
        if units > room and groups[-1]:
            groups.append([])
            room = _PART_UNITS
        groups[-1].append(value)
        room -= units
    return groups


def slots(form: Form, shape: Shape) -> list[Slot]:
    """The columns of a table in the order of the form."""
    laid: list[Slot] = []
    for field in form.fields:
        laid += _parted(Slot(field), shape)
        for number in range(1, shape.rows.get(field.path, 0) + 1):
            for column in field.columns:
                laid += _parted(Slot(field, column, number), shape)
    return laid


def _parted(slot: Slot, shape: Shape) -> list[Slot]:
    parts = shape.parts.get((slot.asked.path, slot.row), 1)
    return [Slot(slot.field, slot.column, slot.row, part) for part in range(1, parts + 1)]


def line(data: Mapping[str, Any], columns: Sequence[Slot], lists: Lists) -> list[Cell]:
    """The cells of a record's content."""
    dense = sum(text.count("\n") for text in texts(data)) > DENSE
    return [_cell(slot, data, lists, dense) for slot in columns]


def texts(value: Any) -> Iterator[str]:
    """Every text in a value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for part in value.values():
            yield from texts(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from texts(part)


def _cell(slot: Slot, data: Mapping[str, Any], lists: Lists, dense: bool) -> Cell:
    value = data.get(slot.field.name)
    if slot.column is None and slot.field.kind is Kind.ROWS:
        return _count_or_none(slot.field, value, lists)
    if slot.column is not None:
        if not value or len(value) < slot.row:
            return None
        value = value[slot.row - 1].get(slot.column.name)
    if value and slot.asked.kind in LISTED:
        groups = _chunks(value)
        value = groups[slot.part - 1] if slot.part <= len(groups) else None
    elif slot.part > 1:
        return None
    return cells.write(slot.asked, value, lists, dense=dense)


def _count_or_none(field: Asked, rows: Sequence[Mapping[str, Any]] | None, lists: Lists) -> Cell:
    """An explicit none, or how many rows there are where one of them is empty and would be overlooked."""
    if not rows:
        return cells.write(field, rows, lists)
    return cells.JSON + str(len(rows)) if any(not any(row.values()) for row in rows) else None


def find(form: Form, header: str) -> Slot | None:
    """The slot that a header of Vigie's own names, in any language, or a path of the form; None if it names none."""
    header = " ".join(header.split())
    part = 1
    if match := _PART_HEADER.fullmatch(header):
        header, part = match["header"], int(match["part"])
    names = _names(form)
    if match := _ROW_HEADER.fullmatch(header):
        field = names.get(("", plain(match["field"])))
        column = names.get((field.path, plain(match["column"]))) if field else None
        if field and column and int(match["row"]) > 0:
            return Slot(field, column, int(match["row"]), part)
    if field := names.get(("", plain(header))):
        return Slot(field, part=part)
    return at(form, header)


def at(form: Form, path: str) -> Slot | None:
    """The slot of a path as `Slot.path` writes it; None if the form has no such field."""
    path, _sign, code = path.partition("=")
    match = _PATH.fullmatch(path)
    if not match:
        return None
    try:
        field = form.field(match["field"])
        column = form.field(plain_path(path)) if match["column"] else None
    except KeyError:
        return None
    if field not in form.fields or (code and not ticked_list(column or field)):
        return None
    return Slot(field, column, int(match["row"] or EVERY), code=code)


def ticked_list(field: Asked) -> str:
    """The list of values that columns of ticks may answer a field from; empty where there is none."""
    if field.kind in (Kind.CHOICES, Kind.CODES):
        return field.choices
    return next((column.choices for column in field.columns if column.key and column.kind is Kind.CHOICE), "")


_NAMES: dict[str, dict[tuple[str, str], Asked]] = {}


def _names(form: Form) -> dict[tuple[str, str], Asked]:
    """Fields by ("", plain label) and their columns by (path of the field, plain label), labels in any language."""
    if form.kind not in _NAMES:
        asked_by_name: dict[tuple[str, str], Asked] = {}
        for tongue in LANGUAGES:
            with speaking(tongue):
                for field in form.fields:
                    asked_by_name.setdefault(("", plain(_(field.label))), field)
                    for column in field.columns:
                        asked_by_name.setdefault((field.path, plain(_(column.label))), column)
        _NAMES[form.kind] = asked_by_name
    return _NAMES[form.kind]


@lru_cache(maxsize=2)
def marks(mark: str) -> frozenset[str]:
    """`MARK` or `GUARDED_MARK` in every language."""
    words = set()
    for tongue in LANGUAGES:
        with speaking(tongue):
            words.add(_(mark))
    return frozenset(words)


def is_mark(header: str) -> bool:
    """Whether a header is one of the marks."""
    return header in marks(MARK) | marks(GUARDED_MARK)


def record(
    columns: Sequence[tuple[Slot, str]], reading: Reading, *, whole: bool, begun: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """What a line says of a record: the fields that it fills, and in rows the columns that it has.

    `whole`: an empty cell says that nobody has answered; otherwise it says nothing. `begun`: what is known already.
    """
    data: dict[str, Any] = dict(begun or {})
    rows: dict[str, dict[int, dict[str, Any]]] = {}
    ticks: dict[str, list[tuple[Slot, str]]] = {}
    fields = {slot.field.name: slot.field for slot, _text in columns}
    for slot, text in columns:
        if slot.code and slot.column is None:
            ticks.setdefault(slot.field.name, []).append((slot, reading.chosen(slot.field, text).strip()))
        elif slot.column is not None:
            for name, value in _columns(slot, slot.column, text, reading, whole).items():
                if whole or value not in ("", None, []):
                    _put(rows.setdefault(slot.field.name, {}).setdefault(slot.row, {}), slot, name, value)
        else:
            value = _value(slot, text, reading, whole)
            if slot.field.columns and isinstance(value, int):
                rows.setdefault(slot.field.name, {})  # so many rows, even where no cell tells of one
            if whole or value not in ("", None):
                _put(data, slot, slot.field.name, value, label=not whole)
    for name, ticked in ticks.items():
        answer = _ticked(data.get(name), ticked, reading)
        if answer is not None:
            data[name] = answer
    for name, cells_by_row in rows.items():
        every = cells_by_row.pop(EVERY, {})
        data[name] = _rows(data.get(name), cells_by_row)
        if every:
            data[name] = _in_every(fields[name], data[name], every, reading)
        if data[name] is None and not whole:
            del data[name]
    return data


def _value(slot: Slot, text: str, reading: Reading, whole: bool) -> Any:
    """What a cell says; a table of others repeats its words."""
    if whole or not text.strip():
        return reading.value(slot.asked, text)
    return reading.once(slot.asked.path, text, lambda apart: apart.value(slot.asked, text))


def _columns(slot: Slot, column: Asked, text: str, reading: Reading, whole: bool) -> dict[str, Any]:
    """What a cell says of a column of rows, and of the one that takes the words beside its codes."""
    if slot.code:
        text = _said_of(slot, reading.chosen(slot.field, text), reading)
    about = cells.beside(slot.field, column) if column.kind is Kind.CODES else None
    if about is None or text.strip().startswith(cells.JSON):
        return {column.name: _value(slot, text, reading, whole)}

    def read(apart: Reading) -> dict[str, Any]:
        if text.strip().endswith("?"):
            return {column.name: apart.value(column, text)}
        codes, rests = apart.codes(column, text)
        return {column.name: codes, about.name: "\n".join(rests)}

    answers_by_column: dict[str, Any] = reading.once(f"{column.path}…", text, read)
    return answers_by_column


def _said_of(slot: Slot, text: str, reading: Reading) -> str:
    """What a cell below a value of a list says of it, in the words of a cell that lists such values."""
    meaning = cells.says(slot.asked, text).says if text else answers.Says.NOTHING
    if meaning is not answers.Says.VALUE:
        if meaning is answers.Says.DOUBT:
            reading.ask(slot.asked, text)
        return ""
    label = reading.lists.label(slot.asked.choices, slot.code)
    return label if cells.is_yes(text) else f"{label} ({text})"


def _ticked(answer: Any, ticks: Sequence[tuple[Slot, str]], reading: Reading) -> list[Any] | None:
    """A field with the values that columns tick; words instead of a tick are rows of that value, or describe it. None
    of all: none."""
    field, answers_ticked = ticks[0][0].field, []
    for slot, text in ticks:
        if text and not cells.is_no(text):
            answers_ticked += _tick(slot, text, reading)
    if answers_ticked:
        return [*(answer or []), *answers_ticked]
    refused = {slot.code for slot, text in ticks if text}
    every = refused >= set(reading.lists.options(ticked_list(field)))
    return [] if every and field.none and not answer else None


def _tick(slot: Slot, text: str, reading: Reading) -> list[Any]:
    """The values of a field that a cell below one of them ticks."""
    field, code, choice = slot.field, slot.code, cells.named_by(slot.field)
    if cells.is_yes(text):
        return [{choice.name: code} if choice else code]
    if reading.denied(field, text) is not None or reading.unsaid(field, text):
        return []
    if choice is None:
        reading.keep(field, f"{reading.lists.label(field.choices, code)} : {text}")
        return [code]
    about = cells.about(field)
    if not about.key:
        return [{choice.name: code, about.name: text}]
    inside = [part for part in cells.split(text) if reading.is_in_house(field, part, code)]
    for part in inside:
        reading.ask(field, part)
    others = "\n".join(part for part in cells.split(text) if part not in inside) if inside else text
    return [{choice.name: code, **row} for row in reading.rows(field, others) or ()]


def _put(into: dict[str, Any], slot: Slot, name: str, value: Any, *, label: bool = False) -> None:
    """Put a value, beside what another part or another column has put there."""
    before = into.get(name)
    if isinstance(before, list) and isinstance(value, list):
        into[name] = before + value
    elif label and before and isinstance(value, str) and slot.asked.kind is Kind.LONG:
        into[name] = f"{before}\n{value}"
    elif slot.part == 1 or before in (None, []):
        into[name] = value if name not in into or value not in (None, "", []) else before


def _rows(answer: Any, numbered: Mapping[int, Mapping[str, Any]]) -> list[dict[str, Any]] | None:
    """Rows from the cells of each: those that are empty do not count, unless the answer tells their number."""
    filled = {number: dict(row) for number, row in numbered.items() if any(row.values())}
    if isinstance(answer, int):
        return [dict(numbered.get(number, {})) for number in range(1, min(answer, MOST_ROWS) + 1)]
    listed = list(answer or [])
    for number in sorted(filled):
        if number <= len(listed):
            listed[number - 1] = {**listed[number - 1], **filled[number]}
        else:
            listed.append(filled[number])
    return listed or (answer if answer == [] else None)


_SAID_OF = re.compile(r"\s:|:\s|=|→")


def _in_every(
    field: Asked, rows: list[dict[str, Any]] | None, shared: Mapping[str, Any], reading: Reading
) -> list[dict[str, Any]] | None:
    """Rows with what one cell says of all of them, or of each by its name: `Identité : 5 ans ; Santé : 10 ans`."""
    if not any(shared.values()):
        return rows
    if rows == []:
        for name, value in shared.items():
            column = next(candidate for candidate in field.columns if candidate.name == name)
            if value:
                reading.keep(column, words.show(column, value, reading.lists))
        return rows
    if not rows:
        return [dict(shared)]
    filled = [dict(row) for row in rows]
    for name, value in shared.items():
        each = _each(field, rows, value, reading) if isinstance(value, str) else {}
        for number, row in enumerate(filled):
            row.setdefault(name, each.get(number, "") if each else value)
    return filled


def _each(field: Asked, rows: Sequence[Mapping[str, Any]], text: str, reading: Reading) -> dict[int, str]:
    """Which part of a text is about which row; nothing where a part is about none."""
    choice, about = cells.named_by(field), cells.about(field)
    words_by_row: dict[int, str] = {}
    for part in cells.split(text):
        sign = _SAID_OF.search(part, 1)
        name, words = (part[: sign.start()].rstrip(), part[sign.end() :].lstrip()) if sign else ("", "")
        code = reading.code(choice, name) if name and words and choice else ""
        here = [
            number
            for number, row in enumerate(rows)
            if name
            and words
            and ((code and row.get(choice.name) == code) or plain(str(row.get(about.name))) == plain(name))  # type: ignore[union-attr]  # there is a code
        ]
        if not here:
            return {}
        for number in here:
            words_by_row[number] = "\n".join(filter(None, [words_by_row.get(number), words]))
    return words_by_row
