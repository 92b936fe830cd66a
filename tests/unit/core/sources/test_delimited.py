"""Delimited files as they come: encodings, separators, headers, damage."""

import csv
import tracemalloc
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.base.errors import SourceFailed
from core.base.i18n import speaking
from core.facts.check import Refused
from core.sources.cells import Cells
from core.sources.formats.delimited import find_layout, holds, read

NAMES = {"Pipeline", "Début", "Statut", "Message"}

TOO_WIDE = (
    'The row has 4 cells where the header names 3: put "…" around the cell that holds “;”, or take away what stands at '
    "its end."
)


def known(name: str) -> bool:
    return name.strip() in NAMES


def write(folder: Path, content: str | bytes, encoding: str = "utf-8") -> Path:
    path = folder / "journal.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
    return path


def everything(path: Path) -> tuple[list[dict[str, str]], list[Refused]]:
    with speaking("en"):
        pieces = list(read(path, find_layout(path, known)))
    rows = [row for piece in pieces for row in piece.table.to_pylist()]
    return rows, [refused for piece in pieces for refused in piece.refused]


ONE_ROW = [{"Pipeline": "crédit", "Début": "08/04/2025", "Statut": "OK"}]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "latin-1"])
@pytest.mark.parametrize("separator", [";", ",", "\t", "|"])
def test_it_finds_encoding_and_separator(tmp_path: Path, encoding: str, separator: str) -> None:
    text = "Pipeline;Début;Statut\r\ncrédit;08/04/2025;OK\r\n".replace(";", separator)
    assert everything(write(tmp_path, text, encoding)) == (ONE_ROW, [])


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_it_reads_every_kind_of_line_end(tmp_path: Path, end: str) -> None:
    assert everything(write(tmp_path, f"Pipeline;Début;Statut{end}crédit;08/04/2025;OK{end}")) == (ONE_ROW, [])


def test_decimal_commas_do_not_pass_for_separators(tmp_path: Path) -> None:
    rows, refused = everything(write(tmp_path, "a;durée\nx;5,2\ny;3,4\n"))
    assert rows == [{"a": "x", "durée": "5,2"}, {"a": "y", "durée": "3,4"}]
    assert refused == []


def test_the_header_may_stand_below_a_title(tmp_path: Path) -> None:
    text = "Export du 08/04/2025;;\n\nPipeline;Début;Statut\ncrédit;08/04/2025;OK\n"
    assert everything(write(tmp_path, text)) == (ONE_ROW, [])


def test_repeated_and_missing_names_are_told_apart(tmp_path: Path) -> None:
    rows, refused = everything(write(tmp_path, "Pipeline;Message;Message;\u00a0\na;1;2;3\nb;4;5\n"))
    assert rows == [
        {"Pipeline": "a", "Message": "1", "Message (2)": "2", "#4": "3"},
        {"Pipeline": "b", "Message": "4", "Message (2)": "5", "#4": ""},
    ]
    assert refused == []


def test_a_quoted_cell_may_hold_line_breaks_and_quotation_marks(tmp_path: Path) -> None:
    rows, _refused = everything(
        write(tmp_path, 'Pipeline;Message\na;"deux\nlignes ; et ""plus"""\nb;"fichier "x" absent"\n')
    )
    assert [row["Message"] for row in rows] == ['deux\nlignes ; et "plus"', 'fichier x" absent"']


def test_a_truncated_last_row_is_refused_alone(tmp_path: Path) -> None:
    rows, refused = everything(write(tmp_path, "Pipeline;Début;Statut\ncrédit;08/04/2025;OK\ntél;08/0"))
    assert rows == ONE_ROW
    assert refused == [
        Refused(
            "journal.csv:3",
            {"Pipeline": "tél", "Début": "08/0", "Statut": ""},
            "The file ends in the middle of this row: it was cut, or is still being written.",
        )
    ]


def test_a_file_cut_inside_quotation_marks_loses_only_its_last_row(tmp_path: Path) -> None:
    rows, refused = everything(write(tmp_path, 'Pipeline;Message\na;ok\nb;"début de'))
    assert rows == [{"Pipeline": "a", "Message": "ok"}]
    assert [(r.position, r.reason[:13]) for r in refused] == [("journal.csv:3", "The file ends")]


def test_a_quotation_mark_that_never_closes_costs_one_row(tmp_path: Path) -> None:
    body = 'a;"ouvert\n' + "".join(f"p{n};ok\n" for n in range(5_000))
    rows, refused = everything(write(tmp_path, f"Pipeline;Message\n{body}"))
    assert len(rows) == 5_000
    assert [r.position for r in refused] == ["journal.csv:2"]


def test_a_row_with_too_few_or_too_many_cells_is_refused(tmp_path: Path) -> None:
    rows, refused = everything(write(tmp_path, "Pipeline;Début;Statut\na;b\ncrédit;08/04/2025;OK\na;b;c;d\n"))
    assert rows == ONE_ROW
    assert [r.reason for r in refused] == [
        "The row has 2 cells where the header has 3.",
        TOO_WIDE,
    ]
    assert refused[1].row == {"Pipeline": "a", "Début": "b", "Statut": "c", "+4": "d"}


def test_a_separator_within_a_cell_refuses_its_row_where_the_last_cells_are_empty(tmp_path: Path) -> None:
    rows, refused = everything(write(tmp_path, "Pipeline;Début;Statut\nCuisine ; Trésor;08/04/2025;\n;;;;\n"))
    assert rows == []
    assert [(r.position, r.reason) for r in refused] == [("journal.csv:2", TOO_WIDE)]


@pytest.mark.parametrize("rows", [["x;y;z;"], ["x;y;z", "x;y;z;;;;", "x;y;z", "x;y;z;;;;"]])
def test_rows_that_a_tool_filled_up_with_empty_cells_are_read(rows: list[str], tmp_path: Path) -> None:
    read_rows, refused = everything(write(tmp_path, "\n".join(["Pipeline;Début;Statut", *rows]) + "\n"))
    assert ([tuple(row.values()) for row in read_rows], refused) == ([("x", "y", "z")] * len(rows), [])


def test_a_report_tells_its_columns_by_the_rules_below_its_header(tmp_path: Path) -> None:
    report = (
        "Nuit du 20\n\n"
        "Pipeline    Début               Statut\n"
        "___________ ___________________ ______\n"
        'TEL "nuit"  11/20/2026 01:12:00 SU\n'
        "  SOL       -----               FA\n"
        "\n"
        "Pipeline    Début               Statut\n"
        "----------- ------------------- ------\n"
        "SIT         11/20/2026 02:12:00 RU\n"
    )
    rows, refused = everything(write(tmp_path, report))
    assert [tuple(row.values()) for row in rows] == [
        ('TEL "nuit"', "11/20/2026 01:12:00", "SU"),
        ("SOL", "-----", "FA"),
        ("SIT", "11/20/2026 02:12:00", "RU"),
    ]
    assert refused == []


def test_rules_and_headers_of_further_pages_are_no_rows(tmp_path: Path) -> None:
    rule = "-" * 30
    text = (
        f"{rule}\n|Pipeline|Statut|\n{rule}\n|a       |OK    |\n{rule}\n|Pipeline|Statut|\n|b       |KO    |\n{rule}\n"
    )
    rows, refused = everything(write(tmp_path, text))
    assert [(row["Pipeline"].strip(), row["Statut"].strip()) for row in rows] == [("a", "OK"), ("b", "KO")]
    assert refused == []


@pytest.mark.parametrize(
    ("header", "row"), [("", ""), ("", ";;"), (";;", ";;"), (";;", ""), (";", ";;"), (";;", ";")], ids=repr
)
@given(
    cells=st.lists(st.sampled_from(["a", "b", ""]), min_size=3, max_size=3).filter(any),
    at=st.integers(0, 2),
    more=st.integers(1, 3),
)
def test_no_row_with_more_separators_than_the_others_lands_shifted(
    tmp_path_factory: pytest.TempPathFactory, header: str, row: str, cells: list[str], at: int, more: int
) -> None:
    torn = ";".join([*cells[:at], cells[at] + ";" * more, *cells[at + 1 :]])
    lines = ["Pipeline;Début;Statut" + header, *(line + row for line in ("x;y;z", torn, ";y;", "x;y;z"))]
    rows, refused = everything(write(tmp_path_factory.mktemp("csv"), "\n".join(lines) + "\n"))
    assert [tuple(row.values())[:3] for row in rows] == [("x", "y", "z"), ("", "y", ""), ("x", "y", "z")]
    assert [r.position for r in refused] == ["journal.csv:3"]


def test_bytes_that_are_no_text_are_marked_and_spoil_no_other_row(tmp_path: Path) -> None:
    text = "Pipeline;Message\nété;à\n".encode() + b"cr\xe9dit;x\n" + b"nul;a\0b\n"
    rows, refused = everything(write(tmp_path, text))
    assert rows == [
        {"Pipeline": "été", "Message": "à"},
        {"Pipeline": "cr\ufffddit", "Message": "x"},
        {"Pipeline": "nul", "Message": "a\ufffdb"},
    ]
    assert refused == []


def test_a_block_of_nuls_at_the_end_is_refused(tmp_path: Path) -> None:
    rows, refused = everything(write(tmp_path, b"Pipeline;Message\na;b\n" + b"\0" * 500))
    assert rows == [{"Pipeline": "a", "Message": "b"}]
    assert len(refused) == 1


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "journal.csv is empty."),
        (b"\xef\xbb\xbf \r\n", "journal.csv is empty."),
        (b"PK\x03\x04rest", "journal.csv is no text file: it looks like ZIP/XLSX."),
        (bytes(range(32)) * 9, "journal.csv is no text file."),
    ],
)
def test_what_is_no_text_file_is_refused_whole(tmp_path: Path, content: bytes, sentence: str) -> None:
    with speaking("en"), pytest.raises(SourceFailed) as failed:
        find_layout(write(tmp_path, content), known)
    assert failed.value.sentence == sentence


def test_reading_goes_on_behind_a_mark(tmp_path: Path) -> None:
    path = write(tmp_path, "Pipeline;Début;Statut\na;1;OK\nb;2;O")
    layout = find_layout(path, known)
    (first,) = read(path, layout)
    assert first.mark is not None
    assert first.lines == [2, 3]
    with path.open("ab") as handle:
        handle.write(b"K\nc;3;OK\n")
    assert holds(path, layout, first.mark)
    (second,) = read(path, layout, start=first.mark)
    assert second.lines == [3, 4]
    assert second.table.to_pylist()[0] == {"Pipeline": "b", "Début": "2", "Statut": "OK"}


def test_a_rewritten_file_does_not_hold_its_mark(tmp_path: Path) -> None:
    path = write(tmp_path, "Pipeline;Statut\na;OK\n")
    layout = find_layout(path, known)
    (piece,) = read(path, layout)
    assert piece.mark is not None
    write(tmp_path, "Pipeline;Statut\nb;OK\na;OK\n")
    assert not holds(path, layout, piece.mark)


def test_no_byte_beyond_the_given_size_is_read(tmp_path: Path) -> None:
    path = write(tmp_path, "Pipeline;Statut\na;OK\nb;OK\n")
    (piece,) = read(path, find_layout(path, known), size=21)
    assert piece.table.to_pylist() == [{"Pipeline": "a", "Statut": "OK"}]


def test_a_long_file_is_read_in_pieces_within_bounded_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.sources.formats.delimited.CHUNK_ROWS", 5_000)
    path = tmp_path / "journal.csv"
    with path.open("w", encoding="utf-8") as handle:
        handle.write("Pipeline;Début;Statut\n")
        handle.writelines(f"pipeline_{n % 200};08/04/2025 06:43:45;SUCCESS\n" for n in range(40_000))
    layout = find_layout(path, known)
    next(read(path, layout))  # what is imported at first use is no row's
    tracemalloc.start()
    pieces: list[Cells] = []
    for piece in read(path, layout):
        pieces.append(Cells(piece.table.slice(0, 0), [len(piece.lines)], piece.where, done=piece.done))
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert [piece.lines for piece in pieces] == [[5_000]] * 8
    assert pieces[-1].done == path.stat().st_size
    assert peak < 6 * 2**20, "the whole takes 13 MB"


PLAIN = st.characters(exclude_characters="\ufeff\ufffd", exclude_categories=["Cs", "Cc"])
WORD = st.text(st.one_of(PLAIN, st.sampled_from('\n\t;"')), max_size=8)
ROW = st.lists(WORD, min_size=3, max_size=3).filter(any)


@given(st.lists(ROW, max_size=8))
def test_what_the_csv_module_writes_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]]
) -> None:
    path = tmp_path_factory.mktemp("csv") / "journal.csv"
    with path.open("w", encoding="utf-8", newline="") as handle:
        csv.writer(handle, delimiter=";").writerows([["Pipeline", "Début", "Statut"], *rows])
    read_rows, refused = everything(path)
    assert refused == []
    assert [list(row.values()) for row in read_rows] == rows


@given(st.binary(max_size=400))
def test_no_bytes_make_it_fail_otherwise(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path = tmp_path_factory.mktemp("csv") / "journal.csv"
    path.write_bytes(content)
    try:
        for piece in read(path, find_layout(path, known)):
            assert isinstance(piece.table, pa.Table)
    except SourceFailed:
        pass
