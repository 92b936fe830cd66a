"""Reroutes, walked: scope, period, a cell of the matrix, its rows, the export, a marked event, a named view."""

import csv
import re
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from playwright.sync_api import Locator, Page, expect

from core.people.person import Role
from tests.browsing import Visit


def number(page: Page, pattern: str) -> int:
    """The first whole number that matches in the screen's text, once it is drawn."""
    for _again in range(60):
        if found := re.search(pattern, page.get_by_test_id("stMain").inner_text()):
            return int(re.sub(r"\D", "", found[1]))
        page.wait_for_timeout(250)
    raise AssertionError(pattern)


def chart(page: Page) -> Locator:
    """The first chart of the tab that is open."""
    return page.get_by_test_id("stVegaLiteChart").locator("visible=true").first.locator("canvas, svg").first


@pytest.mark.parametrize(
    ("tab", "address"),
    [
        ("Évolution", "days=(?!FIRST)"),
        ("Entités", "origin="),
        ("Attente et heures", "only=wait"),
        ("Plusieurs fois", "only=total"),
    ],
)
def test_a_click_on_a_chart_leads_to_its_rows(visit: Callable[..., Visit], tab: str, address: str) -> None:
    one = visit()
    page = one.sign_in(Role.SQUAD, "/reroutes")
    every = number(page, r"Reroutages\s+([\d\u202f\xa0]+)\s")
    first = re.search(r"days=([^_]+)", page.url)[1]  # type: ignore[index]
    page.get_by_role("tab", name=tab).click()
    one.settle()
    one.click_mark(chart(page))
    expect(page).to_have_url(re.compile(address.replace("FIRST", first)))
    counted = number(page, r"Reroutages\s+([\d\u202f\xa0]+)\s")
    assert 0 < counted < every
    page.get_by_role("tab", name="Lignes").click()
    one.settle()
    assert number(page, r"plus récents sur ([\d\u202f\xa0]+)") == counted


def test_a_reroute_is_followed_from_the_scope_to_its_row(visit: Callable[..., Visit]) -> None:
    one = visit()
    page = one.sign_in(Role.LEAD, "/reroutes")
    every = number(page, r"Reroutages\s+([\d\u202f\xa0]+)\s")

    page.locator(".st-key-reroutes-scope-chip").get_by_role("button").first.click()
    page.get_by_role("combobox", name="Périmètre").click()
    page.get_by_role("option", name="Pôle PM").click()
    expect(page).to_have_url(re.compile("scope=pm"))
    one.settle()
    scoped = number(page, r"Reroutages\s+([\d\u202f\xa0]+)\s")
    assert 0 < scoped < every

    last = date.fromisoformat(re.search(r"days=[\d-]+_([\d-]+)", page.url)[1])  # type: ignore[index]
    page = one.go(f"/reroutes?scope=pm&days={last - timedelta(days=90)}_{last}")
    counted = number(page, r"Reroutages\s+([\d\u202f\xa0]+)\s")
    assert 0 < counted <= scoped

    page.get_by_role("tab", name="Paires").click()
    one.settle()
    one.click_mark(chart(page))
    expect(page).to_have_url(re.compile("origin=.*target="))
    pair = number(page, r"[:]\s([\d\u202f\xa0]+) reroutages\. L’onglet")
    assert 0 < pair < counted
    assert number(page, r"Reroutages\s+([\d\u202f\xa0]+)\s") == pair

    page.get_by_role("tab", name="Lignes").click()
    one.settle()
    assert number(page, r"plus récents sur ([\d\u202f\xa0]+)") == pair
    page.get_by_role("button", name="Exporter").last.click()
    with page.expect_download() as download:
        page.get_by_role("button", name="CSV (.csv)").click()
    with download.value.path().open(encoding="utf-8-sig", newline="") as file:
        assert len(list(csv.reader(file, delimiter=";"))) == pair + 1
    page.keyboard.press("Escape")

    page.get_by_role("button", name="Vues").click()
    page.get_by_label("Nom de la vue").fill("Ma paire")
    page.get_by_text("Partager avec tout le monde").click()
    page.get_by_role("button", name="Garder ces filtres").click()
    expect(page.get_by_text("Vue Ma paire gardée.")).to_be_visible()
    kept = page.url

    other = visit().sign_in(Role.SQUAD, "/reroutes")
    other.get_by_role("button", name="Vues").click()
    other.get_by_role("button", name=re.compile("Ma paire")).click()
    expect(other).to_have_url(re.compile(re.search(r"origin=[^&]+", kept)[0]))  # type: ignore[index]
    expect(other.get_by_role("button", name="Marquer l’événement")).to_have_count(0)

    page.keyboard.press("Escape")
    page.get_by_role("tab", name="Évolution").click()
    one.settle()
    page.get_by_text("Événements marqués (0)").click()
    page.get_by_label("Ce qui s’est passé").fill("Version 2.1 du routeur")
    page.get_by_role("button", name="Marquer l’événement").click()
    expect(page.get_by_text("Événements marqués (1)")).to_be_visible()
    expect(page.get_by_text("Version 2.1 du routeur").first).to_be_visible()
