"""Names blotted out of texts, however they are written; other words stay."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pages.jira.blots import Blots

KNOWN = (
    "Ann Bell",
    "annb",
    "Zoé Quint",
    "Le Gall Jean-Pierre - Prestataire",
    "Inès Roy (EXT)",
    "data@exemple.fr",
    "10042",
)
BLOTS, CHOSEN = Blots(KNOWN, alone=True), Blots(KNOWN, alone=False)
WORDS = st.text("abcdeéèçABCÉ", min_size=2, max_size=12)


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("Extraction for Zoe Quint", "Extraction for •••"),
        ("Extraction for ZOÉ  QUINT, urgent", "Extraction for •••, urgent"),
        ("annb, [~annb], [~accountid:70:ab], ann.bell@exemple.fr", "•••, •••, •••, •••"),
        ("voir @annb et @inconnu", "voir ••• et •••"),
        ("BELL, Ann", "•••"),
        ("pour_ann_bell", "pour_•••"),
        ("ann.bell", "•••"),
        ("AnnBell ou bellann", "••• ou •••"),
        ("Jean Pierre Le Gall", "•••"),
        ("Inès ROY", "•••"),
        ("Mail à autre.personne@exemple.fr", "Mail à •••"),
        ("Ann est une fleur, Bell un nom, annbelle un mot", "Ann est une fleur, Bell un nom, annbelle un mot"),
        ("data du contrat 10042", "data du contrat 10042"),
        ("à 12h@ midi, 3@4", "à 12h@ midi, 3@4"),
    ],
)
def test_a_name_is_blotted_out_of_what_people_typed(typed: str, shown: str) -> None:
    assert BLOTS.text(typed) == shown
    assert BLOTS.texts([typed, None, "rien"]) == [shown, None, "rien"]


def test_of_what_is_chosen_from_lists_one_word_is_a_word() -> None:
    assert [CHOSEN.text(one) for one in ("annb", "Ann Bell", "DATA/Ann Bell", "bell_ann")] == [
        "annb", "•••", "DATA/•••", "•••",
    ]  # fmt: skip


@given(st.lists(WORDS, min_size=2, max_size=3), st.sampled_from([" ", ".", "_", "-", ", ", ""]))
def test_whatever_the_name_it_is_found_turned_round_and_joined_in_any_way(words: list[str], joint: str) -> None:
    blots = Blots([" ".join(words)], alone=True)
    for start in range(len(words)):
        turned = words[start:] + words[:start]
        assert blots.text(f"1 : {joint.join(turned).upper()} !") == "1 : ••• !"


@given(st.lists(st.text(max_size=30), max_size=6))
def test_without_names_and_addresses_a_text_is_left_alone(texts: list[str]) -> None:
    plain = [text.replace("@", "").replace("[~", "") for text in texts]
    assert Blots([], alone=True).texts(plain) == plain


def test_the_longest_of_several_names_goes_whole() -> None:
    assert Blots(["Ann Bell", "Ann Bell Moor"], alone=True).text("Ann Bell Moor") == "•••"
