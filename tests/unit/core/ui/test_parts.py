"""The parts of a screen."""

from types import SimpleNamespace
from typing import Any

from core.ui.parts import caps
from pages.reroutes.figures.matrix import MATRIX
from pages.reroutes.figures.rows import ROWS


def test_a_list_whose_export_holds_all_does_not_say_that_only_its_first_rows_count() -> None:
    look: Any = SimpleNamespace(cut={"rows": 250})
    assert caps(ROWS, look) == []
    assert caps(MATRIX, look) == [250]
