"""What is read aloud is French, and no icon's name; "?" opens the guide, but not while somebody types."""

import re
from collections.abc import Callable

from core.mission.discovery import missions
from core.people.person import Role
from tests.browsing import Visit

FOREIGN = re.compile(r'"[^"]* icon"|"(?:Show|Fullscreen|Search|Download as|Clear|Close|Navigate|Select all)\b[^"]*"')


def test_names_read_aloud_are_french_on_every_screen(visit: Callable[..., Visit]) -> None:
    one = visit()
    page = one.sign_in(Role.ADMIN)
    heard = {}
    for key in missions():
        one.go("/" if key == "home" else f"/{key}")
        heard[key] = FOREIGN.findall(page.locator("body").aria_snapshot())
    assert {key: names for key, names in heard.items() if names} == {}


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
