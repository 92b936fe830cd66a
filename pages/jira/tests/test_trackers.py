"""Lists of requests that other trackers export, or that people keep: their own words, keys and units."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from core.base.errors import SourceFailed
from core.base.i18n import speaking
from pages.jira.blots import BLOT, Blots
from pages.jira.sources.durations import likely_unit
from pages.jira.tests.test_exports import read, rows

NOV_2, NOV_20 = datetime(2026, 11, 2, 8, 12, tzinfo=UTC), datetime(2026, 11, 20, 15, tzinfo=UTC)
HOUR = 3_600.0


def first(data: Path, head: str, *lines: str) -> dict[str, Any]:
    """The first request of a file of some lines, none of which is refused."""
    path = data / "list.csv"
    path.write_text("\n".join((head, *lines)) + "\n", encoding="utf-8")
    batches = read(path)
    assert [refused.reason for batch in batches for refused in batch.refused] == []
    return rows(batches)[0]


@pytest.mark.parametrize(
    ("head", "cells"),
    [
        (  # Redmine
            "#;Projet;Tracker;Tâche parente;Statut;Sujet;Auteur;Assigné à;Mis-à-jour;Temps estimé;Temps estimé total;"
            "Temps passé;Temps passé total;% réalisé;Créé;Fermé",
            "17;X;Demande;16;Fermé;Titre;Léa Roy;Ali Bel;20/11/2026 16:00;8,00;8,00;9,50;9,50;100;02/11/2026 09:12;"
            "20/11/2026 16:00",
        ),
        (
            "#,Project,Tracker,Parent task,Status,Subject,Author,Assignee,Updated,Estimated time,Total estimated time,"
            "Spent time,Total spent time,% Done,Created,Closed",
            "17,X,Demande,16,Closed,Titre,Léa Roy,Ali Bel,2026-11-20 16:00,8.00,8.00,9.50,9.50,100,2026-11-02 09:12,"
            "2026-11-20 16:00",
        ),
        (  # Azure DevOps
            "ID,Type d'élément de travail,Titre,Auteur,Affecté à,État,Parent,Estimation d'origine,Travail effectué,"
            "Date de création,Date de modification,Date de fermeture",
            '17,Demande,Titre,Léa Roy,Ali Bel <a@x.example>,Fermé,16,8,"9,5",02/11/2026 09:12,20/11/2026 16:00,'
            "20/11/2026 16:00",
        ),
        (  # OpenProject
            "ID;Type;Sujet;Statut;Attribué à;Auteur;Parent;Travail;Travail restant;Temps passé;Créé le;Mis à jour le",
            "17;Demande;Titre;Fermé;Ali Bel;Léa Roy;16;8h;0h;9.5h;02/11/2026 09:12;20/11/2026 16:00",
        ),
        (  # GLPI parts the number by thousands; so it may be long
            "ID;Type;Titre;Statut;Dernière modification;Date d'ouverture;Demandeur;Affecté à;Parent;Charge prévue (h);"
            "Réalisé (h)",
            "17;Demande;Titre;Clos;20-11-2026 16:00;02-11-2026 09:12;Léa Roy;Ali Bel;16;8;9,5",
        ),
        (  # a list that people keep
            "Réf.;Type;Libellé;Demandeur;Affecté à;Parent;Reçu le;Livré le;Estimation en heures;Réalisé en heures;État",
            "17;Demande;Titre;Léa Roy;Ali Bel;16;02/11/2026 09:12;20/11/2026 16:00;8;9,5;Fermé",
        ),
    ],
)
def test_a_request_of_another_tracker_says_the_same(data: Path, head: str, cells: str) -> None:
    row = first(data, head, cells)
    said = [row[name] for name in ("key", "summary", "issue_type", "parent", "assignee", "reporter", "category")]
    assert said == ["17", "Titre", "Demande", "16", "Ali Bel", "Léa Roy", "done"]
    assert (row["created_at"], row["ended_at"]) == (NOV_2, NOV_20)
    assert (row["estimate_s"], row["spent_s"]) == (8 * HOUR, 9.5 * HOUR)


@pytest.mark.parametrize(
    ("key", "head", "cells"),
    [
        (  # Jira Cloud in German
            "DEX-1",
            "Zusammenfassung,Vorgangsschlüssel,Vorgangs-ID,Status,Zugewiesene Person,Autor,Erstellt,Gelöst,"
            "Ursprüngliche Schätzung,Benötigte Zeit,Stichwörter",
            "Titel,DEX-1,10001,Erledigt,Ann Bell,Rob Cole,02.11.26 09:12,20.11.26 16:00,28800,34200,bug",
        ),
        (  # GitLab
            "12",
            "Title,Issue ID,State,Author,Author Username,Assignee,Created At (UTC),Closed At (UTC),Labels,"
            "Time Estimate,Time Spent",
            "Titel,12,Closed,Rob Cole,rob,Ann Bell,2026-11-02 08:12:00,2026-11-20 15:00:00,bug,28800,34200",
        ),
        (  # ClickUp counts in thousandths of a second
            "86abc1x",
            "Task ID,Task Name,Status,Date Created,Date Done,Assignees,Created by,Tags,Time Estimated,"
            "Time Estimated Text,Time Spent,Parent ID",
            "86abc1x,Titel,complete,1793607120000,1795186800000,Ann Bell,Rob Cole,bug,28800000,8h,34200000,null",
        ),
        (  # Linear writes moments as JavaScript does
            "DEX-12",
            "ID,Title,Status,Creator,Assignee,Labels,Created,Completed,Estimate (h),Time tracked",
            "DEX-12,Titel,Done,Rob Cole,Ann Bell,bug,Mon Nov 02 2026 08:12:00 GMT+0000 (GMT),"
            "Fri Nov 20 2026 16:00:00 GMT+0100 (heure normale d'Europe centrale),8,9h 30m",
        ),
        (  # Freshdesk
            "501",
            "Ticket ID,Subject,Status,Agent,Requester,Created time,Resolved time,Tags,Time tracked,Estimate",
            "501,Titel,Closed,Ann Bell,Rob Cole,2026-11-02 09:12:00,2026-11-20 16:00:00,bug,09:30,8h",
        ),
        (  # Salesforce
            "00001001",
            "Case Number,Case Owner,Subject,Date/Time Opened,Date/Time Closed,Status,Author,Tags,"
            "Logged (h),Estimate (h)",
            '00001001,Ann Bell,Titel,02/11/2026 09:12,20/11/2026 16:00,Closed,Rob Cole,bug,"9,5",8',
        ),
        (  # ServiceNow
            "INC0010023",
            "number,short_description,state,assigned_to,opened_by,opened_at,closed_at,tags,time_spent,estimate",
            "INC0010023,Titel,Closed,Ann Bell,Rob Cole,2026-11-02 09:12:00,2026-11-20 16:00:00,bug,9h 30m,8h",
        ),
    ],
)
def test_a_request_of_a_tracker_in_another_tongue_or_unit_says_the_same(
    data: Path, key: str, head: str, cells: str
) -> None:
    row = first(data, head, cells)
    said = [row[name] for name in ("key", "summary", "category", "assignee", "reporter", "labels", "parent")]
    assert said == [key, "Titel", "done", "Ann Bell", "Rob Cole", "bug", None]
    assert (row["created_at"], row["resolved_at"]) == (NOV_2, NOV_20)
    assert (row["estimate_s"], row["remaining_s"], row["spent_s"]) == (8 * HOUR, None, 9.5 * HOUR)


def test_an_empty_request_type_in_german_is_none(data: Path) -> None:
    head = "Vorgangsschlüssel,Vorgangstyp,Erstellt,Benutzerdefinierte Felder (Anfragetyp)"
    row = first(data, head, "A-1,Aufgabe,02.11.2026,")
    assert (row["issue_type"], row["request_type"]) == ("Aufgabe", None)


def test_labels_of_one_column_are_parted_at_commas_and_what_remains_is_no_estimate(data: Path) -> None:
    row = first(data, "Key,Summary,Created,Labels,Remaining Estimate", 'A-1,One,2026-11-02,"bug, good first issue",2h')
    assert row["labels"] == "bug\ngood first issue"
    assert (row["estimate_s"], row["remaining_s"]) == (None, 2 * HOUR)


def test_a_number_that_is_parted_by_thousands_is_a_key(data: Path) -> None:
    assert first(data, "ID;Titre;Date d'ouverture", "2 041;Un;02/11/2026")["key"] == "2041"


def test_the_address_behind_a_name_is_no_part_of_it(data: Path) -> None:
    row = first(data, "ID,Title,Assigned To,Created Date", "1,One,Ali Bel <ali@x.example>,2026-11-02")
    assert (row["assignee"], row["assignee_mail"]) == ("Ali Bel", "ali@x.example")


def test_several_people_in_a_cell_are_each_kept_from_whoever_is_not_told_them() -> None:
    blots = Blots(["Ali Bel, Zoe Quint", "Roy, Léa"], alone=True)
    assert blots.text("For zoe quint, by Léa") == f"For {BLOT}, by Léa"


def test_the_parent_is_named_by_its_key_where_it_has_both(data: Path) -> None:
    row = first(data, "Clé,Résumé,Création,Parent,Clé parente", "A-2,Deux,02/11/2026,10001,A-1")
    assert row["parent"] == "A-1"


def test_hours_or_days_are_asked_for_where_the_column_says_either(data: Path) -> None:
    path = data / "list.csv"
    path.write_text("Clé;Résumé;Création;Charge (h/j);Consommé (h/j)\nA-1;Un;02/11/2026;1,5;2 h\n", encoding="utf-8")
    with speaking("en"):
        asked = read(path)
    assert [(row["estimate_s"], row["spent_s"]) for row in rows(asked)] == [(None, 2 * HOUR)]
    assert [note for batch in asked for note in batch.notes] == [
        "Charge (h/j): “1,5” and the like may be hours or days: say which, as the unit of durations; until then these "
        "cells are left empty."
    ]
    day = rows(read(path, duration_unit="h"))[0]["estimate_s"]
    assert (day, rows(read(path, duration_unit="d"))[0]["estimate_s"] / day) == (1.5 * HOUR, 7.0)


@pytest.mark.parametrize(
    ("cells", "unit"),
    [
        (["480", "60", "15"], "min"), (["8", "0,5"], "h"), (["28800", "60"], ""), (["0", ""], ""), (["40", "80"], "h"),
        (["1d 4h"], ""), (["60", "7.5"], "h"), (["28800000", "1800000"], "ms"),
    ],
)  # fmt: skip
def test_numbers_that_can_hardly_be_seconds_are_minutes_or_hours(cells: list[str], unit: str) -> None:
    assert likely_unit([pa.array(cells)]) == unit


def test_a_column_that_holds_no_durations_is_no_estimate(data: Path) -> None:
    row = first(data, "Clé;Résumé;Création;Groupe de travail;Charge", "A-1;Un;02/11/2026;Équipe 2;4 h")
    assert row["estimate_s"] == 4 * HOUR
    assert first(data, "Clé;Résumé;Création;Chargé d'affaires", "A-1;Un;02/11/2026;Léa")["estimate_s"] is None


def test_what_is_done_without_any_date_was_over_when_it_was_read_at_the_latest(data: Path) -> None:
    row = first(data, "Clé;Résumé;Création;Statut", "A-1;Un;02/11/2020;Fermé")
    assert row["resolved_at"] is None
    assert row["ended_at"] > datetime(2024, 1, 1, tzinfo=UTC)


def test_two_requests_of_one_name_are_told_and_one_that_comes_twice_is_not(data: Path) -> None:
    path = data / "list.csv"
    head = "Issue key,Summary,Created,Updated"
    path.write_text(f"{head}\nA-1,One,2026-11-02,2026-11-03\nA-1,Two,2026-11-05,2026-11-06\nA-2,Once,2026-11-02,\n")
    with speaking("en"):
        batches = read(path)
    assert [row["key"] for row in rows(batches)] == ["A-2"]
    assert [refused.reason for batch in batches for refused in batch.refused] == [
        "“A-1” stands in rows that were created at other times: two requests of one name; read the exports of two "
        "sites as two sources."
    ] * 2
    path.write_text(f"{head}\nA-1,One,2026-11-02,2026-11-03\nA-1,One,2026-11-02,2026-11-06\n")
    assert [row["key"] for row in rows(read(path))] == ["A-1", "A-1"]


def test_a_page_of_xml_is_told_as_such(data: Path) -> None:
    path = data / "list.csv"
    path.write_text('<?xml version="1.0"?>\n<rss><channel><item><key>A-1</key></item></channel></rss>\n')
    with pytest.raises(SourceFailed, match="XML"):
        read(path)


def test_the_day_on_which_a_request_was_logged_is_its_creation_and_no_time_spent(data: Path) -> None:
    row = first(data, "Issue key,Summary,Date Logged,Hours logged", 'A-1,Titel,02/11/2026 09:12,"9,5"')
    assert (row["created_at"], row["spent_s"]) == (NOV_2, 9.5 * HOUR)
