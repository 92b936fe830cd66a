"""Workbooks: typed and written dates, merged cells, and what must be refused whole."""

import os
import struct
import zipfile
from datetime import datetime, timedelta
from pathlib import Path

import openpyxl
import pytest

from core.base.errors import SourceFailed
from core.base.i18n import speaking
from core.sources import limits
from core.sources.formats import excel, workbook
from core.sources.mapping import ColumnMapping, Field, Reasons, convert
from core.sources.values.kinds import Kind

NAMES = {"Pipeline", "Début", "Statut"}


def known(name: str) -> bool:
    return name in NAMES


def book(folder: Path, **sheets: list[list[object]]) -> Path:
    made = openpyxl.Workbook()
    made.remove(made.active)
    for name, rows in sheets.items():
        sheet = made.create_sheet(name)
        for row in rows:
            sheet.append(row)
    path = folder / "suivi.xlsx"
    made.save(path)
    return path


def refusal(path: Path) -> str:
    with speaking("en"), pytest.raises(SourceFailed) as failed:
        excel.read(path, known)
    return failed.value.sentence


def test_typed_dates_and_written_dates_mix(tmp_path: Path) -> None:
    path = book(
        tmp_path,
        Nuit=[
            ["Pipeline", "Début", "Statut"],
            ["a", datetime(2025, 4, 8, 6, 43, 45), "OK"],
            ["b", "08/04/2025 06:43:45", 3.0],
            ["c", timedelta(hours=26, minutes=5), 2.5],
        ],
    )
    cells = excel.read(path, known)
    assert [list(row.values()) for row in cells.table.to_pylist()] == [
        ["a", "2025-04-08 06:43:45", "OK"],
        ["b", "08/04/2025 06:43:45", "3"],
        ["c", "26:05:00", "2.5"],
    ]
    assert cells.position(1) == "suivi.xlsx!Nuit:3"
    assert {name: typed.to_pylist() for name, typed in cells.typed.items()} == {"Statut": [False, False, True]}


def test_a_number_whose_figures_a_workbook_does_not_keep_is_no_text(tmp_path: Path) -> None:
    numbers = [123456789012345, 1234567890123450, "1234567890123450", 2.5, 1234567890123456]
    cells = excel.read(book(tmp_path, Nuit=[["Pipeline", "Statut"], *([n, "OK"] for n in numbers)]), known)
    reasons, mapping = Reasons(cells), ColumnMapping(columns={"name": "Pipeline"})
    with speaking("en"):
        convert(cells, [Field("name", "Name", Kind.TEXT, ())], mapping, reasons)
    assert [(one.position, one.reason) for one in reasons.refused(0, {})] == [
        (
            "suivi.xlsx!Nuit:3",
            "Pipeline: “1234567890123450” stands as a number, of which a workbook keeps 15 figures: format the column "
            "as text, and fill it anew.",
        )
    ]


def test_the_sheet_with_the_known_names_is_read_and_its_header_found(tmp_path: Path) -> None:
    path = book(
        tmp_path,
        Accueil=[["Mode d'emploi"]],
        Nuit=[["Suivi des nuits"], [], ["Pipeline", "Début", "Statut"], [], ["a", "08/04/2025", "OK"]],
    )
    cells = excel.read(path, known)
    assert cells.table.to_pylist() == [{"Pipeline": "a", "Début": "08/04/2025", "Statut": "OK"}]
    assert cells.position(0) == "suivi.xlsx!Nuit:5"


def test_sheets_called_by_their_days_tell_them_and_are_no_copies_of_each_other(tmp_path: Path) -> None:
    rows: list[list[object]] = [["Pipeline", "Statut"], ["a", "OK"]]
    cells = excel.read(book(tmp_path, **{"26-11-2026": rows, "27-11-2026": rows}), known)
    assert cells.table.to_pylist() == [
        {"Feuille": "26-11-2026", "Pipeline": "a", "Statut": "OK"},
        {"Feuille": "27-11-2026", "Pipeline": "a", "Statut": "OK"},
    ]


def test_a_named_sheet_is_read_or_missed_by_name(tmp_path: Path) -> None:
    path = book(tmp_path, A=[["Pipeline"], ["a"]], B=[["Pipeline"], ["b"]])
    assert excel.read(path, known, sheet="B").table.to_pylist() == [{"Pipeline": "b"}]
    with speaking("en"), pytest.raises(SourceFailed) as failed:
        excel.read(path, known, sheet="C")
    assert failed.value.sentence == "suivi.xlsx has no sheet C, but 2 others."


def test_a_cell_merged_over_rows_counts_in_each(tmp_path: Path) -> None:
    path = book(tmp_path, Nuit=[["Pipeline", "Statut"], ["a", "OK"], [None, "KO"], ["b", "OK"]])
    workbook = openpyxl.load_workbook(path)
    workbook["Nuit"].merge_cells("A2:A3")
    workbook.save(path)
    assert excel.read(path, known).table["Pipeline"].to_pylist() == ["a", "a", "b"]


def test_a_protected_workbook_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "suivi.xlsx"
    path.write_bytes(b"\xd0\xcf\x11\xe0" + bytes(600) + "EncryptedPackage".encode("utf-16-le"))
    assert refusal(path) == "suivi.xlsx is protected by a password: save it without one."


NONE, END, TABLE = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD


def xls(path: Path, *following: int) -> Path:
    """An old workbook of 512 bytes a sector: its table, which says what `following` each of them, then its streams."""

    def stream(name: str, kind: int, first: int, length: int, child: int = NONE) -> bytes:
        called = name.encode("utf-16-le") + bytes(2)
        tail = struct.pack("<HBBIII36xII4x", len(called), kind, 1, NONE, NONE, child, first, length)
        return called.ljust(64, b"\0") + tail

    head = struct.pack("<8s16xHHHHH10xIIIIIIIII", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 62, 3, 0xFFFE, 9, 6, 1, 1, 0,
                       4096, END, 0, END, 0, 0)  # fmt: skip
    table = struct.pack(f"<{len(following)}I", *following).ljust(512, b"\xff")
    streams = stream("Root Entry", 5, END, 0, 1) + stream("Workbook", 2, 2, 2**31 - 1)
    path.write_bytes(head.ljust(512, b"\xff") + table + streams.ljust(512, b"\0") + bytes(512 * len(following)))
    return path


@pytest.mark.parametrize(
    "following",
    [(TABLE, END, 3, 2), (TABLE, END, 2), (TABLE, 1, END)],
    ids=["two sectors", "one sector", "the list of streams"],
)
def test_an_old_workbook_whose_sectors_lead_in_a_circle_is_refused(tmp_path: Path, following: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="lead in a circle"):
        workbook.check_size(xls(tmp_path / "suivi.xls", *following))


def test_an_old_workbook_whose_sectors_come_to_an_end_is_given_to_its_reader(tmp_path: Path) -> None:
    workbook.check_size(xls(tmp_path / "suivi.xls", TABLE, END, 3, END))


def test_a_damaged_workbook_is_refused(tmp_path: Path) -> None:
    path = book(tmp_path, Nuit=[["Pipeline"], ["a"]])
    path.write_bytes(path.read_bytes()[:-700])
    assert refusal(path) == "suivi.xlsx cannot be read as a workbook: it is damaged, or of another kind."


def test_text_that_calls_itself_a_workbook_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "suivi.xlsx"
    path.write_text("Pipeline;Statut\n")
    assert refusal(path) == "suivi.xlsx cannot be read as a workbook: it is damaged, or of another kind."


def test_a_zip_bomb_is_refused_before_it_unpacks(tmp_path: Path) -> None:
    path = book(tmp_path, Nuit=[["Pipeline"], ["a"]])
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/bomb.xml", bytes(20 * 2**20))
    assert path.stat().st_size < 40_000
    assert refusal(path) == "suivi.xlsx is too large for a workbook: save it as CSV."


def test_a_file_that_is_too_large_is_refused_unread(tmp_path: Path) -> None:
    path = book(tmp_path, Nuit=[["Pipeline"], ["a"]])
    os.truncate(path, limits.LARGEST_WORKBOOK + 1)
    assert refusal(path) == ("suivi.xlsx is too large for a workbook: save it as CSV.")


def test_a_cell_in_the_last_row_and_column_that_crashes_the_reader_is_refused(tmp_path: Path) -> None:
    path = book(tmp_path, Nuit=[["Pipeline"], ["a"]])
    workbook = openpyxl.load_workbook(path)
    workbook["Nuit"]["XFD1048576"] = "x"
    workbook.save(path)
    assert path.stat().st_size < 10_000
    assert refusal(path) == "suivi.xlsx is too large for a workbook: save it as CSV."


def test_cells_merged_where_nothing_stands_are_left_alone(tmp_path: Path) -> None:
    path = book(tmp_path, Nuit=[["Pipeline"], ["a"], ["b"]])
    workbook = openpyxl.load_workbook(path)
    workbook["Nuit"].merge_cells("K1:L9")
    workbook.save(path)
    assert excel.read(path, known).table["Pipeline"].to_pylist() == ["a", "b"]


def test_a_duration_longer_than_time_itself_refuses_the_file(tmp_path: Path) -> None:
    path = book(tmp_path, Nuit=[["Pipeline"], [1e12]])
    workbook = openpyxl.load_workbook(path)
    workbook["Nuit"]["A2"].number_format = "[h]:mm"
    workbook.save(path)
    assert refusal(path) == "suivi.xlsx cannot be read as a workbook: it is damaged, or of another kind."


def test_an_empty_workbook_is_refused(tmp_path: Path) -> None:
    assert refusal(book(tmp_path, Vide=[])) == "suivi.xlsx is empty."


def test_an_open_document_is_read(tmp_path: Path) -> None:
    office = "urn:oasis:names:tc:opendocument:xmlns"
    cells = [
        "<table:table-row><table:table-cell office:value-type='string'><text:p>Pipeline</text:p></table:table-cell>"
        "<table:table-cell office:value-type='string'><text:p>Début</text:p></table:table-cell></table:table-row>",
        "<table:table-row><table:table-cell office:value-type='string'><text:p>a</text:p></table:table-cell>"
        "<table:table-cell office:value-type='date' office:date-value='2025-04-08T06:43:45'/></table:table-row>",
    ]
    content = (
        f"<office:document-content xmlns:office='{office}:office:1.0' xmlns:table='{office}:table:1.0' "
        f"xmlns:text='{office}:text:1.0'><office:body><office:spreadsheet><table:table table:name='Nuit'>"
        f"{''.join(cells)}</table:table></office:spreadsheet></office:body></office:document-content>"
    )
    path = tmp_path / "suivi.ods"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", content)
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
    assert excel.read(path, known).table.to_pylist() == [{"Pipeline": "a", "Début": "2025-04-08 06:43:45"}]


def test_a_page_that_is_called_a_workbook_is_read_as_excel_does(tmp_path: Path) -> None:
    path = tmp_path / "suivi.xls"
    path.write_bytes(
        """<html><head><title>Suivi</title><style>td { color: red }</style></head><body>
        <table><tr><td colspan="3">Affichage de 2 lignes</td></tr></table>
        <table id="nuit"><tr><th>\n  Pipeline\n</th><th>D&eacute;but</th><th>Statut</th><th>Note</th></tr>
        <tr><td><a href="/a">a</a></td><td>08/04/2025 06:43</td><td>&nbsp;</td>
            <td><p>une</p>autre<br>ligne<table><tr><td>dedans</td></tr></table></td></tr>
        <tr><td colspan="2">b</td><td>OK</td></tr></table></body></html>""".encode("cp1252")
    )
    cells = excel.read(path, known)
    assert [list(row.values()) for row in cells.table.to_pylist()] == [
        ["a", "08/04/2025 06:43", "", "une\nautre\nligne\ndedans"],
        ["b", "", "OK", ""],
    ]
    assert cells.position(0) == "suivi.xls!nuit:2"


def test_signs_that_begin_no_mark_of_a_page_are_text(tmp_path: Path) -> None:
    path = tmp_path / "suivi.xls"
    path.write_text("<table><tr><th>Pipeline<th>Statut<tr><td>a < b<td>x<<3 <b>&lt;i></b></table>")
    assert excel.read(path, known).table.to_pylist() == [{"Pipeline": "a < b", "Statut": "x<<3 <i>"}]


def test_a_page_of_more_tables_than_a_workbook_may_have_sheets_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "suivi.xls"
    path.write_text("<html>" + "<table></table>" * (limits.MOST_SHEETS + 1))
    assert refusal(path) == "suivi.xls is too large for a workbook: save it as CSV."


def test_a_page_that_is_cut_is_damaged(tmp_path: Path) -> None:
    path = tmp_path / "suivi.xls"
    path.write_text("<html><table><tr><td>Pipeline</td><td>Début</td></tr><tr><td>a</td>")
    assert "damaged" in refusal(path)


def test_sheets_of_one_header_are_read_together_and_a_copy_counts_once(tmp_path: Path) -> None:
    twentieth = [["Pipeline", "Statut"], ["a", "KO"], [], ["b", "OK"]]
    path = book(
        tmp_path,
        N19=[["Nuit du 19"], ["Pipeline", "Statut"], ["a", "OK"]],
        N20=twentieth,
        Copie=twentieth,
        Total=[["Statut", "Nombre"], ["OK", 2]],
        Vide=[],
    )
    cells = excel.read(path, known)
    assert [tuple(row.values()) for row in cells.table.to_pylist()] == [("a", "OK"), ("a", "KO"), ("b", "OK")]
    assert [cells.position(row) for row in range(3)] == ["suivi.xlsx!N19:3", "suivi.xlsx!N20:2", "suivi.xlsx!N20:4"]
