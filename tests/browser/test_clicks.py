"""What each role comes for is few clicks from the home page."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from core.people.person import Role
from tests.browsing import Visit


def _task(page: Page, words: str) -> Locator:
    return page.locator("[data-testid=stMain] [data-testid=stPageLink]").filter(has_text=words).first


def _menu(page: Page, title: str) -> Locator:
    return page.locator("[data-testid=stSidebar] [data-testid=stPageLink]").filter(has_text=title)


def _squad(page: Page) -> list[Locator]:
    expect(page.get_by_text(re.compile("Téléphonie · telephonie_master")).first).to_be_visible()
    return []


def _duty(page: Page) -> list[Locator]:
    return [_task(page, "indem_paiements_master")]


def _lead(page: Page) -> list[Locator]:
    return [_menu(page, "Activité Jira"), page.get_by_role("tab", name="Revue mensuelle")]


def _compliance(page: Page) -> list[Locator]:
    return [_task(page, "attendent une validation")]


def _inspector(page: Page) -> list[Locator]:
    return [_menu(page, "Registre des traitements")]


JOBS: list[tuple[Role, Callable[[Page], list[Locator]], int, str, str]] = [
    (Role.SQUAD, _squad, 0, r"/$", "À faire"),
    (Role.DUTY, _duty, 1, r"/pipelines\?.*family=indemnisation", "Personne ne l’a encore pris en charge"),
    (Role.LEAD, _lead, 2, r"/jira\?.*tab=review", "Garder le commentaire"),
    (Role.COMPLIANCE, _compliance, 2, r"/register\?.*state=in_review", "^20 traitements$"),
    (Role.INSPECTOR, _inspector, 1, r"/register", "178 traitements"),
]
"""Who comes, the way from home, the most clicks, the address they end at, and what they read there."""


def _named(value: object) -> str | None:
    return value.value if isinstance(value, Role) else None


@pytest.mark.parametrize(("role", "way", "most", "at", "found"), JOBS, ids=_named)
def test_from_home_to_what_one_comes_for(
    visit: Callable[..., Visit], role: Role, way: Callable[[Page], list[Locator]], most: int, at: str, found: str
) -> None:
    one = visit()
    page = one.sign_in(role)
    clicks = way(page)
    assert len(clicks) <= most
    for click in clicks:
        click.click()
        one.settle()
    expect(page).to_have_url(re.compile(at))
    expect(page.locator("[data-testid=stMain]").get_by_text(re.compile(found)).first).to_be_visible()
    expect(page.locator("[data-testid=stMain] [data-testid=stAlertContentError]")).to_have_count(0)


STEPS = 150
"""Presses of a key after which nobody would go on looking."""
REACHED = "node => node.contains(document.activeElement)"


def _by_keyboard(one: Visit, aim: Locator) -> None:
    """What a click on something does, with Tab, the arrows and Enter alone."""
    tabs = aim.locator("xpath=ancestor::*[@role='tablist']")
    for key, goal in (("Tab", tabs), ("ArrowRight", aim)) if tabs.count() else (("Tab", aim),):
        for _press in range(STEPS):
            if goal.evaluate(REACHED):
                break
            one.page.keyboard.press(key)
        assert goal.evaluate(REACHED)
    one.page.keyboard.press("Enter")
    one.settle()


@pytest.mark.parametrize(("role", "way", "at", "found"), [(*job[:2], *job[3:]) for job in JOBS], ids=_named)
def test_what_one_comes_for_is_reached_without_a_mouse(
    visit: Callable[..., Visit], role: Role, way: Callable[[Page], list[Locator]], at: str, found: str
) -> None:
    one = visit()
    page = one.sign_in(role)
    for step in range(len(way(page))):
        _by_keyboard(one, way(page)[step])
    expect(page).to_have_url(re.compile(at))
    expect(page.locator("[data-testid=stMain]").get_by_text(re.compile(found)).first).to_be_visible()
