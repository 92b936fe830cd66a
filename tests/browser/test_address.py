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
