"""Marks of charts are told in words; "?" opens the guide, but not while somebody types; a day is chosen in French."""

import re
from collections.abc import Callable

from core.people.person import Role
from tests.browsing import Visit

COLUMN = re.compile(r"(^|; )([a-z]\w*|(Min|Max|Mean|Sum) of \w+): ")
"""The name of a column or of a calculation, which a mark of a chart would be told by."""
NAMES = "marks => marks.map(mark => mark.getAttribute('aria-label'))"


def test_marks_of_a_chart_are_told_by_the_words_of_their_columns(visit: Callable[..., Visit]) -> None:
    one = visit()
    one.enter(Role.ADMIN)
    heard = {}
    for path in ("/jira?tab=durations", "/pipelines?tab=pipelines"):
        marks = one.go(path).locator("[role=graphics-symbol][aria-label]:not([aria-hidden])")
        marks.first.wait_for()
        heard[path] = [name for name in marks.evaluate_all(NAMES) if COLUMN.search(name)]
    assert {path: names for path, names in heard.items() if names} == {}


def test_a_question_mark_opens_the_guide_and_is_a_sign_in_a_field(visit: Callable[..., Visit]) -> None:
    one = visit()
    page = one.sign_in(Role.COMPLIANCE, "/register")
    search = page.get_by_placeholder("Chercher").first
    search.click()
    search.press_sequentially("?")
    assert search.input_value() == "?"
    assert page.get_by_role("dialog").count() == 0
    search.fill("")
    page.locator("h1").click()
    page.keyboard.press("?")
    page.get_by_role("dialog").get_by_text("Deux personnes").wait_for()


def test_a_day_is_chosen_in_french_and_a_menu_has_no_markup_in_its_name(visit: Callable[..., Visit]) -> None:
    one = visit()
    page = one.sign_in(Role.DUTY, "/pipelines")
    page.locator(".st-key-pipelines-night-chip button").first.click()
    menu = page.get_by_role("dialog", name=re.compile(r"^Nuit\s: 20 nov\. 2026$"))
    menu.get_by_role("spinbutton", name="jour, Nuit").wait_for()
    menu.get_by_role("button", name="Choisir la date").click()
    page.get_by_role("button", name="Mois précédent").wait_for()
