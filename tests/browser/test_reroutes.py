"""Reroutes, walked: scope, period, a cell of the matrix, its rows, the export, a marked event, a named view."""

import csv
import re
from collections.abc import Callable
from datetime import date, timedelta

from playwright.sync_api import Page, expect

from core.auth.people import Role
from tests.browsing import Visit


def number(page: Page, pattern: str) -> int:
    """The first whole number that matches in the screen's text."""
    found = re.search(pattern, page.get_by_test_id("stMain").inner_text())
    assert found, pattern
    return int(re.sub(r"\D", "", found[1]))


def test_a_reroute_is_followed_from_the_scope_to_its_row(visit: Callable[..., Visit]) -> None:
    one = visit()
    page = one.sign_in(Role.LEAD, "/reroutes")
    every = number(page, r"Reroutages\s+([\d\u202f\xa0]+)\s")

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
    chart = page.get_by_test_id("stVegaLiteChart").first.locator("canvas, svg").first
    chart.wait_for()
    chart.scroll_into_view_if_needed()
    box = chart.bounding_box()
    assert box
    for share in (0.3, 0.4, 0.5):
        if "origin=" not in page.url:
            chart.click(position={"x": box["width"] * share, "y": box["height"] * 0.3})
            page.wait_for_timeout(1_000)
    expect(page).to_have_url(re.compile("origin=.*target="))
    one.settle()
    pair = number(page, r"[:]\s([\d\u202f\xa0]+) reroutages\. L’onglet")
    assert 0 < pair < counted
    assert number(page, r"Reroutages\s+([\d\u202f\xa0]+)\s") == pair

    page.get_by_role("tab", name="Lignes").click()
    one.settle()
    assert number(page, r"([\d\u202f\xa0]+) reroutages, dont") == pair
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

    page.get_by_role("tab", name="Évolution").click()
    one.settle()
    page.get_by_text("Événements marqués (0)").click()
    page.get_by_label("Ce qui s’est passé").fill("Version 2.1 du routeur")
    page.get_by_role("button", name="Marquer l’événement").click()
    expect(page.get_by_text("Événements marqués (1)")).to_be_visible()
    expect(page.get_by_text("Version 2.1 du routeur").first).to_be_visible()
