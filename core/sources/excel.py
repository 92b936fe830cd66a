"""Reading workbooks (.xlsx, .xlsm, .xlsb, .xls, .ods) as rows of text cells.

A typed date becomes ISO text, so that a column that mixes dates and text reads as one. A workbook is refused whole,
with a sentence, when it is protected by a password, damaged, or too large to hold in memory.
"""

import zipfile
import zlib
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from pathlib import Path

import pyarrow as pa
from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, PasswordError, SheetVisibleEnum

from core.errors import SourceFailed
from core.i18n import _
from core.sources.cells import BROKEN, Cells, Known, find_header, unique_names

SUFFIXES = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")
LARGEST_FILE = 200 * 2**20
LARGEST_CONTENT = 1024 * 2**20
_HEADER_WITHIN = 60
_OLE = b"\xd0\xcf\x11\xe0"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")

Cell = str | int | float | bool | date | datetime | time | timedelta


Rows = list[list[str]]


def sheets(path: Path, only: str = "") -> dict[str, Rows]:
    """Every visible sheet by name, or `only` one: all its rows from its first cell on, as text, merged cells filled
    down. Raises SourceFailed.
    """
    _check_size(path)
    try:
        with CalamineWorkbook.from_path(path) as workbook:
            visible = [meta.name for meta in workbook.sheets_metadata if meta.visible == SheetVisibleEnum.Visible]
            wanted = [only] if only in workbook.sheet_names else visible
            return {name: _rows(workbook.get_sheet_by_name(name)) for name in wanted}
    except PasswordError as error:
        raise SourceFailed(_protected(path)) from error
    except (CalamineError, OSError, ValueError) as error:
        raise _damaged(path, error) from error


def read(path: Path, known: Known, *, sheet: str = "") -> Cells:
    """Rows of one sheet: the named one, or the visible one whose header has most known names.

    A cell merged over several rows counts in each of them. Raises SourceFailed.
    """
    return choose(path, sheets(path, sheet), known, sheet=sheet)


def choose(path: Path, found: Mapping[str, Rows], known: Known, *, sheet: str = "") -> Cells:
    """As `read`, of the sheets of a workbook that are read already."""
    name, rows = _choose(path, found, known, sheet)
    at = find_header(rows[:_HEADER_WITHIN], known)
    header = unique_names(rows[at])
    body = [(line, row) for line, row in enumerate(rows[at + 1 :], start=at + 2) if any(row)]
    columns = [pa.array([row[index] for _line, row in body], pa.string()) for index in range(len(header))]
    return Cells(
        table=pa.table(columns, names=list(header)),
        lines=[line for line, _row in body],
        where=f"{path.name}!{name}",
        done=len(body),
        total=len(body),
    )


def _choose(path: Path, found: Mapping[str, Rows], known: Known, wanted: str) -> tuple[str, Rows]:
    if wanted and wanted not in found:
        raise SourceFailed(
            _("{file} has no sheet {sheet}. Sheets found: {found}.").format(
                file=path.name, sheet=wanted, found=", ".join(found)
            )
        )
    best: tuple[int, str, Rows] = (-1, "", [])
    for name in [wanted] if wanted else found:
        rows = found[name]
        if not any(map(any, rows)):
            continue
        names = rows[find_header(rows[:_HEADER_WITHIN], known)]
        if (score := sum(map(known, names))) > best[0]:
            best = (score, name, rows)
    if best[0] < 0:
        raise SourceFailed(_("{file} is empty.").format(file=path.name))
    return best[1], best[2]


def _rows(sheet: CalamineSheet) -> Rows:
    rows = [[_text(cell) for cell in row] for row in sheet.to_python(skip_empty_area=False)]
    for (top, left), (bottom, _right) in sheet.merged_cell_ranges or []:
        for row in rows[top + 1 : bottom + 1]:
            row[left] = rows[top][left]
    return rows


def _text(cell: Cell) -> str:
    """A cell as text: dates in ISO (to the millisecond), durations as h:mm:ss, whole numbers without a point."""
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
        case _:
            return str(cell)


def _check_size(path: Path) -> None:
    """Refuse what would not fit in memory, by unpacking it piece by piece: what a ZIP says of itself is not proof."""
    if path.stat().st_size > LARGEST_FILE:
        raise SourceFailed(_too_large(path))
    with path.open("rb") as handle:
        head = handle.read(len(_OLE))
        if head == _OLE and _ENCRYPTED in handle.read():
            raise SourceFailed(_protected(path))
    if not zipfile.is_zipfile(path):
        return
    left = LARGEST_CONTENT
    try:
        with zipfile.ZipFile(path) as archive:
            for member in archive.infolist():
                with archive.open(member) as handle:
                    while block := handle.read(1 << 20):
                        left -= len(block)
                        if left < 0:
                            raise SourceFailed(_too_large(path))
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, ValueError, OSError, zlib.error) as error:
        raise _damaged(path, error) from error


def _damaged(path: Path, error: Exception) -> SourceFailed:
    sentence = _("{file} cannot be read as a workbook: it is damaged, or of another kind.").format(file=path.name)
    return SourceFailed(sentence, detail=repr(error))


def _protected(path: Path) -> str:
    return _("{file} is protected by a password: save it without one.").format(file=path.name)


def _too_large(path: Path) -> str:
    return _("{file} is too large for a workbook: save it as CSV.").format(file=path.name)
