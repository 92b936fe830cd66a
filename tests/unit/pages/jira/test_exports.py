"""Jira's exports as files: English and French, of Cloud and of servers, with the oddities that they are known for."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pytest

from core.sources import drops
from core.sources.base import Batch, Source
from core.sources.mapping import known_names
from pages.jira.exports import ISSUE_FIELDS, in_figures
from pages.jira.sources import Export, ExportOptions

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
    assert (row["estimate_s"], row["spent_s"], row["due_on"], row["category"]) == (0.0, None, None, None)


def test_an_older_french_server_says_it_in_other_words(data: Path) -> None:
    path = data / "jira.csv"
    path.write_text(
        "Demande;Clé;Intervenant;Demandeur;Composants;Création;Résolue\nX;A-1;Léa;Marc;Auto;01/03/2026 10:00;\n"
    )
    [row] = rows(read(path))
    assert (row["summary"], row["assignee"], row["reporter"], row["issue_id"]) == ("X", "Léa", "Marc", "A-1")


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


@pytest.mark.parametrize(
    ("said", "figures"),
    [
        ("19/févr./26 7:31 PM", "19/2/2026 7:31 PM"),
        ("1/août/25 12:00 AM", "1/8/2025 12:00 AM"),
        ("02/Mar/26 9:00 AM", "02/3/2026 9:00 AM"),
        ("3 décembre 2025", "3/12/2025"),
        ("2026-03-01 10:00", "2026-03-01 10:00"),
        ("12/foo/26", "12/foo/26"),
    ],
)
def test_months_are_put_in_figures(said: str, figures: str) -> None:
    assert in_figures(pa.array([said, None])).to_pylist() == [figures, None]
