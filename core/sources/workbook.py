"""Reads a workbook's cells in a process of its own: `python -I workbook.py PATH SHEET` prints them as JSON.

A page with tables counts as one too: many programs call that an Excel file, and Excel opens it.

The reader is native code. Some files crash it, or make it ask for more memory than there is (a single cell in the last
row and column of a sheet is enough), which would end the whole of Vigie. Here that ends this process alone; whoever
started it (`core.sources.excel`) says it in a sentence. It imports nothing of Vigie, so that it starts at once.
"""

import json
import re
import resource
import sys
from datetime import date, datetime, time, timedelta
from html.parser import HTMLParser
from pathlib import Path

from python_calamine import CalamineSheet, CalamineWorkbook, PasswordError, SheetVisibleEnum

MEMORY = 4 * 2**30
"""Bytes that one workbook may take."""
BROKEN = "\N{REPLACEMENT CHARACTER}"
PROTECTED, DAMAGED, TOO_LARGE = 3, 4, 5
"""Exit codes."""
Cell = str | int | float | bool | date | datetime | time | timedelta
Rows = list[list[str]]
Numbered = dict[str, list[list[str | float]]]
_PAGE = re.compile(rb"(?:\xef\xbb\xbf)?\s*<(?:!doctype html|html|head|meta|table)\b", re.IGNORECASE)
_BREAKS = frozenset(("br", "p", "div", "li", "tr"))
_UNSEEN = frozenset(("style", "script", "title"))
_WIDEST = 16_384


def read(path: str, only: str) -> "dict[str, Rows] | Numbered":
    """Every visible sheet by name, or `only` one: all its rows from its first cell on, as text; a number that is not
    whole stays one."""
    with Path(path).open("rb") as handle:
        is_page = _PAGE.match(handle.read(1024))
    if is_page:
        tables = _Tables.of(Path(path).read_bytes())
        return {only: tables[only]} if only in tables else tables
    with CalamineWorkbook.from_path(path) as workbook:
        visible = [meta.name for meta in workbook.sheets_metadata if meta.visible == SheetVisibleEnum.Visible]
        wanted = [only] if only in workbook.sheet_names else visible
        return {name: _rows(workbook.get_sheet_by_name(name)) for name in wanted}


def _rows(sheet: CalamineSheet) -> list[list[str | float]]:
    rows = [[_text(cell) for cell in row] for row in sheet.to_python(skip_empty_area=False)]
    for (top, left), (bottom, _right) in sheet.merged_cell_ranges or []:
        for row in rows[top + 1 : bottom + 1]:
            if left < len(row):  # else nothing stands in the columns that are merged
                row[left] = rows[top][left]
    return rows


def _text(cell: Cell) -> str | float:
    """A cell as text: dates in ISO (to the millisecond), durations as h:mm:ss, whole numbers without a point; another
    number as it is."""
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
        case float() if cell.is_integer():
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
        parser.feed(text.replace("\0", BROKEN))
        parser.close()
        if parser._depth:
            raise ValueError("a table does not end")
        for rows in parser.tables.values():
            width = max(map(len, rows), default=0)
            rows[:] = [row + [""] * (width - len(row)) for row in rows]
        return parser.tables

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        self._unseen += tag in _UNSEEN
        if tag == "table":
            self._depth += 1
            if self._depth == 1:
                number = str(len(self.tables) + 1)
                name = said.get("id") or number
                self._rows = self.tables.setdefault(name if name not in self.tables else number, [])
        elif self._depth == 1 and tag == "tr":
            self._end_cell()
            self._rows.append([])
        elif self._depth == 1 and tag in ("td", "th") and self._rows:
            self._end_cell()
            self._cell = []
            span = said.get("colspan") or ""
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
        self._cell = None


def _tidy(text: str) -> str:
    """A text as a page shows it: blanks joined, no empty lines."""
    return "\n".join(filter(None, (" ".join(line.split()) for line in text.split("\n"))))


def main(path: str, only: str) -> int:
    """Print the sheets, or say on standard error what is wrong. Gives the exit code."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        sys.stdout.write(json.dumps(read(path, only)))
    except PasswordError:
        return PROTECTED
    except MemoryError:
        return TOO_LARGE
    except BaseException as error:
        sys.stderr.write(repr(error))
        return DAMAGED
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
