"""What is exported imports again to exactly the same content, whatever it holds."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pages.register.model import TREATMENT
from pages.register.tests import files
from pages.register.tests.samples import FORMS

SLOW = settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


@pytest.mark.parametrize("suffix", [".xlsx", ".csv", ".json"])
@pytest.mark.parametrize("kind", sorted(FORMS))
@SLOW
@given(data=st.data(), language=st.sampled_from(["fr", "en"]))
def test_a_register_reads_back_exactly(tmp_path: Path, suffix: str, kind: str, data: Any, language: str) -> None:
    form = FORMS[kind]
    found = data.draw(st.lists(files.contents(kind), min_size=1, max_size=3))
    path = files.write(tmp_path / f"registre{suffix}", form, found, language)
    assert files.read(path, form) == found


@SLOW
@given(data=st.data())
def test_the_layout_of_the_cnil_reads_back_exactly(tmp_path: Path, data: Any) -> None:
    contents = files.contents("treatment")
    found = data.draw(st.lists(contents, min_size=1, max_size=3, unique_by=lambda one: one["ref"]))
    path = files.write(tmp_path / f"{files.CNIL}.xlsx", TREATMENT, found)
    rows = sorted(files.rows(path, TREATMENT), key=lambda row: row.ref)
    assert [files.kept(TREATMENT, row) for row in rows] == sorted(found, key=lambda one: one["ref"])
    assert [(row.told, row.defaults) for row in rows] == [((), {})] * len(found)
