"""Slides: charts that can be edited and hold their numbers, words that fit, a template by its names."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from openpyxl import load_workbook
from pptx import Presentation
from pptx.util import Emu

from core.base.errors import InputInvalid
from core.show import slides
from core.show.slides import Deck, Line, Slide, Template
from tests.decks import slides_of

AT = datetime(2026, 11, 6, 7, tzinfo=UTC)
CHEQUES = Slide(
    title="Chèques émis",
    words="En hausse.",
    categories=("sept. 2026", "oct. 2026"),
    lines=(Line("Publié", (120.0, 131.0)), Line("À jour", (125.0, None))),
    alt="Chèques émis par mois",
    notes="SELECT 1",
)


def deck(*given: Slide) -> Deck:
    return Deck("Indicateurs d’octobre 2026", AT, given)


def test_a_chart_comes_back_with_the_values_that_it_was_given() -> None:
    (slide,) = slides_of(slides.made(deck(CHEQUES)))
    assert (slide.title, slide.categories, slide.alt) == (CHEQUES.title, CHEQUES.categories, CHEQUES.alt)
    assert slide.lines == CHEQUES.lines
    assert slide.words == "En hausse."
    assert slide.notes == "SELECT 1"


def test_the_same_deck_is_the_same_file() -> None:
    assert slides.made(deck(CHEQUES)) == slides.made(deck(CHEQUES))


def test_a_text_too_long_is_cut_at_a_word_and_stands_whole_in_the_notes() -> None:
    (slide,) = slides_of(slides.made(deck(Slide(title="T", words="mot " * 400))))
    assert len(slide.words) <= slides.LONGEST_WORDS
    assert slide.words.endswith("mot…")
    assert slide.notes == " ".join(["mot"] * 400)


def test_a_name_that_a_spreadsheet_would_obey_is_a_text_in_the_chart_s_workbook() -> None:
    hostile = Slide(title="T", categories=("=1+1",), lines=(Line("=cmd|' /C calc'!A0", (1.0,)),))
    with ZipFile(BytesIO(slides.made(deck(hostile)))) as content:
        (workbook,) = [name for name in content.namelist() if name.endswith(".xlsx")]
        sheet: Any = load_workbook(BytesIO(content.read(workbook))).active
    assert {cell.data_type for row in sheet.iter_rows() for cell in row if isinstance(cell.value, str)} == {"s"}


def company(*, chart: str = "Graphique") -> bytes:
    """A company's template: a layout whose title and content placeholders bear names of its own."""
    presentation = Presentation()
    layout = presentation.slide_layouts.get_by_name("Title and Content")
    layout.name = "Vigie"
    for place, name in zip(layout.placeholders, ("Titre", chart), strict=False):
        place.name = name
    presentation.slide_width = Emu(10_000_000)
    kept = BytesIO()
    presentation.save(kept)
    return kept.getvalue()


def test_a_template_is_used_by_its_names() -> None:
    template = Template(company(), "Vigie", {slides.TITLE: "Titre"})
    assert slides.lacking(template) == []
    made = slides.made(deck(CHEQUES), template)
    (slide,) = slides_of(made)
    assert (slide.title, slide.lines) == (CHEQUES.title, CHEQUES.lines)
    presentation = Presentation(BytesIO(made))
    assert presentation.slide_width == 10_000_000
    assert presentation.slides[0].slide_layout.name == "Vigie"


def test_words_of_a_slide_without_a_chart_take_the_room_of_the_chart_too() -> None:
    presentation = Presentation()
    layout = presentation.slide_layouts.get_by_name("Two Content")
    layout.name = "Vigie"
    for place, name in zip(layout.placeholders, ("Titre", "Graphique", "Commentaires"), strict=False):
        place.name = name
    left, right = list(layout.placeholders)[1:3]
    kept = BytesIO()
    presentation.save(kept)
    places = {slides.TITLE: "Titre", slides.CHART: "Graphique", slides.WORDS: "Commentaires"}
    template = Template(kept.getvalue(), "Vigie", places)
    told = Presentation(BytesIO(slides.made(deck(Slide(title="Changements", rows=("a", "b"))), template)))
    [words] = [one for one in told.slides[0].placeholders if one.has_text_frame and one.text_frame.text == "a\nb"]
    assert (words.left, words.width) == (left.left, right.left + right.width - left.left)


def test_what_a_template_lacks_is_named_and_the_chart_is_drawn_all_the_same() -> None:
    template = Template(company(), "Vigie", {slides.TITLE: "Titre", slides.CHART: "Graphique", slides.WORDS: "Mots"})
    assert slides.lacking(template) == [
        "l’espace réservé «\u202fMots\u202f»",
        "un espace réservé pour graphiques nommé «\u202fGraphique\u202f»\u202f: il accueille autre chose",
    ]
    made = slides.made(deck(CHEQUES), template)
    (slide,) = slides_of(made)
    assert slide.lines == CHEQUES.lines
    assert [place.text_frame.text for place in Presentation(BytesIO(made)).slides[0].placeholders] == [CHEQUES.title]


def test_a_layout_that_is_not_there_is_named_with_those_that_are() -> None:
    (said,) = slides.lacking(Template(company(), "Nope"))
    assert said.startswith("la disposition «\u202fNope\u202f» (il y a\u202f: Title Slide, Vigie,")


def test_without_its_layout_slides_are_plain_on_the_company_s_paper() -> None:
    made = slides.made(deck(CHEQUES), Template(company(), "Nope", {slides.TITLE: "Titre"}))
    title = Presentation(BytesIO(made)).slides[0].shapes.title
    assert (title.text_frame.text, title.text_frame.paragraphs[0].font.size.pt) == (CHEQUES.title, 28)


def test_a_file_that_is_no_presentation_is_refused_in_a_sentence() -> None:
    with pytest.raises(InputInvalid, match="n’est pas un fichier PowerPoint"):
        slides.made(deck(CHEQUES), Template(b"PK\x03\x04 not", "Vigie"))


def changed(part: str, change: Callable[[bytes], bytes]) -> bytes:
    """A company's template one of whose parts is another."""
    kept = BytesIO()
    with ZipFile(BytesIO(company())) as read, ZipFile(kept, "w", ZIP_DEFLATED) as written:
        for name in read.namelist():
            content = read.read(name)
            written.writestr(name, change(content) if name == part else content)
    return kept.getvalue()


@pytest.mark.parametrize(
    ("part", "content"),
    [
        ("docProps/thumbnail.jpeg", bytes(100_000_000)),
        ("ppt/presentation.xml", b"<x>" + b"<x/>" * 2_000_000 + b"</x>"),
        ("ppt/presentation.xml", b"<x " + b" ".join(b"a%d=''" % n for n in range(600_000)) + b"/>"),
    ],
    ids=["picture", "elements", "attributes"],
)
def test_a_small_template_that_unpacks_to_much_is_refused_before_it_is_opened(part: str, content: bytes) -> None:
    template = Template(changed(part, lambda _before: content), "Vigie")
    for use in (slides.lacking, partial(slides.made, deck(CHEQUES))):
        with pytest.raises(InputInvalid, match="Le modèle contient trop"):
            use(template)


@pytest.mark.parametrize(
    "part",
    [
        "[Content_Types].xml",
        "ppt/_rels/presentation.xml.rels",
        "ppt/slideLayouts/slideLayout1.xml",
        "docProps/core.xml",
    ],
)
@pytest.mark.parametrize("content", [b"", b"<x/>", b"<!DOCTYPE x [<!ENTITY a SYSTEM 'file:///etc/passwd'>]><x>&a;</x>"])
def test_a_template_whose_part_is_something_else_is_refused_in_a_sentence(part: str, content: bytes) -> None:
    with pytest.raises(InputInvalid, match="n’est pas un fichier PowerPoint"):
        slides.made(deck(CHEQUES), Template(changed(part, lambda _before: content), "Vigie"))
