"""The register in a real browser: a record filled, kept over a reload, edited by two people at once, validated."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from playwright.sync_api import Page, expect

from core.base import clock
from core.people import accounts
from core.people.person import Role
from core.records import acts, records
from core.records.records import Record
from pages.register.collection import TREATMENTS
from pages.register.model import Treatment
from pages.register.tests.samples import WHOLE
from tests.browsing import Visit
from tests.servers import Server

Visiting = Callable[..., Visit]


def added(server: Server, **content: Any) -> Record:
    """A draft of the compliance officer's."""
    with server.store.write() as connection:
        officer = accounts.existing(connection, Role.COMPLIANCE.value).person.id
        return acts.add(connection, TREATMENTS, officer, {"name": "Paie", **content})


def kept(server: Server, record: Record) -> Mapping[str, Any]:
    with server.store.read() as connection:
        return records.get(connection, record.kind, record.id).data


def enter(visit: Visit, label: str, text: str) -> None:
    """Fill a field and leave it."""
    box = visit.page.get_by_role("textbox", name=re.compile(f"^{label}")).first
    box.fill(text)
    box.press("Tab")
    visit.settle()


def press(visit: Visit, name: str) -> Page:
    visit.page.get_by_test_id("stMain").get_by_role("button", name=name).first.click()
    return visit.settle()


def save(visit: Visit) -> None:
    press(visit, "Enregistrer")
    expect(visit.page.get_by_text("est enregistré")).to_be_visible()
    expect(visit.page.get_by_text("non enregistrée")).to_have_count(0)


def test_what_is_entered_is_marked_unsaved_and_survives_a_reload(visit: Visiting, server: Server) -> None:
    record = added(server)
    one = visit()
    page = one.sign_in(Role.COMPLIANCE, f"/register?record={record.ref}")
    enter(one, "Description du traitement", "Calcul de la paie")
    expect(page.get_by_text("1 modification non enregistrée")).to_be_visible()
    one.go(f"/register?record={record.ref}")
    expect(page.get_by_label("Description du traitement")).to_have_value("Calcul de la paie")
    assert kept(server, record)["description"] == ""
    save(one)
    assert kept(server, record)["description"] == "Calcul de la paie"


def test_typing_and_going_to_another_section_in_one_go_loses_nothing(visit: Visiting, server: Server) -> None:
    record = added(server)
    one = visit()
    page = one.sign_in(Role.COMPLIANCE, f"/register?record={record.ref}")
    page.get_by_label("Description du traitement").fill("Tapé puis parti")
    page.get_by_role("radio", name=re.compile("Suivi")).click()
    expect(page.get_by_label("Notes")).to_be_visible()
    expect(page.get_by_text("1 modification non enregistrée")).to_be_visible()
    save(one)
    assert kept(server, record)["description"] == "Tapé puis parti"


def test_two_people_edit_one_record_and_nothing_is_lost(visit: Visiting, server: Server) -> None:
    record = added(server, description="Avant", notes="Rien")
    address = f"/register?record={record.ref}"
    officer, lead = visit(), visit()
    officer.sign_in(Role.COMPLIANCE, address)
    lead.sign_in(Role.LEAD, address)
    enter(officer, "Description du traitement", "Ce que dit la conformité")
    officer.go(f"{address}&section=follow_up")
    enter(officer, "Notes", "Note de la conformité")
    enter(lead, "Description du traitement", "Ce que dit la responsable")
    lead.go(f"{address}&section=links")
    save(officer)

    page = lead.go(address)
    expect(page.get_by_text("Rien de votre saisie n’est perdu")).to_be_visible()
    expect(page.get_by_role("button", name="Fusionner")).to_be_disabled()
    page.get_by_text("Moi : Ce que dit la responsable").click()
    lead.settle()
    press(lead, "Fusionner")
    save(lead)
    data = kept(server, record)
    assert data["description"] == "Ce que dit la responsable"
    assert data["notes"] == "Note de la conformité"
    with server.store.read() as connection:
        told = [one.data["description"] for one in records.history(connection, record.id)]
    assert told == ["Ce que dit la responsable", "Ce que dit la conformité", "Avant"]


def test_rows_are_added_filled_moved_and_removed(visit: Visiting, server: Server) -> None:
    record = added(server)
    one = visit()
    page = one.sign_in(Role.COMPLIANCE, f"/register?record={record.ref}&section=purposes")
    press(one, "Ajouter : Finalités")
    enter(one, "Finalité", "Payer")
    press(one, "Ajouter : Finalités")
    page.get_by_role("textbox", name=re.compile("^Finalité")).nth(1).fill("Déclarer")
    press(one, "Monter")
    save(one)
    assert [row["name"] for row in kept(server, record)["purposes"]] == ["Déclarer", "Payer"]
    press(one, "Retirer")
    save(one)
    assert [row["name"] for row in kept(server, record)["purposes"]] == ["Payer"]


def test_a_complete_record_is_validated_by_another_person_and_edited_again(visit: Visiting, server: Server) -> None:
    content = {name: value for name, value in WHOLE.items() if name not in ("ref", "transfers")}
    record = added(server, **content)
    officer = visit()
    page = officer.sign_in(Role.COMPLIANCE, f"/register?record={record.ref}")
    page.get_by_text("1 réponse manque").click()
    page.get_by_role("button", name=re.compile("Transferts hors UE.*article 30.1.e")).press("Enter")
    expect(page).to_have_url(re.compile("section=transfers"))
    expect(page.get_by_role("button", name="Ajouter : Transferts")).to_be_focused()
    officer.settle()
    page.get_by_text("Pas de transfert hors").click()
    officer.settle()
    expect(page.get_by_text("complet à 100")).to_be_visible()
    save(officer)
    press(officer, "Soumettre à la revue")
    expect(page.get_by_role("button", name="Valider")).to_be_disabled()

    lead = visit()
    page = lead.sign_in(Role.LEAD, f"/register?record={record.ref}")
    press(lead, "Valider")
    expect(page.get_by_text("publié")).to_be_visible()

    page = officer.go(f"/register?record={record.ref}&section=follow_up")
    enter(officer, "Notes", "Après validation")
    save(officer)
    expect(page.get_by_text("brouillon", exact=True)).to_be_visible()
    officer.go(f"/register?record={record.ref}&view=versions")
    expect(page.get_by_role("heading", name=re.compile("De la version"))).to_be_visible()
    with server.store.read() as connection:
        told = [(one.action, one.who, one.frozen) for one in records.history(connection, record.id)]
        [published] = [
            entry.notes
            for version, entry in acts.as_of(connection, TREATMENTS, clock.now())
            if version.data["ref"] == record.ref and isinstance(entry, Treatment)
        ]
    assert told == [
        ("save", "compliance", False),
        ("validate", "lead", True),
        ("submit", "compliance", False),
        ("save", "compliance", False),
        ("add", "compliance", False),
    ]
    assert published == ""


def test_a_missing_answer_leads_to_the_very_field_of_a_row(visit: Visiting, server: Server) -> None:
    record = added(server, purposes=[{"name": "Payer", "legal_bases": ["contract"]}, {"name": "Déclarer"}])
    one = visit()
    page = one.sign_in(Role.COMPLIANCE, f"/register?record={record.ref}")
    page.get_by_text(re.compile("réponses manquent")).click()
    page.get_by_role("button", name=re.compile("Finalités › 2 › Base légale")).press("Enter")
    expect(page).to_have_url(re.compile("section=purposes"))
    box = page.get_by_role("combobox", name=re.compile("Base légale")).last
    expect(box).to_be_focused()
    expect(box).to_be_in_viewport()
    page.keyboard.type("Contrat")
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    one.settle()
    save(one)
    assert [row["legal_bases"] for row in kept(server, record)["purposes"]] == [["contract"], ["contract"]]


def cell(visit: Visit, column: int, row: int) -> None:
    """Click a cell of the first table, by its place in what is drawn: its lines are a canvas."""
    box = visit.at_rest(visit.page.get_by_test_id("stDataFrame").first)
    visit.page.mouse.click(box["x"] + column, box["y"] + 35 * row + 52)


def test_several_records_are_duplicated_edited_in_a_grid_and_archived(visit: Visiting, server: Server) -> None:
    for name in ("Zythologie du lundi", "Zythologie du mardi"):
        added(server, name=name)
    one = visit()
    page = one.sign_in(Role.COMPLIANCE, "/register?words=zythologie")
    cell(one, 20, 0)
    expect(page.get_by_text("1 coché")).to_be_visible()
    expect(page.get_by_role("button", name=re.compile(r"^Ouvrir T-\d+$"))).to_be_visible()
    press(one, "Dupliquer")
    expect(page.get_by_text("Ajouté")).to_be_visible()

    page = one.go("/register?words=zythologie")
    page.get_by_text("Modifier en grille").click()
    one.settle()
    cell(one, 140, 0)
    page.keyboard.press("Enter")
    box = page.locator(".gdg-input")
    box.fill("Zythologie du dimanche")
    box.press("Enter")
    expect(page.get_by_role("button", name=re.compile("Enregistrer 1.traitement"))).to_be_visible()
    one.settle()
    press(one, "Enregistrer 1")
    expect(page.get_by_text("Enregistrés")).to_be_visible()
    with server.store.read() as connection:
        titles = [
            line.title for line in records.find(connection, "treatment", records.Wanted(words="zythologie")).lines
        ]
    assert titles == ["Zythologie du dimanche", "Zythologie du mardi", "Zythologie du lundi (copie)"]

    page = one.go("/register?words=zythologie")
    cell(one, 20, -1)
    press(one, "Archiver")
    page.get_by_role("textbox", name="Pourquoi").fill("Fermeture de la cave")
    page.get_by_test_id("stForm").get_by_role("button", name="Archiver").click()
    expect(page.get_by_text(re.compile("Fait.*Archiver.*T-"))).to_be_visible()
    expect(page.get_by_text("Aucune fiche ne passe ces filtres.")).to_be_visible()


def test_a_value_added_to_a_list_is_offered_in_records(visit: Visiting, server: Server) -> None:
    record = added(server)
    one = visit()
    page = one.sign_in(Role.COMPLIANCE, "/register?part=lists&list=typologies")
    page.get_by_text("Ajouter une valeur").click()
    enter(one, "En français", "Apiculteurs")
    page.get_by_test_id("stForm").get_by_role("button", name="Ajouter").click()
    expect(page.get_by_text("Apiculteurs ajouté")).to_be_visible()
    one.go(f"/register?record={record.ref}&section=data")
    page.get_by_role("combobox", name=re.compile("Typologie")).fill("Apiculteurs")
    expect(page.get_by_role("option", name="Apiculteurs")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.get_by_text("1 modification non enregistrée")).to_be_visible()
    page.keyboard.press("Escape")
    save(one)
    assert kept(server, record)["typologies"] == ["Apiculteurs"]


def test_the_organisation_is_edited_once_and_records_follow(visit: Visiting, server: Server) -> None:
    record = added(server, dpo=None)
    one = visit()
    page = one.sign_in(Role.COMPLIANCE, "/register?part=organisation")
    before = kept(server, record)["dpo"][0]["name"]
    box = page.get_by_role("textbox", name=re.compile("^Nom")).nth(1)
    expect(box).to_have_value(before)
    box.fill("Déléguée nouvelle")
    box.press("Tab")
    one.settle()
    press(one, "Enregistrer")
    expect(page.get_by_text("est enregistré")).to_be_visible()
    press(one, "Mettre à jour")
    expect(page.get_by_role("button", name=re.compile("Mettre à jour"))).to_have_count(0)
    assert kept(server, record)["dpo"][0]["name"] == "Déléguée nouvelle"


def test_an_inspector_reads_everything_and_finds_nothing_to_edit(visit: Visiting, server: Server) -> None:
    record = added(server, description="À lire")
    one = visit()
    page = one.sign_in(Role.INSPECTOR, f"/register?record={record.ref}")
    expect(page.get_by_text("À lire")).to_be_visible()
    expect(page.get_by_test_id("stMain").get_by_role("textbox")).to_have_count(0)
    expect(page.get_by_role("button", name="Enregistrer")).to_have_count(0)
    one.go(f"/register?record={record.ref}&view=audit")
    expect(page.get_by_role("heading", name="Journal", exact=True)).to_be_visible()


def test_a_template_begins_a_record_and_the_list_is_one_step_back(visit: Visiting) -> None:
    one = visit()
    page = one.sign_in(Role.COMPLIANCE, "/register")
    press(one, "Ajouter")
    form = page.get_by_test_id("stForm")
    form.get_by_role("combobox", name="Modèle").click()
    page.get_by_role("option", name="Détection de la fraude").click()
    form.get_by_role("button", name="Ajouter").click()
    expect(page.get_by_role("heading", name=re.compile("Détection de la fraude"))).to_be_visible()
    expect(page).to_have_url(re.compile("record=T-"))
    press(one, "La liste")
    expect(page.get_by_role("heading", name=re.compile(r"^\d+.traitements"))).to_be_visible()
    expect(page).not_to_have_url(re.compile("record="))
