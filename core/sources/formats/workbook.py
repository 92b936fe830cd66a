"""The cells of a workbook, read in a process of its own (`formats.child`), since the reader is native code.

A page with tables counts as one too: many programs call that an Excel file, and Excel opens it.
"""

import mmap
import re
import zipfile
from collections import Counter
from datetime import date, datetime, time, timedelta
from html.parser import HTMLParser
from pathlib import Path

from python_calamine import CalamineSheet, CalamineWorkbook, PasswordError, SheetVisibleEnum

from core.sources import limits, packed
from core.sources.formats import compound
from core.sources.formats.child import Protected, TooLarge

BROKEN = "\N{REPLACEMENT CHARACTER}"
Cell = str | int | float | bool | date | datetime | time | timedelta
Rows = list[list[str]]
Numbered = dict[str, list[list[str | float]]]
_PAGE = re.compile(rb"(?:\xef\xbb\xbf)?\s*<(?:!doctype html|html|head|meta|table)\b", re.IGNORECASE)
_STRAY = re.compile(r"<(?![a-z/!?])", re.IGNORECASE)
"""A sign that begins no mark: the parser would stop at each by itself."""
_BREAKS = frozenset(("br", "p", "div", "li", "tr"))
_UNSEEN = frozenset(("style", "script", "title"))
_WIDEST = 16_384
_EXACT = 1e15
_SHORTEST = 4
"""Bytes in which a cell is told to whoever asked, at the least."""
_OLE = b"\xd0\xcf\x11\xe0"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_TELLING = re.compile(r"xl/(workbook|styles)\.|.*\.rels$|\[Content_Types\]|styles\.xml$|META-INF/")
"""Parts of a workbook that tell of the others and hold no cells."""


def read(path: str, only: str) -> "dict[str, Rows] | Numbered":
    """Every visible sheet by name, or `only` one: all its rows from its first cell on, as text; a number that is not
    whole stays one."""
    check_size(Path(path))
    with Path(path).open("rb") as handle:
        is_page = _PAGE.match(handle.read(1024))
    if is_page:
        tables = _Tables.of(Path(path).read_bytes())
        return {only: tables[only]} if only in tables else tables
    try:
        workbook = CalamineWorkbook.from_path(path)
    except PasswordError:
        raise Protected from None
    with workbook:
        visible = [meta.name for meta in workbook.sheets_metadata if meta.visible == SheetVisibleEnum.Visible]
        wanted = [only] if only in workbook.sheet_names else visible
        most = min(limits.MOST_CELLS, limits.unpacked(Path(path).stat().st_size) // _SHORTEST)
        if len(wanted) > limits.MOST_SHEETS:
            raise TooLarge
        rows_by_sheet = {}
        for name in wanted:
            rows_by_sheet[name] = _rows(workbook.get_sheet_by_name(name), most)
            most -= sum(map(len, rows_by_sheet[name]))
        return rows_by_sheet


def check_size(path: Path) -> None:
    """Raise TooLarge for what would not fit in memory. Raises Protected, and zipfile's errors."""
    size = path.stat().st_size
    if size > limits.LARGEST_WORKBOOK:
        raise TooLarge
    with path.open("rb") as handle:
        if handle.read(len(_OLE)) == _OLE:
            with mmap.mmap(handle.fileno(), 0, access=mmap.ACCESS_READ) as whole:
                if whole.find(_ENCRYPTED) >= 0:
                    raise Protected
                compound.check(whole)
    if not zipfile.is_zipfile(path):
        return
    telling = Counter[str]()
    with zipfile.ZipFile(path) as archive:
        for name, piece in packed.pieces(archive, size):
            telling[name] += len(piece) if _TELLING.match(name) else 0
            if telling[name] > limits.LARGEST_PART:
                raise TooLarge


def _rows(sheet: CalamineSheet, most: int) -> list[list[str | float]]:
    if sheet.height * sheet.width > most:
        raise TooLarge
    rows = [[_text(cell) for cell in row] for row in sheet.to_python(skip_empty_area=False)]
    if sum(map(len, rows)) > limits.MOST_CELLS:
        raise TooLarge
    merged = sheet.merged_cell_ranges or []
    if sum(min(bottom, len(rows)) - top for (top, _left), (bottom, _right) in merged) > sum(map(len, rows)):
        raise ValueError("merged cells lie over each other")
    for (top, left), (bottom, _right) in merged:
        for row in rows[top + 1 : bottom + 1]:
            if left < len(row):  # else nothing stands in the columns that are merged
                row[left] = rows[top][left]
    return rows


def _text(cell: Cell) -> str | float:
    """A cell as text: dates in ISO (to the millisecond), durations as h:mm:ss, whole numbers without a point, as far as
    a workbook keeps their figures; another number as it is."""
    match cell:
        case str():
            return cell.replace("\0", BROKEN)
        case bool():
            return "true" if cell else "false"
        case datetime():
            rounded = (cell + timedelta(microseconds=500)).replace(tzinfo=None)
            return rounded.isoformat(sep=" ", timespec="milliseconds").removesuffix(".000")
        case timedelta():
            seconds = round(cell.total_seconds())
            return f"{seconds // 3600}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
        case date() | time():
            return cell.isoformat()
        case float() if cell.is_integer() and abs(cell) < _EXACT:
            return str(int(cell))
        case float():
            return cell
        case _:
            return str(cell)


class _Tables(HTMLParser):
    """The tables of a page, by their id or their number; a table within a cell is text of that cell."""

    def __init__(self) -> None:
        super().__init__()
        self.tables: dict[str, Rows] = {}
        self._rows: Rows = []
        self._cell: list[str] | None = None
        self._span, self._depth, self._unseen = 1, 0, 0

    @classmethod
    def of(cls, page: bytes) -> dict[str, Rows]:
        """Rows of equal length; the columns that a cell spans besides its first are empty. Raises ValueError on a page
        that is cut."""
        try:
            text = page.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = page.decode("cp1252", errors="replace")
        parser = cls()
        if "</table" not in text.lower():  # said at once: to read a page of megabytes takes a while
            raise ValueError("no table ends")
        parser.feed(_STRAY.sub("&lt;", text.replace("\0", BROKEN)))
        parser.close()
        if parser._depth:
            raise ValueError("a table does not end")
        for rows in parser.tables.values():
            width = max(map(len, rows), default=0)
            if width * len(rows) > limits.MOST_CELLS:
                raise TooLarge
            rows[:] = [row + [""] * (width - len(row)) for row in rows]
        return parser.tables

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        self._unseen += tag in _UNSEEN
        if tag == "table":
            self._depth += 1
            if self._depth == 1:
                if len(self.tables) >= limits.MOST_SHEETS:
                    raise TooLarge
                number = str(len(self.tables) + 1)
                name = attributes.get("id") or number
                self._rows = self.tables.setdefault(name if name not in self.tables else number, [])
        elif self._depth == 1 and tag == "tr":
            self._end_cell()
            self._rows.append([])
        elif self._depth == 1 and tag in ("td", "th") and self._rows:
            self._end_cell()
            self._cell = []
            span = attributes.get("colspan") or ""
            self._span = min(int(span), _WIDEST) if span.isdecimal() else 1
        else:
            self._break(tag)

    def handle_endtag(self, tag: str) -> None:
        self._unseen -= tag in _UNSEEN
        if self._depth == 1 and tag in ("td", "th", "tr", "table"):
            self._end_cell()
        else:
            self._break(tag)
        self._depth -= tag == "table" and self._depth > 0

    def handle_data(self, data: str) -> None:
        if self._cell is not None and not self._unseen:
            self._cell.append(data.replace("\n", " "))

    def _break(self, tag: str) -> None:
        if tag in _BREAKS and self._cell is not None:
            self._cell.append("\n")

    def _end_cell(self) -> None:
        if self._cell is not None:
            self._rows[-1] += [_tidy("".join(self._cell)), *[""] * (self._span - 1)]
            if len(self._rows[-1]) > 2 * _WIDEST:
                raise TooLarge
        self._cell = None


def _tidy(text: str) -> str:
    """A text as a page shows it: blanks joined, no empty lines."""
    return "\n".join(filter(None, (" ".join(line.split()) for line in text.split("\n"))))
