"""The sources screen: readings are seen, a file is dropped, corrected and landed, refused rows are put right."""

import io
import json
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pyarrow as pa
import pytest
import sqlalchemy as sa
from streamlit.testing.v1 import AppTest

from core.base import clock
from core.facts.lake import lake
from core.facts.reads import READS
from core.mission.discovery import missions
from core.people import accounts
from core.people.person import Role
from core.run import registry
from core.run.jobs import jobs
from core.sources import refusals
from core.sources.base import Source
from core.store.engine import store
from core.store.schema import audit
from tests.conftest import forget

HEADER = "Étape;État;Début;Fin\n"
LOG = HEADER + "chargement;SUCCESS;08/04/2025 06:43:45;08/04/2025 06:44:00\n" * 2 + "contrôle;FAILED;hier;\n"
SignIn = Callable[[Role], None]


@pytest.fixture
def page(sign_in: SignIn, data: Path) -> Callable[[Role], AppTest]:
    jobs.cache_clear()

    def opened(role: Role) -> AppTest:
        sign_in(role)
        return AppTest.from_file(missions()["sources"].page, default_timeout=120).run()

    return opened


Page = Callable[[Role], AppTest]


def adding(app: AppTest) -> AppTest:
    """The screen with the panel open that adds a source."""
    app.session_state["sources.adding"] = True
    return app.run()


def declared(data: Path, name: str = "journal") -> None:
    (data / "logs").mkdir(exist_ok=True)
    (data / f"logs/{name}.csv").write_text(LOG, encoding="utf-8")
    columns = {"pipeline": "Étape", "status": "État", "started_at": "Début", "ended_at": "Fin"}
    options = registry.check(registry.connector("pipelines", "file"), {"path": f"logs/{name}.csv", "columns": columns})
    with store().write() as connection:
        registry.add(connection, Source(name, "pipelines", "file", options), who="test")


def finished(app: AppTest) -> AppTest:
    """The screen after the reading that goes on has ended."""
    job = jobs().last
    assert job is not None
    job.wait(30)
    assert not job.running
    return app.run()


def pick(app: AppTest, source: str = "journal") -> AppTest:
    """Pick a source of the list, as a click does."""
    app.session_state["sources.source"] = {"source": source}
    return app.run()


def said(app: AppTest) -> str:
    boxes = (*app.error, *app.warning, *app.success, *app.info, *app.markdown, *app.caption)
    return "\n".join(str(box.value) for box in boxes).replace("\\", "")


def entry(name: str) -> registry.Entry:
    with store().read() as connection:
        found = registry.find(connection, name)
    assert found is not None
    return found


def actions() -> list[tuple[str, str, str]]:
    with store().read() as connection:
        rows = connection.execute(
            sa.select(audit.c.who, audit.c.action, audit.c.key).where(audit.c.entity == "source").order_by(audit.c.id)
        )
        return [tuple(row) for row in rows]


@pytest.mark.parametrize("role", [Role.SQUAD, Role.COMPLIANCE, Role.INSPECTOR])
def test_others_may_not_see_the_sources(page: Page, role: Role) -> None:
    app = page(role)
    assert not app.exception
    assert [title.value for title in app.title] == ["Cette page ne vous est pas ouverte"]


@pytest.mark.parametrize("role", [Role.DUTY, Role.LEAD])
def test_duty_and_lead_see_and_do_nothing(page: Page, data: Path, role: Role) -> None:
    page(role)
    declared(data)
    app = pick(page(role))
    assert not app.exception
    assert app.dataframe[0].value["name"].to_list() == ["journal"]
    assert {button.key for button in app.button} == {"guide.beside", "sources.source.off", "sources.source.reset"}
    assert len(app.file_uploader) == 0


def test_without_a_source_the_screen_says_what_to_do(page: Page) -> None:
    app = page(Role.ADMIN)
    assert not app.exception
    assert "Il n’y a pas encore de source." in said(app)
    assert [uploader.label for uploader in app.file_uploader] == ["Fichier CSV, Excel ou JSON"]


def test_demo_data_are_listed_and_cannot_be_read_again(page: Page) -> None:
    now = clock.now()
    row = {"source": "demo", "mission": "pipelines", "read_at": now, "ended_at": now, "covers_until": now}
    read = {**row, "outcome": "ok", "landed": 5, "refused": 0}
    lake().land(READS, pa.Table.from_pylist([read], schema=READS.schema))
    app = pick(page(Role.ADMIN), "demo")
    (drop,) = [one for one in app.expander if one.label == "Déposer un fichier"]
    assert not drop.proto.expanded, "what was read stands at the top"
    assert app.dataframe[0].value["name"].to_list() == ["demo"]
    assert "comme les données de démonstration" in said(app)
    assert not [button for button in app.button if button.label in ("Lire maintenant", "Tout lire maintenant")]


def test_a_source_is_read_from_the_screen(page: Page, data: Path) -> None:
    page(Role.ADMIN)
    declared(data)
    app = pick(page(Role.ADMIN))
    app.button(key="sources.read").click().run()
    app = finished(app)
    assert "journal\u202f: lignes intégrées 2, refusées 1" in said(app)
    row = app.dataframe[0].value.iloc[0]
    assert (row["landed"], row["refused"], row["state"]) == (2, 1, "✔ en ordre")
    assert actions()[-1] == ("admin", "read", "journal")


def test_what_a_source_will_reach_is_told_before_anything_lands(page: Page, data: Path) -> None:
    reaches = f"Elle lit {data}/logs/*.csv sur cette machine."
    app = adding(page(Role.ADMIN))
    app.text_input(key="sources.add.name").set_value("Nuit")
    app.text_input(key="sources.add.file.path").set_value("logs/*.csv")
    app.text_area(key="sources.add.file.columns").set_value("pipeline = Nom\nstarted_at = Début")
    app = next(button for button in app.button if button.label == "Ajouter").click().run()
    assert reaches in said(app)
    app = pick(page(Role.ADMIN), "Nuit")
    assert reaches in said(app)
    assert lake().version(READS) is None, "nothing was read yet"


def test_a_source_that_may_reach_its_place_no_longer_says_so(
    page: Page, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page(Role.ADMIN)
    declared(data)
    monkeypatch.delenv("VIGIE_SOURCE_FOLDERS")
    forget()
    app = pick(page(Role.ADMIN))
    assert not app.exception
    assert "VIGIE_SOURCE_FOLDERS" in said(app)


def test_a_source_that_fails_shows_its_sentence(page: Page, data: Path) -> None:
    page(Role.ADMIN)
    declared(data)
    (data / "logs/journal.csv").unlink()
    app = page(Role.ADMIN)
    app.button(key="sources.read_all").click().run()
    app = finished(app)
    row = app.dataframe[0].value.iloc[0]
    assert (row["state"], row["error"]) == ("✖ en échec", "Aucun fichier ne correspond à logs/journal.csv.")


def test_a_dropped_file_is_mapped_tried_landed_and_remembered(page: Page, data: Path) -> None:
    app = page(Role.ADMIN)
    app.file_uploader[0].set_value(("Nuit d'avril.csv", LOG.encode("cp1252"), "text/csv")).run()
    assert not app.exception
    key = next(box.key for box in app.selectbox if box.key and box.key.endswith(".pipeline"))
    drop = key.removesuffix(".column.pipeline")
    assert app.selectbox(key=f"{drop}.column.status").value == "État"
    assert app.selectbox(key=f"{drop}.column.started_at").value == "Début"
    assert app.selectbox(key=key).value == ""
    assert "La ligne ne nomme aucun pipeline." not in said(app), "it is said on the field, not on every row"
    assert said(app).count("Nécessaire\u202f: choisissez la colonne qui le dit") == 1
    assert not [button for button in app.button if button.key == f"{drop}.land"]
    app.selectbox(key=key).set_value("Étape").run()
    assert "Nécessaire" not in said(app)
    assert "→ 8 avr. 2025, 06:43" in said(app), "what a cell is read as, before anything lands"
    assert ":red[1 sur 3 illisibles, p. ex. «\u202fhier\u202f».]" in said(app)
    assert "Premières lignes\u202f: 3. Nouvelles\u202f: 2, déjà connues\u202f: 0, refusées\u202f: 1." in said(app)
    app.button(key=f"{drop}.land").click().run()
    app = finished(app)
    assert not app.exception
    kept = entry("Nuit d'avril")
    assert kept.options["path"] == "uploads/Nuit d'avril/*"
    assert kept.options["columns"]["pipeline"] == "Étape"
    assert [path.name for path in (data / "uploads/Nuit d'avril").iterdir()] == ["Nuit d'avril.csv"]
    assert len(lake().scan("pipeline_runs").read_all()) == 2
    assert [action for _who, action, _key in actions()] == ["add", "read"]
    (way,) = [link for link in app.get("page_link") if link.proto.label == "Voir la nuit du 8 avril 2025"]
    assert (way.proto.page, way.proto.query_string) == ("pipelines", "night=2025-04-08")


def test_a_dropped_answer_of_a_service_lands_by_the_list_that_fits(page: Page, data: Path) -> None:
    job = {"status": "completed", "started_at": "2026-11-20T00:12:00Z", "completed_at": "2026-11-20T00:20:00Z"}
    steps = [{"number": n, "label": "x"} for n in range(3)]
    answer = {"total": 2, "jobs": [{**job, "name": name, "conclusion": "success", "steps": steps} for name in "ab"]}
    app = page(Role.ADMIN)
    app.file_uploader[0].set_value(("jobs.json", json.dumps(answer).encode(), "application/json")).run()
    lists = next(box for box in app.selectbox if box.label == "Liste des lignes")
    assert (lists.value, lists.options) == ("jobs[]", ["jobs[]", "jobs[].steps[]"])
    status = next(box for box in app.selectbox if box.key and box.key.endswith(".column.status"))
    assert (status.value, "steps[].label" in status.options) == ("conclusion | status", True)
    assert "→ 20 nov. 2026, 01:12" in said(app)
    next(button for button in app.button if button.label == "Intégrer les lignes").click().run()
    app = finished(app)
    assert not app.exception
    assert entry("jobs").options["rows"] == "jobs[]"
    landed = lake().scan("pipeline_runs").read_all()
    assert sorted(zip(landed["pipeline"].to_pylist(), landed["status"].to_pylist(), strict=True)) == [
        ("a", "SUCCEEDED"),
        ("b", "SUCCEEDED"),
    ]


def test_each_kind_of_file_stands_in_the_list_by_its_own_title_and_is_what_was_chosen(page: Page) -> None:
    app = page(Role.ADMIN)
    kinds = app.selectbox(key="sources.drop.kind")
    assert len(set(kinds.options)) == len(kinds.options) >= 6
    for place, title in enumerate(kinds.options):
        app.selectbox(key="sources.drop.kind").select_index(place).run()
        assert app.selectbox(key="sources.drop.kind").index == place, title
        assert not app.exception


def test_a_file_that_looks_like_another_kind_says_so_and_is_taken_as_that_at_a_click(page: Page) -> None:
    app = page(Role.ADMIN)
    jira = "Clé,Résumé,Type de ticket,État,Création,Mise à jour,Résolution\nA-1,x,Story,Done,02/06/2026 10:00,,\n"
    app.file_uploader[0].set_value(("jira.csv", jira.encode(), "text/csv")).run()
    assert "ce fichier ressemble à un autre genre\u202f: «\u202fExport Jira" in said(app)
    next(button for button in app.button if button.label.startswith("Le prendre comme")).click().run()
    assert not app.exception
    assert app.selectbox(key="sources.drop.kind").value == "jira_export"
    assert "ressemble à un autre genre" not in said(app)
    key = next(box for box in app.selectbox if box.key and box.key.endswith(".column.key"))
    assert key.value == "Clé"


def test_a_row_of_data_that_holds_a_word_of_the_chosen_kind_does_not_hide_what_the_file_is(page: Page) -> None:
    app = page(Role.ADMIN)
    head = "Clé de ticket;Résumé;État;Catégorie d'état;Résolution;Mis à jour"
    jira = f"{head}\nA-1;x;Terminé;Terminé;Terminé;02/06/2026\n"
    app.file_uploader[0].set_value(("jira.csv", jira.encode("cp1252"), "text/csv")).run()
    assert "ce fichier ressemble à un autre genre\u202f: «\u202fExport Jira" in said(app)


def test_records_that_are_dropped_among_the_sources_lead_to_where_they_are_imported_or_say_who_does(page: Page) -> None:
    app = page(Role.ADMIN)

    def ways(name: str, *lines: str) -> list[tuple[str, str]]:
        app.file_uploader[0].set_value((name, "\n".join(lines).encode(), "text/csv")).run()
        links = [link.proto for link in app.get("page_link") if link.proto.label == "L’importer là-bas"]
        return [(way.page, way.query_string) for way in links]

    head = "Nom du traitement;Finalités;Base légale;Destinataires;Durée de conservation"
    assert ways("registre.csv", head, "Paie;Payer;Contrat;DRH;5 ans") == []
    assert "ce fichier ressemble à un autre genre\u202f: «\u202fRegistre des traitements" in said(app)
    assert "Qui l’importe là-bas\u202f: Responsable d’équipe, Responsable conformité." in said(app)
    lots = (
        "Nom du lot;Contrôle qui le réconcilie;Lundi de sa première semaine;Traitements du registre",
        "Lot 1;c;2026-11-02;",
    )
    assert ways("plan.csv", *lots) == [("migration", "kind=migration_lot&part=import")]


def test_a_file_of_which_nothing_can_land_says_why_once(page: Page) -> None:
    app = page(Role.ADMIN)
    log = "Nom;Statut;Début\n" + "p;SUCCESS;hier\n" * 21
    app.file_uploader[0].set_value(("nuit.csv", log.encode(), "text/csv")).run()
    assert "21 sur 21 illisibles, p. ex. «\u202fhier\u202f»." in said(app), "on the field"
    assert "Aucune de ces lignes ne peut être intégrée." in said(app)
    assert not [button for button in app.button if button.label == "Intégrer les lignes"]


def test_a_field_without_a_column_takes_one_value_for_all(page: Page) -> None:
    app = page(Role.ADMIN)
    log = "StartTime;Status\n08/04/2025 06:43:45;SUCCESS\n"
    app.file_uploader[0].set_value(("nuit.csv", log.encode(), "text/csv")).run()
    key = next(box.key for box in app.selectbox if box.key and box.key.endswith(".pipeline"))
    app.selectbox(key=key).set_value("\0").run()
    app.text_input(key=key.replace(".column.", ".value.")).set_value("claims_master").run()
    assert "Premières lignes\u202f: 1. Nouvelles\u202f: 1, déjà connues\u202f: 0, refusées\u202f: 0." in said(app)


def test_a_file_that_is_none_is_told_in_a_sentence(page: Page) -> None:
    app = page(Role.ADMIN)
    app.file_uploader[0].set_value(("nuit.xlsx", b"no workbook", "application/zip")).run()
    assert not app.exception
    assert "ne peut pas être lu comme classeur" in said(app)


def test_refused_rows_are_corrected_in_excel_and_land(page: Page, data: Path) -> None:
    page(Role.ADMIN)
    declared(data)
    app = page(Role.ADMIN)
    app.button(key="sources.read_all").click().run()
    app = pick(finished(app))
    refused = app.dataframe[1].value
    assert refused["vigie_reason"].to_list() == ["Début\u202f: «\u202fhier\u202f» n’est pas une date."]
    with store().read() as connection:
        (row,) = refusals.open_rows(connection, "journal")
    book = openpyxl.Workbook()
    book.active.append(["Où", "Pourquoi", *row.row, "vigie_row"])
    book.active.append([row.position, row.reason, *{**row.row, "Début": "08/04/2025 05:00"}.values(), row.digest])
    content = io.BytesIO()
    book.save(content)
    uploader = next(one for one in app.file_uploader if one.label.startswith("Lignes corrigées"))
    uploader.set_value(("corrigé.xlsx", content.getvalue(), "application/xlsx")).run()
    assert "1 ligne refusée est corrigée." in said(app)
    next(button for button in app.button if button.label == "Intégrer les lignes").click().run()
    app = finished(app)
    with store().read() as connection:
        assert refusals.counts(connection) == {}
    assert len(lake().scan("pipeline_runs").read_all()) == 3
    assert actions()[-2:] == [("admin", "drop", "journal"), ("admin", "read", "journal")]


@pytest.mark.parametrize("kind", ["file", "jira_export", "task_log", "reroutes", "volumes", "task_mails"])
def test_a_file_is_asked_for_before_its_columns(kind: str) -> None:
    [connector] = [one for mission in missions().values() for one in mission.connectors if one.kind == kind]
    assert list(connector.options.model_fields)[:4] == ["path", "sheet", "rows", "columns"]


def test_a_source_is_added_by_form_and_wrong_options_are_told(page: Page) -> None:
    app = adding(page(Role.ADMIN))
    app.text_input(key="sources.add.name").set_value("Nuit")
    submit = next(button for button in app.button if button.label == "Ajouter")
    submit.click().run()
    assert "path\u202f: manque." in said(app)
    app.text_input(key="sources.add.file.path").set_value("logs/*.csv")
    app.text_area(key="sources.add.file.columns").set_value("pipeline = Étape\nstarted_at = Début = heure")
    next(button for button in app.button if button.label == "Ajouter").click().run()
    assert entry("Nuit").options == {
        "path": "logs/*.csv",
        "columns": {"pipeline": "Étape", "started_at": "Début = heure"},
    }


def test_a_scheduler_is_added_with_the_name_of_its_secret_alone(page: Page) -> None:
    app = adding(page(Role.ADMIN))
    kinds = app.selectbox(key="sources.add.kind")
    assert len(set(kinds.options)) == len(kinds.options), "each by a title of its own"
    kinds.select("Airflow, exécutions des DAG").run()
    app.text_input(key="sources.add.name").set_value("Airflow")
    app.text_input(key="sources.add.airflow.site").set_value("https://airflow.example")
    app.text_input(key="sources.add.airflow.secret").set_value("s3same")
    next(button for button in app.button if button.label == "Ajouter").click().run()
    assert "Écrivez le secret sous la forme ${NAME}" in said(app)
    assert "s3same" not in said(app)
    app.text_input(key="sources.add.airflow.secret").set_value("${VIGIE_SECRET_AIRFLOW}")
    app = next(button for button in app.button if button.label == "Ajouter").click().run()
    assert "Elle interroge https://airflow.example par le réseau." in said(app)
    assert entry("Airflow").options == {"site": "https://airflow.example", "secret": "${VIGIE_SECRET_AIRFLOW}"}


def test_a_source_is_changed_removed_and_restored(page: Page, data: Path) -> None:
    page(Role.ADMIN)
    declared(data)
    app = pick(page(Role.ADMIN))
    app.text_input(key="sources.change.journal.1.squad").set_value("Téléphonie")
    next(button for button in app.button if button.label == "Enregistrer").click().run()
    assert entry("journal").squad == "Téléphonie"
    app = pick(app)
    app.button(key="sources.remove").click().run()
    assert not entry("journal").enabled
    app = pick(app)
    app.button(key="sources.restore").click().run()
    assert entry("journal").enabled
    assert [action for _who, action, _key in actions()] == ["add", "change", "remove", "restore"]


def test_a_write_checks_the_role_again(page: Page, data: Path, sign_in: SignIn) -> None:
    page(Role.ADMIN)
    declared(data)
    app = pick(page(Role.ADMIN))
    with store().write() as connection:
        accounts.add(connection, who="test", name="other", password="a-long-password", chosen=True, role=Role.ADMIN)
        before = accounts.existing(connection, "admin")
        accounts.change(connection, who="test", name="admin", version=before.version, role=Role.LEAD)
    app.button(key="sources.remove").click().run()
    assert entry("journal").enabled
