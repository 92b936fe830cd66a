"""What a spreadsheet would take for something else is guarded; everything reads back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.records import guard
from pages.register.tests.files import AWKWARD

STARTS = st.sampled_from(["'", "=", "+", "-", "@", "\t", "0", "1/2 ", "mars ", "5 mai ", "vrai", '"', ""])


@given(start=STARTS, rest=st.text(max_size=8))
def test_every_text_reads_back(start: str, rest: str) -> None:
    text = start + rest
    assert guard.off(guard.on(text)) == text


@pytest.mark.parametrize(
    "text",
    ["=1", "+33", "-5", "@x", "'a", "007", "1/2", "12/05/2026", "1e5", "0,5", "10 %", "VRAI", "mars 2025", "5 mai"],
)
def test_what_a_spreadsheet_would_change_is_guarded(text: str) -> None:
    assert guard.on(text) == f"'{text}"


@pytest.mark.parametrize("text", ["Paie", "5 ans à compter du contrat", "T-0001", "l'eau", "éà", "", "13 mois"])
def test_plain_words_are_left_alone(text: str) -> None:
    assert guard.on(text) == guard.off(text) == text


def test_awkward_texts_read_back() -> None:
    assert [guard.off(guard.on(text)) for text in AWKWARD] == AWKWARD
