"""The lead reviews the activity; a squad member looks for names and finds none."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, WebSocket, expect

from core.people.person import Role
from pages.jira.demo import ASKERS, PEOPLE
from tests.browsing import NARROW, Visit
from tests.pdf_text import text_of

TABS = ("Clients", "Types", "Temps", "Non renseigné", "Flux", "Revue mensuelle", "Une demande")
FROM_2026 = "/jira?period=2026-01-01_2026-06-30"


def listen(page: Page) -> bytearray:
    """Every byte that the server sends over websockets from now on."""
    heard = bytearray()

    def keep(payload: str | bytes) -> None:
        heard.extend(payload.encode() if isinstance(payload, str) else payload)

    def connected(socket: WebSocket) -> None:
        socket.on("framereceived", keep)

    page.on("websocket", connected)
    return heard


def said(heard: bytearray) -> list[str]:
    """The people of the demo whose names were sent."""
    return [name for name in (*PEOPLE, *ASKERS) if name.encode() in bytes(heard)]


def through(visit: Visit, tabs: tuple[str, ...]) -> None:
    for tab in tabs:
        visit.page.get_by_role("tab", name=tab, exact=True).click()
        visit.settle()
        expect(visit.main.get_by_text("Un problème est survenu")).to_have_count(0)


def test_the_lead_reviews_the_activity(visit: Callable[..., Visit]) -> None:
    one = visit()
    page = one.sign_in(Role.LEAD, FROM_2026)
    expect(page.get_by_role("heading", name="Classement des clients")).to_be_visible()

    chart = page.get_by_test_id("stVegaLiteChart").first
    box = one.at_rest(chart)
    chart.click(position={"x": box["width"] * 0.46, "y": box["height"] * 0.7})  # the foot of March's bar
    expect(page).to_have_url(re.compile("clients=DEX%2FSinistres.*behind=kind%3Dcreated%26first%3D2026-03-01"))
    one.settle()
    expect(page.get_by_role("button", name="créées · 1 mars 2026 – 31 mars 2026")).to_be_visible()
    behind = page.get_by_role("heading", name=re.compile(r"Demandes derrière les chiffres : \d"))
    count = int(re.sub(r"\D", "", behind.inner_text()))

    page.get_by_role("tab", name="Temps", exact=True).click()
    one.settle()
    expect(page.get_by_role("heading", name="Dérive de chaque demande")).to_be_visible()

    page.get_by_role("tab", name="Non renseigné", exact=True).click()
    one.settle()
    expect(page.get_by_role("heading", name="Champs obligatoires vides", exact=True)).to_be_visible()

    page.get_by_role("button", name="Vues").click()
    page.get_by_label("Nom de la vue").fill("Sinistres du semestre")
    page.get_by_role("button", name="Garder ces filtres").click()
    one.settle()
    one.go("/jira")
    page.get_by_role("button", name="Vues").click()
    page.get_by_role("button", name="Sinistres du semestre").first.click()
    expect(page).to_have_url(re.compile("clients=DEX%2FSinistres.*period=2026-01-01_2026-06-30"))
    one.settle()

    page.get_by_role("button", name="Exporter").last.click()
    with page.expect_download() as download:
        page.get_by_role("button", name="CSV (.csv)").click()
    exported = download.value.path().read_text(encoding="utf-8-sig")
    assert exported.count("Sinistres") >= len(exported.splitlines()) - 1 == count > 20
    assert exported.count('"2026-03-') >= count

    page.get_by_role("tab", name="Revue mensuelle", exact=True).click()
    one.settle()
    with page.expect_download() as pdf:
        page.get_by_role("button", name="Revue en PDF").click()
    assert pdf.value.path().read_bytes().startswith(b"%PDF")


def test_a_drift_row_that_is_picked_opens_its_request(visit: Callable[..., Visit]) -> None:
    one = visit()
    page = one.sign_in(Role.LEAD, FROM_2026)
    page.get_by_role("tab", name="Temps", exact=True).click()
    one.settle()
    expect(page.get_by_role("heading", name=re.compile(r"^DEX-\d+ · "))).to_have_count(0)
    table = page.get_by_test_id("stDataFrame").first
    one.at_rest(table)
    table.click(position={"x": 60, "y": 54})  # the key of the largest drift
    expect(page).to_have_url(re.compile("behind=kind%3Dkey"))
    expect(page.get_by_role("heading", name=re.compile(r"^DEX-\d+ · "))).to_be_visible()
    one.settle()
    expect(page.get_by_role("heading", name="Historique")).to_be_visible()


def test_the_lead_is_sent_names_in_the_part_on_people(visit: Callable[..., Visit]) -> None:
    one = visit()
    heard = listen(one.page)
    one.sign_in(Role.LEAD, FROM_2026)
    through(one, ("Personnes",))
    assert set(PEOPLE) <= set(said(heard))


@pytest.mark.parametrize("role", [Role.SQUAD, Role.DUTY, Role.COMPLIANCE, Role.INSPECTOR, Role.ADMIN])
def test_nobody_else_is_sent_a_name(visit: Callable[..., Visit], role: Role) -> None:
    one = visit()
    heard = listen(one.page)
    page = one.sign_in(role, f"{FROM_2026}&assignees=alix.moreau")
    through(one, TABS)
    expect(page.get_by_role("tab", name="Personnes")).to_have_count(0)
    expect(page.get_by_role("combobox", name="Personne assignée")).to_have_count(0)
    page.get_by_label("Clé d’une demande").fill("DEX-100")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Historique")).to_be_visible()
    one.settle()  # a menu that opens while tables still grow is left outside of what the window shows
    page.get_by_role("button", name="Exporter").last.click()
    with page.expect_download() as download:
        page.get_by_role("button", name="CSV (.csv)").click()
    heard.extend(download.value.path().read_bytes())
    assert said(heard) == []


def test_every_part_can_be_read_on_a_telephone_in_the_dark(visit: Callable[..., Visit]) -> None:
    one = visit()
    one.sign_in(Role.LEAD, FROM_2026)
    one.wear("dark", NARROW)
    through(one, ("Types", "Clients"))
    assert one.page.evaluate("document.documentElement.scrollWidth") <= NARROW
    assert one.grave_findings() == []


def chart(one: Visit, name: str) -> Locator:
    """A chart of a tab, by its key."""
    return one.page.locator(f".st-key-jira-{name}").get_by_test_id("stVegaLiteChart").locator("canvas, svg").first


def shown_rows(page: Page) -> int:
    """How many requests the heading counts."""
    heading = page.get_by_role("heading", name=re.compile(r"Demandes derrière les chiffres : \d"))
    return int(re.sub(r"\D", "", heading.inner_text()))


@pytest.mark.parametrize(
    ("tab", "name", "counted", "chip", "address"),
    [
        ("Temps", "drift-type", "Avec les deux temps", "résolues, avec les deux temps", "types="),
        ("Temps", "drift-client", "Avec les deux temps", "résolues, avec les deux temps", "clients="),
        ("Temps", "drift-month", "Avec les deux temps", "résolues, avec les deux temps", "first%3D"),
        ("Temps", "due", "Demandes", "résolues", "kind%3D(on_time|late|without_date)"),
        ("Flux", "weeks", "Demandes", "(créées|résolues)", "kind%3D(created|resolved)"),
        ("Durées", "cycles", "", "une demande", "kind%3Dkey"),
    ],
)
def test_a_mark_that_is_clicked_leads_to_as_many_rows_as_it_says(
    visit: Callable[..., Visit], tab: str, name: str, counted: str, chip: str, address: str
) -> None:
    one = visit()
    page = one.sign_in(Role.LEAD, FROM_2026)
    page.get_by_role("tab", name=tab, exact=True).click()
    one.settle()
    said = one.click_mark(chart(one, name))
    expect(page).to_have_url(re.compile(address))
    expect(page.get_by_role("button", name=re.compile(f"^{chip}"))).to_be_visible()
    assert shown_rows(page) == (int(said[counted]) if counted else 1)
    others = {"types": "types=", "clients": "clients="}
    assert [word for kind, word in others.items() if word in page.url and not address.startswith(kind)] == []


def test_a_filter_that_was_taken_off_does_not_come_back_with_the_next_mark(visit: Callable[..., Visit]) -> None:
    one = visit()
    page = one.sign_in(Role.LEAD, FROM_2026)
    page.get_by_role("tab", name="Temps", exact=True).click()
    one.settle()
    one.click_mark(chart(one, "drift-type"))
    expect(page).to_have_url(re.compile("types="))
    page.locator(".st-key-jira-types-chip").get_by_role("button").first.click()
    page.get_by_label("Tout effacer").first.click()
    one.settle()
    expect(page).not_to_have_url(re.compile("types="))
    page.wait_for_timeout(1_000)
    expect(page).not_to_have_url(re.compile("types="))
    said = one.click_mark(chart(one, "drift-client"))
    expect(page).to_have_url(re.compile("clients="))
    page.wait_for_timeout(1_000)
    expect(page).not_to_have_url(re.compile("types="))
    assert shown_rows(page) == int(said["Avec les deux temps"])


def test_the_comment_that_the_lead_types_is_in_the_months_pdf(visit: Callable[..., Visit]) -> None:
    one = visit()
    page = one.sign_in(Role.LEAD, FROM_2026)
    page.get_by_role("tab", name="Revue mensuelle", exact=True).click()
    one.settle()
    said = "Mois calme : l'équipe → 3 extractions de moins.\nŁódź est un nouveau client (≥ 2 demandes)."
    page.get_by_label("Commentaire").fill(said)
    page.get_by_role("button", name="Garder le commentaire").click()
    expect(page.get_by_text("Le commentaire est gardé.")).to_be_visible()
    one.settle()
    with page.expect_download() as pdf:
        page.get_by_role("button", name="Revue en PDF").click()
    told = text_of(pdf.value.path().read_bytes()).splitlines()
    assert [line for line in told if line in said.splitlines()] == said.splitlines()
    one.go("/jira")
    page.get_by_role("tab", name="Revue mensuelle", exact=True).click()
    one.settle()
    assert page.get_by_label("Commentaire").input_value() == said
