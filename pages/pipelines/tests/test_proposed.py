"""What the drop panel proposes for logs as schedulers export them and people keep them, and what lands by it."""

import tempfile
from collections import Counter
from pathlib import Path

import openpyxl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.styles import Font

from core.base.errors import SourceFailed
from core.base.i18n import speaking
from core.sources import drops
from core.sources.base import Batch, Source
from core.sources.mapping import guess, known_names, parts
from pages.pipelines.facts import statuses
from pages.pipelines.sources import LOG
from pages.pipelines.sources.runs import RUN_FIELDS

LOG_FILE = LOG.connectors[0]


def pulled(path: Path, *lines: str, **corrected: object) -> list[Batch]:
    """What a reading makes of a file, its columns as proposed, or as a person `corrected` them."""
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    with speaking("en"):
        proposed = LOG_FILE.propose(drops.look(path, known_names(RUN_FIELDS))) | corrected  # type: ignore[attr-defined]
        options = LOG_FILE.options(path=str(path), **proposed)
        return list(LOG_FILE.pull(Source("log", "pipelines", "file", options), {}))


def landed(folder: Path, *lines: str, name: str = "log.csv", **corrected: object) -> tuple[list[str], list[str]]:
    """The runs of a file as `pipeline STATUS start-end`, UTC, and why rows are refused; columns as proposed, or as a
    person `corrected` them."""
    batches = pulled(folder / name, *lines, **corrected)
    rows = [row for batch in batches for row in batch.rows.to_pylist()]
    hours = [[f"{row[at]:%H:%M}" if row[at] else "" for at in ("started_at", "ended_at")] for row in rows]
    runs = [f"{row['pipeline']} {row['status']} {'-'.join(at)}" for row, at in zip(rows, hours, strict=True)]
    return sorted(runs), [row.reason for batch in batches for row in batch.refused]


def test_a_job_that_ended_with_a_code_of_failure_has_failed(data: Path) -> None:
    assert landed(
        data,
        "Traitement;Début;Fin;Etat;Code retour",
        "TEL;20/11/2026 01:12;20/11/2026 01:45;Terminé;0",
        "SOL;20/11/2026 01:12;20/11/2026 01:45;Terminé;12",
        "SIT;20/11/2026 01:12;;En cours;",
    ) == (["SIT RUNNING 00:12-", "SOL FAILED 00:12-00:45", "TEL SUCCEEDED 00:12-00:45"], [])


def test_of_two_columns_of_states_the_worse_counts(data: Path) -> None:
    assert landed(
        data,
        "Run ID,Status,Result,Pipeline Name,Start Time",
        "1,completed,succeeded,tel,2026-11-20 01:12:00",
        "2,completed,failed,sol,2026-11-20 01:12:00",
        "3,inProgress,,sit,2026-11-20 01:12:00",
    ) == (["sit RUNNING 00:12-", "sol FAILED 00:12-", "tel SUCCEEDED 00:12-"], [])
    assert landed(
        data,
        "Pipeline;Statut précédent;Statut technique;Statut fonctionnel;Début",
        "TEL;KO;OK;OK;20/11/2026 01:12",
        "SOL;OK;OK;KO;20/11/2026 01:12",
    ) == (["SOL FAILED 00:12-", "TEL SUCCEEDED 00:12-"], [])


@pytest.mark.parametrize(
    ("head", "lights"),
    [
        ("Pipeline;Début;Etat", ("Vert", "Rouge", "Orange")),
        ("Pipeline;Début;Feu", ("🟢", "🔴", "🟠")),
        ("Pipeline;Début;Voyant", ("verte", "rouge", "jaune")),
        ("Pipeline;Début;Status", ("Green", "Red", "Amber")),
    ],
)
def test_traffic_lights_are_states(head: str, lights: tuple[str, ...], data: Path) -> None:
    rows = (f"{name};20/11/2026 01:12;{light}" for name, light in zip(("TEL", "SOL", "SIT"), lights, strict=True))
    assert landed(data, head, *rows) == (["SIT WARNING 00:12-", "SOL FAILED 00:12-", "TEL SUCCEEDED 00:12-"], [])


def test_exports_of_fivetran_and_argo_are_read(data: Path) -> None:
    assert landed(
        data,
        "connector_name,sync_id,status,sync_start,sync_end,reason",
        "tel,1,SUCCESSFUL,2026-11-20T00:12:00Z,2026-11-20T00:45:00Z,",
        "sol,2,FAILURE_WITH_TASK,2026-11-20T00:12:00Z,2026-11-20T00:20:00Z,auth",
        "sit,3,RESCHEDULED,2026-11-20T00:12:00Z,,quota",
    ) == (["sit QUEUED 00:12-", "sol FAILED 00:12-00:20", "tel SUCCEEDED 00:12-00:45"], [])
    assert landed(
        data,
        "metadata.name;status.phase;status.startedAt;status.finishedAt;spec.workflowTemplateRef.name",
        "tel-x7k2p;Succeeded;2026-11-20T00:12:00Z;2026-11-20T00:45:00Z;tel",
        "sol-9z1qd;Error;2026-11-20T00:12:00Z;2026-11-20T00:20:00Z;sol",
    ) == (["sol FAILED 00:12-00:20", "tel SUCCEEDED 00:12-00:45"], [])


def test_a_name_that_argo_makes_for_each_run_is_no_pipeline(data: Path) -> None:
    path = data / "argo.csv"
    path.write_text("metadata.name;status.phase;status.startedAt\ntel-x7k2p;Succeeded;2026-11-20T00:12:00Z\n")
    assert LOG_FILE.propose(drops.look(path, known_names(RUN_FIELDS)))["columns"] == {  # type: ignore[attr-defined]
        "status": "status.phase",
        "started_at": "status.startedAt",
    }


def test_a_row_of_a_start_and_one_of_its_end_are_one_run(data: Path) -> None:
    start, end = "p;RUNNING;20/11/2026 01:10:00;", "p;SUCCESS;20/11/2026 01:10:00;20/11/2026 01:40:00"
    assert landed(data, "Nom;Statut;Debut;Fin", start, end) == (["p SUCCEEDED 00:10-00:40"], [])


TASKS = (
    "dag_id,task_id,run_id,try_number,state,start_date,end_date",
    "tel,load,r1,1,failed,2026-11-20T00:05:00+00:00,2026-11-20T00:06:00+00:00",
    "tel,clean,r1,1,success,2026-11-20T00:07:00+00:00,2026-11-20T00:08:00+00:00",
)


def test_the_steps_of_a_run_are_not_taken_for_its_states(data: Path) -> None:
    assert landed(data, *TASKS)[0] == ["tel/clean SUCCEEDED 00:07-00:08", "tel/load FAILED 00:05-00:06"]


def test_a_step_that_succeeds_after_one_that_failed_makes_no_run_good_and_is_told_before_it_lands(data: Path) -> None:
    lines = (
        "Chaîne;Étape;Statut;Début;Fin",
        "SIN;Charger;KO;20/11/2026 01:10;20/11/2026 01:20",
        "SIN;Contrôler;OK;20/11/2026 01:20;20/11/2026 01:25",
    )
    assert landed(data, *lines)[0] == ["SIN/Charger FAILED 00:10-00:20", "SIN/Contrôler SUCCEEDED 00:20-00:25"]
    cells = drops.look(data / "log.csv", known_names(RUN_FIELDS))
    with speaking("en"):
        options = LOG_FILE.options(path="log.csv", **LOG_FILE.propose(cells))  # type: ignore[attr-defined]
        told = drops.preview(LOG_FILE, Source("log", "pipelines", "file", options), cells)  # type: ignore[arg-type]
    assert told.notes == {
        "Each row is a step, and stands as a pipeline of its own, e.g. “SIN/Charger”: families name it so.": 2
    }


def test_runs_of_one_id_that_started_apart_are_refused_where_nothing_says_which_is_newer(data: Path) -> None:
    columns = {"pipeline": "dag_id", "status": "state", "started_at": "start_date", "run_id": "run_id"}
    why = (
        "Several runs that are over bear the id “r1” and start apart: name as the key what tells them apart "
        "(an attempt, a step)."
    )
    assert landed(data, *TASKS, columns=columns, key=[]) == ([], [why, why])
    said = {**columns, "observed_at": "end_date"}
    assert landed(data, *TASKS, columns=said, key=[])[0][-1] == "tel SUCCEEDED 00:07-"


def test_a_nested_answer_of_databricks_tells_its_state_and_has_no_end_at_zero(data: Path) -> None:
    begun = '"start_time": 1795133520000'
    assert landed(
        data,
        '{"runs": [{"run_id": 1, "run_name": "tel", "state": {"life_cycle_state": "TERMINATED", "result_state":'
        f' "FAILED"}}, {begun}, "end_time": 1795135520000, "run_duration": 2000000}},'
        f'{{"run_id": 2, "run_name": "sol", "state": {{"life_cycle_state": "RUNNING"}}, {begun}, "end_time": 0}}]}}',
        name="runs.json",
    ) == (["sol RUNNING 00:12-", "tel FAILED 00:12-00:45"], [])


def test_an_answer_of_databricks_in_its_newer_words_tells_its_ends(data: Path) -> None:
    codes = ("SUCCESS", "USER_CANCELED", "CLUSTER_ERROR", "MAX_CONCURRENT_RUNS_EXCEEDED")
    over = (
        f'{{"run_id": {n}, "run_name": "{code}", "status": {{"state": "TERMINATED", "termination_details": {{"code":'
        f' "{code}", "type": "CLIENT_ERROR"}}}}, "start_time": 1795133520000, "end_time": 1795135520000}}'
        for n, code in enumerate(codes)
    )
    open_ = '{"run_id": 9, "run_name": "z", "status": {"state": "RUNNING"}, "start_time": 1795133520000, "end_time": 0}'
    assert landed(data, f'{{"runs": [{",".join((*over, open_))}]}}', name="runs.json") == (
        [
            "CLUSTER_ERROR FAILED 00:12-00:45",
            "MAX_CONCURRENT_RUNS_EXCEEDED SKIPPED 00:12-00:45",
            "SUCCESS SUCCEEDED 00:12-00:45",
            "USER_CANCELED CANCELLED 00:12-00:45",
            "z RUNNING 00:12-",
        ],
        [],
    )


@pytest.mark.parametrize(("told", "unit"), [("1980", "s"), ("1980000", "ms"), ("33", "min"), ("0,55", "h")])
def test_durations_are_of_the_unit_in_which_they_fit_starts_and_ends(told: str, unit: str, data: Path) -> None:
    path = data / "log.csv"
    path.write_text(f"Job;Statut;Début;Fin;Durée\np;OK;20/11/2026 01:12;20/11/2026 01:45;{told}\n", encoding="utf-8")
    proposed = LOG_FILE.propose(drops.look(path, known_names(RUN_FIELDS)))  # type: ignore[attr-defined]
    assert proposed.get("duration_unit", "s") == unit


@pytest.mark.parametrize(
    ("lines", "runs"),
    [
        pytest.param(
            (
                "Session;Uproc;Statut;Date traitement;Début;Fin",
                "S;U_EXT;TERMINE;19/11/2026;20/11/2026 01:12:00;20/11/2026 01:45:00",
                "S;U_CHG;INCIDENTE;19/11/2026;20/11/2026 01:46:00;20/11/2026 01:50:00",
            ),
            ["U_CHG FAILED 00:46-00:50", "U_EXT SUCCEEDED 00:12-00:45"],
            id="Dollar Universe",
        ),
        pytest.param(
            (
                "Job Name;Order Date;Start Time;End Time;Status",
                "TEL;20261119;20261120011200;20261120014500;Ended OK",
                "SOL;20261119;20261120010000;20261120010300;Ended Not OK",
            ),
            ["SOL FAILED 00:00-00:03", "TEL SUCCEEDED 00:12-00:45"],
            id="Control-M",
        ),
        pytest.param(
            (
                "Workflow,Disposition,Run Time,Created Date,Completed Date",
                "T.yxmd,Error,33 sec,11/20/2026 1:12:00 AM,11/20/2026 1:12:33 AM",
            ),
            ["T.yxmd FAILED 00:12-00:12"],
            id="Alteryx",
        ),
        pytest.param(
            ("Job,Build,Result,Timestamp,Duration", "tel,12,UNSTABLE,1795133520000,33 min"),
            ["tel WARNING 00:12-00:45"],
            id="Jenkins",
        ),
        pytest.param(
            (
                "Date;Chaîne;Heure début;Heure fin;OK/KO;Nb erreurs",
                "20/11/2026;TEL;01:12;01:45;OK;0",
                "20/11/2026;SOL;01:12;01:15;KO;3",
            ),
            ["SOL FAILED 00:12-00:15", "TEL SUCCEEDED 00:12-00:45"],
            id="a list kept by hand",
        ),
        pytest.param(
            ("sep=;", "Nom de la chaîne;Démarrage;Arrêt;Compte rendu", "SOL;20/11/2026 01:12;20/11/2026 01:15;KO"),
            ["SOL FAILED 00:12-00:15"],
            id="other French words",
        ),
    ],
)
def test_logs_land_as_they_come(lines: tuple[str, ...], runs: list[str], data: Path) -> None:
    assert landed(data, *lines) == (runs, [])


FAILS = frozenset(("KO", "failed", "En erreur", "Ended Not OK", "ABEND S0C7", "Échec (code 3)"))
WORDS = st.sampled_from([*sorted(FAILS), "OK", "Terminé", "completed", "succeeded", "En cours", "", "odd", "0", "12"])
HEADS = st.sampled_from(["Statut;Résultat", "Status;Return code", "State;Etat fonctionnel", "Note;OK/KO"])


@settings(max_examples=12)
@given(st.lists(st.tuples(st.sampled_from("pq"), st.integers(1, 4), WORDS, WORDS), min_size=1, max_size=8), HEADS)
def test_a_row_whose_states_tell_a_failure_is_a_failed_run(rows: list[tuple[str, int, str, str]], heads: str) -> None:
    lines = [f"{name};{one};{other};20/11/2026 0{hour}:10" for name, hour, one, other in rows]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "log.csv"
        path.write_text("\n".join([f"Pipeline;{heads};Début", *lines]) + "\n", encoding="utf-8")
        cells = drops.look(path, known_names(RUN_FIELDS))
        proposed = LOG_FILE.propose(cells)  # type: ignore[attr-defined]
        source = Source("log", "pipelines", "file", LOG_FILE.options(path=str(path), **proposed))
        runs = drops.preview(LOG_FILE, source, cells).rows.to_pylist()  # type: ignore[arg-type]
    states = parts(proposed["columns"]["status"], cells.table.column_names)
    told = [(row[0], row[1]) for row in rows if FAILS & {row[2 + heads.split(";").index(name)] for name in states}]
    failed = [(run["pipeline"], run["started_at"].hour + 1) for run in runs if run["status"] == "FAILED"]
    assert Counter(told) <= Counter(failed)


@pytest.mark.parametrize(
    ("lines", "runs"),
    [
        pytest.param(
            (
                '"Nom du pipeline","Début de l\'exécution","Fin de l\'exécution","Durée","Déclenché par","État"',
                '"tel","20/11/2026 01:12:00","20/11/2026 01:45:00","00:33:00","tr_nuit","Réussite"',
                '"sol","20/11/2026 01:12:00","","","tr_nuit","En file d’attente"',
            ),
            ["sol QUEUED 00:12-", "tel SUCCEEDED 00:12-00:45"],
            id="Data Factory in French",
        ),
        pytest.param(
            (
                "id,namespace,flowId,state.current,state.startDate,state.endDate,state.duration",
                "a,dwh,tel,SUCCESS,2026-11-20T00:12:00Z,2026-11-20T00:45:00Z,PT33M",
                "b,dwh,sol,RETRYING,2026-11-20T00:12:00Z,,",
            ),
            ["sol RUNNING 00:12-", "tel SUCCEEDED 00:12-00:45"],
            id="Kestra",
        ),
        pytest.param(
            (
                "id,name,flow_name,state_name,state_type,start_time,end_time,total_run_time",
                "a,quick-otter,tel,Completed,COMPLETED,2026-11-20T00:12:00Z,2026-11-20T00:45:00Z,1980.0",
            ),
            ["tel SUCCEEDED 00:12-00:45"],
            id="Prefect, whose runs have names of their own",
        ),
        pytest.param(
            (
                '"Nom de la tâche","Prochaine exécution","Statut","Heure de la dernière exécution","Dernier résultat"',
                '"TEL","21/11/2026 01:12:00","Prêt","20/11/2026 01:12:00","0"',
                '"SOL","21/11/2026 01:12:00","Prêt","20/11/2026 01:12:00","1"',
                '"SIT","21/11/2026 01:12:00","En cours","20/11/2026 01:12:00","267009"',
            ),
            ["SIT RUNNING 00:12-", "SOL FAILED 00:12-", "TEL SUCCEEDED 00:12-"],
            id="Windows' task scheduler",
        ),
        pytest.param(
            (
                "Nom du job;Statut;Heure de début;Heure de fin;Durée moyenne",
                "TEL;Terminé OK;20/11/2026 01:12;20/11/2026 01:45;01:40:00",
                "SOL;Terminé non OK;20/11/2026 01:12;20/11/2026 01:15;01:40:00",
            ),
            ["SOL FAILED 00:12-00:15", "TEL SUCCEEDED 00:12-00:45"],
            id="Control-M in French, whose jobs usually last longer",
        ),
        pytest.param(
            (
                "job_name,run_status,run_date,run_time,run_duration,message",
                "tel,1,20261120,11200,3300,The job succeeded.",
                "sol,0,20261120,0,5,The job failed.",
                "sit,3,20261120,5,1,The job was stopped.",
            ),
            ["sit CANCELLED 23:00-23:00", "sol FAILED 23:00-23:00", "tel SUCCEEDED 00:12-00:45"],
            id="SQL Server Agent",
        ),
        pytest.param(
            ("Flux;Jour;Heure;Statut", "TEL;2026-W47-5;01:12;OK", "SOL;2026-W47-5;01:15;KO"),
            ["SOL FAILED 00:15-", "TEL SUCCEEDED 00:12-"],
            id="days of weeks",
        ),
        pytest.param(
            (
                "Traitement;Date;Heure début;Heure fin;Résultat",
                "TEL;20/11/2026;01:12;01:45;OK",
                "Total;;;;1",
                "dont KO;;;;0",
                "* relancé le matin par l'astreinte;;;;",
            ),
            ["TEL SUCCEEDED 00:12-00:45"],
            id="a list with totals and notes below",
        ),
        pytest.param(
            (
                "Exploitation;Traitement;Heure prévue;Heure réelle;Fin prévue;Fin réelle;Statut",
                "20/11/2026;TEL;22:00;22:05;23:00;22:40;OK",
                "Nombre de traitements : 1;;;;;;",
            ),
            ["TEL SUCCEEDED 21:05-21:40"],
            id="hours that were planned beside those that were, and a note below",
        ),
        pytest.param(
            ("Traitement;Date;Heure de fin;Statut", "TEL;20/11/2026;01:45;OK"),
            ["TEL SUCCEEDED -00:45"],
            id="a day and the hour of the end: no start at midnight",
        ),
        pytest.param(
            (
                "Nom du job;Début exécution;Fin exécution;Statut fin;Durée moy.",
                "TEL;20/11/2026 01:12;20/11/2026 01:45;Terminé OK;00:10:00",
                "SOL;20/11/2026 02:12;20/11/2026 02:15;Terminé Not OK;00:10:00",
            ),
            ["SOL FAILED 01:12-01:15", "TEL SUCCEEDED 00:12-00:45"],
            id="what usually lasts, shortened",
        ),
        pytest.param(
            (
                '"TaskName","LastRunTime","LastTaskResult","NextRunTime"',
                '"TEL","20/11/2026 01:12:00","0","21/11/2026 01:12:00"',
                '"SOL","20/11/2026 01:12:00","2147942402","21/11/2026 01:12:00"',
                '"SIT","20/11/2026 01:12:00","267009","21/11/2026 01:12:00"',
            ),
            ["SIT RUNNING 00:12-", "SOL FAILED 00:12-", "TEL SUCCEEDED 00:12-"],
            id="scheduled tasks as PowerShell tells them",
        ),
        pytest.param(
            ("job,begin_ts,end_ts,exit_status", "tel,1795133520,1795135500,0", "sol,1795133520,1795133580,1"),
            ["sol FAILED 00:12-00:13", "tel SUCCEEDED 00:12-00:45"],
            id="seconds since 1970 and exit statuses",
        ),
        pytest.param(
            ("Flux;Statut J-1;Statut J;Début", "TEL;KO;OK;20/11/2026 01:12", "SOL;OK;KO;20/11/2026 01:12"),
            ["SOL FAILED 00:12-", "TEL SUCCEEDED 00:12-"],
            id="the state of the day before",
        ),
        pytest.param(
            (
                "Chaîne;Début;Fin;Statut;Relance;Statut relance",
                "TEL;20/11/2026 01:00;20/11/2026 01:10;KO;Oui;OK",
                "SOL;20/11/2026 01:00;20/11/2026 01:10;KO;Oui;KO",
            ),
            ["SOL FAILED 00:00-00:10", "TEL WARNING 00:00-00:10"],
            id="a rerun told in the row of the run that failed",
        ),
        pytest.param(
            (
                "Traitement;N° étape;Libellé étape;Étape en erreur;Statut;Début",
                "SIN;10;Charger;;KO;20/11/2026 01:10",
                "SIN;20;Contrôler;;OK;20/11/2026 01:20",
            ),
            ["SIN/Charger FAILED 00:10-", "SIN/Contrôler SUCCEEDED 00:20-"],
            id="steps by number and name",
        ),
        pytest.param(
            ("Job;Statut;Code erreur;Début", "TEL;Terminé;;20/11/2026 01:12", "SOL;Terminé;ORA-1555;20/11/2026 01:12"),
            ["SOL FAILED 00:12-", "TEL SUCCEEDED 00:12-"],
            id="a code of an error beside a state that knows no failure",
        ),
        pytest.param(
            (
                "Horodatage;Traitement;Événement",
                "18/11/2026 22:00:00;TEL;DEBUT",
                "18/11/2026 22:30:00;SOL;DEBUT",
                "19/11/2026 00:12:00;TEL;FIN",
                "19/11/2026 00:15:00;SOL;KO",
                "19/11/2026 22:00:00;TEL;DEBUT",
            ),
            ["SOL FAILED 21:30-23:15", "TEL RUNNING 21:00-", "TEL SUCCEEDED 21:00-23:12"],
            id="a log of events",
        ),
        pytest.param(
            (
                "moment;pid;job;message_type;message;duration",
                "2026-11-20 22:00:03;a1;tel;begin;;",
                "2026-11-20 22:12:06;a1;tel;end;failure;723456",
            ),
            ["tel FAILED 21:00-21:12"],
            id="Talend's catcher of statistics",
        ),
        pytest.param(
            ("Job;Statut;Début;Fin", "TEL;A venir;;", "SOL;OK;20/11/2026 01:12;31/12/9999 23:59:59"),
            ["SOL SUCCEEDED 00:12-"],
            id="jobs that wait without a date",
        ),
        pytest.param(
            (
                "JOB_NAME,STATUS,REQ_START_DATE,ACTUAL_START_DATE,RUN_DURATION",
                "TEL,SUCCEEDED,20-NOV-26 01.00.00.0 AM EUROPE/PARIS,20-NOV-26 01.12.00.0 AM EUROPE/PARIS,+000 00:33:00",
            ),
            ["TEL SUCCEEDED 00:12-00:45"],
            id="Oracle's scheduler",
        ),
        pytest.param(
            (
                "execution_id,package_name,status,start_time,end_time",
                "1,tel.dtsx,7,2026-11-20 01:12:00.1234567 +01:00,2026-11-20 01:45:00.1234567 +01:00",
                "2,sol.dtsx,6,2026-11-20 01:12:00.1234567 +01:00,2026-11-20 01:45:00.1234567 +01:00",
            ),
            ["sol.dtsx FAILED 00:12-00:45", "tel.dtsx SUCCEEDED 00:12-00:45"],
            id="the catalog of Integration Services",
        ),
        pytest.param(
            (
                "Instance Name,Rows Processed,Start Time,End Time,State",
                '"tel","1,204","Nov 20, 2026, 01:12 AM","Nov 20, 2026, 01:45 AM",Success',
            ),
            ["tel SUCCEEDED 00:12-00:45"],
            id="Informatica, where rows processed are no process",
        ),
        pytest.param(
            ("Job;Statut;Début", "TEL;🟢;20/11/2026 01:12", "SOL;❌;20/11/2026 01:12", "SIT;⚠️;20/11/2026 01:12"),
            ["SIT WARNING 00:12-", "SOL FAILED 00:12-", "TEL SUCCEEDED 00:12-"],
            id="signs for states",
        ),
        pytest.param(
            ("job,success,start", "tel,true,2026-11-20 01:12", "sol,false,2026-11-20 01:12"),
            ["sol FAILED 00:12-", "tel SUCCEEDED 00:12-"],
            id="yes and no",
        ),
        pytest.param(
            ("Job;Tentative;Statut;Début", "TEL;1/2;KO;20/11/2026 01:12", "TEL;2/2;OK;20/11/2026 01:20"),
            ["TEL FAILED 00:12-", "TEL SUCCEEDED 00:20-"],
            id="attempts of how many",
        ),
        pytest.param(
            ("Job;Statut;Début;Fin;Durée", "TEL;OK;20/11/2026 01:12:00;20/11/2026 01:24:03;12:03"),
            ["TEL SUCCEEDED 00:12-00:24"],
            id="minutes and seconds",
        ),
    ],
)
def test_logs_of_other_tools_land_as_they_come(lines: tuple[str, ...], runs: list[str], data: Path) -> None:
    assert landed(data, f"\ufeff{lines[0]}", *lines[1:]) == (runs, [])


def test_a_state_of_what_the_row_is_a_part_of_is_not_its_own(data: Path) -> None:
    part = '"status": "success", "started_at": "2026-11-20T00:12:00Z", "queued_duration": 3.0'
    text = f'[{{"id": 1, "name": "tel", {part}, "pipeline": {{"id": 5, "status": "failed"}}}}]'
    assert landed(data, text, name="jobs.json") == (["tel SUCCEEDED 00:12-"], [])


def test_of_the_moments_of_a_runs_steps_the_first_start_and_the_last_end_count(data: Path) -> None:
    steps = ", ".join(
        f'{{"started_at": "2026-11-20T00:{at}:00Z", "completed_at": "2026-11-20T00:{at + 1}:00Z"}}' for at in (12, 44)
    )
    text = f'{{"results": [{{"unique_id": "tel", "status": "success", "timing": [{steps}]}}]}}'
    assert landed(data, text, name="run_results.json") == (["tel SUCCEEDED 00:12-00:45"], [])


@pytest.mark.parametrize(
    ("column", "field"),
    [
        ("Fin prévue", None),
        ("Échéance prévue", None),
        ("Planned end", None),
        ("Début prévu", "scheduled_at"),
        ("plannedStart", "scheduled_at"),
        ("Durée moyenne", None),
        ("Durée max.", None),
        ("Heure de fin réelle", "ended_at"),
    ],
)
def test_what_was_planned_for_the_end_or_is_usual_fills_no_start_and_no_duration(
    column: str, field: str | None
) -> None:
    assert guess([column], RUN_FIELDS) == ({field: column} if field else {})


def test_what_a_run_waits_for_makes_no_difference() -> None:
    words = ["En attente de condition", "Waiting on file", "Attente événement", "Wait Job Dependency", "Resource Wait"]
    assert set(statuses(pa.array(words), {}).to_pylist()) == {"QUEUED"}


@pytest.mark.parametrize(
    "lines",
    [
        ("Pipeline;24/11/2026;25/11/2026;26/11/2026", "TEL;✔;✔;✖", "SOL;OK;KO;"),
        ("Flux;lun. 23/11;mar. 24/11;mer. 25/11", "TEL;OK;OK;x", "SOL;OK;KO;"),
    ],
)
def test_of_a_grid_of_days_it_is_said_what_to_do(lines: tuple[str, ...], data: Path) -> None:
    with pytest.raises(SourceFailed, match="Each column here is a day"):
        landed(data, *lines)


def test_columns_called_after_days_that_hold_no_states_are_no_grid(data: Path) -> None:
    row = "Pipeline;Statut;Début;24/11/2026;25/11/2026", "TEL;OK;20/11/2026 01:12;33 min;34 min"
    assert landed(data, *row) == (["TEL SUCCEEDED 00:12-"], [])


def test_a_run_whose_name_reads_like_a_note_is_a_run_where_its_state_is_told(data: Path) -> None:
    undated = ("Traitement;Statut", "*NIGHTLY_LOAD;KO", "Nombre de contrats;OK", "Nombre de flux;2", "* relu;")
    assert landed(data, *undated) == ([], ["The row has no date."] * 2)
    day = {"constants": {"observed_at": "20/11/2026 06:00"}, "key": ["Traitement"]}
    assert landed(data, *undated, **day)[0] == ["*NIGHTLY_LOAD FAILED -", "Nombre de contrats SUCCEEDED -"]
    dated = ("Traitement;Statut;Début", "*NIGHTLY_LOAD;KO;", "TEL;OK;20/11/2026 01:12", "dont KO;1;")
    assert landed(data, *dated) == (["TEL SUCCEEDED 00:12-"], ["The row has no date."])


def notes(folder: Path, *lines: str) -> dict[str, int]:
    """What a reading says of the rows of a log beside those that it refuses."""
    return {sentence: n for batch in pulled(folder / "log.csv", *lines) for sentence, n in batch.notes.items()}


def test_hours_that_fall_back_below_one_day_are_told_but_of_a_sheet_sorted_by_name(data: Path) -> None:
    head, first = "Date;Traitement;Heure début;Statut", ("20/11/2026;TEL;22:00;OK", "20/11/2026;SOL;23:10;OK")
    night = (*first, "20/11/2026;SIT;01:00;KO", "20/11/2026;RH;02:00;OK", "21/11/2026;TEL;22:00;OK")
    fallen = (
        "Below one day hours fall back from the evening to the morning: they are read on that day. Where it is the day "
        "of the evening, call its column “Night of”."
    )
    assert notes(data, head, *night) == {fallen: 2}
    assert notes(data, head, *night[:2], "21/11/2026;SIT;01:00;KO") == {}
    assert notes(data, head, *night, "21/11/2026;SIT;01:00;OK", "21/11/2026;RH;23:00;OK", "21/11/2026;X;00:10;OK") == {
        fallen: 2
    }
    assert notes(data, head.replace("Date", "Nuit du"), *night) == {}
    hours = ("21:00", "23:00", "01:00", "02:00")
    sheets = [
        [f"20/11/2026;{name};{hour};OK" for name, hour in zip(names, hours, strict=True)]
        for names in (
            ("CRM", "DWH", "ODS", "TEL"),
            ("01_ODS", "02_DWH", "03_CRM", "04_TEL"),
            ("ODS", "DWH", "CRM", "TEL"),
            ("A_ODS", "B_DWH", "C_CRM", "D_TEL"),
        )
    ]
    assert [notes(data, head, *sheet) for sheet in sheets] == [{}, {fallen: 2}, {fallen: 2}, {fallen: 2}]
    long = ("CRM", "DWH", "ODS", "PAI", "TEL")
    sheet = [f"20/11/2026;{name};{hour};OK" for name, hour in zip(long, (*hours, "03:00"), strict=True)]
    assert notes(data, head, *sheet) == {fallen: 3}, "five rows do not rise but for one fall by chance"


def test_rows_that_are_equal_in_every_cell_are_runs_each_and_said_to_be_a_doubt(data: Path) -> None:
    head, row = "Traitement;Début;Fin;Statut", "TEL;20/11/2026 01:00;20/11/2026 01:10;OK"
    doubt = (
        "Rows say what one above them says, cell by cell: each counts as a run. Where one is told twice, take "
        "the double out of the file, or name its run ids."
    )
    assert notes(data, head, row, "SOL;20/11/2026 01:00;20/11/2026 01:10;OK", row, row) == {doubt: 2}
    assert notes(data, head, row, row.replace("OK", "KO"), row.replace("01:10", "01:20")) == {}
    assert notes(data, f"{head};Run id", f"{row};7", f"{row};7").get(doubt) is None


def test_rows_and_columns_that_somebody_put_aside_are_read_and_told(data: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    for line in (("Flux", "Début", "Statut"), *((name, "20/11/2026 01:12", "OK") for name in ("TEL", "SOL", "SIT"))):
        sheet.append(line)
    plain = data / "plain.xlsx"
    book.save(plain)
    sheet.row_dimensions[3].hidden = True
    for cell in sheet[4]:
        cell.font = Font(strike=True)
    sheet.column_dimensions["C"].hidden = True
    marked = data / "marked.xlsx"
    book.save(marked)
    found = {}
    with speaking("en"):
        for path in (plain, marked):
            cells = drops.look(path, known_names(RUN_FIELDS))
            source = Source("log", "pipelines", "file", LOG_FILE.options(path=str(path), **LOG_FILE.propose(cells)))  # type: ignore[attr-defined]
            (batch, _last) = LOG_FILE.pull(source, {})
            assert drops.preview(LOG_FILE, source, cells).notes == batch.notes
            found[path.name] = (len(batch.rows), batch.notes)
    assert found == {
        "plain.xlsx": (3, {}),
        "marked.xlsx": (
            3,
            {
                "Rows that are hidden or struck out in the file are read all the same.": 2,
                "Columns that are hidden in the file are read all the same: Statut.": 3,
            },
        ),
    }
