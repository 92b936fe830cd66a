"""Jira's exports as files: English and French, of Cloud and of servers, with the oddities that they are known for."""

import csv
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import openpyxl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.base.errors import SourceFailed
from core.base.i18n import speaking
from core.sources import drops
from core.sources.base import Batch, Source
from core.sources.mapping import known_names
from pages.jira.sources.durations import seconds, told_unit
from pages.jira.sources.exports import ISSUE_FIELDS, Export, ExportOptions
from pages.jira.tests.exported import page

FRENCH = (
    "Résumé;Clé de ticket;ID de ticket;Type de ticket;État;Catégorie d'état;Personne assignée;Rapporteur;Création;"
    "Mise à jour;Résolu;Date d'échéance;Estimation originale;Estimation restante;Temps consacré;Composants;Composants;"
    "Étiquettes;Étiquettes;Champs personnalisés (Type de demande)\n"
)
FRENCH_ROW = (
    "Extraction\u00a0des contrats;DEX-7;10007;Tâche;A\u00a0faire;À faire;Léa Roy;Marc Bel;19/févr./26 7:31 PM;"
    "20/févr./26 12:05 AM;;28/févr./26 12:00 AM;7200;3600;0;Auto;Santé;urgent;start_data_explo;Extraction\n"
)
ENGLISH = (
    "Summary,Issue key,Issue id,Issue Type,Status,Assignee,Created,Updated,Resolved,Due Date,Original Estimate,"
    'Time Spent,Component/s,Component/s\n"A file, by mail",OPS-1,77,Sub-task,Done,Ada,02/Mar/26 9:00 AM,'
    "03/Mar/26 9:00 AM,03/Mar/26 12:30 PM,,0,,Claims,\n"
)


def read(path: Path, **options: Any) -> list[Batch]:
    connector = Export()
    cells = drops.look(path, known_names(ISSUE_FIELDS))
    said = ExportOptions.model_validate({"path": str(path), **connector.propose(cells), **options})
    return list(connector.pull(Source("export", "jira", "jira_export", said), {}))


def rows(batches: list[Batch]) -> list[dict[str, Any]]:
    return pa.concat_tables([batch.rows for batch in batches if len(batch.rows)]).to_pylist()


def test_a_french_export_lands_with_its_repeated_columns_and_its_twelve_hour_clock(data: Path) -> None:
    path = data / "jira.csv"
    path.write_bytes(("\ufeff" + FRENCH + FRENCH_ROW).encode())
    [row] = rows(read(path, site="https://jira.example"))
    assert (row["key"], row["issue_id"], row["project"], row["url"]) == (
        "DEX-7", "10007", "DEX", "https://jira.example/browse/DEX-7",
    )  # fmt: skip
    assert row["summary"].replace("\u00a0", " ") == "Extraction des contrats"
    assert (row["status"], row["category"], row["request_type"]) == ("À faire", "new", "Extraction")
    assert (row["components"], row["labels"]) == ("Auto\nSanté", "urgent\nstart_data_explo")
    assert row["created_at"] == datetime(2026, 2, 19, 18, 31, tzinfo=UTC)
    assert row["updated_at"] == datetime(2026, 2, 19, 23, 5, tzinfo=UTC)
    assert (row["due_on"], row["resolved_at"]) == (date(2026, 2, 28), None)
    assert (row["estimate_s"], row["remaining_s"], row["spent_s"]) == (7200.0, 3600.0, 0.0)


def test_a_table_that_a_team_keeps_itself_names_client_estimate_and_end_in_its_words(data: Path) -> None:
    path = data / "suivi.csv"
    path.write_text(
        "Clé;Résumé;Client;Statut;Créée le;Date de clôture;Date limite;Estimation initiale (h);Temps passé (h)\n"
        "DEX-1;Extraction;Sinistres;Terminé;12/03/2025 10:15;14/03/2025;20/03/2025;3;2,5\n",
        encoding="utf-8",
    )
    [row] = rows(read(path))
    assert (row["components"], row["estimate_s"], row["spent_s"]) == ("Sinistres", 10_800.0, 9_000.0)
    assert (row["resolved_at"], row["due_on"]) == (datetime(2025, 3, 13, 23, tzinfo=UTC), date(2025, 3, 20))


def test_an_english_export_lands(data: Path) -> None:
    path = data / "jira.csv"
    path.write_text(ENGLISH)
    [row] = rows(read(path))
    assert (row["key"], row["summary"], row["subtask"], row["components"]) == (
        "OPS-1",
        "A file, by mail",
        True,
        "Claims",
    )
    assert row["resolved_at"] == datetime(2026, 3, 3, 11, 30, tzinfo=UTC)
    assert (row["estimate_s"], row["spent_s"], row["due_on"], row["category"]) == (0.0, None, None, "done")


def test_an_older_french_server_says_it_in_other_words(data: Path) -> None:
    path = data / "jira.csv"
    path.write_text(
        "Demande;Clé;Intervenant;Demandeur;Composants;Création;Résolue\nX;A-1;Léa;Marc;Auto;01/03/2026 10:00;\n"
    )
    [row] = rows(read(path))
    assert (row["summary"], row["assignee"], row["reporter"], row["issue_id"]) == ("X", "Léa", "Marc", "A-1")


def test_a_column_of_clients_tells_the_client_where_components_stand_beside_it(data: Path) -> None:
    path = data / "jira.csv"
    path.write_text("Clé;Résumé;Composants;Création;Client\nA-1;X;API;01/03/2026 10:00;Mutuelle\n")
    [row] = rows(read(path))
    assert row["components"] == "Mutuelle"


def test_a_workbook_lands_as_the_file_does(data: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for line in (FRENCH + FRENCH_ROW).splitlines():
        sheet.append(line.split(";"))
    book.save(data / "jira.xlsx")
    [row] = rows(read(data / "jira.xlsx"))
    assert (row["key"], row["components"]) == ("DEX-7", "Auto\nSanté")


def test_a_cut_file_refuses_its_last_row_and_lands_the_others(data: Path) -> None:
    path = data / "jira.csv"
    path.write_text(FRENCH + FRENCH_ROW + FRENCH_ROW.replace("DEX-7", "DEX-8")[:60])
    batches = read(path)
    assert [row["key"] for row in rows(batches)] == ["DEX-7"]
    assert len([refused for batch in batches for refused in batch.refused]) == 1


def test_rows_that_are_no_issue_are_refused_with_a_sentence(data: Path) -> None:
    path = data / "jira.csv"
    path.write_text("Clé;Résumé;Création\n;sans clé;01/03/2026\nbonjour;x;01/03/2026\nA-1;x;\nA-2;x;31/févr./26\n")
    assert len([refused for batch in read(path) for refused in batch.refused]) == 4


IDS = (
    "project", "issuekey", "summary", "issuetype", "status", "priority", "resolution", "assignee", "reporter",
    "created", "updated", "resolutiondate", "components", "duedate", "timeoriginalestimate", "timeestimate",
    "timespent", "labels", "description", "customfield_10042",
)  # fmt: skip
ENGLISH_HEADS = (
    "Project", "Key", "Summary", "Issue Type", "Status", "Priority", "Resolution", "Assignee", "Reporter", "Created",
    "Updated", "Resolved", "{components}", "Due Date", "Original Estimate", "Remaining Estimate", "Time Spent",
    "Labels", "Description", "Request type",
)  # fmt: skip
FRENCH_HEADS = (
    "Projet", "Clé", "Résumé", "Type de ticket", "État", "Priorité", "Résolution", "{assignee}", "Rapporteur",
    "Création", "Mise à jour", "Résolu", "Composants", "Date d&#39;échéance", "Estimation originale",
    "Estimation restante", "Temps consacré", "Étiquettes", "Description", "Type de demande",
)  # fmt: skip
SITE = "https://jira.example"


def heads(words: tuple[str, ...], **said: str) -> dict[str, str]:
    return {name: word.format(**said) for name, word in zip(IDS, words, strict=True)}


def excel_export(data: Path, heads: dict[str, str], issues: list[dict[str, str]], *, told: str, cloud: bool) -> Path:
    path = data / "JIRA.xls"
    path.write_bytes(page(heads, issues, site=SITE, told=told, cloud=cloud))
    return path


def test_data_centers_own_excel_export_lands(data: Path) -> None:
    issue = {
        "project": "Data", "issuekey": "DEX-7", "summary": "Contrats &amp; avenants, 28&quot;", "issuetype": "Task",
        "status": "In Progress", "assignee": "ada.martin", "reporter": "zoe.petit", "created": "03/Aug/2026 10:28 PM",
        "updated": "04/Aug/2026 2:21 PM", "components": "Claims, Health", "duedate": "14/Aug/2026",
        "timeoriginalestimate": "14400", "timeestimate": "0", "timespent": "36000", "labels": "start_data_explo, late",
        "description": "First line<br/>second line<table><tr><td>a table within</td></tr></table>",
        "customfield_10042": "Extraction",
    }  # fmt: skip
    bare = {"project": "Data", "issuekey": "DEX-8", "issuetype": "Sub-task", "status": "Done",
            "summary": '<span class="parentIssue">DEX-7</span> Part', "created": "05/Aug/2026 8:00 AM",
            "resolutiondate": "06/Aug/2026 12:05 AM"}  # fmt: skip
    told = "Displaying <strong>2</strong> issues at <strong>18/Sep/2026 11:36 AM</strong>."
    path = excel_export(data, heads(ENGLISH_HEADS, components="Component/s"), [issue, bare], told=told, cloud=False)
    batches = read(path, site=SITE)
    assert [refused for batch in batches for refused in batch.refused] == []
    first, second = rows(batches)
    assert (first["key"], first["issue_id"], first["url"]) == ("DEX-7", "DEX-7", f"{SITE}/browse/DEX-7")
    assert (first["summary"], first["status"], first["request_type"]) == (
        'Contrats & avenants, 28"', "In Progress", "Extraction",
    )  # fmt: skip
    assert (first["components"], first["labels"]) == ("Claims\nHealth", "start_data_explo\nlate")
    assert first["created_at"] == datetime(2026, 8, 3, 20, 28, tzinfo=UTC)
    assert first["updated_at"] == datetime(2026, 8, 4, 12, 21, tzinfo=UTC)
    assert (first["resolved_at"], first["due_on"]) == (None, date(2026, 8, 14))
    assert (first["estimate_s"], first["remaining_s"], first["spent_s"]) == (14_400.0, 0.0, 36_000.0)
    assert (first["assignee"], first["reporter"]) == ("ada.martin", "zoe.petit")
    assert (second["subtask"], second["components"], second["due_on"]) == (True, None, None)
    assert (second["estimate_s"], second["spent_s"], second["assignee"]) == (None, None, None)
    assert second["resolved_at"] == datetime(2026, 8, 5, 22, 5, tzinfo=UTC)


def test_clouds_excel_export_lands_in_english(data: Path) -> None:
    issue = {
        "issuekey": "DEX-9", "summary": "A file", "issuetype": "Task", "status": "Done", "components": "Claims",
        "created": "13/Jan/26 11:26 AM", "resolutiondate": "17/Jan/26 3:49 PM", "timeoriginalestimate": "7200",
        "timespent": "9000",
    }  # fmt: skip
    told = "<strong>1</strong> work item displayed at <strong>20/Jan/26 2:43 PM</strong>."
    path = excel_export(data, heads(ENGLISH_HEADS, components="Components"), [issue], told=told, cloud=True)
    [row] = rows(read(path))
    assert (row["key"], row["components"], row["request_type"]) == ("DEX-9", "Claims", None)
    assert row["created_at"] == datetime(2026, 1, 13, 10, 26, tzinfo=UTC)
    assert row["resolved_at"] == datetime(2026, 1, 17, 14, 49, tzinfo=UTC)
    assert (row["estimate_s"], row["spent_s"], row["remaining_s"]) == (7200.0, 9000.0, None)


@pytest.mark.parametrize(("assignee", "cloud"), [("Personne assignée", True), ("Responsable", False)])
def test_the_excel_exports_land_in_french(data: Path, assignee: str, cloud: bool) -> None:
    issue = {
        "issuekey": "DEX-10", "summary": "Relevé\u00a0des primes", "issuetype": "Tâche", "status": "A&nbsp;faire",
        "assignee": "Léa Roy", "created": "19/févr./26 7:31 PM", "updated": "20/févr./26 12:05 AM",
        "components": "Auto, Santé", "duedate": "28/févr./26", "timeoriginalestimate": "0",
        "labels": "start_data_explo", "customfield_10042": "Fichier ou courriel",
    }  # fmt: skip
    told = "Affichage de <strong>1</strong> demandes à <strong>21/févr./26 9:00 AM</strong>."
    path = excel_export(data, heads(FRENCH_HEADS, assignee=assignee), [issue], told=told, cloud=cloud)
    [row] = rows(read(path))
    assert (row["key"], row["summary"], row["status"], row["assignee"]) == (
        "DEX-10", "Relevé des primes", "À faire", "Léa Roy",
    )  # fmt: skip
    assert (row["components"], row["request_type"], row["labels"]) == (
        "Auto\nSanté", "Fichier ou courriel", "start_data_explo",
    )  # fmt: skip
    assert (row["created_at"], row["updated_at"]) == (
        datetime(2026, 2, 19, 18, 31, tzinfo=UTC), datetime(2026, 2, 19, 23, 5, tzinfo=UTC),
    )  # fmt: skip
    assert (row["due_on"], row["estimate_s"], row["spent_s"]) == (date(2026, 2, 28), 0.0, None)


def test_an_excel_export_that_is_cut_is_refused_whole(data: Path) -> None:
    issue = {"issuekey": "DEX-9", "created": "13/Jan/26 11:26 AM", "timeoriginalestimate": "7200"}
    path = excel_export(data, heads(ENGLISH_HEADS, components="Components"), [issue], told="", cloud=True)
    path.write_bytes(path.read_bytes()[:-60])
    with pytest.raises(SourceFailed, match="abîmé"):
        read(path)


@pytest.mark.parametrize(("lines", "apart"), [(FRENCH + FRENCH_ROW, ";"), (ENGLISH, ",")])
def test_a_csv_saved_as_a_workbook_lands_as_the_csv_does(data: Path, lines: str, apart: str) -> None:
    """As Excel saves it: numbers typed, dates that Excel knows typed, the others text."""
    (data / "jira.csv").write_text(lines)
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for line in csv.reader(lines.splitlines(), delimiter=apart):
        sheet.append([int(cell) if cell.isdigit() else _typed(cell) for cell in line])
    book.save(data / "jira.xlsx")
    assert rows(read(data / "jira.xlsx")) == rows(read(data / "jira.csv"))


def _typed(cell: str) -> str | datetime | None:
    try:
        return datetime.strptime(cell, "%d/%b/%y %I:%M %p")
    except ValueError:
        return cell or None


def test_a_comma_in_the_name_of_a_component_stays_where_columns_repeat(data: Path) -> None:
    path = data / "jira.csv"
    path.write_text('Key;Summary;Created;Components\nA-1;x;01/03/2026;"Vie, santé"\n')
    [row] = rows(read(path))
    assert row["components"] == "Vie, santé"


HEAD = "Issue key,Summary,Issue Type,Status,Created"


def one(path: Path, head: str, *cells: str, **options: Any) -> dict[str, Any]:
    """The issue of an export of one row."""
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(head.split(","))
        writer.writerow(cells)
    batches = read(path, **options)
    assert [refused.reason for batch in batches for refused in batch.refused] == []
    [row] = rows(batches)
    return {**row, "notes": {sentence: n for batch in batches for sentence, n in batch.notes.items()}}


PARIS = ZoneInfo("Europe/Paris")
NOV_20 = datetime(2026, 11, 20, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("head", "cells", "expected"),
    [
        (  # the names that the API has
            "key,summary,issuetype,status,created,resolutiondate",
            ("DEX-1", "One", "Task", "Done", "2026-11-02 10:00", "2026-11-20 10:00"),
            {"key": "DEX-1", "resolved_at": NOV_20, "resolution": None, "category": "done", "issue_type": "Task"},
        ),
        (  # a column of flags is no status, nor anybody
            "Issue key,Summary,Issue Type,Current state,Reporter active status,Created",
            ("DEX-1", "One", "Task", "Done", "true", "2026-11-02 10:00"),
            {"status": "Done", "reporter": None},
        ),
        (  # Cloud says “work item” now
            "Work type,Work item key,Work item id,Summary,Status,Created",
            ("Task", "DEX-1", "1", "One", "Done", "2026-11-02 10:00"),
            {"key": "DEX-1", "issue_id": "1", "issue_type": "Task", "status": "Done"},
        ),
        (  # the category's date is no category
            f"{HEAD},Status Category Changed",
            ("DEX-1", "One", "Task", "Livrée", "2026-11-02 10:00", "2026-11-20 10:00"),
            {"category": None, "resolved_at": None},
        ),
        (  # done without a day of resolution: the day on which the category changed
            "Résumé,Clé de ticket,Type de ticket,État,Création,Mise à jour,Résolu,Catégorie d'état,"
            "Catégorie d'état modifiée",
            ("A", "CCS-1", "Tâche", "Terminé(e)", "02/nov./26 7:31 PM", "19/nov./26 7:31 PM", "", "Terminé",
             "19/nov./26 7:31 PM"),
            {"resolved_at": datetime(2026, 11, 19, 18, 31, tzinfo=UTC), "category": "done"},
        ),
        (  # a status that Jira brings along, and no day at all: done, nothing tells since when
            HEAD,
            ("DEX-1", "One", "Task", "Fermé", "2026-11-02 10:00"),
            {"category": "done", "resolved_at": None, "history": False},
        ),
        (  # a status that may mean anything
            HEAD,
            ("DEX-1", "One", "Task", "Livrée", "2026-11-02 10:00"),
            {"category": None, "resolved_at": None, "ended_at": None},
        ),
        (  # a tracker with numbers for keys
            f"{HEAD},Project",
            ("1735", "One", "Bug", "Open", "2026-11-02 10:00", "Web"),
            {"key": "1735", "project": "Web", "issue_id": "1735"},
        ),
        (HEAD, ("#1735", "One", "Bug", "Open", "2026-11-02 10:00"), {"key": "1735", "project": "export"}),
        (  # words for nothing
            f"{HEAD},Assignee,Resolution",
            ("DEX-1", "One", "Task", "To Do", "2026-11-02 10:00", "Unassigned", "Unresolved"),
            {"assignee": None, "assigned": False, "resolution": None},
        ),
        (
            f"{HEAD},Assignee",
            ("DEX-1", "One", "Task", "To Do", "2026-11-02 10:00", "Ada"),
            {"assignee": "Ada", "assigned": True},
        ),
        (  # where the export has the column, empty stays empty
            "Issue key,Summary,Issue Type,Status,Custom field (Request type),Created",
            ("DEX-1", "One", "Task", "To Do", "", "2026-11-02 10:00"),
            {"request_type": None, "issue_type": "Task"},
        ),
        (HEAD, ("DEX-1", "One", "Task", "To Do", "2026-11-02 10:00"), {"request_type": "Task"}),
        (  # sums with sub-tasks are not the own times
            f"{HEAD},Σ Original Estimate,Σ Time Spent,Time Spent",
            ("DEX-1", "One", "Task", "To Do", "2026-11-02 10:00", "14400", "36000", ""),
            {"estimate_s": None, "all_estimate_s": 14_400.0, "spent_s": None, "all_spent_s": 36_000.0},
        ),
    ],
)  # fmt: skip
def test_usual_exports_are_read_as_they_come(
    data: Path, head: str, cells: tuple[str, ...], expected: dict[str, Any]
) -> None:
    row = one(data / "jira.csv", head, *cells)
    assert {name: row.get(name) for name in expected} == expected


@pytest.mark.parametrize(
    ("said", "unit", "hours"),
    [
        ("28800", "s", 8), ("28,800", "s", 8), ("28 800", "s", 8), ("28.800", "s", 8), ("28800.0", "s", 8),
        ("7.5", "h", 7.5), ("7,5", "h", 7.5), ("90", "min", 1.5), ("3600000", "ms", 1), ("0", "s", 0),
        ("1d 4h", "s", 11), ("2h 30m", "s", 2.5), ("4 heures", "s", 4), ("1 jour, 2 heures", "s", 9),
        ("1w 2d", "s", 49), ("1 semaine", "s", 35), ("1j", "s", 7), ("30 minutes", "s", 0.5), ("1h30m", "s", 1.5),
        ("1 day and 2 hours", "s", 9), ("7:30", "s", 7.5), ("PT2H30M", "s", 2.5), ("1,5 h", "s", 1.5),
    ],
)  # fmt: skip
def test_a_duration_is_read_as_people_write_it_in_days_of_work(data: Path, said: str, unit: str, hours: float) -> None:
    head, cells = f"{HEAD},Original estimate", ("DEX-1", "One", "Task", "To Do", "2026-11-02 10:00")
    row = one(data / "jira.csv", head, *cells, said, duration_unit=unit)
    assert (row["estimate_s"] / 3_600, row["notes"]) == (hours, {})


@pytest.mark.parametrize(
    ("said", "unit"),
    [("bientôt", "s"), ("7,500", "h"), ("1.234,567", "s"), ("-1h", "s"), ("4 lunes", "s"), ("3h x", "s")],
)
def test_a_duration_that_is_not_clear_costs_its_cell_and_is_told(data: Path, said: str, unit: str) -> None:
    head, cells = f"{HEAD},Original estimate", ("DEX-1", "One", "Task", "To Do", "2026-11-02 10:00")
    with speaking("en"):
        row = one(data / "jira.csv", head, *cells, said, duration_unit=unit)
    sentence = f"Original estimate: “{said}” and the like are no clear durations, so these cells are left empty."
    assert (row["key"], row["estimate_s"], row["notes"]) == ("DEX-1", None, {sentence: 1})


def test_a_word_for_no_duration_is_an_empty_cell(data: Path) -> None:
    head, cells = f"{HEAD},Original estimate", ("DEX-1", "One", "Task", "To Do", "2026-11-02 10:00")
    row = one(data / "jira.csv", head, *cells, "Aucune")
    assert (row["estimate_s"], row["notes"]) == (None, {})


def test_the_name_of_a_column_says_its_unit(data: Path) -> None:
    head, cells = f"{HEAD},Time Spent (h)", ("DEX-1", "One", "Task", "To Do", "2026-11-02 10:00")
    assert one(data / "jira.csv", head, *cells, "7.5")["spent_s"] == 27_000.0


def test_columns_of_one_file_may_be_in_units_of_their_own(data: Path) -> None:
    head = f"{HEAD},Estimation (j),Temps passé (h)"
    row = one(data / "jira.csv", head, "DEX-1", "One", "Task", "To Do", "2026-11-02 10:00", "2", "7.5")
    assert (row["estimate_s"] / 3_600, row["spent_s"] / 3_600) == (14, 7.5)


@pytest.mark.parametrize(("said", "unit"), [("6.5", "h"), ("8", "h"), ("7200", None), ("0", None)])
def test_small_numbers_that_are_no_whole_minutes_are_hours(data: Path, said: str, unit: str | None) -> None:
    path = data / "jira.csv"
    path.write_text(f"ID,Title,State,Created Date,Completed Work\n1,One,Closed,2026-11-02 10:00,{said}\n")
    assert Export().propose(drops.look(path, known_names(ISSUE_FIELDS))).get("duration_unit") == unit


@pytest.mark.parametrize(("second", "key"), [("3", None), ("4", "Numéro du dossier")])
def test_a_column_that_is_called_a_number_is_the_key_where_it_tells_rows_apart(
    data: Path, second: str, key: str | None
) -> None:
    path = data / "jira.csv"
    path.write_text(f"Numéro du dossier;Titre;Statut\n3;One;Clos\n{second};Two;Clos\n")
    assert Export().propose(drops.look(path, known_names(ISSUE_FIELDS)))["columns"].get("key") == key


def test_a_planned_delivery_resolves_nothing(data: Path) -> None:
    path = data / "jira.csv"
    path.write_text("Clé;Intitulé;Statut;Date de livraison prévue\nA-1;One;En cours;20/12/2026\n")
    assert Export().propose(drops.look(path, known_names(ISSUE_FIELDS)))["columns"] == {
        "key": "Clé", "summary": "Intitulé", "status": "Statut", "due_on": "Date de livraison prévue",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("column", "unit"), [("Charge (j)", "d"), ("Charge JH", "d"), ("Temps d'étude", ""), ("Temps passé (h)", "h")]
)
def test_the_unit_of_a_duration_is_what_its_column_says(column: str, unit: str) -> None:
    assert told_unit(column) == unit


def test_dates_with_the_month_first_are_proposed_so(data: Path) -> None:
    path = data / "jira.csv"
    path.write_text(f"{HEAD},Updated\nA-1,One,Task,Done,11/02/2026 10:00,11/20/2026 10:00\n")
    assert Export().propose(drops.look(path, known_names(ISSUE_FIELDS)))["day_first"] is False


@pytest.mark.parametrize(
    ("head", "cells", "expected"),
    [
        pytest.param(
            "number,short_description,state,assigned_to,opened_at,closed_at,sys_updated_on",
            "REQ0010001,Extract,Closed Complete,Ann,2026-11-02 10:00:00,2026-11-20 10:00:00,2026-11-20 10:00:00",
            ("REQ0010001", "export", "Extract", "done", "Ann", "2026-11-20"),
            id="ServiceNow",
        ),
        pytest.param(
            "Title,Issue ID,State,Author,Assignee,Created At (UTC),Updated At (UTC),Closed At (UTC),Time Estimate",
            "One,12,Closed,Zoe,Bob,2026-11-02 10:00:00,2026-11-20 10:00:00,2026-11-20 10:00:00,14400",
            ("12", "export", "One", "done", "Bob", "2026-11-20"),
            id="GitLab",
        ),
        pytest.param(
            "N° demande,Intitulé,Intervenant,Date demande,Date souhaitée,Date livraison,Etat",
            "12,Extraction,Zoe,02/11/2026,10/11/2026,20/11/2026,Clos",
            ("12", "export", "Extraction", "done", "Zoe", "2026-11-20"),
            id="a list kept by hand",
        ),
        pytest.param(
            "ID,Work Item Type,Title,Assigned To,State,Created Date,Changed Date,Closed Date",
            "101,User Story,One,Ann,Closed,2026-11-02 10:00,2026-11-20 10:00,46346.5",
            ("101", "export", "One", "done", "Ann", "2026-11-20"),
            id="Azure Boards, a date as a number",
        ),
    ],
)
def test_lists_of_other_trackers_are_read_as_they_come(
    data: Path, head: str, cells: str, expected: tuple[str, ...]
) -> None:
    row = one(data / "jira.csv", head, *cells.split(","))
    found = (
        *(row[name] for name in ("key", "project", "summary", "category", "assignee")),
        f"{row['ended_at'].astimezone(PARIS):%F}",
    )
    assert found == expected


def test_an_estimate_that_another_tracker_calls_time_estimate_is_no_remaining_one(data: Path) -> None:
    row = one(data / "jira.csv", f"{HEAD},Time Estimate", "A-1", "One", "Task", "Open", "2026-11-02 10:00", "14400")
    assert (row["estimate_s"], row["remaining_s"]) == (14_400.0, None)


@pytest.mark.parametrize("word", ["Clos", "Clôturée", "Annulé", "Abandonné", "Rejeté", "Won't Do", "Declined"])
def test_a_word_that_says_that_nothing_more_is_to_come_is_done(data: Path, word: str) -> None:
    assert one(data / "jira.csv", HEAD, "A-1", "One", "Task", word, "2026-11-02 10:00")["category"] == "done"


@pytest.mark.parametrize("word", ["Livré", "Validé", "En production", "En recette"])
def test_a_word_that_may_mean_anything_is_not(data: Path, word: str) -> None:
    assert one(data / "jira.csv", HEAD, "A-1", "One", "Task", word, "2026-11-02 10:00")["category"] is None


@given(st.integers(0, 40), st.integers(0, 40), st.integers(0, 59))
def test_any_days_hours_and_minutes_are_read_in_every_way_of_writing_them(days: int, hours: int, minutes: int) -> None:
    total = days * 25_200.0 + hours * 3_600 + minutes * 60
    for said in (
        f"{days}d {hours}h {minutes}m",
        f"{days} jours, {hours} heures, {minutes} minutes",
        f"{days} days {hours} hours {minutes} minutes",
        f"{days}j{hours}h{minutes}min",
    ):
        assert seconds(said, "s", 25_200) == total
