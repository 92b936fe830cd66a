"""JSON as rows: few bytes that would become a table of many cells are refused."""

import json
from pathlib import Path

import pytest

from core.base.errors import SourceFailed
from core.base.i18n import speaking
from core.sources import objects


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
