"""Formulas of a workbook that have no value: nobody computed them, or they gave an error.

Excel and LibreOffice keep a formula's last value beside it; a file that a program made may hold none. Whoever reads the
values alone takes both for an empty cell.
"""

from pathlib import Path

from core.sources.formats import excel

Broken = dict[tuple[int, int], str]
"""Cells without a value by (row, column), counted from 1: the error that stands there, or "" for none computed."""


def broken(path: Path) -> dict[str, Broken]:
    """The cells of each sheet, if any, whose formula has no value, of an .xlsx, .xlsm or .ods file.

    Raises SourceFailed when its inside is damaged, or too large.
    """
    by_sheet = excel.limited(path, "formula_cells")
    return {name: {(row, column): error for row, column, error in cells} for name, cells in by_sheet.items()}


def letters(column: int) -> str:
    """Letters of a column, counted from 1: 1 is A, 27 is AA."""
    before, last = divmod(column - 1, 26)
    return (letters(before) if before else "") + chr(ord("A") + last)
