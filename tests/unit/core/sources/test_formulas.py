"""Formulas without a value, found where they stand."""

from pathlib import Path

import openpyxl
import pytest

from core.base.errors import SourceFailed
from core.base.i18n import speaking
from core.sources.formats import formulas
from tests.unit.core.sources.documents import open_document


def test_formulas_that_nobody_computed_are_found_by_sheet(tmp_path: Path) -> None:
    workbook = openpyxl.Workbook()
    workbook.active.title = "Nuit"
    workbook.active["A1"] = "Pipeline"
    workbook.active["AB3"] = "=1+1"
    workbook.create_sheet("Vide")
    path = tmp_path / "a.xlsx"
    workbook.save(path)
    assert formulas.broken(path) == {"Nuit": {(3, 28): ""}}


def test_computed_formulas_and_texts_that_look_like_one_are_none(tmp_path: Path) -> None:
    workbook = openpyxl.Workbook()
    workbook.active["A1"] = "=1+1"
    workbook.active["A1"].data_type = "s"
    workbook.save(tmp_path / "a.xlsx")
    assert formulas.broken(tmp_path / "a.xlsx") == {}


def test_an_open_document_is_looked_at_too(tmp_path: Path) -> None:
    cells = (
        '<table:table-cell table:number-columns-repeated="2"/>'
        '<table:table-cell table:formula="of:=1+1" office:value-type="float" office:value="2"><text:p>2</text:p>'
        '</table:table-cell><table:table-cell table:formula="of:=1+1"/>'
        '<table:table-cell table:formula="of:=1/0" office:value-type="string" calcext:value-type="error">'
        "<text:p>#DIV/0!</text:p></table:table-cell>"
    )
    rows = f'<table:table-row table:number-rows-repeated="3"/><table:table-row>{cells}</table:table-row>'
    path = open_document(tmp_path / "a.ods", "Nuit", rows)
    assert formulas.broken(path) == {"Nuit": {(4, 4): "", (4, 5): "#DIV/0!"}}


def test_a_file_of_another_kind_has_none(tmp_path: Path) -> None:
    path = tmp_path / "a.xls"
    path.write_bytes(b"\xd0\xcf\x11\xe0")
    assert formulas.broken(path) == {}


def test_a_damaged_inside_is_refused(tmp_path: Path) -> None:
    path = open_document(tmp_path / "a.ods", "Nuit", '<table:table-cell table:formula="x">')
    with speaking("en"), pytest.raises(SourceFailed) as failed:
        formulas.broken(path)
    assert failed.value.sentence == "a.ods cannot be read as a workbook: it is damaged, or of another kind."


@pytest.mark.parametrize(("column", "letters"), [(1, "A"), (26, "Z"), (27, "AA"), (702, "ZZ"), (703, "AAA")])
def test_columns_have_letters(column: int, letters: str) -> None:
    assert formulas.letters(column) == letters
