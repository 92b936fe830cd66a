"""The tables of a workbook that people bring: which sheets, and what is to be known of their rows.

A head may stand on two rows, groups above and names below; sheets of one head are one table, as where each department
has its own; rows that are hidden or struck out may be left out. A sheet may stand on its side: names in its first
column, a column a record.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from core.base.errors import SourceFailed
from core.base.i18n import _
from core.sources.cells import Cells, Known, find_header, unique_names
from core.sources.formats import excel
from core.sources.formats.marks import Marks
from core.sources.formats.workbook import Rows
from core.sources.mapping import plain

_HEADER_WITHIN = 60
_LONGEST_NAME = 80
_NAMES_OF_A_SIDE = 3
"""From as many known names on, a first column is a head."""
NO_MARKS = Marks()
_SIDES = ({"oui", "non"}, {"yes", "no"})
"""What stands below questions whose answers have a column each."""
"""What stands below a question whose answers have a column each."""


@dataclass(frozen=True)
class Tables:
    """The tables of a workbook that are read as one, the sheets that are not read, and what is to be known of rows."""

    pieces: tuple[Cells, ...]
    others: tuple[str, ...]
    marks: Mapping[str, Marks]


@dataclass(frozen=True)
class _Head:
    """The head of a sheet: where its last row stands, its names, and how many of them are known."""

    at: int
    names: tuple[str, ...]
    known: int


def tables(
    path: Path,
    book: Mapping[str, Rows],
    marks: Mapping[str, Marks],
    known: Known,
    looked_for: Sequence[str],
    *,
    sheet: str = "",
    without_aside: bool = False,
) -> Tables:
    """The sheet that is asked for; else the one whose head has most known names, and those with the same head.

    Raises SourceFailed where no sheet has a known name: it says which names were looked for.
    """
    filled = {name: rows for name, rows in book.items() if any(map(any, rows))}
    if not filled:
        raise SourceFailed(_("{file} is empty.").format(file=path.name))
    lying = {name: rows for name, rows in filled.items() if _on_its_side(rows, known)}
    upright = [_head(rows, known).names for name, rows in filled.items() if name not in lying]
    sideways = [name for name, rows in lying.items() if not any(_explains(rows, names, known) for names in upright)]
    turned = {name: _turned(filled[name], marks.get(name, NO_MARKS)) for name in sideways}
    filled |= {name: rows for name, (rows, _marks) in turned.items()}
    marks = {**marks, **{name: mark for name, (_rows, mark) in turned.items()}}
    heads = {name: _head(rows, known) for name, rows in filled.items()}
    best = sheet if sheet in heads else max(heads, key=lambda name: heads[name].known)
    if not sheet and not heads[best].known:
        sentence = _("No sheet of {file} looks like such a table: columns such as {names} were looked for.")
        raise SourceFailed(sentence.format(file=path.name, names=", ".join(looked_for)))
    alike = [best] if sheet else [name for name in heads if _same(heads[name], heads[best])]
    aside = {name: marks.get(name, NO_MARKS).aside if without_aside else frozenset() for name in alike}
    pieces = [_cells(path, name, filled[name], heads[name], heads[best].names, aside[name]) for name in alike]
    others = tuple(name for name in filled if name not in alike)
    return Tables(tuple(piece for piece in pieces if piece.lines), others, marks)


def _on_its_side(rows: Rows, known: Known) -> bool:
    """Whether the names stand in the first column, and no row has as many of them."""
    side = sum(known(row[0]) for row in rows if row)
    return side >= _NAMES_OF_A_SIDE and side > 2 * max(sum(map(known, row)) for row in rows)


def _explains(rows: Rows, names: Sequence[str], known: Known) -> bool:
    """Whether a first column says what the columns of another sheet mean: most of its names are that one's."""
    side = {plain(row[0]) for row in rows if row and known(row[0])}
    return 2 * len(side.intersection(map(plain, names))) > len(side)


def _turned(rows: Rows, marks: Marks) -> tuple[Rows, Marks]:
    """A sheet with its columns as rows, and its comments where their cells are then; rows without a name go on with the
    one above them, their texts on lines of their own."""
    columns: list[list[str]] = []
    places: list[int] = []
    for row in rows:
        if columns and not row[0]:
            columns[-1] = [
                f"{cell}\n{more}" if cell and more else cell or more
                for cell, more in zip(columns[-1], row, strict=True)
            ]
        else:
            columns.append(list(row))
        places.append(len(columns))
    comments = {
        (column, places[line - 1]): text for (line, column), text in marks.comments.items() if line <= len(rows)
    }
    return [list(row) for row in zip(*columns, strict=True)], Marks(comments)


def _cells(path: Path, name: str, rows: Rows, head: _Head, names: tuple[str, ...], aside: frozenset[int]) -> Cells:
    body = [(line, row) for line, row in enumerate(rows[head.at + 1 :], start=head.at + 2) if line not in aside]
    return excel.cells(path, name, names, [(line, row) for line, row in body if any(row)])


def _same(head: _Head, other: _Head) -> bool:
    return [plain(name) for name in head.names] == [plain(name) for name in other.names]


def _head(rows: Rows, known: Known) -> _Head:
    """The head of a sheet, of two rows where one of them has gaps that the other fills."""
    first = rows[:_HEADER_WITHIN]
    at = find_header(first, known)
    if at + 1 < len(first) and _is_group(first[at], first[at + 1], known):
        at += 1
        names = _joined(first[at - 1], first[at], known)
    elif at and any(map(known, first[at])) and _is_group(first[at - 1], first[at], known):
        names = _joined(first[at - 1], first[at], known)
    else:
        names = first[at]
    return _Head(at, unique_names(names), sum(map(known, names)))


def _is_group(upper: Sequence[str], lower: Sequence[str], known: Known) -> bool:
    """Whether a row names groups of the columns that the row below it names: it has gaps below which names stand."""
    gaps = sum(bool(low) and not high for high, low in zip(upper, lower, strict=True))
    groups = sum(map(bool, upper))
    names = [low for low in lower if low]
    new = {plain(low) for high, low in zip(upper, lower, strict=True) if low and low != high}
    if gaps and groups > 1 and new in _SIDES:
        return True
    short = all(len(name) <= _LONGEST_NAME and not name[0].isdigit() for name in names)
    return bool(gaps and groups > 1 and short and sum(map(known, names)) > 1 and len(set(names)) > groups)


def _joined(upper: Sequence[str], lower: Sequence[str], known: Known) -> list[str]:
    """The names of a head on two rows: the lower one's where it is known, else with its group's before it."""
    names, group = [], ""
    for high, low in zip(upper, lower, strict=True):
        group = high or group
        names.append(low if low and (known(low) or not group) else f"{group} {low}".strip() if low else high)
    return names
