"""Reading workbooks (.xlsx, .xlsm, .xlsb, .xls, .ods, and pages with tables that are called so) as rows of text cells.

A typed date becomes ISO text, so that a column that mixes dates and text reads as one. A workbook is refused whole,
with a sentence, when it is protected by a password, damaged, or too large to hold in memory.
"""

import json
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path

import pyarrow as pa

from core.base.errors import SourceFailed
from core.base.i18n import _
from core.sources import workbook
from core.sources.cells import Cells, Known, find_header, unique_names
from core.sources.workbook import Rows

SUFFIXES = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")
LARGEST_FILE = 200 * 2**20
LARGEST_CONTENT = 1024 * 2**20
_HEADER_WITHIN = 60
_OLE = b"\xd0\xcf\x11\xe0"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")


class Number(str):
    """The text of a cell that is a number and not whole: it has a decimal point, whatever people write."""

    __slots__ = ()


def sheets(path: Path, only: str = "") -> dict[str, Rows]:
    """Every visible sheet by name, or `only` one: all its rows from its first cell on, as text, merged cells filled
    down. Raises SourceFailed.
    """
    _check_size(path)
    command = [sys.executable, "-I", workbook.__file__, str(path), only]
    ended = subprocess.run(command, capture_output=True, check=False)  # noqa: S603 - ours
    match ended.returncode:
        case 0:
            found: dict[str, Rows] = json.loads(ended.stdout, parse_float=Number, parse_constant=str)
            return found
        case workbook.PROTECTED:
            raise SourceFailed(_protected(path))
        case workbook.DAMAGED:
            raise _damaged(path, ended.stderr.decode(errors="replace"))
        case code:  # it ran out of memory, or the reader crashed doing so
            raise SourceFailed(_too_large(path), detail=f"exit code {code}")


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
    columns = [[row[index] for _line, row in body] for index in range(len(header))]
    typed = [pa.array([isinstance(cell, Number) for cell in column], pa.bool_()) for column in columns]
    return Cells(
        table=pa.table([pa.array(column, pa.string()) for column in columns], names=list(header)),
        lines=[line for line, _row in body],
        where=f"{path.name}!{name}",
        done=len(body),
        total=len(body),
        typed={name: cells for name, cells in zip(header, typed, strict=True) if cells.true_count},
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
        raise _damaged(path, repr(error)) from error


def _damaged(path: Path, detail: str) -> SourceFailed:
    sentence = _("{file} cannot be read as a workbook: it is damaged, or of another kind.").format(file=path.name)
    return SourceFailed(sentence, detail=detail)


def _protected(path: Path) -> str:
    return _("{file} is protected by a password: save it without one.").format(file=path.name)


def _too_large(path: Path) -> str:
    return _("{file} is too large for a workbook: save it as CSV.").format(file=path.name)
