"""Exports hold what the screen showed, say where it comes from, and never run anything."""

import csv
import gc
import io
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import openpyxl
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.base.errors import QueryFailed
from core.base.i18n import speaking
from core.show import export
from core.show.columns import Column, Kind, show
from core.show.export import Note

NOTE = Note(
    title="Exécutions",
    mission="Nuit",
    queries=("runs_of_night",),
    filters=(("Nuit du", "19 nov. 2026"), ("Recherche", "=cmd()")),
    freshness=datetime(2026, 11, 20, 7, 2, tzinfo=UTC),
    who="Ana Martin",
    demo=True,
)
OBEYED = (
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\tx",
    "\rx",
    "\nx",
    '=HYPERLINK("http://x")',
    "-",
    "＝1+1",
    "＋1",
    "－1",
    "＠A1",
)


def _frame(**columns: list[Any]) -> pd.DataFrame:
    return pa.table(columns).to_pandas(types_mapper=pd.ArrowDtype)


def _csv(frame: pd.DataFrame, *columns: Column, language: str = "fr") -> list[list[str]]:
    file = io.BytesIO()
    with speaking(language):
        export.write_csv(file, export.batches(frame), columns)
    text = file.getvalue().decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=";" if language == "fr" else ","))


def _book(frame: pd.DataFrame, *columns: Column, language: str = "fr", note: Note = NOTE) -> openpyxl.Workbook:
    file = io.BytesIO()
    with speaking(language):
        export.write_excel(file, export.batches(frame), columns, note)
    return openpyxl.load_workbook(file)


def _about(book: openpyxl.Workbook) -> dict[str, str]:
    return {str(label): str(value) for label, value in book.worksheets[0].iter_rows(values_only=True)}


@pytest.mark.parametrize("text", OBEYED)
def test_a_text_never_becomes_a_formula_in_excel(text: str) -> None:
    cell = _book(_frame(t=[text]), Column("t", "Texte"))["Données"]["A2"]
    assert cell.data_type == "s"
    assert cell.quotePrefix
    assert str(cell.value).strip() == text.strip()


@pytest.mark.parametrize("text", OBEYED)
def test_an_apostrophe_precedes_what_a_spreadsheet_would_obey_in_csv(text: str) -> None:
    assert _csv(_frame(t=[text]), Column("t", "Texte"))[1] == [f"'{text}"]


def test_a_header_never_becomes_a_formula() -> None:
    column = Column("t", "=1+1")
    assert _csv(_frame(t=["x"]), column)[0] == ["'=1+1"]
    assert _book(_frame(t=["x"]), column)["Données"]["A1"].data_type == "s"


def test_a_filter_that_somebody_typed_is_text_in_the_note() -> None:
    book = _book(_frame(t=["x"]), Column("t", "Texte"))
    typed = [row[1] for row in book.worksheets[0].iter_rows() if row[1].value == "=cmd()"]
    assert [cell.data_type for cell in typed] == ["s"]


def test_an_error_word_is_text_in_excel() -> None:
    assert _book(_frame(t=["#N/A"]), Column("t", "Texte"))["Données"]["A2"].data_type == "s"


@given(text=st.text())
def test_any_text_survives_both_exports(text: str) -> None:
    written = _csv(_frame(t=["first", text]), Column("t", "Texte"))[2:]
    cleaned = export._CONTROLS.sub("\ufffd", text)
    assert "".join(cell for row in written for cell in row).removeprefix("'") == cleaned.removeprefix("'")
    cell = _book(_frame(t=[text]), Column("t", "Texte"))["Données"]["A2"]
    assert cell.data_type in ("s", "n")
    assert (cell.value is None) == (cleaned == "")


def test_control_characters_are_replaced_visibly() -> None:
    frame = _frame(t=["a\x00b\x1bc"])
    assert _csv(frame, Column("t", "Texte"))[1] == ["a�b�c"]
    assert _book(frame, Column("t", "Texte"))["Données"]["A2"].value == "a�b�c"


def test_a_text_longer_than_a_cell_says_that_it_was_cut() -> None:
    frame = _frame(t=["é" * 40_000])
    book = _book(frame, Column("t", "Texte"))
    value = book["Données"]["A2"].value
    assert len(value) <= 32_767
    assert value.endswith("[…] (coupé\u202f: 40\u202f000 caractères\u202f; l’export CSV les contient tous)")
    assert _about(book)["Textes longs"] == "1 textes dépassent une cellule et ont été coupés."
    assert _csv(frame, Column("t", "Texte"))[1] == ["é" * 40_000]


def test_signs_outside_the_basic_plane_count_twice() -> None:
    value = _book(_frame(t=["𝄞" * 20_000]), Column("t", "Texte"))["Données"]["A2"].value
    assert len(value.encode("utf-16-le")) // 2 <= 32_767


def test_numbers_stay_numbers() -> None:
    frame = _frame(n=[-1234.5, 0.0, None], i=[12, -3, None])
    columns = (Column("n", "Nombre", Kind.NUMBER), Column("i", "Entier", Kind.NUMBER))
    assert _csv(frame, *columns)[1:] == [["-1234,5", "12"], ["0", "-3"], ["", ""]]
    assert _csv(frame, *columns, language="en")[1:] == [["-1234.5", "12"], ["0", "-3"], ["", ""]]
    rows = list(_book(frame, *columns)["Données"].iter_rows(min_row=2, values_only=True))
    assert rows == [(-1234.5, 12), (0, -3)]


def test_an_integer_that_excel_would_round_is_text() -> None:
    cell = _book(_frame(i=[1234567890123456789]), Column("i", "Id", Kind.NUMBER))["Données"]["A2"]
    assert (cell.value, cell.data_type) == ("1234567890123456789", "s")


def test_a_number_that_is_none_is_no_number() -> None:
    frame = _frame(n=[float("inf"), float("nan")])
    rows = list(_book(frame, Column("n", "Nombre", Kind.NUMBER))["Données"].iter_rows(min_row=2, values_only=True))
    assert rows[0] == ("inf",)


def test_a_moment_is_a_local_date_and_the_header_names_the_zone() -> None:
    frame = _frame(at=[datetime(2026, 11, 20, 7, 2, 3, tzinfo=UTC), datetime(2026, 7, 1, 22, tzinfo=UTC)])
    column = Column("at", "Début", Kind.MOMENT)
    assert _csv(frame, column) == [
        ["Début (Europe/Paris)"], ["2026-11-20 08:02:03"], ["2026-07-02 00:00:00"],
    ]  # fmt: skip
    sheet = _book(frame, column)["Données"]
    assert sheet["A1"].value == "Début (Europe/Paris)"
    assert (sheet["A2"].value, sheet["A2"].is_date) == (datetime(2026, 11, 20, 8, 2, 3), True)
    assert sheet["A2"].number_format == "dd/mm/yyyy hh:mm:ss"


def test_both_hours_of_the_night_when_clocks_go_back_are_written() -> None:
    frame = _frame(at=[datetime(2026, 10, 25, 0, 30, tzinfo=UTC), datetime(2026, 10, 25, 1, 30, tzinfo=UTC)])
    assert _csv(frame, Column("at", "Début", Kind.MOMENT))[1:] == [["2026-10-25 02:30:00"], ["2026-10-25 02:30:00"]]


def test_a_day_before_excels_first_is_text() -> None:
    sheet = _book(_frame(d=[date(2026, 8, 1), date(1789, 7, 14)]), Column("d", "Jour", Kind.DAY))["Données"]
    assert sheet["A2"].value == datetime(2026, 8, 1)
    assert (sheet["A3"].value, sheet["A3"].data_type) == ("1789-07-14", "s")


def test_a_month_is_its_first_day_written_without_it() -> None:
    frame, column = _frame(m=[date(2026, 8, 1)]), Column("m", "Mois", Kind.MONTH)
    sheet = _book(frame, column)["Données"]
    assert (sheet["A2"].value, sheet["A2"].number_format) == (datetime(2026, 8, 1), "mm/yyyy")
    assert _csv(frame, column) == [["Mois"], ["2026-08-01"]]
    assert show(date(2026, 8, 1), column) == "août 2026"


def test_a_duration_is_a_number_of_seconds() -> None:
    frame, column = _frame(s=[3725.5]), Column("s", "Durée", Kind.DURATION)
    assert _csv(frame, column) == [["Durée (s)"], ["3725,5"]]
    assert [cell[0] for cell in _book(frame, column)["Données"].iter_rows(values_only=True)] == ["Durée (s)", 3725.5]


def test_a_share_is_a_percentage_in_excel_and_hundredths_in_csv() -> None:
    frame, column = _frame(p=[0.254]), Column("p", "Part", Kind.PERCENT, digits=1)
    assert _csv(frame, column) == [["Part (%)"], ["25,4"]]
    cell = _book(frame, column)["Données"]["A2"]
    assert (cell.value, cell.number_format) == (0.254, "0.0%")


def test_verdicts_and_flags_are_words() -> None:
    frame = _frame(v=["KO", "NOT DUE"], a=["KO", "OK"], f=[True, False])
    columns = (
        Column("v", "Statut", Kind.STATUS),
        Column("a", "Service", Kind.AVAILABILITY),
        Column("f", "Requis", Kind.FLAG),
    )
    assert _csv(frame, *columns)[1:] == [["KO", "indisponible", "oui"], ["NOT DUE", "disponible", "non"]]


def test_the_note_says_query_filters_freshness_who_when_and_how_many() -> None:
    about = _about(_book(_frame(t=["a", "b"]), Column("t", "Texte", help="Ce que c'est")))
    assert about["Titre"] == "Exécutions"
    assert about["Requête"] == "runs_of_night"
    assert about["Filtre\u202f: Nuit du"] == "19 nov. 2026"
    assert about["Données du"] == "20 nov. 2026, 08:02"
    assert about["Exporté par"] == "Ana Martin"
    assert about["Lignes"] == "2"
    assert about["Démonstration"] == "Données inventées\u202f: rien dans ce fichier n’est réel."
    assert about["Colonne\u202f: Texte"] == "Ce que c'est"
    assert "Exporté le" in about


def test_the_note_says_when_data_were_read_where_that_was_later_than_what_they_tell() -> None:
    assert "Lu le" not in _about(_book(_frame(t=["a"]), Column("t", "Texte")))
    late = replace(NOTE, read_at=datetime(2026, 11, 27, 7, 2, tzinfo=UTC))
    about = _about(_book(_frame(t=["a"]), Column("t", "Texte"), note=late))
    assert (about["Données du"], about["Lu le"]) == ("20 nov. 2026, 08:02", "27 nov. 2026, 08:02")


def test_english_people_get_an_english_file() -> None:
    book = _book(_frame(t=["a"]), Column("t", "Text"), language="en")
    assert book.sheetnames == ["About", "Data"]
    assert _csv(_frame(t=["a"], u=["b"]), Column("t", "T"), Column("u", "U"), language="en") == [["T", "U"], ["a", "b"]]


def test_no_row_at_all_still_makes_a_file_with_its_header() -> None:
    frame = _frame(t=["a"]).head(0)
    assert _csv(frame, Column("t", "Texte")) == [["Texte"]]
    book = _book(frame, Column("t", "Texte"))
    assert [row[0].value for row in book["Données"].iter_rows()] == ["Texte"]
    assert _about(book)["Lignes"] == "0"


def test_rows_beyond_a_sheet_go_on_in_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export, "SHEET_ROWS", 2)
    book = _book(_frame(i=[1, 2, 3, 4, 5]), Column("i", "Entier", Kind.NUMBER))
    assert book.sheetnames == ["À propos", "Données", "Données 2", "Données 3"]
    assert [row[0] for row in book["Données 3"].iter_rows(values_only=True)] == ["Entier", 5]
    assert _about(book)["Feuilles"] == "Les lignes occupent 3 feuilles."
    assert _about(book)["Lignes"] == "5"


def test_a_frame_that_just_fills_a_sheet_opens_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export, "SHEET_ROWS", 2)
    assert _book(_frame(i=[1, 2]), Column("i", "Entier", Kind.NUMBER)).sheetnames == ["À propos", "Données"]


def test_csv_counts_all_rows_of_a_stream() -> None:
    def stream() -> Iterator[pa.RecordBatch]:
        for start in range(0, 50_000, 10_000):
            yield pa.record_batch({"i": range(start, start + 10_000)})

    file = io.BytesIO()
    with speaking("fr"):
        assert export.write_csv(file, stream(), [Column("i", "Entier", Kind.NUMBER)]) == 50_000
    assert file.getvalue().count(b"\n") == 50_001


def test_a_plain_pandas_frame_is_exported_too() -> None:
    frame = pd.DataFrame({"at": pd.to_datetime(["2026-11-20T07:00:00Z"]), "d": [timedelta(seconds=1).total_seconds()]})
    assert _csv(frame, Column("at", "Début", Kind.MOMENT), Column("d", "Durée", Kind.DURATION))[1] == [
        "2026-11-20 08:00:00",
        "1",
    ]


def test_a_workbook_holds_several_tables_each_under_its_title() -> None:
    names, counts = Column("t", "Texte"), Column("i", "Entier", Kind.NUMBER, help="Ce qui est compté")
    tables = [
        export.Sheet("Demandes : 12", [names], export.batches(_frame(t=["a", "b"]))),
        export.Sheet("Où / vers [où] ?", [counts], export.batches(_frame(i=[3]))),
        export.Sheet("demandes", [counts], export.batches(_frame(i=[4]))),
        export.Sheet("x" * 40, [counts], export.batches(_frame(i=[5]))),
        export.Sheet("x" * 35, [counts], export.batches(_frame(i=[6]))),
        export.Sheet(":", [counts], export.batches(_frame(i=[7]))),
    ]
    file = io.BytesIO()
    with speaking("fr"):
        assert export.write_book(file, tables, NOTE) == 7
    book = openpyxl.load_workbook(file)
    sheets = ["À propos", "Demandes", "Où vers où", "demandes 2", "x" * 31, f"{'x' * 29} 2", "Données"]
    assert book.sheetnames == sheets
    assert [[row[0] for row in book[name].iter_rows(values_only=True)] for name in sheets[1:]] == [
        ["Texte", "a", "b"],
        ["Entier", 3],
        ["Entier", 4],
        ["Entier", 5],
        ["Entier", 6],
        ["Entier", 7],
    ]
    about = _about(book)
    assert about["Lignes\u202f: Demandes : 12"] == "2"
    assert about["Lignes\u202f: Où / vers [où] ?"] == "1"
    assert [text for label, text in about.items() if label.endswith("Entier")] == ["Ce qui est compté"]


@pytest.mark.parametrize("kind", list(Kind))
def test_a_column_of_nothing_is_written_whatever_its_type(kind: Kind) -> None:
    frame = pd.DataFrame({"a": [None, None], "b": ["x", "y"]}).astype({"a": float})
    file = io.BytesIO()
    columns = [Column("b", "B"), Column("a", "A", kind)]
    assert export.write_csv(file, export.batches(frame), columns) == 2
    export.write_book(io.BytesIO(), [export.Sheet("T", columns, export.batches(frame))], NOTE)


def test_rows_that_break_off_leave_no_sheet_half_written(monkeypatch: pytest.MonkeyPatch) -> None:
    def rows() -> Iterator[pa.RecordBatch]:
        yield from export.batches(_frame(t=["a"]))
        raise QueryFailed("Les données ne peuvent pas être lues.")

    left: list[object] = []
    monkeypatch.setattr(sys, "unraisablehook", left.append)
    with pytest.raises(QueryFailed):
        export.write_excel(io.BytesIO(), rows(), [Column("t", "Texte")], NOTE)
    gc.collect()
    assert left == []
