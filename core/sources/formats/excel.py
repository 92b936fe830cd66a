"""Reading workbooks (.xlsx, .xlsm, .xlsb, .xls, .ods, and pages with tables that are called so) as rows of text cells.

A typed date becomes ISO text, so that a column that mixes dates and text reads as one. A workbook is refused whole,
with a sentence, when it is protected by a password, damaged, or too large to hold in memory.
"""

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa

from core.base.errors import SourceFailed
from core.base.i18n import _
from core.sources import limits
from core.sources.cells import Cells, Known, find_header, unique_names
from core.sources.formats import child
from core.sources.formats.workbook import Rows
from core.sources.values.moments import read_days

SUFFIXES = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")
_HEADER_WITHIN = 60


class Number(str):
    """The text of a cell that is a number, and not a whole one that is exact: it has a decimal point, whatever people
    write; or it is whole and has more figures than a workbook keeps of numbers."""

    __slots__ = ()


def _number(written: str) -> Number:
    number = float(written)
    return Number(int(number) if number.is_integer() else written)


def sheets(path: Path, only: str = "") -> dict[str, Rows]:
    """Every visible sheet by name, or `only` one: all its rows from its first cell on, as text, merged cells filled
    down. Raises SourceFailed.
    """
    rows_by_sheet: dict[str, Rows] = limited(path, "workbook", only)
    return rows_by_sheet


def limited(path: Path, reader: str, *arguments: str) -> Any:
    """What a reader gives of a workbook, in a process of its own with limits of memory and time.

    Raises SourceFailed."""
    command = [sys.executable, "-I", child.__file__, reader, str(path), *arguments]
    try:
        seconds = limits.WORKBOOK_SECONDS + path.stat().st_size // limits.MB
        ended = subprocess.run(command, capture_output=True, check=False, timeout=seconds)  # noqa: S603 - ours
    except OSError as error:
        sentence = _("{file} cannot be read ({reason}).").format(file=path.name, reason=error.strerror)
        raise SourceFailed(sentence, detail=repr(error)) from error
    except subprocess.TimeoutExpired:
        raise SourceFailed(_("{file} takes too long to be read: save it as CSV.").format(file=path.name)) from None
    match ended.returncode:
        case 0:
            return json.loads(ended.stdout, parse_float=_number, parse_constant=str)
        case child.PROTECTED:
            raise SourceFailed(_("{file} is protected by a password: save it without one.").format(file=path.name))
        case child.DAMAGED:
            sentence = _("{file} cannot be read as a workbook: it is damaged, or of another kind.")
            raise SourceFailed(sentence.format(file=path.name), detail=ended.stderr.decode(errors="replace"))
        case code:  # it ran out of memory, or the reader crashed doing so
            sentence = _("{file} is too large for a workbook: save it as CSV.").format(file=path.name)
            raise SourceFailed(sentence, detail=f"exit code {code}")


def read(path: Path, known: Known, *, sheet: str = "") -> Cells:
    """Rows of one sheet: the named one; or of the visible one whose header has most known names, and of those with the
    same header, as where each night has its own. A copy of a sheet counts once. Where sheets are called by their days,
    their names are the first column.

    A cell merged over several rows counts in each of them. Raises SourceFailed.
    """
    rows_by_sheet = sheets(path, sheet)
    name, rows = _choose(path, rows_by_sheet, known, sheet)
    header = unique_names(rows[find_header(rows[:_HEADER_WITHIN], known)])
    same: dict[str, Body] = {}
    for other, lines in {name: rows, **({} if sheet else rows_by_sheet)}.items():
        at = find_header(lines[:_HEADER_WITHIN], known) if any(map(any, lines)) else 0
        if lines and unique_names(lines[at]) == header:
            below = enumerate(lines[at + 1 :], start=at + 2)
            same[other] = [(line, row) for line, row in below if any(row) and row != lines[at]]
    if read_days(pa.array(list(same)))[0].null_count == 0:
        header = unique_names([OF_SHEET, *header])
        same = {other: [(line, [other, *row]) for line, row in body] for other, body in same.items()}
    taken: dict[str, Body] = {}
    for other, body in same.items():
        if body not in taken.values():
            taken[other] = body
    several = [other for other, body in taken.items() for _row in body] if len(taken) > 1 else []
    whole = cells(path, "" if several else name, header, [row for body in taken.values() for row in body])
    return replace(whole, sheets=several)


OF_SHEET = "Feuille"
"""The column of the days by which sheets are called, as those who call them so know it; kept in mappings."""

Body = Sequence[tuple[int, list[str]]]
"""Rows below a header, each with the line that it stands on."""


def cells(path: Path, name: str, header: Sequence[str], body: Body) -> Cells:
    """The rows of a sheet under their names; of several sheets, if it is not named."""
    columns = [[row[index] for _line, row in body] for index in range(len(header))]
    typed = [pa.array([isinstance(cell, Number) for cell in column], pa.bool_()) for column in columns]
    return Cells(
        table=pa.table([pa.array(column, pa.string()) for column in columns], names=list(header)),
        lines=[line for line, _row in body],
        where=f"{path.name}!{name}" if name else path.name,
        done=len(body),
        total=len(body),
        typed={name: cells for name, cells in zip(header, typed, strict=True) if cells.true_count},
    )


def _choose(path: Path, rows_by_sheet: Mapping[str, Rows], known: Known, wanted: str) -> tuple[str, Rows]:
    if wanted and wanted not in rows_by_sheet:
        raise SourceFailed(
            _("{file} has no sheet {sheet}, but {n} others.").format(file=path.name, sheet=wanted, n=len(rows_by_sheet))
        )
    best: tuple[int, str, Rows] = (-1, "", [])
    for name in [wanted] if wanted else rows_by_sheet:
        rows = rows_by_sheet[name]
        if not any(map(any, rows)):
            continue
        names = rows[find_header(rows[:_HEADER_WITHIN], known)]
        if (score := sum(map(known, names))) > best[0]:
            best = (score, name, rows)
    if best[0] < 0:
        raise SourceFailed(_("{file} is empty.").format(file=path.name))
    return best[1], best[2]
