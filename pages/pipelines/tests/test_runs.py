"""From the cells of a log to runs."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pyarrow as pa
import pytest
from pydantic import ValidationError

from core.base.errors import SourceFailed
from core.base.i18n import speaking
from core.sources.cells import Cells
from core.sources.files import Shaped
from core.sources.mapping import guess
from pages.pipelines.facts import statuses
from pages.pipelines.sources import LOG
from pages.pipelines.sources.run_shaper import RunShaper
from pages.pipelines.sources.runs import RUN_FIELDS, RunMapping, guess_key, guesses

NOW = datetime(2026, 11, 20, 7, tzinfo=UTC)
FRENCH = {"pipeline": "Nom", "status": "Statut", "started_at": "Début", "ended_at": "Fin"}


def cells(header: str, *rows: str) -> Cells:
    names = header.split(";")
    columns = list(zip(*(row.split(";") for row in rows), strict=True)) or [()] * len(names)
    table = pa.table([pa.array(column, pa.string()) for column in columns], names=names)
    return Cells(table, range(2, 2 + len(rows)), "journal.csv")


def shape(header: str, *rows: str, **options: Any) -> Shaped:
    mapping = RunMapping(**{"columns": {k: v for k, v in FRENCH.items() if v in header.split(";")}, **options})
    with speaking("en"):
        return RunShaper("journal", "Téléphonie", mapping, NOW).shape(cells(header, *rows), NOW)


def test_columns_of_known_logs_are_guessed() -> None:
    export = guess(
        ["PipelineName", "StartTime", "Status", "EndTime", "Duration", "Error_msg", "GenerationTime"], RUN_FIELDS
    )
    assert export == {
        "pipeline": "PipelineName",
        "status": "Status",
        "started_at": "StartTime",
        "ended_at": "EndTime",
        "duration_s": "Duration",
        "error_message": "Error_msg",
        "observed_at": "GenerationTime",
    }
    french = guess(
        ["Nom du pipeline", "Statut", "Date de début", "Date de fin", "Durée", "Message d'erreur"], RUN_FIELDS
    )
    assert list(french) == ["pipeline", "status", "started_at", "ended_at", "duration_s", "error_message"]
    dags = guess(["id", "dag_id", "run_id", "run_type", "state", "queued_at", "start_date", "end_date"], RUN_FIELDS)
    assert dags["run_id"] == "run_id"
    assert dags["trigger"] == "run_type"


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (
            "TimeGenerated [UTC];Start [UTC];End [UTC];Status;PipelineName;RunId",
            {
                "observed_at": "TimeGenerated [UTC]",
                "started_at": "Start [UTC]",
                "ended_at": "End [UTC]",
                "status": "Status",
                "pipeline": "PipelineName",
                "run_id": "RunId",
            },
        ),
        (
            "id;entity;conclusion;created_at;elapsed",
            {"pipeline": "entity", "status": "conclusion", "started_at": "created_at", "duration_s": "elapsed"},
        ),
        (
            "databaseId;workflowName;status;conclusion;startedAt;createdAt;attempt",
            {
                "run_id": "databaseId",
                "pipeline": "workflowName",
                "status": "conclusion",
                "started_at": "startedAt",
                "queued_at": "createdAt",
                "attempt": "attempt",
            },
        ),
        (
            "Job;State;Actual Start;Elapse",
            {"pipeline": "Job", "status": "State", "started_at": "Actual Start", "duration_s": "Elapse"},
        ),
        (
            "Traitement;État;Début (UTC);Fin (UTC)",
            {"pipeline": "Traitement", "status": "État", "started_at": "Début (UTC)", "ended_at": "Fin (UTC)"},
        ),
    ],
)
def test_the_columns_of_what_schedulers_export_are_guessed(header: str, expected: dict[str, str]) -> None:
    assert guess(header.split(";"), RUN_FIELDS) == expected


def test_a_key_is_proposed_where_run_ids_repeat_from_one_pipeline_to_another() -> None:
    mapping = {"pipeline": "dag_id", "run_id": "run_id"}
    assert guess_key(cells("dag_id;run_id", "a;night", "b;night"), mapping) == ["dag_id", "run_id"]
    assert guess_key(cells("dag_id;run_id", "a;1", "b;2", "b;2"), mapping) == []


def test_a_key_is_proposed_where_run_ids_repeat_from_one_attempt_to_another() -> None:
    mapping = {"pipeline": "workflow", "run_id": "run_id", "attempt": "run_attempt"}
    told = cells("run_id;run_attempt;workflow", "1;1;p", "1;2;p")
    assert guess_key(told, mapping) == ["run_id", "run_attempt"]
    assert guess_key(cells("run_id;run_attempt;workflow", "1;1;p", "2;1;p"), mapping) == []


def test_a_row_becomes_a_run() -> None:
    shaped = shape(
        "Nom;Statut;Début;Fin;Msg",
        "claims;FAILURE;08/04/2025 06:43:45;08/04/2025 06:44:00;disk full",
        columns={**FRENCH, "error_message": "Msg"},
        run_url="https://host/{pipeline}/{run_id}",
    )
    (run,) = shaped.rows.to_pylist()
    assert {name: value for name, value in run.items() if value is not None} == {
        "source": "journal",
        "run_id": "claims@2025-04-08T04:43:45Z",
        "pipeline": "claims",
        "at": datetime(2025, 4, 8, 4, 43, 45, tzinfo=UTC),
        "started_at": datetime(2025, 4, 8, 4, 43, 45, tzinfo=UTC),
        "ended_at": datetime(2025, 4, 8, 4, 44, tzinfo=UTC),
        "duration_s": 15.0,
        "status": "FAILED",
        "raw_status": "FAILURE",
        "error_message": "disk full",
        "run_url": "https://host/claims/claims%402025-04-08T04%3A43%3A45Z",
        "squad": "Téléphonie",
        "observed_at": NOW,
    }
    assert shaped.latest == datetime(2025, 4, 8, 4, 44, tzinfo=UTC)


def test_equal_rows_are_as_many_runs() -> None:
    shaped = shape("Statut;Début", *["SUCCESS;08/04/2025 06:43:45"] * 3, constants={"pipeline": "claims"})
    assert shaped.rows["run_id"].to_pylist() == [
        "claims@2025-04-08T04:43:45Z",
        "claims@2025-04-08T04:43:45Z#2",
        "claims@2025-04-08T04:43:45Z#3",
    ]


@pytest.mark.parametrize(
    ("status", "words"),
    [
        ("FAILED", "timeout Timeout CRASHED Échoué échouées fail NOK Timed_Out ABEND"),
        ("SUCCEEDED", "Réussie Terminée terminés pass Finished SUCC Succès"),
        ("WARNING", "warn partiallySucceeded Avertissements"),
        ("RUNNING", "Cancelling Canceling Démarrée EXEC In_Progress"),
        ("QUEUED", "up_for_retry BLOCKED Planifiée READY"),
        ("CANCELLED", "Annulées Abandonné aborted"),
        ("SKIPPED", "Ignorée skipped"),
        ("UNKNOWN", "Bizarre TERMINATED 0 Erreurs:0"),
    ],
)
def test_the_words_of_schedulers_are_understood_in_every_form(status: str, words: str) -> None:
    said = words.split()
    assert statuses(pa.array(said), {}).to_pylist() == [status] * len(said)


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ("KO - relance", "FAILED"),
        ("ABEND S0C7", "FAILED"),
        ("Failed (exit 1)", "FAILED"),
        ("Terminée (avec erreurs)", "FAILED"),
        ("Annulé par l'exploitant", "CANCELLED"),
        ("OK avec avertissements", "WARNING"),
        ("Non lancée", "QUEUED"),
        ("Erreurs : 0", "UNKNOWN"),
        ("Échec : aucun", "UNKNOWN"),
        ("Succès (3 rejets)", "UNKNOWN"),
        ("OK - voir journal", "UNKNOWN"),
    ],
)
def test_words_of_failure_that_go_on_are_failures_and_others_are_asked(said: str, status: str) -> None:
    assert statuses(pa.array([said]), {}).to_pylist() == [status]


def test_return_codes_are_proposed_as_states_by_the_name_of_their_column() -> None:
    codes = ("a;0", "b;12", "c;4", "d;ABEND S0C7")
    assert guesses(cells("Job;RC", *codes), {"pipeline": "Job", "status": "RC"})["statuses"] == {
        "0": "SUCCEEDED",
        "4": "FAILED",
        "12": "FAILED",
    }
    asked = guesses(cells("Job;run_status", *codes), {"pipeline": "Job", "status": "run_status"})["statuses"]
    assert asked == {"0": "UNKNOWN", "12": "UNKNOWN", "4": "UNKNOWN"}


def test_words_that_nobody_declared_are_proposed_for_a_person_to_say_what_they_mean() -> None:
    columns = {"pipeline": "Job", "status": "Statut"}
    assert guesses(cells("Job;Statut", "a;Réussie", "b;BLOQUÉ", "c;", "d;BLOQUÉ"), columns)["statuses"] == {
        "BLOQUÉ": "UNKNOWN"
    }
    assert "statuses" not in guesses(cells("Job;Statut", "a;Réussie", "b;KO"), columns)
    assert "statuses" not in guesses(cells("Job;Statut", *(f"a;mot {n} x" for n in range(40))), columns)


def test_a_run_that_ends_after_midnight_beside_the_day_of_its_start_ends_on_the_day_after_it() -> None:
    columns = {"pipeline": "Flux", "status": "État", "started_at": "Jour / Début", "ended_at": "Jour / Fin"}
    shaped = shape(
        "Flux;Jour;Début;Fin;État",
        "a;07/04/2025;22:45;00:12;OK",
        "b;07/04/2025;23:50;23:55;KO",
        "c;08/04/2025;02:00;;En cours",
        "d;29/03/2025;23:30;03:30;OK",
        columns=columns,
    )
    spans = [(run["started_at"], run["ended_at"]) for run in shaped.rows.to_pylist()]
    assert spans == [
        (datetime(2025, 4, 7, 20, 45, tzinfo=UTC), datetime(2025, 4, 7, 22, 12, tzinfo=UTC)),
        (datetime(2025, 4, 7, 21, 50, tzinfo=UTC), datetime(2025, 4, 7, 21, 55, tzinfo=UTC)),
        (datetime(2025, 4, 8, 0, tzinfo=UTC), None),
        (datetime(2025, 3, 29, 22, 30, tzinfo=UTC), datetime(2025, 3, 30, 1, 30, tzinfo=UTC)),  # summer time begins
    ]


def test_an_end_with_a_day_of_its_own_that_lies_before_the_start_is_refused() -> None:
    columns = {"pipeline": "Flux", "status": "État", "started_at": "Jour / Début", "ended_at": "Fin / Heure"}
    shaped = shape("Flux;Jour;Début;Fin;Heure;État", "a;07/04/2025;22:45;07/04/2025;00:12;OK", columns=columns)
    assert [one.reason for one in shaped.refused] == [
        "The end (“07/04/2025 00:12”) lies before the start (“07/04/2025 22:45”)."
    ]


def test_several_columns_may_name_a_pipeline() -> None:
    columns = {"pipeline": ["depot", "workflow"], "status": "s", "started_at": "d"}
    rows = ("web;Tests;success;20/11/2026", "api;Tests;failure;20/11/2026", ";Alone;success;20/11/2026")
    shaped = shape("depot;workflow;s;d", *rows, columns=columns)
    assert shaped.rows["pipeline"].to_pylist() == ["web/Tests", "api/Tests", "Alone"]
    with pytest.raises(SourceFailed, match="lacks the column depot"):
        shape("workflow;s;d", "Tests;success;20/11/2026", columns=columns)


@pytest.mark.parametrize("zone", ["Europe/Paris", "America/New_York"])
def test_a_zone_that_the_header_names_is_obeyed(zone: str) -> None:
    columns = {"pipeline": "p", "started_at": "Start [UTC]", "ended_at": "end (UTC+1)"}
    shaped = shape(
        "p;Start [UTC];end (UTC+1)", "a;2026-07-20T00:12:00;20/07/2026 01:45", columns=columns, timezone=zone
    )
    (run,) = shaped.rows.to_pylist()
    assert run["started_at"] == datetime(2026, 7, 20, 0, 12, tzinfo=UTC)
    assert run["ended_at"] == datetime(2026, 7, 20, 0, 45, tzinfo=UTC)


def test_an_unknown_status_is_kept_and_noted_never_green() -> None:
    shaped = shape(
        "Nom;Statut;Début", "a;BLOQUÉ;08/04/2025", "b;;08/04/2025", "c;Fini;08/04/2025", statuses={"fini": "SUCCEEDED"}
    )
    assert shaped.rows["status"].to_pylist() == ["UNKNOWN", "UNKNOWN", "SUCCEEDED"]
    assert shaped.rows["raw_status"].to_pylist() == ["BLOQUÉ", None, "Fini"]
    assert shaped.notes == {
        "Status “BLOQUÉ” is unknown: its runs are kept as UNKNOWN. “Words of status” says what it means.": 1,
        "Runs without a status are kept as UNKNOWN.": 1,
    }


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (";OK;08/04/2025;", "The row names no pipeline."),
        ("a;OK;;", "The row has no date."),
        ("a;OK;31/02/2025;", "Début: “31/02/2025” is not a date."),
        ("a;OK;25/11/2026 08:00;", "Début: “25/11/2026 08:00” lies in the future."),
        (
            "a;OK;08/04/2025 06:43;08/04/2025 06:42",
            "The end (“08/04/2025 06:42”) lies before the start (“08/04/2025 06:43”).",
        ),
        (
            "cr\ufffddit;OK;08/04/2025;",
            "Nom: “cr\ufffddit” holds bytes that are no text: the file is damaged or mis-encoded.",
        ),
    ],
)
def test_a_row_that_cannot_stand_is_refused_with_its_reason(row: str, reason: str) -> None:
    shaped = shape("Nom;Statut;Début;Fin", row, "b;OK;08/04/2025;")
    assert [(refused.position, refused.reason) for refused in shaped.refused] == [("journal.csv:2", reason)]
    assert shaped.rows["pipeline"].to_pylist() == ["b"]


def test_a_refused_look_alike_keeps_its_number() -> None:
    shaped = shape(
        "Nom;Statut;Début;Fin", "a;OK;08/04/2025;08/04/2025", "a;OK;08/04/2025;07/04/2025", "a;OK;08/04/2025;"
    )
    assert shaped.rows["run_id"].to_pylist() == ["a@2025-04-07T22:00:00Z", "a@2025-04-07T22:00:00Z#3"]
    assert shaped.refused[0].row["vigie_run"] == "a@2025-04-07T22:00:00Z#2"


def test_a_corrected_row_lands_under_the_number_it_had_or_under_its_own() -> None:
    header = "Nom;Statut;Début;vigie_row;vigie_run"
    shaped = shape(header, "a;OK;08/04/2025;0123456789ab;a@kept#2", "a;OK;08/04/2025;fedcba9876;")
    assert shaped.rows["run_id"].to_pylist() == ["a@kept#2", "a@2025-04-07T22:00:00Z#fedcba98"]
    assert shaped.settles == ("0123456789ab", "fedcba9876")


def test_rows_read_before_are_counted_and_left_out() -> None:
    mapping = RunMapping(columns=FRENCH)
    source = cells("Nom;Statut;Début;Fin", "a;OK;08/04/2025;", "a;OK;08/04/2025;")
    replayed = Cells(source.table, source.lines, source.where, replayed=1)
    shaped = RunShaper("journal", None, mapping, NOW).shape(replayed, NOW)
    assert shaped.rows["run_id"].to_pylist() == ["a@2025-04-07T22:00:00Z#2"]


def test_a_repeated_run_id_keeps_the_newest_row_last_and_says_so() -> None:
    columns = {**FRENCH, "run_id": "Id"}
    shaped = shape(
        "Id;Nom;Statut;Début;Fin", "1;a;OK;08/04/2025;08/04/2025 02:00", "1;a;running;08/04/2025;", columns=columns
    )
    assert shaped.rows["status"].to_pylist() == ["RUNNING", "SUCCEEDED"]
    assert shaped.notes == {"Rows repeat a run id: the newest was kept.": 1}


def test_a_run_id_of_two_pipelines_is_two_runs() -> None:
    columns = {**FRENCH, "run_id": "Id"}
    rows = ("1;a;OK;08/04/2025;", "1;b;OK;08/04/2025;", "2;b;OK;08/04/2025;", ";b;OK;08/04/2025;")
    shaped = shape("Id;Nom;Statut;Début;Fin", *rows, columns=columns)
    assert [one.reason for one in shaped.refused] == ["The row has no run id."]
    assert shaped.rows.select(["pipeline", "run_id"]).to_pydict() == {
        "pipeline": ["a", "b", "b"],
        "run_id": ["1", "1", "2"],
    }
    assert shaped.notes == {}
    told = shape("Id;Nom;Statut;Début;Fin", *rows[:3], columns=columns, key=["Nom", "Id"])
    assert told.rows["run_id"].to_pylist() == ["a/1", "b/1", "b/2"]


@pytest.mark.parametrize(
    ("start", "end", "seconds", "length"),
    [
        ("25/10/2026 02:50", "25/10/2026 02:10", "", 20),
        ("25/10/2026 02:50", "25/10/2026 02:10", "1200", 20),
        ("25/10/2026 02:58", "25/10/2026 03:05", "420", 7),
        ("25/10/2026 01:55", "25/10/2026 02:05", "4200", 70),
        ("25/10/2026 02:10", "25/10/2026 02:20", "", 10),
        ("29/03/2026 01:50", "29/03/2026 03:10", "", 20),
        ("29/03/2026 01:50", "29/03/2026 02:10", "", 20),
        ("29/03/2026 02:55", "29/03/2026 03:05", "", 10),
        ("29/03/2026 02:55", "29/03/2026 04:05", "600", 10),
    ],
)
def test_start_and_end_fit_each_other_when_the_clock_changes(start: str, end: str, seconds: str, length: int) -> None:
    columns = {**FRENCH, "duration_s": "Durée"}
    (run,) = shape("Nom;Statut;Début;Fin;Durée", f"a;OK;{start};{end};{seconds}", columns=columns).rows.to_pylist()
    assert run["ended_at"] - run["started_at"] == timedelta(minutes=length)


def test_the_end_of_a_finished_run_follows_from_its_duration() -> None:
    columns = {"pipeline": "Nom", "status": "Statut", "started_at": "Début", "duration_s": "Durée"}
    shaped = shape(
        "Nom;Statut;Début;Durée",
        "a;OK;08/04/2025;1,5",
        "b;running;08/04/2025;1,5",
        columns=columns,
        duration_unit="min",
    )
    assert shaped.rows["ended_at"].to_pylist() == [datetime(2025, 4, 7, 22, 1, 30, tzinfo=UTC), None]


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({"columns": {"nom": "x"}}, "nom is no field"),
        ({"statuses": {"x": "GREEN"}}, "GREEN is no status"),
        ({"run_url": "javascript:alert(1)"}, "https://"),
    ],
)
def test_a_wrong_mapping_names_what_is_wrong(options: dict[str, Any], named: str) -> None:
    with speaking("en"), pytest.raises(ValidationError, match=named):
        LOG.connectors[0].options(path="journal.csv", **options)
