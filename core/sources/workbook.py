"""Reads a workbook's cells in a process of its own: `python -I workbook.py PATH SHEET` prints them as JSON.

The reader is native code. Some files crash it, or make it ask for more memory than there is (a single cell in the last
row and column of a sheet is enough), which would end the whole of Vigie. Here that ends this process alone; whoever
started it (`core.sources.excel`) says it in a sentence. It imports nothing of Vigie, so that it starts at once.
"""

import json
import resource
import sys
from datetime import date, datetime, time, timedelta

from python_calamine import CalamineSheet, CalamineWorkbook, PasswordError, SheetVisibleEnum

MEMORY = 4 * 2**30
"""Bytes that one workbook may take."""
BROKEN = "\N{REPLACEMENT CHARACTER}"
PROTECTED, DAMAGED, TOO_LARGE = 3, 4, 5
"""Exit codes."""
Cell = str | int | float | bool | date | datetime | time | timedelta
Rows = list[list[str]]


def read(path: str, only: str) -> dict[str, Rows]:
    """Every visible sheet by name, or `only` one: all its rows from its first cell on, as text."""
    with CalamineWorkbook.from_path(path) as workbook:
        visible = [meta.name for meta in workbook.sheets_metadata if meta.visible == SheetVisibleEnum.Visible]
        wanted = [only] if only in workbook.sheet_names else visible
        return {name: _rows(workbook.get_sheet_by_name(name)) for name in wanted}


def _rows(sheet: CalamineSheet) -> Rows:
    rows = [[_text(cell) for cell in row] for row in sheet.to_python(skip_empty_area=False)]
    for (top, left), (bottom, _right) in sheet.merged_cell_ranges or []:
        for row in rows[top + 1 : bottom + 1]:
            if left < len(row):  # else nothing stands in the columns that are merged
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
