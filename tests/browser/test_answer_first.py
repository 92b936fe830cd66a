"""The answer stands at the top of a screen, its first picture close below, on a laptop and on a phone."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page

from core.mission.discovery import missions
from core.people.person import Role
from tests.browsing import Visit

LAPTOP, PHONE = (1366, 650), (400, 650)
LIMITS = {LAPTOP: (130, 320), PHONE: (230, 560)}
"""Pixels from the top within which the answer begins, and the first picture."""
REST_MS = 10_000
"""How long a screen may take until it rests."""
MAIN = "[data-testid=stMain]"
PICTURE = f"{MAIN} [data-testid=stVegaLiteChart], {MAIN} [data-testid=stDataFrame]"


def _answer(page: Page, path: str) -> Locator:
    if path == "/":
        return page.locator(f"{MAIN} [data-testid=stPageLink]").first
    if path == "/pipelines":
        return page.get_by_text("Nuit du").last
    if path in ("/jira", "/reroutes"):
        return page.locator(f"{MAIN} [data-testid=stMetric]").first
    return page.locator(f"{MAIN} [data-testid=stCaptionContainer], {MAIN} h2").first


def _top(element: Locator, limit: float) -> float:
    """Pixels from the top: the first that is within the limit, or the last there was.

    After a resize, and as charts take their height, a screen moves for as long as the machine takes.
    """
    element.wait_for()
    for _glance in range(REST_MS // 100):
        box = element.bounding_box()
        if box is not None and box["y"] <= limit:
            break
        element.page.wait_for_timeout(100)
    assert box is not None
    return box["y"]


@pytest.mark.parametrize("window", [LAPTOP, PHONE], ids=["laptop", "phone"])
def test_the_answer_and_the_first_picture_stand_where_the_eye_begins(
    visit: Callable[..., Visit], window: tuple[int, int]
) -> None:
    one = visit()
    page = one.sign_in(Role.ADMIN)
    answer, picture = LIMITS[window]
    tops = {}
    for path in ("/", *(f"/{key}" for key in missions() if key != "home")):
        one.wear("light", *window)
        one.go(path)
        tops[path] = (
            _top(_answer(page, path), answer),
            0.0 if path == "/" else _top(page.locator(PICTURE).first, picture),
        )
    assert {path: at for path, at in tops.items() if at[0] > answer or at[1] > picture} == {}


FORMS = {"/jira": ("Une demande",), "/pipelines": ("Changer une règle",)}
"""Tabs in which something is typed or changed before anything is shown."""


@pytest.mark.parametrize("path", ["/jira", "/reroutes", "/pipelines"])
def test_the_first_picture_of_each_tab_stands_there_too(visit: Callable[..., Visit], path: str) -> None:
    one = visit()
    one.wear("light", *LAPTOP)
    page = one.sign_in(Role.LEAD, path)
    tops = {}
    for tab in page.get_by_role("tab").all():
        if (name := tab.inner_text()) in FORMS.get(path, ()):
            continue
        tab.click()
        one.settle()
        pictures = page.locator(PICTURE).locator("visible=true")
        for window in (PHONE, LAPTOP) if pictures.count() else ():
            one.wear("light", *window)
            tops[window, name] = _top(pictures.first, LIMITS[window][1])
    assert len(tops) > 10
    assert {at: top for at, top in tops.items() if top > LIMITS[at[0]][1]} == {}


def test_the_verdict_of_the_night_is_in_view_at_twice_the_size(visit: Callable[..., Visit]) -> None:
    one = visit()
    one.wear("light", 683, 325)
    page = one.sign_in(Role.DUTY, "/pipelines")
    assert _top(_answer(page, "/pipelines"), 325 - 20) <= 325 - 20


def test_what_a_card_of_the_home_page_says_stays_within_it_on_a_phone(visit: Callable[..., Visit]) -> None:
    one = visit()
    page = one.sign_in(Role.LEAD)
    one.wear("light", *PHONE)
    one.settle()
    over, cards = page.evaluate(
        """() => {
            const inside = '[data-testid=stGridCellContent] [data-testid=stVerticalBlock]';
            const cards = [...document.querySelectorAll(inside)];
            return [cards.filter((card) => card.scrollHeight > card.clientHeight + 2).length, cards.length];
        }"""
    )
    assert cards > 5
    assert over == 0
