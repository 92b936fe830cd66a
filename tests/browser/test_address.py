"""The address brings a colleague to the same view: its tab too."""

import re
from collections.abc import Callable

from playwright.sync_api import expect

from core.people.person import Role
from tests.browsing import Visit


def test_the_open_tab_is_in_the_address_survives_a_reload_and_back_undoes_one_step(
    visit: Callable[..., Visit],
) -> None:
    one = visit()
    page = one.sign_in(Role.LEAD, "/jira")
    page.get_by_role("tab", name="Flux").click()
    one.settle()
    expect(page).to_have_url(re.compile(r"[?&]tab=flow"))
    expect(page.get_by_text("Laissé de côté")).to_have_count(0)
    page.reload()
    one.settle()
    expect(page.get_by_role("tab", name="Flux")).to_have_attribute("aria-selected", "true")
    page.get_by_role("tab", name="Types").click()
    one.settle()
    expect(page).to_have_url(re.compile(r"[?&]tab=types"))
    page.go_back()
    one.settle()
    expect(page.get_by_role("tab", name="Flux")).to_have_attribute("aria-selected", "true")
    expect(page).to_have_url(re.compile(r"[?&]tab=flow"))
    page.get_by_role("tab", name="Clients").click()
    one.settle()
    expect(page).not_to_have_url(re.compile(r"tab="))
    one.go("/jira?tab=unheard")
    expect(page.get_by_role("tab", name="Clients")).to_have_attribute("aria-selected", "true")


def test_back_from_a_screen_that_writes_its_filters_into_the_address_leads_to_where_one_was(
    visit: Callable[..., Visit],
) -> None:
    one = visit()
    page = one.sign_in(Role.LEAD)
    home = page.url
    for title, said in (("Activité Jira", "period="), ("Registre des traitements", "sort="), ("Reroutages", "grain=")):
        page.locator("[data-testid=stSidebar] [data-testid=stPageLink]").filter(has_text=title).click()
        expect(page).to_have_url(re.compile(said))
        one.settle()
        page.go_back()
        one.settle()
        expect(page).to_have_url(home)


def test_what_waits_is_reached_by_keyboard_with_the_focus_in_sight_and_left_by_one_step_back(
    visit: Callable[..., Visit],
) -> None:
    one = visit()
    page = one.sign_in(Role.COMPLIANCE)
    home = page.url
    task = page.locator("[data-testid=stMain] a").filter(has_text="attendent une validation")
    while task.evaluate("link => link !== document.activeElement"):
        page.keyboard.press("Tab")
    assert task.evaluate("link => getComputedStyle(link).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("sort="))
    one.settle()
    page.go_back()
    one.settle()
    expect(page).to_have_url(home)
