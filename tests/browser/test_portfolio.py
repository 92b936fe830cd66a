"""The portfolio in a real browser: a card filled, its impact computed, moved on the board, seen from its treatment."""

import re
from collections.abc import Callable

from playwright.sync_api import expect

from core.people.person import Role
from core.records import records
from pages.portfolio.collection import USE_CASES
from tests.browsing import Visit
from tests.servers import Server


def test_a_use_case_is_filled_and_moves_and_its_treatment_shows_it(visit: Callable[..., Visit], server: Server) -> None:
    one = visit()
    page = one.sign_in(Role.LEAD, "/portfolio")
    one.main.get_by_role("button", name="Ajouter").first.click()
    page.get_by_label("Nom du cas d’usage").fill("Abus dans les devis")
    page.get_by_test_id("stPopoverBody").get_by_role("button", name="Ajouter").click()
    expect(page.get_by_role("heading", name=re.compile("Abus dans les devis"))).to_be_visible()
    one.settle()
    assert one.grave_findings() == []
    with server.store.read() as connection:
        [line] = records.find(connection, USE_CASES.kind, records.Wanted("abus dans les devis")).lines
    one.go(f"/portfolio?record={line.ref}&section=impact")
    for label, number in (("Cas gagnés", "100"), ("Gain d’un cas (€)", "8000"), ("Contrôles faits", "1600")):
        page.get_by_label(re.compile(f"^{re.escape(label)}( · manquant)?$")).fill(number)
        page.keyboard.press("Tab")
        one.settle()
    page.get_by_label(re.compile(r"^Coût d’un contrôle \(€\)")).fill("300")
    page.keyboard.press("Tab")
    one.settle()
    expect(page.get_by_text(re.compile("= 320\\s000 €"))).to_be_visible()
    one.main.get_by_role("button", name="Enregistrer").first.click()
    expect(page.get_by_text("est enregistré")).to_be_visible()
    one.main.get_by_role("button", name="Passer en exploration").first.click()
    page.get_by_test_id("stPopoverBody").get_by_role("textbox", name="Pourquoi").fill("Le métier y croit.")
    page.get_by_test_id("stPopoverBody").get_by_role("button", name="Passer en exploration").click()
    expect(page.get_by_text("passé en exploration")).to_be_visible()
    one.go("/portfolio?part=board")
    expect(page.get_by_text("Le métier y croit.").first).to_be_visible()
    with server.store.read() as connection:
        linked = next(iter(records.counts(connection, USE_CASES.kind, "treatment")))
    one.go(f"/register?record={linked}&view=links")
    expect(page.get_by_role("link", name=re.compile("Portefeuille de cas d’usage")).first).to_be_visible()
