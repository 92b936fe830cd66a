"""Values that look like one written in several ways."""

from hypothesis import given
from hypothesis import strategies as st

from core.records.alike import alike


def test_spellings_of_one_name_and_a_longer_form_of_it_look_alike() -> None:
    found = {"Alpha": 1, "alpha": 2, "Alpha France": 1, "A.L.P.H.A.": 1, "Beta": 4}
    assert alike(found) == [("alpha", "A.L.P.H.A.", "Alpha", "Alpha France")]


def test_a_word_that_begins_several_names_is_none_of_them() -> None:
    assert alike({"Direction": 3, "Direction juridique": 1, "Direction financière": 1}) == []


def test_few_letters_say_too_little() -> None:
    assert alike({"Île": 1, "Île de France": 1}) == []


def test_accents_and_punctuation_make_no_other_name() -> None:
    assert alike({"Prestataire d'édition": 1, "prestataire d’edition": 1}) == [
        ("Prestataire d'édition", "prestataire d’edition")
    ]


@given(st.dictionaries(st.text("aB é.-", max_size=8), st.integers(1, 9), max_size=12))
def test_every_value_is_in_one_group_at_most(found: dict[str, int]) -> None:
    groups = alike(found)
    told = [value for group in groups for value in group]
    assert len(told) == len(set(told))
    assert set(told) <= set(found)
    assert all(len(group) > 1 for group in groups)
