"""The shell in a real browser: links, menu, language, address, exports, the hour whatever the browser's zone."""

import re
from collections.abc import Callable
from pathlib import Path

import openpyxl
from playwright.sync_api import Locator, Page, expect

from core.people import accounts
from core.people.demo import PASSWORDS
from core.people.person import Role
from core.show.charts import TEXT_COLOURS
from tests.browsing import NARROW, WIDE, Visit
from tests.servers import Server

Visiting = Callable[..., Visit]
NIGHT = re.compile(r"night=(\d{4}-\d\d-\d\d)")


def _menu(page: Page) -> Locator:
    return page.get_by_test_id("stSidebar").get_by_test_id("stPageLink-NavLink")


def _night(page: Page) -> str:
    found = NIGHT.search(page.url)
    assert found
    return found[1]


def test_after_sign_in_one_lands_on_the_link_one_asked_for(visit: Visiting) -> None:
    page = visit().sign_in_as("duty", PASSWORDS[Role.DUTY], "/pipelines?night=2026-01-15")
    expect(page.get_by_role("heading", level=1)).to_have_text("La nuit dernière")
    assert _night(page) == "2026-01-15"


def test_nothing_of_the_missions_is_told_before_sign_in(visit: Visiting) -> None:
    page = visit().go("/pipelines")
    expect(page.get_by_label("Mot de passe", exact=True)).to_be_visible()
    expect(page).to_have_title("Vigie")
    expect(_menu(page)).to_have_count(0)
    assert "nuit" not in page.content().lower()


def test_a_forbidden_page_says_so_and_stands_in_no_menu(visit: Visiting) -> None:
    page = visit().sign_in(Role.SQUAD, "/accounts")
    expect(page.get_by_role("heading", level=1)).to_have_text("Cette page ne vous est pas ouverte")
    expect(_menu(page).filter(has_text="Comptes")).to_have_count(0)


def test_the_menu_leads_to_every_mission_without_loading_the_page_again(visit: Visiting) -> None:
    page = visit().sign_in(Role.DUTY)
    page.evaluate("window.same = true")
    _menu(page).filter(has_text="La nuit dernière").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("La nuit dernière")
    expect(page).to_have_title(re.compile(r"^\S \d+ .+ · Vigie$"))
    assert page.evaluate("window.same") is True


def test_on_a_phone_the_menu_opens_and_leads_on(visit: Visiting) -> None:
    one = visit(touch=True)
    one.wear("light", NARROW)
    page = one.sign_in(Role.DUTY)
    page.get_by_test_id("stExpandSidebarButton").tap()
    _menu(page).filter(has_text="La nuit dernière").tap()
    expect(page.get_by_role("heading", level=1)).to_have_text("La nuit dernière")


def test_the_browsers_language_decides_and_a_choice_is_kept(visit: Visiting, server: Server) -> None:
    with server.store.write() as connection:
        accounts.add(
            connection, who="test", name="polyglot", role=Role.LEAD, display_name="Jo Polyglot", squads=(),
            expires_at=None, password="a long enough password", chosen=True,
        )  # fmt: skip
    one = visit(locale="en-GB")
    page = one.sign_in_as("polyglot", "a long enough password")
    expect(page.get_by_role("heading", level=1)).to_have_text("Home")
    page.get_by_role("button", name="Jo Polyglot").click()
    page.get_by_text("Français").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Accueil")
    other = visit(locale="en-GB").sign_in_as("polyglot", "a long enough password")
    expect(other.get_by_role("heading", level=1)).to_have_text("Accueil")


def test_the_back_button_undoes_a_filter(visit: Visiting) -> None:
    one = visit()
    page = one.sign_in(Role.DUTY, "/pipelines?night=2026-01-15")
    page.get_by_test_id("stMain").get_by_role("button", name="Précédent").click()
    expect(page).to_have_url(re.compile("night=2026-01-14"))
    one.settle()
    page.go_back()
    expect(page).to_have_url(re.compile("night=2026-01-15"))
    expect(page.locator(".st-key-pipelines-night-chip")).to_contain_text("15")
    page.go_forward()
    expect(page).to_have_url(re.compile("night=2026-01-14"))


def test_an_i_opens_by_keyboard_and_by_touch(visit: Visiting) -> None:
    page = visit().sign_in(Role.DUTY, "/pipelines")
    page.get_by_test_id("stTooltipIcon").get_by_role("button").last.focus()
    expect(page.get_by_role("tooltip")).to_contain_text("Source")
    touched = visit(touch=True).sign_in(Role.DUTY, "/pipelines")
    touched.get_by_test_id("stTooltipIcon").get_by_role("button").last.tap()
    expect(touched.get_by_role("tooltip")).to_contain_text("Source")


def test_the_first_key_skips_the_menu(visit: Visiting) -> None:
    page = visit().sign_in(Role.DUTY)
    page.reload()
    page.get_by_role("heading", level=1).wait_for()
    page.keyboard.press("Tab")
    expect(page.get_by_test_id("stSkipToContent")).to_be_focused()


def test_a_chart_exports_all_its_rows_with_a_note(visit: Visiting, tmp_path: Path) -> None:
    page = visit().sign_in(Role.DUTY, "/pipelines?night=2026-01-15")
    page.get_by_test_id("stMain").get_by_role("button", name="Exporter").last.click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Excel (.xlsx)").click()
    name = download.value.suggested_filename
    assert re.fullmatch(r"vigie-pipelines-[\w-]+\.xlsx", name)
    download.value.save_as(tmp_path / name)
    book = openpyxl.load_workbook(tmp_path / name)
    assert book.sheetnames == ["À propos", "Données"]
    note = {row[0]: row[1] for row in book["À propos"].iter_rows(values_only=True)}
    assert note["Filtre\u202f: Nuit"] == "15 janv. 2026"
    assert note["Exporté par"] == "Nadia Benali"
    assert note["Démonstration"]
    assert book["Données"].max_row > 1
    with page.expect_download() as download:
        page.get_by_role("button", name="CSV (.csv)").click()
    download.value.save_as(tmp_path / "night.csv")
    assert (tmp_path / "night.csv").read_text(encoding="utf-8-sig").count("\n") >= book["Données"].max_row


def test_the_hours_of_a_chart_are_those_on_the_wall_whatever_the_browsers_zone(visit: Visiting) -> None:
    seen = []
    for zone in ("Europe/Paris", "America/New_York", "Asia/Kolkata"):
        page = visit(zone=zone).sign_in(Role.DUTY, "/pipelines?night=2025-10-26")
        labels = page.locator(".role-axis-label text")
        labels.first.wait_for()
        seen.append([text for text in labels.all_text_contents() if re.fullmatch(r"\d\d:\d\d", text)])
    assert seen[0]
    assert seen[0] == seen[1] == seen[2]


def test_a_changed_password_ends_the_session_and_opens_the_next(visit: Visiting, server: Server) -> None:
    with server.store.write() as connection:
        accounts.add(
            connection, who="test", name="changing", role=Role.LEAD, display_name="Ali Changing", squads=(),
            expires_at=None, password="the first password", chosen=True,
        )  # fmt: skip
    page = visit().sign_in_as("changing", "the first password")
    page.get_by_role("button", name="Ali Changing").click()
    page.get_by_role("button", name="Changer mon mot de passe").click()
    dialog = page.get_by_role("dialog").last
    dialog.get_by_label("Mot de passe actuel").fill("a wrong password")
    dialog.get_by_label("Nouveau mot de passe", exact=True).fill("the second password")
    dialog.get_by_label("Nouveau mot de passe, encore une fois").fill("the second password")
    dialog.get_by_role("button", name="Changer", exact=True).click()
    expect(dialog.get_by_role("alert")).to_contain_text("mot de passe")
    dialog.get_by_label("Mot de passe actuel").fill("the first password")
    dialog.get_by_role("button", name="Changer", exact=True).click()
    expect(page.get_by_label("Mot de passe", exact=True)).to_be_visible()
    again = visit().sign_in_as("changing", "the second password")
    expect(again.get_by_role("heading", level=1)).to_have_text("Accueil")


def test_a_theme_that_changes_while_a_chart_is_shown_changes_the_colour_of_its_texts(visit: Visiting) -> None:
    one = visit()
    one.wear("light", WIDE)
    page = one.sign_in(Role.LEAD, "/reroutes")
    said = page.locator("[data-testid=stVegaLiteChart] .role-axis-label text").first
    expect(said).to_have_attribute("fill", TEXT_COLOURS["light"])
    one.wear("dark", WIDE)
    expect(said).to_have_attribute("fill", TEXT_COLOURS["dark"])
