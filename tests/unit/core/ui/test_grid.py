"""The grid of a collection: what its cells hold, and what they mean."""

from typing import Any

import pytest

from core.base.i18n import speaking
from core.ui.grid import cell, value
from pages.register.collection import TREATMENTS
from pages.register.lists import shipped
from pages.register.model import TREATMENT, Treatment

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


@pytest.mark.parametrize(
    ("path", "held", "shown", "chosen", "kept"),
    [
        ("sensitive_data", None, [], ["No sensitive data"], []),
        ("sensitive_data", [], ["No sensitive data"], ["Health data"], [{"category": "health"}]),
        (
            "sensitive_data",
            [{"category": "health", "retention": "2 ans"}],
            ["Health data"],
            ["Health data", "Genetic data", "No sensitive data"],
            [{"category": "health", "retention": "2 ans"}, {"category": "genetic"}],
        ),
        (
            "recipients",
            [{"name": "RH", "type": "internal"}, {"name": "Nimbus", "type": "processors"}],
            ["RH", "Nimbus"],
            ["Nimbus", "URSSAF "],
            [{"name": "Nimbus", "type": "processors"}, {"name": "URSSAF"}],
        ),
        (
            "transfers",
            [{"recipient": "Nimbus", "country": "IN"}, {"recipient": "Nimbus", "country": "US"}, {"country": "MA"}],
            ["Nimbus", "–"],
            ["Nimbus", "–"],
            [{"recipient": "Nimbus", "country": "IN"}, {"recipient": "Nimbus", "country": "US"}, {"country": "MA"}],
        ),
        ("nir", [{"description": "Paie", "ground": "work"}], ["Paie"], [], None),
        ("purposes", [{"name": "Payer"}], ["Payer"], ["–"], None),
    ],
)
def test_rows_are_called_by_name_and_those_still_called_keep_all_that_they_say(
    path: str, held: Any, shown: list[str], chosen: list[str], kept: Any
) -> None:
    asked, lists = TREATMENT.field(path), shipped()
    with speaking("en"):
        assert cell(asked, held, lists) == shown
        assert value(asked, chosen, lists, held) == kept


def test_every_field_that_the_law_requires_stands_in_the_grid_of_the_register() -> None:
    empty = Treatment.model_validate({"name": "Paie"})
    required = {field.name for field in TREATMENT.fields if field.required(empty, None)}
    assert {"purposes", "transfers"} < required <= {*TREATMENTS.grid}
