"""Every reader of foreign bytes reads, or says in a sentence why not: a few examples of what `make fuzz` tries."""

import re

import pytest
from hypothesis import HealthCheck, given, settings

from core.base.settings import ROOT
from tests.fuzz.readers import READERS

EXAMPLES = {"names": 4, "workbook": 1, "ods": 1, "xls": 1, "template": 4, "select": 10, "answer": 4}


@pytest.mark.parametrize("name", READERS)
def test_a_reader_reads_or_says_why_not(name: str) -> None:
    strategy, read = READERS[name]
    checks = list(HealthCheck)

    @settings(max_examples=EXAMPLES.get(name, 40), deadline=None, derandomize=True, suppress_health_check=checks)
    @given(strategy)
    def one(given: object) -> None:
        read(given)

    one()


def test_yaml_is_read_by_the_one_reader_that_keeps_limits() -> None:
    files = [file for room in ("core", "pages") for file in (ROOT / room).rglob("*.py") if "tests" not in file.parts]
    reading = re.compile(r"yaml\.(safe_load|load|full_load|compose|parse|scan)\b")
    assert [file.name for file in files if reading.search(file.read_text(encoding="utf-8"))] == ["documents.py"]
