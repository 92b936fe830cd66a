"""JSON as rows: few bytes that would become a table of many cells are refused."""

import json
from pathlib import Path

import pytest

from core.base.errors import SourceFailed
from core.base.i18n import speaking
from core.sources.formats import objects


@pytest.mark.parametrize("lines", [True, False])
def test_rows_that_have_no_column_in_common_are_refused_before_they_fill_memory(tmp_path: Path, lines: bool) -> None:
    rows = [json.dumps({f"c{n % 4_000}": 1}) for n in range(40_000)]
    path = tmp_path / "a.json"
    path.write_text("\n".join(rows) if lines else f"[{','.join(rows)}]", encoding="utf-8")
    with speaking("en"), pytest.raises(SourceFailed) as refused:
        objects.read(path)
    assert refused.value.sentence == "a.json holds too much to be read whole: split it."


def test_an_object_a_line_and_a_list_of_objects_are_read(tmp_path: Path) -> None:
    for name, text in (("a.jsonl", '{"a": 1}\n{"a": 2, "b": "x"}'), ("b.json", '[{"a": 1}, {"a": 2, "b": "x"}]')):
        (tmp_path / name).write_text(text, encoding="utf-8")
        assert objects.read(tmp_path / name).table.to_pydict() == {"a": ["1", "2"], "b": ["", "x"]}


def test_a_number_is_the_text_that_the_file_wrote_to_the_last_figure(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text('[{"a": 12345678901234567.10, "b": 9007199254740993, "c": 2.50, "d": 1e3}]')
    (row,) = objects.read(tmp_path / "a.json").table.to_pylist()
    assert row == {"a": "12345678901234567.10", "b": "9007199254740993", "c": "2.50", "d": "1000.0"}


ANSWER = {
    "total": 2,
    "links": [{"url": "x"}] * 3,
    "jobs": [
        {
            "id": 1,
            "by": {"name": "Ada"},
            "steps": [{"name": "build", "s": 2.5}, {"name": "test", "s": None}],
            "tags": ["a", "b"],
        },
        {"id": 2, "by": {}, "steps": [], "tags": []},
        "no job",
    ],
}


def known(name: str) -> bool:
    return name in ("id", "name")


def test_the_list_that_holds_known_names_is_read_and_its_paths_are_columns() -> None:
    cells = objects.cells(ANSWER, "a.json", known)
    assert (cells.rows, cells.lists) == ("jobs[]", ("links[]", "jobs[]", "jobs[].steps[]"))
    assert cells.table.to_pylist()[0] == {
        "id": "1",
        "by.name": "Ada",
        "steps": json.dumps(ANSWER["jobs"][0]["steps"]),  # type: ignore[index]
        "steps[].name": "build, test",
        "steps[].s": "2.5",
        "tags": '["a", "b"]',
        "tags[]": "a, b",
        "by": "",
    }
    assert [(one.position, one.row) for one in cells.refused] == [("a.json:3", {"": '"no job"'})]


def test_a_list_in_a_list_is_read_with_what_stands_around_it() -> None:
    cells = objects.cells(ANSWER, "a.json", known, "jobs[].steps[]")
    assert cells.table.to_pylist() == [
        {"jobs[].id": "1", "jobs[].by.name": "Ada", "name": "build", "s": "2.5"},
        {"jobs[].id": "1", "jobs[].by.name": "Ada", "name": "test", "s": ""},
    ]
    with speaking("en"), pytest.raises(SourceFailed) as failed:
        objects.cells(ANSWER, "a.json", known, "runs[]")
    assert failed.value.sentence == "a.json has no list runs[], but 3 others."


def test_a_list_deep_inside_is_found_and_one_object_alone_is_a_row() -> None:
    assert objects.cells({"a": {"b": [[{"c": 1}]]}}, "x").rows == "a.b[][]"
    assert objects.cells({"a": {"b": 1}}, "x").table.to_pydict() == {"a.b": ["1"]}


@pytest.mark.parametrize(("depth", "columns"), [(3, ["l", "l[].l[].l[].a"]), (4, ["l"])])
def test_parts_of_lists_within_lists_are_columns_so_deep(depth: int, columns: list[str]) -> None:
    value: object = {"a": 1}
    for _level in range(depth):
        value = {"l": [value]}
    assert objects.cells([value], "x", rows=objects.ALL).table.column_names == columns


KEY, MANY = "k" * 200_000, 20_000


@pytest.mark.parametrize(
    ("value", "rows", "wrong"),
    [
        ([{KEY: {f"a{n}": 1 for n in range(4_000)}}], "[]", "holds too much"),
        ({KEY: {f"a{n}": [{}] for n in range(MANY)}}, "", "holds too much"),
        ({f"a{n}": [{}] for n in range(MANY)}, "", "holds too much"),
        ([{"r": [{f"a{n}": 1} for n in range(MANY)]}], "[]", "has more than 4096 columns"),
        ([{"text": KEY, "r": [{"x": 1}] * MANY}], "[].r[]", "holds too much"),
    ],
)
def test_a_small_text_that_would_unfold_to_far_more_is_refused_before_it_does(
    value: object, rows: str, wrong: str
) -> None:
    with speaking("en"), pytest.raises(SourceFailed, match=wrong):
        objects.cells(value, "a.json", rows=rows)
