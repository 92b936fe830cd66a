"""Excel and CSV files of what a screen shows: pure, streamed, safe to open.

A text never becomes a formula: in Excel it is stored as text, in CSV an apostrophe precedes a first character that
a spreadsheet would obey. Control characters, which no spreadsheet takes, are replaced by �. Moments are local wall
time (real dates in Excel, `2026-11-20 08:02:03` in CSV), durations are seconds, percentages are shares of 1 in Excel
and hundredths in CSV; the header says the unit. Numbers stay numbers.
"""

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date, datetime
from typing import IO, Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ERROR_CODES
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from core.base import clock, status
from core.base.i18n import _, language, show_moment, show_number
from core.base.settings import settings
from core.facts.reads import read_later
from core.show.columns import MOMENTS, NO, YES, Column, Kind

BATCH_ROWS = 10_000
SHEET_ROWS = 1_048_575
"""Rows of data that one Excel sheet holds below its header."""
CELL_UNITS = 32_767
"""UTF-16 units that one Excel cell holds."""
EXACT_INTEGER = 10**15
"""Excel keeps 15 digits; a larger integer (an identifier, surely) is stored as text."""
FIRST_DAY = date(1900, 3, 1)
"""Days before are written as text: Excel has none before 1900, and counts a 29 February 1900 that never was."""
CONTROLS = "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff]"
OBEYED = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""First signs of what a spreadsheet takes for a formula; the wide ones where its language is of East Asia."""
_MOMENTS = {"fr": "dd/mm/yyyy hh:mm:ss", "en": "yyyy-mm-dd hh:mm:ss"}
FORMATS = {
    "fr": {**dict.fromkeys(MOMENTS, _MOMENTS["fr"]), Kind.DAY: "dd/mm/yyyy", Kind.MONTH: "mm/yyyy"},
    "en": {**dict.fromkeys(MOMENTS, _MOMENTS["en"]), Kind.DAY: "yyyy-mm-dd", Kind.MONTH: "yyyy-mm"},
}
SEPARATORS = {"fr": ";", "en": ","}
WIDTHS = {Kind.TEXT: 28, Kind.LINK: 40, Kind.MOMENT: 20, Kind.TIME: 20}
SHEET_NAME = 31
"""Characters that the name of an Excel sheet holds."""
_CONTROLS = re.compile(CONTROLS)
_OBEYED = rf"\A([{re.escape(''.join(OBEYED))}])"
_NOT_IN_NAMES = re.compile(rf"{CONTROLS}|[\[\]:*?/\\]")
_ESCAPE_LOOKALIKE = re.compile("_(?=x[0-9A-Fa-f]{4}_)")


@dataclass(frozen=True)
class Note:
    """What the sheet "About" of an export says. Texts are already translated; `freshness` (up to when the data tell)
    and `read_at` are UTC."""

    title: str
    mission: str
    queries: tuple[str, ...]
    filters: tuple[tuple[str, str], ...]
    freshness: datetime | None
    who: str
    demo: bool
    read_at: datetime | None = None

    @property
    def lines(self) -> list[str]:
        """What stands below the title of a picture: mission and filters, how far the data tell, that it is a demo."""
        asked = " · ".join([self.mission, *(f"{label}\u202f: {value}" for label, value in self.filters)])
        demo = _("Demonstration: invented data, nothing of it is real.") if self.demo else ""
        return [line for line in (asked, self.fresh, demo) if line]

    @property
    def fresh(self) -> str:
        """Up to when the data tell, and when they were read where that was later."""
        if self.freshness is None:
            return _("No data yet")
        moment = show_moment(self.freshness)
        if self.read_at and read_later(self.freshness, self.read_at):
            return _("Data up to {moment}, read on {read}").format(moment=moment, read=show_moment(self.read_at))
        return _("Data as of {moment}").format(moment=moment)


def batches(frame: pd.DataFrame) -> Iterator[pa.RecordBatch]:
    """A frame in pieces, as the writers take it."""
    yield from pa.Table.from_pandas(frame, preserve_index=False).to_batches(max_chunksize=BATCH_ROWS)


def header(column: Column) -> str:
    """A column's label with the unit that a reader of the file needs."""
    if column.kind is Kind.DURATION:
        return f"{_(column.label)} (s)"
    if column.kind in MOMENTS:
        return f"{_(column.label)} ({settings().timezone})"
    return column.header


def _stored(batch: pa.RecordBatch, column: Column) -> pa.Array:
    """A column's values with its meaning settled: local wall time, words for verdicts and flags, clean text."""
    values = batch.column(batch.schema.get_field_index(column.name))
    if values.null_count == len(values):
        values = pa.nulls(len(values))  # whatever type a frame gives to nothing
    match column.kind:
        case Kind.MOMENT | Kind.TIME:
            zoned = values.cast(pa.timestamp("us", tz="UTC")).cast(pa.timestamp("us", tz=settings().timezone))
            return pc.local_timestamp(zoned).cast(pa.timestamp("s"), safe=False)
        case Kind.DAY | Kind.MONTH:
            return values.cast(pa.date32(), safe=False)
        case Kind.NUMBER | Kind.PERCENT | Kind.DURATION:
            return values if pa.types.is_integer(values.type) else values.cast(pa.float64())
        case Kind.FLAG:
            return pc.if_else(values, _(YES), _(NO))
        case Kind.AVAILABILITY:
            words = {verdict.value: _(look.business_word) for verdict, look in status.LOOKS.items()}
            return pa.array([words.get(value) for value in values.to_pylist()], pa.string())
        case _:
            return pc.replace_substring_regex(values.cast(pa.string()), CONTROLS, "\ufffd")


# --- CSV ------------------------------------------------------------------------------------------------------------


def write_csv(file: IO[bytes], rows: Iterable[pa.RecordBatch], columns: Sequence[Column]) -> int:
    """Write all rows as CSV in UTF-8 with a byte order mark; give their number.

    In French `;` separates and numbers have a decimal comma, as Excel in French expects; in English `,` and a point.
    """
    comma = language() == "fr"
    options = pyarrow.csv.WriteOptions(include_header=False, delimiter=SEPARATORS[language()])
    file.write(b"\xef\xbb\xbf")
    _append(file, [pa.array([inert(_csv_header(column))]) for column in columns], options)
    count = 0
    for batch in rows:
        _append(file, [_written(_stored(batch, column), column, comma) for column in columns], options)
        count += batch.num_rows
    return count


def _append(file: IO[bytes], arrays: list[pa.Array], options: pyarrow.csv.WriteOptions) -> None:
    table = pa.Table.from_arrays(arrays, names=[str(position) for position in range(len(arrays))])
    pyarrow.csv.write_csv(table, file, options)


def _csv_header(column: Column) -> str:
    return f"{_(column.label)} (%)" if column.kind is Kind.PERCENT else header(column)


def inert(text: str) -> str:
    """A text that no spreadsheet takes for a formula: an apostrophe precedes a first sign that it would obey."""
    return f"'{text}" if text.startswith(OBEYED) else text


def _written(values: pa.Array, column: Column, comma: bool) -> pa.Array:
    if pa.types.is_timestamp(values.type):
        return pc.strftime(values, format="%Y-%m-%d %H:%M:%S")
    if column.kind is Kind.PERCENT:
        values = pc.round(pc.multiply(values, 100.0), ndigits=10)
    if pa.types.is_floating(values.type) and comma:
        return pc.replace_substring(values.cast(pa.string()), ".", ",")
    if pa.types.is_string(values.type) or pa.types.is_large_string(values.type):
        return pc.replace_substring_regex(values, _OBEYED, r"'\1")
    return values


# --- Excel ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Sheet:
    """One table of a workbook. `title` is already translated; `rows` are all its rows."""

    title: str
    columns: Sequence[Column]
    rows: Iterable[pa.RecordBatch]


def write_excel(file: IO[bytes], rows: Iterable[pa.RecordBatch], columns: Sequence[Column], note: Note) -> int:
    """Write all rows to a workbook of as many sheets as they need, after a sheet "About"; give their number."""
    return write_book(file, [Sheet(_("Data"), columns, rows)], note)


@contextmanager
def streamed() -> Iterator[Any]:
    """A workbook that is written as its rows come; where they break off, the sheets that were begun are closed."""
    book = Workbook(write_only=True)
    try:
        yield book
    except BaseException:
        for sheet in book.worksheets:
            with suppress(Exception):
                sheet.close()
        raise


def write_book(file: IO[bytes], tables: Sequence[Sheet], note: Note) -> int:
    """Write several tables to one workbook, each to a sheet named by its title, after a sheet "About"; give the number
    of rows."""
    with streamed() as book:
        about = book.create_sheet(_("About"))
        written = [_fill(book, table) for table in tables]
        _fill_about(about, tables, note, written)
        book.save(file)
    return sum(sheet.rows for sheet in written)


@dataclass(frozen=True)
class _Written:
    """What became of a table: how many rows on how many sheets, and how many texts were cut."""

    rows: int
    sheets: int
    cut: int


def _fill(book: Any, table: Sheet) -> _Written:
    columns = table.columns
    sheet = _new_sheet(book, table.title, columns)
    count, sheets, cut, left = 0, 1, 0, SHEET_ROWS
    for batch in table.rows:
        stored = [_stored(batch, column).to_pylist() for column in columns]
        for values in zip(*stored, strict=True):
            if left == 0:
                sheet, sheets, left = _new_sheet(book, table.title, columns), sheets + 1, SHEET_ROWS
            cells = [_cell(sheet, value, column) for value, column in zip(values, columns, strict=True)]
            cut += sum(1 for value in values if isinstance(value, str) and _units(value) > CELL_UNITS)
            sheet.append(cells)
            count, left = count + 1, left - 1
    return _Written(count, sheets, cut)


def _new_sheet(book: Any, title: str, columns: Sequence[Column]) -> Any:
    sheet = book.create_sheet(_sheet_name(title, {name.casefold() for name in book.sheetnames}))
    sheet.freeze_panes = "A2"
    for position, column in enumerate(columns, start=1):
        sheet.column_dimensions[get_column_letter(position)].width = WIDTHS.get(column.kind, 16)
    sheet.append([_bold(sheet, header(column)) for column in columns])
    return sheet


def _sheet_name(title: str, taken: set[str]) -> str:
    """A title as Excel takes it for a sheet: up to its first colon (figures follow there), without some signs, at most
    31 characters, unlike every other."""
    clean = " ".join(_NOT_IN_NAMES.sub(" ", title.partition(":")[0]).split()).strip("'") or _("Data")
    name, number = clean[:SHEET_NAME].strip(" '"), 1
    while name.casefold() in taken:
        number += 1
        name = f"{clean[: SHEET_NAME - len(str(number)) - 1].strip()} {number}"
    return name


def _cell(sheet: Any, value: Any, column: Column) -> Any:
    """A value as openpyxl stores it; texts that it would take for a formula or an error are forced to be text."""
    if isinstance(value, str):
        return text_cell(sheet, value) if value else None
    if isinstance(value, float) and not math.isfinite(value):
        return None if math.isnan(value) else str(value)
    if isinstance(value, int) and abs(value) >= EXACT_INTEGER:
        return str(value)
    if value is not None and column.kind in FORMATS["fr"]:
        if (value.date() if isinstance(value, datetime) else value) < FIRST_DAY:
            return value.isoformat(sep=" ") if isinstance(value, datetime) else value.isoformat()
        cell = WriteOnlyCell(sheet, value)
        cell.number_format = FORMATS[language()][column.kind]
        return cell
    if value is not None and column.kind is Kind.PERCENT:
        cell = WriteOnlyCell(sheet, value)
        cell.number_format = "0%" if not column.digits else f"0.{'0' * column.digits}%"
        return cell
    return value


def text_cell(sheet: Any, text: str) -> Any:
    """A text as a cell of a write-only sheet, never a formula; over `CELL_UNITS` it is cut, and says so."""
    if _units(text) > CELL_UNITS:
        text = _cut(text)
    text = _ESCAPE_LOOKALIKE.sub("_x005F_", text)
    if not text.startswith(OBEYED) and text not in ERROR_CODES:
        return text
    cell = WriteOnlyCell(sheet, text)
    cell.data_type = "s"
    cell.quotePrefix = True  # it stays text when somebody edits the cell
    return cell


def _units(text: str) -> int:
    return len(text) if len(text) * 2 <= CELL_UNITS else len(text.encode("utf-16-le")) // 2


def _cut(text: str) -> str:
    mark = _(" […] (cut: {n} characters; the CSV export holds them all)").format(n=show_number(len(text)))
    kept = text.encode("utf-16-le")[: 2 * (CELL_UNITS - _units(mark))]
    return kept.decode("utf-16-le", errors="ignore") + mark


def _bold(sheet: Any, text: str) -> Any:
    cell = WriteOnlyCell(sheet, _CONTROLS.sub("\ufffd", text))
    cell.data_type = "s"
    cell.font = Font(bold=True)
    return cell


def _read(note: Note) -> list[tuple[str, str]]:
    """When the data were read, where that was later than what they tell."""
    if note.read_at is None or not read_later(note.freshness, note.read_at):
        return []
    return [(_("Read on"), show_moment(note.read_at))]


def _fill_about(sheet: Any, tables: Sequence[Sheet], note: Note, written: Sequence[_Written]) -> None:
    """One line a fact: what the export is, where from, how fresh, who took it and when."""
    lines: list[tuple[str, str]] = [
        (_("Title"), note.title),
        (_("Mission"), note.mission),
        (_("Query"), ", ".join(note.queries)),
        *((_("Filter: {label}").format(label=label), value) for label, value in note.filters),
        (_("Data as of"), show_moment(note.freshness) if note.freshness else _("never read")),
        *_read(note),
        (_("Exported by"), note.who),
        (_("Exported on"), show_moment(clock.now())),
        (_("Time zone"), settings().timezone),
    ]
    for table, count in zip(tables, written, strict=True):
        label = _("Rows") if len(tables) == 1 else _("Rows: {title}").format(title=table.title)
        lines.append((label, show_number(count.rows)))
        if count.sheets > 1:
            lines.append((_("Sheets"), _("The rows fill {n} sheets.").format(n=count.sheets)))
    if cut := sum(count.cut for count in written):
        lines.append((_("Long texts"), _("{n} texts are longer than a cell and were cut.").format(n=show_number(cut))))
    if note.demo:
        lines.append((_("Demonstration"), _("Invented data: nothing in this file is real.")))
    helps = {_(column.label): _(column.help) for table in tables for column in table.columns if column.help}
    lines.extend((_("Column: {label}").format(label=label), text) for label, text in helps.items())
    sheet.column_dimensions["A"].width = 28
    sheet.column_dimensions["B"].width = 90
    for label, value in lines:
        sheet.append([_bold(sheet, label), text_cell(sheet, _CONTROLS.sub("\ufffd", value))])
