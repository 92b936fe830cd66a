"""Every reader of foreign bytes reads, or says in a sentence why not: a few examples of what `make fuzz` tries."""

import pytest
from hypothesis import HealthCheck, given, settings

from tests.fuzz.readers import READERS

EXAMPLES = {"workbook": 2, "answer": 4}


@pytest.mark.parametrize("name", READERS)
def test_a_reader_reads_or_says_why_not(name: str) -> None:
    strategy, read = READERS[name]
    checks = list(HealthCheck)

    @settings(max_examples=EXAMPLES.get(name, 40), deadline=None, derandomize=True, suppress_health_check=checks)
    @given(strategy)
    def one(given: object) -> None:
        read(given)

    one()
