"""The lists of values as they come: complete, up to date, recognised by their words."""

import pytest

from core.base.i18n import speaking
from pages.register.lists import shipped

LISTS = shipped()


def test_every_value_speaks_both_languages() -> None:
    for name, values in LISTS.values.items():
        for code, value in values.items():
            assert value.labels["fr"], (name, code)
            assert value.labels["en"], (name, code)


def test_the_law_is_listed_whole() -> None:
    sizes = {name: len(LISTS.options(name)) for name in ("legal_bases", "conditions", "sensitive_data", "zones")}
    assert sizes == {"legal_bases": 6, "conditions": 10, "sensitive_data": 9, "zones": 5}


def test_the_privacy_shield_is_known_and_no_longer_offered() -> None:
    assert LISTS.code("guarantees", "Privacy shield") == "privacy_shield"
    assert "privacy_shield" not in LISTS.options("guarantees")
    assert "privacy_shield" in LISTS.options("guarantees", keep=["privacy_shield"])
    assert len(LISTS.options("guarantees")) == 7


@pytest.mark.parametrize(
    ("country", "adequate"), [("BR", True), ("GB", True), ("US", True), ("EPO", True), ("KR", True), ("IN", False)]
)
def test_adequacy_is_that_of_2026(country: str, adequate: bool) -> None:
    assert LISTS.values["countries"][country].facts["adequate"] is adequate


def test_the_united_states_are_adequate_for_certified_organisations_only() -> None:
    with speaking("fr"):
        assert "Data Privacy Framework" in LISTS.values["countries"]["US"].note


def test_a_transfer_leaves_the_european_economic_area() -> None:
    inside = {code for code, value in LISTS.values["countries"].items() if value.facts.get("elsewhere")}
    assert {"FR", "DE", "NO", "RE"} <= inside
    assert inside.isdisjoint(LISTS.options("countries"))
    assert 180 < len(LISTS.options("countries")) < 230


@pytest.mark.parametrize(
    ("name", "words", "code"),
    [
        ("countries", "Etats-Unis", "US"),
        ("countries", "états-unis", "US"),
        ("countries", "United States", "US"),
        ("countries", "Viêt Nam", "VN"),
        ("person_types", "Salariés", "employees"),
        ("guarantees", "Clauses contractuelles types (CCT)", "clauses"),
        ("recipient_types", "Autre (Préciser)", "other"),
        ("data_categories", "Données de connexion (adress IP, logs, etc.)", "connection"),
        ("write_modes", "annule et remplace", "replace"),
        ("typologies", "Données d'utilisation", "usage"),
        ("media", "Carte perforée", None),
    ],
)
def test_words_are_recognised_whatever_their_accents_and_language(name: str, words: str, code: str | None) -> None:
    assert LISTS.code(name, words) == code


def test_an_unknown_code_is_shown_as_it_is() -> None:
    assert LISTS.label("media", "x") == "x"


def test_no_word_means_two_values_of_one_list() -> None:
    for name, values in LISTS.values.items():
        labels = [value.labels["fr"] for value in values.values()]
        assert len(set(labels)) == len(labels), name
