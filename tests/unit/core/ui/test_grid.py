"""The grid of a collection: what its cells hold, and what they mean."""

from typing import Any

import pytest

from core.base.i18n import speaking
from core.ui.grid import cell, value
from pages.register.lists import shipped
from pages.register.model import TREATMENT

CRITERIA, TYPOLOGIES = TREATMENT.field("aipd_criteria"), TREATMENT.field("typologies")


@pytest.mark.parametrize(
    ("kept", "shown"),
    [(None, []), ([], ["Aucun des neuf critères"]), (["large_scale"], ["Grande échelle"])],
)
def test_choices_tell_an_explicit_none_from_no_answer(kept: Any, shown: list[str]) -> None:
    lists = shipped()
    with speaking("fr"):
        told = [lists.label("aipd_criteria", "large_scale") if one == "Grande échelle" else one for one in shown]
        assert cell(CRITERIA, kept, lists) == told
        assert value(CRITERIA, told, lists) == kept


def test_a_none_beside_a_choice_counts_for_nothing_and_an_emptied_cell_is_no_answer() -> None:
    lists = shipped()
    with speaking("fr"):
        both = ["Aucun des neuf critères", lists.label("aipd_criteria", "large_scale")]
        assert value(CRITERIA, both, lists) == ["large_scale"]
        assert value(TYPOLOGIES, [], lists) is None
