"""The guide: a page for every mission, which says the words of the screens as they are said there."""

import re
from pathlib import Path

import pytest

from core.base.settings import ROOT
from core.mission.discovery import missions
from core.people.person import Person, Role
from core.ui import guide
from tests.unit.core.base.test_i18n import HOMES, _entries, _translations

MOST_PICTURES = 2
MOST_BYTES = 80_000
QUOTED = re.compile(r"«\s?([^»]+?)\s?»")


def person(role: Role) -> Person:
    return Person(1, "ana", "Ana", role, frozenset())


def test_every_mission_has_a_page_of_its_own() -> None:
    assert [key for key in missions() if not guide.page(key).startswith("# ")] == []


def test_people_are_offered_the_pages_of_what_they_may_see() -> None:
    assert "accounts" in guide.pages(person(Role.ADMIN))
    assert not {"accounts", "sources", "register"} & guide.pages(person(Role.SQUAD)).keys()
    assert guide.pages(person(Role.SQUAD))["home"] == "Accueil"


@pytest.mark.parametrize("key", sorted(missions()))
def test_what_a_page_quotes_is_said_so_on_a_screen(key: str) -> None:
    said = {text for home in HOMES for message in _entries(ROOT / home).values() for text in _translations(message)}
    words = {" ".join(one.split()) for one in said}
    quoted = [" ".join(one.split()) for one in QUOTED.findall(guide.page(key))]
    assert [one for one in quoted if one not in words] == []


def test_the_i_of_a_figure_leads_to_the_section_that_names_it() -> None:
    told = guide.page("pipelines").split("\n## ")
    assert "« Astreinte »" in told[guide.section("pipelines", "Astreinte")]
    assert guide.section("pipelines", "Ce que personne n’a écrit") == 0
    assert guide.section("pipelines", "") == 0
    assert guide.link("pipelines", "Astreinte").endswith("](/pipelines?guide=2)")


def test_a_page_is_cut_at_its_pictures() -> None:
    told = list(guide.pieces("Avant\n![La liste](a.png)\nAprès\n![Une fiche](b.png)\n"))
    assert told == [("Avant\n", "La liste", "a.png"), ("\nAprès\n", "Une fiche", "b.png"), ("\n", "", "")]


@pytest.mark.parametrize("file", sorted(guide.PAGES.glob("*.md")), ids=lambda file: file.stem)
def test_the_pictures_of_a_page_are_there_few_and_small(file: Path) -> None:
    pictures = [picture for _text, _alt, picture in guide.pieces(file.read_text(encoding="utf-8")) if picture]
    assert len(pictures) <= MOST_PICTURES
    assert [one for one in pictures if (guide.PAGES / one).stat().st_size > MOST_BYTES] == []


def test_no_picture_lies_there_that_no_page_shows() -> None:
    shown = {picture for file in guide.PAGES.glob("*.md") for *_, picture in guide.pieces(file.read_text("utf-8"))}
    assert {file.name for file in guide.PAGES.glob("*.png")} - shown == set()


def test_pages_keep_high_punctuation_with_its_word_once_shown() -> None:
    assert guide.spaced("Ici : « oui » ; non ? 5 %") == "Ici\u202f: «\u202foui\u202f»\u202f; non\u202f? 5\u202f%"
