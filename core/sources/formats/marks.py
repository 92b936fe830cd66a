"""What a workbook says beside its values: comments, rows and columns that are hidden or struck out, merged cells."""

import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from core.base.i18n import N_, _
from core.sources.cells import Cells, Known
from core.sources.formats import excel
from core.sources.formats.formula_cells import mentions


@dataclass(frozen=True)
class Marks:
    """Of a sheet: `comments` by (row, column), `hidden` and `struck` rows, hidden `columns`, and the cells that are the
    same as the one above, for they are merged (`joined`). Counted from 1."""

    comments: Mapping[tuple[int, int], str] = field(default_factory=dict)
    hidden: frozenset[int] = frozenset()
    struck: frozenset[int] = frozenset()
    joined: frozenset[tuple[int, int]] = frozenset()
    columns: frozenset[int] = frozenset()

    @property
    def aside(self) -> frozenset[int]:
        """The rows that somebody put aside without deleting them."""
        return self.hidden | self.struck


def of(path: Path) -> dict[str, Marks]:
    """The marks of each sheet that has any, of an .xlsx, .xlsm or .ods file. Raises SourceFailed."""
    return {
        name: Marks(
            {(row, column): text for row, column, text in sheet_marks["comments"]},
            frozenset(sheet_marks["hidden"]),
            frozenset(sheet_marks["struck"]),
            frozenset((row, column) for row, column in sheet_marks["joined"]),
            frozenset(sheet_marks["columns"]),
        )
        for name, sheet_marks in excel.limited(path, "cell_marks").items()
    }


_PUT_ASIDE = N_("Rows that are hidden or struck out in the file are read all the same.")
_COLUMNS = N_("Columns that are hidden in the file are read all the same: {names}.")


def read(path: Path, known: Known, *, sheet: str = "") -> Cells:
    """What `excel.read` gives, and notes of what is read although somebody put it aside."""
    cells = excel.read(path, known, sheet=sheet)
    if not _mentioned(path):
        return cells
    marked = of(path)
    names = cells.sheets or [cells.where.partition("!")[2]] * len(cells.lines)
    nothing = Marks()
    rows = sum(line in marked.get(name, nothing).aside for line, name in zip(cells.lines, names, strict=True))
    notes = {_(_PUT_ASIDE): rows} if rows else {}
    called = [name if known(name) else "" for name in cells.table.column_names if name != excel.OF_SHEET]
    if sentence := tell_columns(marked, names, called):
        notes[sentence] = len(cells.lines)
    return replace(cells, notes=notes)


def tell_columns(marked: Mapping[str, Marks], sheets: Iterable[str], names: Sequence[str]) -> str:
    """Which columns, of those that have a name, are hidden on one of some sheets; empty where none is."""
    hidden = frozenset[int]().union(*(marked[sheet].columns for sheet in {*sheets} & {*marked}))
    called = [name for at, name in enumerate(names, start=1) if name and at in hidden]
    return _(_COLUMNS).format(names=", ".join(called)) if called else ""


def _mentioned(path: Path) -> bool:
    """Whether a workbook, whose size was looked at, says of anything that it is hidden or struck out: most say nothing,
    and are read once."""
    if not zipfile.is_zipfile(path):
        return False
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            if name.startswith("xl/worksheets/sheet") or name in ("xl/styles.xml", "content.xml"):
                with archive.open(name) as handle:
                    if mentions(handle, b' hidden="1"', b' hidden="true"', b"<strike", b"table:visibility="):
                        return True
    return False
