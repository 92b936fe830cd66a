"""Small files and answers that would stop the house: refused in a sentence, in little time and memory."""

import gzip
import json
import resource
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest

from core.base.errors import SourceFailed
from core.base.i18n import speaking
from core.sources import http, limits
from core.sources.cells import unique_names
from core.sources.formats import delimited, documents, excel, formulas, marks, objects, workbook
from core.sources.formats.child import TooLarge
from core.sources.formats.documents import NoJson, NoYaml
from core.sources.http import JsonClient
from tests.unit.core.sources.service import Answer, in_turn, serving

SHEET = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
TOO_LARGE = "a.xlsx is too large for a workbook: save it as CSV."
DAMAGED = "a.xlsx cannot be read as a workbook: it is damaged, or of another kind."


@contextmanager
def cheaply(seconds: float = 2.0, megabytes: int = 100) -> Iterator[None]:
    """What runs in the block takes little of this process: its own time, and memory at its most."""
    began, most = time.process_time(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    yield
    assert time.process_time() - began < seconds
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - most < megabytes * 1024


def book(folder: Path, **parts: bytes) -> Path:
    """A workbook of one row, some of whose parts are replaced."""
    made, plain = BytesIO(), openpyxl.Workbook()
    plain.active.append(["Pipeline", "Statut"])
    plain.save(made)
    names = {"workbook": "xl/workbook.xml", "sheet": "xl/worksheets/sheet1.xml", "strings": "xl/sharedStrings.xml"}
    given = {names[name]: content for name, content in parts.items()}
    with zipfile.ZipFile(made) as before, zipfile.ZipFile(folder / "a.xlsx", "w", zipfile.ZIP_DEFLATED) as after:
        for name in {*before.namelist(), *given}:
            content = given[name] if name in given else before.read(name)
            after.writestr(name, content)
    return folder / "a.xlsx"


def merged(rows: int, times: int) -> bytes:
    """A sheet whose cells are merged again and again over the same rows."""
    cells = "".join(f'<row r="{row}"><c r="A{row}"><v>1</v></c></row>' for row in range(1, rows + 1))
    over = "".join(f'<mergeCell ref="A{row}:A{rows}"/>' for row in range(1, times + 1))
    return f"{SHEET}{cells}</sheetData><mergeCells>{over}</mergeCells></worksheet>".encode()


@pytest.mark.parametrize("read", [excel.sheets, formulas.broken])
@pytest.mark.parametrize(
    ("part", "content", "sentence"),
    [
        ("workbook", b"<workbook>" + b"<x/>" * 10_000_000 + b"</workbook>", TOO_LARGE),
        ("sheet", SHEET.encode() + b"<x/>" * 10_000_000 + b"</sheetData></worksheet>", TOO_LARGE),
        ("strings", b"<sst>" + b"<si><t>a</t></si>" * 2_000_000 + b"</sst>", TOO_LARGE),
    ],
    ids=["workbook", "sheet", "strings"],
)
def test_a_small_workbook_that_unpacks_to_much_is_refused(
    tmp_path: Path, read: object, part: str, content: bytes, sentence: str
) -> None:
    path = book(tmp_path, **{part: content})
    assert path.stat().st_size < 100_000
    with cheaply(), speaking("en"), pytest.raises(SourceFailed) as failed:
        read(path)  # type: ignore[operator]
    assert failed.value.sentence == sentence


def test_entities_that_multiply_are_refused(tmp_path: Path) -> None:
    entities = "".join(f'<!ENTITY b{n} "{f"&b{n - 1};" * 10 if n else "x" * 10}">' for n in range(12))
    laughs = f"<!DOCTYPE l [{entities}]><workbook>&b11;</workbook>"
    with cheaply(), speaking("en"), pytest.raises(SourceFailed) as failed:
        formulas.broken(book(tmp_path, workbook=laughs.encode()))
    assert failed.value.sentence == DAMAGED


def test_cells_that_are_merged_over_each_other_are_refused(tmp_path: Path) -> None:
    with cheaply(), speaking("en"), pytest.raises(SourceFailed) as failed:
        excel.sheets(book(tmp_path, sheet=merged(20_000, 5_000)))
    assert failed.value.sentence == DAMAGED


def test_a_workbook_of_more_sheets_than_any_is_refused_before_they_are_read(tmp_path: Path) -> None:
    sheets = "".join(f'<sheet name="s{n}" sheetId="{n}" r:id="rId1"/>' for n in range(1, 50_001))
    head = '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
    head += 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
    with cheaply(), speaking("en"), pytest.raises(SourceFailed) as failed:
        excel.sheets(book(tmp_path, workbook=f"{head}<sheets>{sheets}</sheets></workbook>".encode()))
    assert failed.value.sentence == TOO_LARGE


def test_one_part_that_is_many_sheets_is_counted_each_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MOST_CELLS", 5)
    path = book(tmp_path)
    assert workbook.read(str(path), "") == {"Sheet": [["Pipeline", "Statut"]]}
    several = openpyxl.load_workbook(path)
    for _copy in range(2):
        several.copy_worksheet(several.active)
    several.save(path)
    with pytest.raises(TooLarge):
        workbook.read(str(path), "")


def test_more_cells_than_may_be_held_are_refused(tmp_path: Path) -> None:
    rows = "".join(f'<row r="{row}"><c r="XFD{row}"><v>1</v></c></row>' for row in range(1, 1001))
    wide = f'{SHEET}<row r="1"><c r="A1"><v>1</v></c></row>{rows}</sheetData></worksheet>'
    with cheaply(), speaking("en"), pytest.raises(SourceFailed) as failed:
        excel.sheets(book(tmp_path, sheet=wide.encode()))
    assert failed.value.sentence == TOO_LARGE


def text(times: int, merged: str = "") -> bytes:
    """A sheet with one text in so many rows, or merged over them."""
    rows = "".join(f'<row r="{row}"><c r="A{row}" t="s"><v>0</v></c></row>' for row in range(1, times + 1))
    return f"{SHEET}{rows}</sheetData>{merged}</worksheet>".encode()


@pytest.mark.parametrize(
    "sheet",
    [
        text(20_000),
        text(1, '<mergeCells><mergeCell ref="A1:A50000"/></mergeCells>').replace(
            b"</sheetData>", b'<row r="50000"><c r="B50000"><v>1</v></c></row></sheetData>'
        ),
    ],
    ids=["shared", "merged"],
)
def test_one_text_that_fills_many_cells_never_reaches_the_server(tmp_path: Path, sheet: bytes) -> None:
    strings = f'<sst xmlns="{SHEET.split(chr(34))[1]}"><si><t>{"a" * 5_000}</t></si></sst>'
    path = book(tmp_path, sheet=sheet, strings=strings.encode())
    assert path.stat().st_size < 200_000
    with cheaply(), speaking("en"), pytest.raises(SourceFailed) as failed:
        excel.sheets(path)
    assert failed.value.sentence == TOO_LARGE


def test_cells_that_no_small_file_needs_are_refused_before_they_are_made(tmp_path: Path) -> None:
    last = SHEET + '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="I1048576"><v>1</v></c></row>'
    with cheaply(), speaking("en"), pytest.raises(SourceFailed) as failed:
        excel.sheets(book(tmp_path, sheet=f"{last}</sheetData></worksheet>".encode()))
    assert failed.value.sentence == TOO_LARGE


@pytest.mark.parametrize("last", [1, 1_048_576])
def test_cells_merged_over_a_whole_sheet_take_no_memory(tmp_path: Path, last: int) -> None:
    row = f'<row r="{last}"><c r="A{last}"><v>1</v></c></row>'
    sheet = f'{SHEET}{row}</sheetData><mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells></worksheet>'
    path = book(tmp_path, sheet=sheet.encode())
    with cheaply(), speaking("en"):
        if last == 1:
            assert marks.of(path) == {}
        else:
            with pytest.raises(SourceFailed) as failed:
                marks.of(path)
            assert failed.value.sentence == TOO_LARGE


@pytest.mark.parametrize("cell", ["<td>", "<td colspan=16384>"])
def test_a_page_of_more_columns_than_a_sheet_is_refused_at_the_first_row(tmp_path: Path, cell: str) -> None:
    path = tmp_path / "a.xls"
    path.write_text(f"<table><tr>{cell * 40_000}</table>")
    with pytest.raises(TooLarge):
        workbook.read(str(path), "")


def test_a_workbook_that_takes_too_long_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "WORKBOOK_SECONDS", 0.01)
    with speaking("en"), pytest.raises(SourceFailed) as failed:
        excel.sheets(book(tmp_path))
    assert failed.value.sentence == "a.xlsx takes too long to be read: save it as CSV."


def reread(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many lines a reader was given, counted from now on."""
    given: list[int] = []
    decode = delimited.Layout.decode

    def counted(self: delimited.Layout, raw: bytes) -> str:
        given.append(1)
        return decode(self, raw)

    monkeypatch.setattr(delimited.Layout, "decode", counted)
    return given


@pytest.mark.parametrize("line", ['a";"b', '"a', 'a;"'])
def test_a_file_of_open_quotation_marks_is_read_in_linear_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: str
) -> None:
    lines = 5_000
    path = tmp_path / "a.csv"
    path.write_text("Pipeline;Statut\n" + f"{line}\n" * lines)
    layout = delimited.find_layout(path, lambda name: name in ("Pipeline", "Statut"))
    given = reread(monkeypatch)
    rows = refused = 0
    for cells in delimited.read(path, layout):
        rows, refused = rows + len(cells.lines), refused + len(cells.refused)
    assert len(given) < 15 * lines + 60_000
    assert refused == lines or rows * 2 >= lines


def test_a_file_of_empty_lines_is_refused_before_they_are_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "MOST_BLANK", 1_000)
    path = tmp_path / "a.csv"
    path.write_text("a;b\n1;2\n" + "\n" * 1_000 + "3;4\n")
    layout = delimited.find_layout(path, lambda name: name in ("a", "b"))
    assert [piece.lines for piece in delimited.read(path, layout)] == [[2, 1_003]]
    path.write_text("a;b\n1;2\n" + "\n" * 10_000)
    with speaking("en"), pytest.raises(SourceFailed) as failed:
        list(delimited.read(path, layout))
    assert failed.value.sentence == "a.csv holds more than 1,000 empty lines on end, after line 2: take them away."


def test_rows_after_an_open_quotation_mark_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text('Pipeline;Statut\na;"OK\n' + "b;KO\n" * 3_000 + 'c;"two\nlines"\n')
    layout = delimited.find_layout(path, lambda name: name in ("Pipeline", "Statut"))
    (cells,) = delimited.read(path, layout)
    assert len(cells.refused) == 1
    assert len(cells.lines) == 3_001


def test_a_header_of_too_many_columns_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("a;" * 100_000 + "\n")
    with cheaply(), speaking("en"), pytest.raises(SourceFailed) as failed:
        delimited.find_layout(path, lambda _name: False)
    assert failed.value.sentence == "a.csv has more than 4096 columns: leave out those that are not needed."


@pytest.mark.parametrize("content", [b"\n\n;", b"\0", b'\xef\xbb\xbf\n"', b'"\n', b"\n\x00"])
def test_a_file_without_a_header_is_read_or_refused_in_a_sentence(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    with suppress(SourceFailed):
        layout = delimited.find_layout(path, lambda _name: False)
        assert layout.header
        list(delimited.read(path, layout))


def test_names_that_repeat_are_told_apart_in_linear_time() -> None:
    with cheaply():
        assert unique_names(["a"] * 50_000)[-1] == "a (50000)"


def test_pieces_are_bounded_by_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "PIECE", 10_000)
    path = tmp_path / "a.csv"
    path.write_text("a;b\n" + ("x" * 999 + ";y\n") * 100)
    layout = delimited.find_layout(path, lambda name: name in ("a", "b"))
    assert [len(cells.lines) for cells in delimited.read(path, layout)] == [10] * 10


@pytest.mark.parametrize(
    ("raw", "sentence"),
    [
        (b"[" * 1_000_000, "x is nested too deeply."),
        (b"[" * 200 + b"]" * 200, "x is nested too deeply."),
        (b'{"a":' * 100_000, "x is nested too deeply."),
        (b"[" + b"[]," * 6_000_000 + b"1]", "x holds too much to be read whole: split it."),
    ],
)
def test_json_that_would_fill_memory_or_stack_is_refused(raw: bytes, sentence: str) -> None:
    with cheaply(), speaking("en"), pytest.raises(SourceFailed) as failed:
        documents.json_value(raw, "x")
    assert failed.value.sentence == sentence


@pytest.mark.parametrize("raw", [b"[1", b"\xff", b"9" * 5_000, b""])
def test_what_is_no_json_says_so_without_repeating_it(raw: bytes) -> None:
    with pytest.raises(NoJson, match=r"^$"):
        documents.json_value(raw, "x")


def test_half_a_character_becomes_the_broken_one() -> None:
    assert documents.json_value(rb'["\ud800", "\ud83d\ude00"]', "x") == ["�", "\U0001f600"]


def test_a_file_of_lines_most_of_which_are_no_json_is_refused_before_all_are_tried(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(b'{"a": 1}\n' + b"{\n" * 1_000_000)
    with cheaply(4.0, 250), speaking("en"), pytest.raises(SourceFailed) as failed:
        objects.read(path)
    assert failed.value.sentence == "a.jsonl is no JSON, or is cut."


LAUGHS = "a0: &a0 [x, x]\n" + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 12))
MERGES = "a0: &a0 {k: 1}\n" + "".join(f"a{n}: &a{n} {{<<: [{', '.join([f'*a{n - 1}'] * 9)}]}}\n" for n in range(1, 12))


@pytest.mark.parametrize("text", ["[" * 400_000, "- " * 400_000 + "x", "{a: " * 200_000, LAUGHS, MERGES, "&a [*a]"])
def test_yaml_that_would_fill_memory_or_end_the_process_is_refused(text: str) -> None:
    with cheaply(), pytest.raises(SourceFailed):
        documents.yaml_value(text.encode(), "x")


@pytest.mark.parametrize(
    "text",
    [
        "a: [1",
        "x: !!python/object:os.system 1",
        "x: 2026-99-99",
        "\0",
        "x: " + "9" * 5_000,
        "x: 1" + ":1" * 400_000,
        "x: 1" + ":1" * 400_000 + ".5",
    ],
)
def test_what_is_no_plain_yaml_says_so_without_repeating_it(text: str) -> None:
    with pytest.raises(NoYaml, match=r"^line \d+$"):
        documents.yaml_value(text.encode(), "x")


def asked(*answers: Answer) -> str:
    with serving(in_turn(*answers)) as service, JsonClient("Jira", sleep=lambda _seconds: None) as client:
        with speaking("en"), pytest.raises(SourceFailed) as failed:
            client.ask("GET", service.url)
        return failed.value.sentence


def test_an_answer_that_unpacks_to_much_is_refused() -> None:
    packed = gzip.compress(bytes(100 * 2**20), 9)
    with cheaply(4.0, 250):
        said = asked(Answer(body=packed, headers={"Content-Encoding": "gzip"}))
    assert said == "Jira answers with more than 64 MB: ask for less at once."


@pytest.mark.parametrize("coding", ["gzip, gzip", "br", "zstd", "deflate"])
def test_an_encoding_that_was_not_asked_for_is_refused(coding: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "ATTEMPTS", 1)
    packed = gzip.compress(gzip.compress(b"{}"))
    assert (
        asked(Answer(body=packed, headers={"Content-Encoding": coding}))
        == "Jira answered something that is not JSON, or is cut."
    )


def test_a_packed_answer_is_read() -> None:
    packed = gzip.compress(json.dumps({"value": 1}).encode())
    answer = in_turn(Answer(body=packed, headers={"Content-Encoding": "gzip"}))
    with serving(answer) as service, JsonClient("Jira") as client:
        assert client.ask("GET", service.url) == {"value": 1}


@pytest.mark.parametrize("where", ["head", "body"])
def test_an_answer_that_drips_is_ended(where: str, monkeypatch: pytest.MonkeyPatch, dripping: dict[str, str]) -> None:
    monkeypatch.setattr(http, "ATTEMPTS", 1)
    monkeypatch.setattr(limits, "ANSWER_SECONDS", 0.5)
    with speaking("en"), pytest.raises(SourceFailed) as failed, JsonClient("Jira") as client:
        client.ask("GET", dripping[where])
    assert failed.value.sentence == "Jira did not answer in time."


def test_a_deeply_nested_answer_is_refused() -> None:
    assert asked(Answer(body=b'{"a":' * 50_000)) == "Jira is nested too deeply."
