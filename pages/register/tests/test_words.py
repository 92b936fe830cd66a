"""Values and differences in plain words."""

from typing import Any

import pytest

from core.base.i18n import speaking
from core.records import diff
from core.records.words import Told, show, tell
from pages.register.lists import shipped
from pages.register.model import TREATMENT, Treatment


def told(before: dict[str, Any], after: dict[str, Any], language: str = "en") -> list[Told]:
    old, new = (Treatment.model_validate(one).model_dump(mode="json") for one in (before, after))
    with speaking(language):
        return [tell(TREATMENT, one, shipped()) for one in diff.differences(old, new, TREATMENT.keys)]


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        ("transfers", None, "–"),
        ("transfers", [], "No transfer outside the EU"),
        ("aipd_departs", False, "no"),
        ("aipd_on", "2026-11-20", "Nov 20, 2026"),
        ("typologies", ["employe", "pp"], "Employee, PP"),
        ("pipelines", ["a", "b"], "a, b"),
        (
            "storage",
            [{"medium": "table", "write_mode": "replace", "place": ""}],
            "Table · Write mode: replace",
        ),
    ],
)
def test_a_value_in_words(path: str, value: Any, words: str) -> None:
    with speaking("en"):
        assert show(TREATMENT.field(path), value, shipped()) == words


def test_a_changed_text() -> None:
    assert told({"name": "a"}, {"name": "b"}) == [Told("Name of the treatment", "a", "b")]


def test_a_changed_column_names_its_row() -> None:
    before = {"purposes": [{"name": "Paie", "legal_bases": ["consent"]}]}
    after = {"purposes": [{"name": "Paie", "legal_bases": ["contract"]}]}
    assert told(before, after) == [Told("Purposes › Paie › Legal basis", "Consent", "Performance of a contract")]


def test_a_row_named_by_a_code_is_named_by_its_words() -> None:
    before = {"persons": [{"category": "employees"}]}
    after = {"persons": [{"category": "employees", "detail": "Siège"}]}
    assert told(before, after, "fr") == [
        Told("Catégories de personnes concernées › Salariés › Précisions", "–", "Siège")
    ]


def test_an_added_and_a_removed_row() -> None:
    row = {"recipients": [{"name": "DAF", "type": "internal"}]}
    other = {"recipients": [{"name": "ACPR", "type": "authorities"}]}
    assert told(row, other) == [
        Told("Recipients › DAF", "DAF · Internal department that processes the data", "–"),
        Told("Recipients › ACPR", "–", "ACPR · Authorities and public bodies"),
    ]


def test_from_unanswered_to_none() -> None:
    assert told({}, {"transfers": []}) == [Told("Transfers", "–", "No transfer outside the EU")]


def test_another_order() -> None:
    rows = [{"name": "a"}, {"name": "b"}]
    assert told({"purposes": rows}, {"purposes": rows[::-1]}) == [Told("Purposes: order", "a, b", "b, a")]
