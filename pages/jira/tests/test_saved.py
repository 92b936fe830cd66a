"""Saved answers of Jira that unpack to far more than they are: refused in a sentence, before they fill memory."""

import gzip
import json
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from core.base.errors import SourceFailed
from core.base.i18n import speaking
from core.sources import limits
from pages.jira.sources import saved

UNPACKED = 100 * limits.MB
LINE = b'{"id": 1}' + b" " * 990 + b"\n"


@contextmanager
def within(megabytes: int) -> Iterator[None]:
    """What runs in the block never holds more at once."""
    tracemalloc.start()
    try:
        yield
        assert tracemalloc.get_traced_memory()[1] < megabytes * limits.MB
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("line", [b"\0", LINE, b'"' + b"a" * 998 + b"\n"], ids=["one line", "lines", "open cell"])
@pytest.mark.parametrize("name", ["a.json.gz", "a.jsonl.gz", "a.csv.gz"])
def test_a_small_file_that_unpacks_to_much_is_refused(tmp_path: Path, name: str, line: bytes) -> None:
    path = tmp_path / name
    head = b"data,url\n" if ".csv" in name else b""
    path.write_bytes(gzip.compress(head + line * (UNPACKED // len(line))))
    with within(80), speaking("en"), pytest.raises(SourceFailed) as refused:
        for _some in saved.issues(path):
            pass
    assert refused.value.sentence in (f"{name} is too large: split it.", f"{name} is no JSON, or is cut.")


def test_large_lines_are_read_few_at_a_time(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text((json.dumps({"id": "x" * 3 * limits.MB}) + "\n") * 5, encoding="utf-8")
    assert [len(some) for some in saved.issues(path)] == [2, 2, 1]


def test_honest_packing_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl.gz"
    issues = [
        {"id": number, "key": f"A-{number}", "text": "a story that is told again and again " * 50}
        for number in range(2_000)
    ]
    path.write_bytes(gzip.compress("\n".join(map(json.dumps, issues)).encode()))
    assert sum(len(some) for some in saved.issues(path)) == 2_000
