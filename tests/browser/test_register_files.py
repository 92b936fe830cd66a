"""The register's files in a real browser: imports from upload to landing, the inspection file and its reader."""

import io
import json
import re
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from playwright.sync_api import Page, expect

from core.base import clock
from core.people import accounts
from core.people.person import Role
from core.records import records
from pages.register.tests.workbooks import listed, record, save
from tests.browsing import PATIENCE_MS, Visit
from tests.servers import Server

Visiting = Callable[..., Visit]
TEAM = (
    "Typologie de données personnelles;Finalité;Destinataire;Méthode de stockage\n"
    "Employé - Données d'utilisation;Mesurer l'usage des badges;SQUAD;Table - annule et remplace\n"
    "Employé - Données d'utilisation;Mesurer l'usage des badges;SQUAD;Table - annule et remplace\n"
    "Typologie inventée;Préparer un envoi;SQUAD;Mail\n"
)


def upload(visit: Visit, path: Path) -> Page:
    """Drop a file on the import and wait for its preview."""
    page = visit.go("/register?part=import")
    page.get_by_test_id("stFileUploaderDropzone").locator("input").set_input_files(path)
    expect(page.get_by_role("heading", name="Ce que ferait l’import")).to_be_visible()
    return visit.settle()


def press(visit: Visit, name: str) -> Page:
    visit.main.get_by_role("button", name=name).first.click()
    return visit.settle()


def held(server: Server, words: str) -> dict[str, records.Record]:
    """The records that hold some words, by name."""
    with server.store.read() as connection:
        found = records.contents(connection, "treatment", records.Wanted(words=words))
        return {one.title: one for one in found}


def test_the_workbook_of_the_cnil_is_previewed_then_imported(visit: Visiting, server: Server, tmp_path: Path) -> None:
    top = {"Nom du traitement": "Verger partagé", "N° / RÉF": "V-1"}
    sections = {
        "Finalité(s) du traitement effectué": [["Finalité principale", "Répartir les récoltes"]],
        "Catégories de personnes concernées": [["Catégorie de personnes 1", "Salariés", None, None, "Volontaires"]],
    }
    path = save(
        tmp_path / "verger.xlsx",
        {
            "2 - Liste des traitements": listed(
                ["Verger partagé", "V-1", "12/03/2024", None, "Récoltes", None, None, "Non"],
                ["Composteurs du verger", None, None, None, "Suivre les composteurs", None, None, "Non"],
            ),
            "Verger": record(top, sections),
        },
    )
    one = visit()
    one.sign_in(Role.COMPLIANCE, "/register?part=import")
    page = upload(one, path)
    expect(page.get_by_text("2 nouveaux")).to_be_visible()
    assert held(server, "verger") == {}
    press(one, "Importer 2 traitements")
    expect(page.get_by_text(re.compile("Ajouts.: 2"))).to_be_visible()
    found = held(server, "verger")
    assert set(found) == {"Verger partagé", "Composteurs du verger"}
    assert found["Verger partagé"].data["persons"] == [{"category": "employees", "detail": "Volontaires"}]
    assert found["Verger partagé"].data["created_on"] == "2024-03-12"

    page = upload(one, path)
    expect(page.get_by_text("2 inchangés")).to_be_visible()
    expect(one.main.get_by_role("button", name=re.compile("^Importer"))).to_be_disabled()


def test_the_teams_four_columns_make_a_record_a_row_to_be_named(
    visit: Visiting, server: Server, tmp_path: Path
) -> None:
    path = tmp_path / "equipe.csv"
    path.write_text(TEAM, encoding="utf-8")
    one = visit()
    one.sign_in(Role.COMPLIANCE, "/register?part=import")
    page = upload(one, path)
    expect(page.get_by_text("3 nouveaux")).to_be_visible()
    expect(page.get_by_text("Typologie inventée (1)")).to_be_visible()
    press(one, "Importer 3 traitements")
    expect(page.get_by_text(re.compile("Ajouts.: 3"))).to_be_visible()
    found = held(server, "usage des badges")
    assert sorted(found) == [f"À nommer : Mesurer l'usage des badges ({n})" for n in (1, 2)]
    data = next(iter(found.values())).data
    assert data["typologies"] == ["employe", "usage"]
    assert data["storage"] == [{"medium": "table", "write_mode": "replace", "place": ""}]
    other = held(server, "préparer un envoi")["À nommer : Préparer un envoi (1)"]
    assert "Typologie inventée" in other.data["notes"]


@contextmanager
def inspecting(server: Server) -> Iterator[tuple[str, str]]:
    """An inspector with a few days to go: name and password."""
    name, password = "controle.cnil", "un-mot-de-passe-assez-long"
    with server.store.write() as connection:
        accounts.add(
            connection,
            who="test",
            name=name,
            role=Role.INSPECTOR,
            expires_at=clock.now() + timedelta(days=3),
            password=password,
            chosen=True,
        )
    yield name, password
    with server.store.write() as connection:
        accounts.close(connection, who="test", name=name)


def test_the_inspection_file_is_made_and_an_inspector_reads_until_the_end_date(visit: Visiting, server: Server) -> None:
    officer = visit()
    page = officer.sign_in(Role.COMPLIANCE, "/register?part=files")
    page.get_by_role("button", name="Préparer le fichier").click()
    expect(page.get_by_role("progressbar")).to_be_visible()
    ready = page.get_by_role("button", name="Dossier de contrôle")
    expect(ready).to_be_visible(timeout=3 * PATIENCE_MS)  # seconds of work: every record, twice
    with page.expect_download() as download:
        ready.click()
    archive = zipfile.ZipFile(io.BytesIO(download.value.path().read_bytes()))
    assert {"registre.xlsx", "registre.pdf", "versions.jsonl", "audit.jsonl"} <= set(archive.namelist())
    assert json.loads(archive.read("registre.json"))["kind"] == "treatment"
    assert "Le journal est intact" in archive.read("verification.txt").decode()

    with inspecting(server) as (name, password):
        inspector = visit()
        page = inspector.sign_in_as(name, password, "/register?part=files")
        expect(page.get_by_role("button", name="Préparer le fichier")).to_have_count(0)
        press(inspector, "Vérifier le journal")
        expect(page.get_by_text("Le journal est intact")).to_be_visible()
        inspector.go("/register?part=past")
        expect(page.get_by_role("heading", name=re.compile(r"^\d+.traitements"))).to_be_visible()

        with server.store.write() as connection:
            version = accounts.existing(connection, name).version
            over = clock.now() - timedelta(minutes=1)
            accounts.change(connection, who="test", name=name, version=version, expires_at=over)
        page.goto(f"{inspector.url}/register?part=files")
        expect(page.get_by_label("Mot de passe", exact=True)).to_be_visible()
        page.get_by_label("Nom", exact=True).fill(name)
        page.get_by_label("Mot de passe", exact=True).fill(password)
        page.get_by_test_id("stForm").get_by_role("button", name="Se connecter").click()
        expect(page.get_by_test_id("stAlert")).to_be_visible()
        expect(page.get_by_text("account_circle")).to_have_count(0)
