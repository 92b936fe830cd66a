"""Files of the register: what they look like, what they refuse, and documents to read."""

import csv
import gc
import json
from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from core.base.errors import InputInvalid
from core.base.i18n import speaking
from core.records import check
from core.records.exporting import exports, pdf
from core.records.records import Version
from pages.register.collection import TREATMENTS
from pages.register.files import cnil_write
from pages.register.lists import shipped
from pages.register.model import TREATMENT
from pages.register.tests import files
from pages.register.tests.samples import FORMS, REGISTERS, WHOLE

TRANSFER = {"recipient": "=cmd|'/c calc'!A0", "country": "US", "guarantee": "dpf"}


def version(data: dict[str, Any], kind: str = "treatment") -> Version:
    content = check.read(FORMS[kind], {"ref": "T-0001", **data}, shipped()).model_dump(mode="json")
    return Version(1, 3, datetime(2026, 11, 20, 8, tzinfo=UTC), "ines", "validate", None, "validated", True, content)


def test_the_flat_excel_speaks_in_words_and_types(tmp_path: Path) -> None:
    data = version({**WHOLE, "created_on": "2026-03-04", "transfers": [TRANSFER], "recipients": []}).data
    sheet = openpyxl.load_workbook(files.write(tmp_path / "r.xlsx", TREATMENT, [data]))["Données"]
    cells = {header.value: sheet.cell(2, header.column) for header in sheet[1]}
    assert cells["Date de création de la fiche"].value == datetime(2026, 3, 4)
    assert cells["Transferts 1 · Pays"].value == "États-Unis"
    assert cells["Transferts 1 · Organisme destinataire"].value == TRANSFER["recipient"]
    assert cells["Transferts 1 · Organisme destinataire"].data_type == "s"
    assert cells["Destinataires"].value == "Aucun destinataire"
    assert cells["Finalités 1 · Base légale"].value == "Obligation légale"
    assert cells["État dans Vigie (non importé)"].value == "brouillon"


def test_the_csv_guards_what_a_spreadsheet_would_obey(tmp_path: Path) -> None:
    data = version({"name": "Paie", "ref": "0012", "transfers": [TRANSFER]}).data
    text = files.write(tmp_path / "r.csv", TREATMENT, [data]).read_text(encoding="utf-8-sig")
    [line] = csv.DictReader(text.splitlines(), delimiter=";")
    assert line["N° / RÉF"] == "'0012"
    assert line["Transferts 1 · Organisme destinataire"] == f"'{TRANSFER['recipient']}"


def test_a_list_too_long_for_a_cell_goes_on_in_a_further_column(tmp_path: Path) -> None:
    tables = [f"{'t' * 990}{n:03}" for n in range(100)]
    data = version({"name": "Paie", "tables": tables}).data
    path = files.write(tmp_path / "r.xlsx", TREATMENT, [data])
    sheet = openpyxl.load_workbook(path)["Données"]
    headers = [cell.value for cell in sheet[1] if str(cell.value).startswith("Tables")]
    assert len(headers) > 10
    assert max(len(cell.value or "") for cell in sheet[2] if isinstance(cell.value, str)) <= 32_767
    assert files.read(path, TREATMENT)[0]["tables"] == tables


def test_more_columns_than_excel_has_are_refused_with_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exports, "MOST_COLUMNS", 50)
    with speaking("en"), pytest.raises(InputInvalid) as refused:
        files.write(tmp_path / "r.xlsx", TREATMENT, [version({"name": "Paie"}).data], "en")
    assert refused.value.sentence == "These records need more columns than Excel has: take CSV or JSON."


def test_the_json_holds_the_whole_record_under_a_version(tmp_path: Path) -> None:
    data = version(WHOLE).data
    said = json.loads(files.write(tmp_path / "r.json", TREATMENT, [data, data]).read_bytes())
    assert (said["format"], said["version"], said["kind"]) == ("vigie-register", 1, "treatment")
    assert said["records"][0] == {"ref": "T-0001", "version": 1, "state": "draft", "data": data}


def test_the_layout_of_the_cnil_offers_lists_and_links(tmp_path: Path) -> None:
    path = tmp_path / "cnil.xlsx"
    with path.open("wb") as file:
        cnil_write.write(file, TREATMENT, shipped(), [version({**WHOLE, "transfers": [TRANSFER]})])
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["2 - Liste des traitements", "T-0001 Gestion de la paie", "5 - Listes"]
    assert book.worksheets[0]["A9"].value == "Gestion de la paie"
    assert book.worksheets[0]["A9"].hyperlink.location == "'T-0001 Gestion de la paie'!A1"
    assert book.worksheets[0]["D9"].value == datetime(2026, 11, 20)
    sheet, lists = book.worksheets[1], book.worksheets[2]
    formulas = {rule.formula1 for rule in sheet.data_validations.dataValidation}
    assert "'5 - Listes'!$A$2:$A$8" in formulas
    assert [cell.value for cell in lists["A"]][:3] == [
        "Garanties",
        "Clauses contractuelles types (CCT)",
        "Règles d’entreprise contraignantes (BCR)",
    ]
    assert "Privacy Shield" not in {cell.value for cell in lists["A"]}


def test_a_workbook_that_is_written_is_held_no_longer() -> None:
    def held() -> int:
        gc.collect()
        return sum(isinstance(one, openpyxl.Workbook) and one.write_only for one in gc.get_objects())

    before = held()
    cnil_write.write(BytesIO(), TREATMENT, shipped(), [version(WHOLE)])
    assert held() <= before


def test_the_layout_of_the_cnil_takes_so_many_records(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cnil_write, "MOST_SHEETS", 1)
    with speaking("en"), pytest.raises(InputInvalid) as refused:
        cnil_write.write(BytesIO(), TREATMENT, shipped(), [version(WHOLE), version(WHOLE)])
    assert refused.value.sentence == (
        "The CNIL's layout takes 1 records at most: choose fewer, or take the flat table."
    )


def test_a_record_is_a_document_with_its_fonts() -> None:
    file = BytesIO()
    assert pdf.write_record(file, TREATMENTS, shipped(), version(WHOLE)) == 2
    assert file.getvalue().startswith(b"%PDF-")
    assert b"/FontFile2" in file.getvalue()
    assert b"Helvetica" not in file.getvalue()


@pytest.mark.parametrize("kind", sorted(FORMS))
def test_whatever_a_record_holds_fits_on_pages(kind: str) -> None:
    hard = {"name": "".join(files.AWKWARD)[:1_000], "description": "💥é" * 1_500, "notes": "x\n" * 1_300 + "<b>&"}
    pages = pdf.write_record(BytesIO(), REGISTERS[kind], shipped(), version({**hard, "pipelines": files.AWKWARD}, kind))
    assert pages > 20


def test_the_register_is_a_list_that_leads_to_each_record() -> None:
    records = [version({**WHOLE, "ref": f"T-{n} (é)"}) for n in range(12)]
    file = BytesIO()
    assert pdf.write_all(file, TREATMENTS, shipped(), lambda: iter(records), title="Registre") == 1 + 2 * 12
    assert file.getvalue().count(b"/Subtype /Link") == 12
    assert b"/Outlines" in file.getvalue()


def test_a_document_takes_so_many_records(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "DOCUMENT_RECORDS", 1)
    with speaking("en"), pytest.raises(InputInvalid) as refused:
        pdf.write_all(BytesIO(), TREATMENTS, shipped(), lambda: iter([version(WHOLE)] * 2), title="Registre")
    assert refused.value.sentence == "A document takes 1 records at most: choose fewer, or take a table."


def test_days_before_the_first_of_excel_are_texts(tmp_path: Path) -> None:
    data = version({"name": "Paie", "started_on": date(1900, 2, 28).isoformat()}).data
    sheet = openpyxl.load_workbook(files.write(tmp_path / "r.xlsx", TREATMENT, [data]))["Données"]
    cells = {header.value: sheet.cell(2, header.column).value for header in sheet[1]}
    assert cells["Date de création du traitement"] == "1900-02-28"
