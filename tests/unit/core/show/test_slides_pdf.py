"""Slides as a PDF: the pages, words and numbers of the deck, then its notes."""

from core.base.i18n import show_percent
from core.show import slides_pdf
from core.show.slides import Deck, Line, Slide
from tests.pdf_text import drawn, text_of
from tests.unit.core.show.test_slides import AT, CHEQUES, deck


def pages(given: Deck) -> list[str]:
    """What the PDF of a deck says; each line without its edges."""
    return [line.strip() for line in text_of(slides_pdf.made(given)).splitlines() if line.strip()]


def test_a_page_holds_the_title_the_categories_the_words_and_what_the_chart_tells() -> None:
    made = slides_pdf.made(deck(CHEQUES))
    assert made.count(b"/Type /Page\n") == 2
    said = pages(deck(CHEQUES))
    for wanted in ("Chèques émis", "sept. 2026", "oct. 2026", "En hausse.", "Chèques émis par mois", "SELECT 1"):
        assert wanted in said
    assert [one for one in said if one in ("131", "125", "120")] == ["131", "125"]


def test_of_one_line_every_value_is_written_and_a_month_without_one_breaks_it() -> None:
    slide = Slide(title="Part", categories=("a", "b", "c"), lines=(Line("x", (0.25, None, 0.5)),), percent=True)
    said = pages(Deck("T", AT, (slide,)))
    values = [show_percent(0.25, 1), show_percent(0.5, 1)]
    assert [one for one in said if one in values] == values


def test_every_page_begins_at_the_same_margin_and_ends_within_it() -> None:
    pages_drawn = drawn(slides_pdf.made(deck(CHEQUES, CHEQUES)))
    assert [page.count(b"1 0 0 1 38 ") > 0 for page in pages_drawn] == [True] * 3
    assert not any(b"1 0 0 1 72 " in page for page in pages_drawn)


def test_the_same_deck_is_the_same_file() -> None:
    assert slides_pdf.made(deck(CHEQUES)) == slides_pdf.made(deck(CHEQUES))


def test_what_fills_no_page_and_what_fills_many_are_a_page_a_slide() -> None:
    long = Slide(title="<b>" + "mot " * 400, rows=("ligne " * 60,) * 12, notes="n " * 4_000)
    made = slides_pdf.made(deck(Slide(title=""), long, Slide(title="T", lines=(Line("x", ()),))))
    said = [line for line in text_of(made).splitlines() if line.startswith("Notes")]
    assert said == ["Notes"]
    assert made.count(b"/Type /Page\n") >= 4
