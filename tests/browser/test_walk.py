"""One morning: a deep link, the board, a filter, an export, a closed door, and the end of the session everywhere."""

import re
from collections.abc import Callable

from playwright.sync_api import expect

from core.people.demo import PASSWORDS
from core.people.person import Role
from tests.browsing import Visit


def test_a_morning_with_vigie(visit: Callable[..., Visit]) -> None:
    one = visit()
    page = one.sign_in_as("duty", PASSWORDS[Role.DUTY], "/pipelines?tab=pipelines&night=2026-01-15")
    expect(page.get_by_role("heading", name="Ordre d’exécution")).to_be_visible()

    page.locator(".st-key-pipelines-family-chip").get_by_role("button").first.click()
    page.get_by_role("combobox", name="Famille").click()
    page.get_by_role("option", name="Téléphonie").click()
    page.keyboard.press("Escape")
    expect(page).to_have_url(re.compile("night=2026-01-15.*family=telephonie"))
    one.settle()

    shared = visit().sign_in(Role.LEAD, page.url.removeprefix(one.url))
    expect(shared.get_by_test_id("stMain").get_by_text("Téléphonie").first).to_be_visible()
    assert "family=telephonie" in shared.url

    page.get_by_role("button", name="Exporter").last.click()
    with page.expect_download() as download:
        page.get_by_role("button", name="CSV (.csv)").click()
    assert download.value.path().stat().st_size > 100

    one.go("/accounts")
    expect(page.get_by_role("heading", level=1)).to_have_text("Cette page ne vous est pas ouverte")

    one.go("/pipelines?tab=pipelines")
    other = one.context.new_page()
    other.goto(one.url)
    other.get_by_role("button", name="Nadia Benali").click()
    other.get_by_role("button", name="Se déconnecter").click()
    expect(other.get_by_label("Mot de passe", exact=True)).to_be_visible()
    page.get_by_test_id("stMain").get_by_role("button", name="Précédent").click()
    expect(page.get_by_label("Mot de passe", exact=True)).to_be_visible()
    expect(page.get_by_role("heading", name="Ordre d’exécution")).to_have_count(0)
