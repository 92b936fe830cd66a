"""Connectors of schedulers, each on a real HTTP service that speaks its API, faults included."""

import logging
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pydantic import ValidationError

from core.base import clock
from core.base.errors import SourceFailed
from core.base.i18n import speaking
from core.facts.lake import lake
from core.sources import http
from core.sources.base import Batch, Connector, Cursor, Options, Source
from pages.pipelines.facts import PIPELINE_RUNS
from pages.pipelines.known import RUN_COLUMNS, Run
from pages.pipelines.sources import LOG
from pages.pipelines.sources.airflow import Airflow, AirflowOptions
from pages.pipelines.sources.alteryx import Alteryx, AlteryxOptions
from pages.pipelines.sources.databricks import Databricks, DatabricksOptions
from pages.pipelines.sources.factory import DataFactory, FactoryOptions
from pages.pipelines.sources.log_analytics import LogAnalytics, LogAnalyticsOptions
from pages.pipelines.tests import schedulers as speaking_as
from pages.pipelines.tests.schedulers import NOW, SECRET, Scheduler, rows
from pages.pipelines.tests.test_json import run as forge_run
from pages.pipelines.tests.test_sources import left, record
from pages.pipelines.witnesses import witnessed
from tests.unit.core.sources.service import Answer, in_turn, serving
from tests.unit.core.sources.service import Asked as Question


def dag_run(run: str, state: str = "success", **more: Any) -> dict[str, Any]:
    ended = "2026-11-20T00:22:30.5+00:00" if state in ("success", "failed") else None
    return {
        "dag_id": "claims",
        "dag_run_id": run,
        "logical_date": None,
        "run_after": "2026-11-20T00:00:00Z",
        "queued_at": "2026-11-20T00:00:01Z",
        "start_date": "2026-11-20T00:12:30.5+00:00",
        "end_date": ended,
        "run_type": "scheduled",
        "state": state,
        "conf": {"password": "never read"},
        **more,
    }


def job_run(number: int, state: dict[str, Any], **more: Any) -> dict[str, Any]:
    begin = int(datetime(2026, 11, 20, 0, 12, tzinfo=UTC).timestamp() * 1000)
    return {
        "run_id": number,
        "job_id": 7,
        "run_name": "claims",
        "start_time": begin,
        "end_time": begin + 600_000,
        "setup_duration": 0,
        "execution_duration": 0,
        "cleanup_duration": 0,
        "run_duration": 590_000,
        "attempt_number": 0,
        "original_attempt_run_id": number,
        "trigger": "PERIODIC",
        "state": state,
        **more,
    }


GOOD = {"life_cycle_state": "TERMINATED", "result_state": "SUCCESS", "state_message": ""}


def adf_row(run: str, status: str, generated: str, **more: Any) -> dict[str, Any]:
    return {
        "TimeGenerated": f"2026-11-{generated}Z",
        "RunId": run,
        "PipelineName": "claims_master",
        "Status": status,
        "Start": "2026-11-20T00:37:44.6257014Z",
        "End": "2026-11-20T00:38:12.7314495Z" if status in ("Succeeded", "Failed") else "",
        **more,
    }


def job(name: str, status: str = "Completed", made: str = "2026-11-20T00:12:03Z") -> dict[str, Any]:
    return {"id": name, "createDate": made, "status": status, "priority": "Low", "workerTag": ""}


@dataclass
class Kind:
    """A connector, the options of a source at an address, and its scheduler with one good run that is called `r1`."""

    connector: Connector
    options: Callable[[str], Options]
    scheduler: Callable[[], Scheduler]


REFERENCE = "${VIGIE_SECRET_TEST}"
KINDS = {
    "Airflow": Kind(
        Airflow(),
        lambda url: AirflowOptions(site=url, user="vigie", secret=REFERENCE),
        lambda: speaking_as.Airflow(runs=[dag_run("r1")]),
    ),
    "Databricks": Kind(
        Databricks(),
        lambda url: DatabricksOptions(site=url, token=REFERENCE),
        lambda: speaking_as.Databricks(runs=[job_run(1, GOOD)]),
    ),
    "Log Analytics": Kind(
        LogAnalytics(),
        lambda url: LogAnalyticsOptions(
            tenant="t",
            client_id="c",
            client_secret=REFERENCE,
            workspace="w",
            base_url=url,
            login_url=url,
            history_days=2,
        ),
        lambda: speaking_as.LogAnalytics(tables={"ADFPipelineRun": [adf_row("r1", "Succeeded", "20T00:40:00")]}),
    ),
    "Alteryx Server": Kind(
        Alteryx(),
        lambda url: AlteryxOptions(site=url, client_id="c", client_secret=REFERENCE),
        lambda: speaking_as.Alteryx(
            schedules=[{"id": "s", "name": "Nightly", "workflowId": "w"}],
            workflows={"w": [job("r1")]},
            details={"r1": {"disposition": "Success"}},
        ),
    ),
    "night": Kind(  # an address is called in sentences as its source is
        LOG.connectors[2],
        lambda url: LOG.connectors[2].options(
            url=url,
            params={"per_page": "2"},
            page="page",
            token=REFERENCE,
            columns={
                "pipeline": "name",
                "run_id": "id",
                "status": "conclusion | status",
                "started_at": "run_started_at",
            },
        ),
        lambda: speaking_as.Forge(runs=[forge_run(1)]),
    ),
}


@pytest.fixture(autouse=True)
def _asked_at_once(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VIGIE_SECRET_TEST", SECRET)
    monkeypatch.setattr(http.time, "sleep", lambda _seconds: None)


def pull(kind: str, scheduler: Scheduler, cursor: Cursor | None = None, **options: Any) -> list[Batch]:
    with scheduler.listening():
        return ask(kind, scheduler, cursor, **options)


def ask(kind: str, scheduler: Scheduler, cursor: Cursor | None = None, **options: Any) -> list[Batch]:
    of = KINDS[kind]
    with clock.at(NOW), speaking("en"):
        told = of.options(scheduler.url).model_copy(update=options)
        return list(of.connector.pull(Source("night", "pipelines", of.connector.kind, told), cursor or {}))


@pytest.mark.parametrize("kind", KINDS)
def test_passing_faults_are_overcome_and_a_reading_from_the_beginning_again_lands_nothing(kind: str) -> None:
    of = KINDS[kind]
    scheduler = of.scheduler()
    scheduler.faults = [
        Answer(429, headers={"Retry-After": "1"}),
        Answer(500),
        Answer(body=b"<html>Sign in</html>"),
        Answer(body={"long": "enough to be cut"}, cut=9),
    ]
    landed = []
    with scheduler.listening():
        for _reading in range(2):
            batches = ask(kind, scheduler)
            assert rows(batches, "status") == [("SUCCEEDED",)]
            assert batches[-1].covers_until == NOW - getattr(of.connector, "lag", timedelta())
            found = [lake().land(PIPELINE_RUNS, batch.rows) for batch in batches if len(batch.rows)]
            landed.append(sum(one.inserted + one.updated for one in found))
    assert landed == [1, 0]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        (Answer(401, body=f"no {SECRET}".encode()), "{} refuses the credentials (401)."),
        (
            Answer(429, headers={"Retry-After": "3600"}),
            "{} receives too many questions (429): try again later.",
        ),
        (Answer(503, body=SECRET.encode()), "{} fails on its side (503)."),
        (
            Answer(body=b"<!DOCTYPE html><form>"),
            "{} asks for a sign-in as a person does: check the address, the token and the proxy.",
        ),
        (Answer(body=b'"text"'), "{} answered JSON of an unknown form."),
    ],
)
def test_a_lasting_fault_is_one_sentence_without_the_secret(
    kind: str, fault: Answer, sentence: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    scheduler = KINDS[kind].scheduler()
    scheduler.faults = [fault] * 6
    with pytest.raises(SourceFailed) as failed:
        pull(kind, scheduler)
    assert failed.value.sentence == sentence.format(kind)
    assert SECRET not in f"{failed.value.detail} {failed.value!r} {caplog.text}"


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_no_record_is_refused_and_the_others_land(kind: str) -> None:
    scheduler = KINDS[kind].scheduler()
    match scheduler:
        case speaking_as.Airflow() | speaking_as.Databricks() | speaking_as.Forge():
            scheduler.runs.append("no run")
        case speaking_as.Alteryx():
            scheduler.workflows["w"].append("no job")
        case speaking_as.LogAnalytics():
            scheduler.tables["ADFPipelineRun"].append(adf_row("r2", "Succeeded", "20T00:40:00", PipelineName=None))
    batches = pull(kind, scheduler)
    assert len(rows(batches, "run_id")) == len([one for batch in batches for one in batch.refused]) == 1


@pytest.mark.parametrize("kind", ["Airflow", "Databricks", "Log Analytics"])
def test_an_object_without_the_list_that_it_should_hold_is_of_an_unknown_form(kind: str) -> None:
    scheduler = KINDS[kind].scheduler()
    scheduler.faults = [Answer(body={"tables": [{}], "runs": 1})]
    with pytest.raises(SourceFailed) as failed:
        pull(kind, scheduler)
    assert failed.value.sentence == f"{kind} answered JSON of an unknown form."


# Airflow


def test_runs_of_airflow_3_are_told_whole_without_a_logical_date() -> None:
    scheduler = speaking_as.Airflow(
        runs=[dag_run("r1"), dag_run("r2", "running"), dag_run("r3", "queued", start_date=None)]
    )
    found = rows(pull("Airflow", scheduler), "run_id", "status", "duration_s", "trigger", "at", "run_url")
    planned = datetime(2026, 11, 20, tzinfo=UTC)
    assert found == [
        ("r1", "SUCCEEDED", 600.0, "scheduled", planned, f"{scheduler.url}/dags/claims/runs/r1"),
        ("r2", "RUNNING", None, "scheduled", planned, f"{scheduler.url}/dags/claims/runs/r2"),
        ("r3", "QUEUED", None, "scheduled", planned, f"{scheduler.url}/dags/claims/runs/r3"),
    ]
    assert scheduler.tokens == 1
    assert scheduler.asked[0][1]["updated_at_gte"] == "2026-10-21T07:00:00.000Z"


def test_airflow_2_is_asked_with_name_and_password_and_tells_when_the_run_was_to_begin() -> None:
    old = {"run_after": None, "queued_at": None, "data_interval_end": "2026-11-20T00:05:00+00:00"}
    runs = [dag_run("s/1", **old), dag_run("m1", run_type="manual", **old)]
    scheduler = speaking_as.Airflow(runs=runs, version=2)
    found = rows(pull("Airflow", scheduler, version="2"), "run_id", "scheduled_at", "run_url")
    grid = f"{scheduler.url}/dags/claims/grid?dag_run_id="
    assert found == [("s/1", datetime(2026, 11, 20, 0, 5, tzinfo=UTC), f"{grid}s%2F1"), ("m1", None, f"{grid}m1")]
    assert scheduler.tokens == 0


def test_a_failed_run_of_airflow_names_its_tasks_and_their_tries() -> None:
    tasks = [
        *({"task_id": "load", "map_index": n, "state": "failed", "try_number": 3 - n} for n in range(3)),
        {"task_id": "export", "state": "upstream_failed", "try_number": 0},
        {"task_id": "read", "state": "success", "try_number": 5},
    ]
    scheduler = speaking_as.Airflow(runs=[dag_run("r1", "failed"), dag_run("gone", "failed")], tasks={"r1": tasks})
    assert rows(pull("Airflow", scheduler), "run_id", "status", "error_message", "attempt") == [
        ("r1", "FAILED", "load: failed, export: upstream_failed", 3),
        ("gone", "FAILED", None, None),
    ]
    assert {told["state"] for path, told in scheduler.asked if path.endswith("taskInstances")} == {"failed"}


def test_the_wrong_version_of_airflow_says_so() -> None:
    with pytest.raises(SourceFailed) as failed:
        pull("Airflow", speaking_as.Airflow(version=2, runs=[]), user="", version="3", secret=REFERENCE)
    assert failed.value.sentence == "Airflow refuses the credentials (401)."
    scheduler = speaking_as.Airflow(version=3)
    scheduler.version, scheduler.knows = 2, lambda _authorization: True  # type: ignore[method-assign]
    with pytest.raises(SourceFailed) as failed:
        pull("Airflow", scheduler)
    expected = "There is no API of Airflow 3 at this address (404): check the address and the version."
    assert failed.value.sentence == expected


@pytest.mark.parametrize("gone", [0, 1, 2])
def test_no_run_is_left_out_where_earlier_ones_go_while_pages_are_read(gone: int) -> None:
    scheduler = speaking_as.Airflow(runs=[dag_run(f"r{n}") for n in range(7)])
    pages = iter(range(99))

    def shift() -> None:
        if next(pages) == 2:
            del scheduler.runs[:gone]

    scheduler.shift = shift
    assert [run for (run,) in rows(pull("Airflow", scheduler), "run_id")] == [f"r{n}" for n in range(7)]


def test_a_service_that_gives_one_page_again_and_again_is_a_fault() -> None:
    scheduler = speaking_as.Airflow(runs=[dag_run("r1"), dag_run("r2")])
    scheduler.answer = lambda *_asked: Answer(body={"dag_runs": scheduler.runs})  # type: ignore[method-assign]
    with pytest.raises(SourceFailed, match="the same page again and again"):
        pull("Airflow", scheduler)


# Databricks


NEW = {"state": "TERMINATED", "termination_details": {"code": "SUCCESS", "type": "SUCCESS", "message": ""}}


@pytest.mark.parametrize(
    ("told", "status", "code"),
    [
        ({"state": GOOD}, "SUCCEEDED", None),
        ({"state": {**GOOD, "result_state": "TIMEDOUT"}}, "FAILED", "TIMEDOUT"),
        ({"state": {**GOOD, "result_state": "SUCCESS_WITH_FAILURES"}}, "WARNING", "SUCCESS_WITH_FAILURES"),
        ({"state": {**GOOD, "result_state": "CANCELED"}}, "CANCELLED", "CANCELED"),
        ({"state": {"life_cycle_state": "SKIPPED"}}, "SKIPPED", None),
        ({"state": {"life_cycle_state": "INTERNAL_ERROR", "result_state": "FAILED"}}, "FAILED", "FAILED"),
        ({"state": {"life_cycle_state": "WAITING_FOR_RETRY"}, "end_time": 0}, "QUEUED", None),
        ({"state": {}, "status": NEW}, "SUCCEEDED", None),
        ({"state": {}, "status": {"state": "RUNNING"}, "end_time": 0}, "RUNNING", None),
        ({"status": {**NEW, "termination_details": {"code": "USER_CANCELED"}}}, "CANCELLED", "USER_CANCELED"),
        ({"state": {}, "status": {**NEW, "termination_details": {"code": "CLUSTER_ERROR"}}}, "FAILED", "CLUSTER_ERROR"),
        (
            {"state": {"result_state": "CANCELED"}, "status": {**NEW, "termination_details": {"code": "JOB_DELETED"}}},
            "CANCELLED",
            "JOB_DELETED",
        ),
    ],
)
def test_both_ways_to_tell_a_state_of_databricks_are_understood(told: dict[str, Any], status: str, code: str) -> None:
    scheduler = speaking_as.Databricks(runs=[job_run(1, **{"state": {}, **told})])
    assert rows(pull("Databricks", scheduler), "status", "error_code") == [(status, code)]


def test_a_retry_of_databricks_names_the_first_run_and_a_repair_is_one_more_attempt() -> None:
    failed = {**GOOD, "result_state": "FAILED", "state_message": "Task load failed"}
    repaired = {
        "repair_history": [{"type": "ORIGINAL"}, {"type": "REPAIR"}],
        "run_duration": 0,
        "execution_duration": 60_000,
    }
    runs = [
        job_run(3, GOOD, **repaired),
        job_run(2, GOOD, attempt_number=1, original_attempt_run_id=1),
        job_run(1, failed),
    ]
    found = rows(
        pull("Databricks", speaking_as.Databricks(runs=runs)),
        "run_id",
        "rerun_of",
        "attempt",
        "duration_s",
        "error_message",
    )
    assert found == [
        ("3", None, 2, 60.0, None),
        ("2", "1", 2, 590.0, None),
        ("1", None, 1, 590.0, "Task load failed"),
    ]


def test_an_older_databricks_is_asked_in_its_own_version() -> None:
    assert len(rows(pull("Databricks", speaking_as.Databricks(runs=[job_run(1, GOOD)], version="2.1")), "run_id")) == 1


def test_a_run_that_goes_on_is_asked_for_until_it_is_over() -> None:
    began = NOW - timedelta(days=5)
    still = job_run(1, {"life_cycle_state": "RUNNING"}, start_time=int(began.timestamp() * 1000), end_time=0)
    scheduler = speaking_as.Databricks(runs=[still])
    cursor = left(pull("Databricks", scheduler), {})
    scheduler.runs = [{**still, "state": GOOD, "end_time": int(NOW.timestamp() * 1000)}]
    batches = pull("Databricks", scheduler, cursor)
    assert rows(batches, "status") == [("SUCCEEDED",)]
    scheduler.asked.clear()
    pull("Databricks", scheduler, left(batches, cursor))
    since = datetime.fromtimestamp(int(scheduler.asked[0][1]["start_time_from"]) / 1000, UTC)
    assert since == NOW - timedelta(days=2), "the overlap alone, once it is over"


def test_a_run_that_was_repaired_days_later_is_found_once_a_day() -> None:
    began = int((NOW - timedelta(days=6)).timestamp() * 1000)
    failed = job_run(1, {**GOOD, "result_state": "FAILED"}, start_time=began, end_time=began + 60_000)
    scheduler = speaking_as.Databricks(runs=[failed])
    cursor = left(pull("Databricks", scheduler), {})
    scheduler.runs = [{**failed, "state": GOOD, "repair_history": [{"type": "ORIGINAL"}, {"type": "REPAIR"}]}]
    assert rows(pull("Databricks", scheduler, cursor), "status") == [], "it was asked so far back today"
    yesterday = {**cursor, "daily": (NOW - timedelta(days=1)).isoformat()}
    batches = pull("Databricks", scheduler, yesterday)
    assert rows(batches, "status", "attempt") == [("SUCCEEDED", 2)]
    assert left(batches, yesterday)["daily"] == NOW.isoformat()


def test_a_service_principal_of_databricks_signs_in() -> None:
    scheduler = speaking_as.Databricks(runs=[job_run(1, GOOD), job_run(2, GOOD), job_run(3, GOOD)], principal=True)
    with pytest.MonkeyPatch.context() as patch:
        principal = replace(
            KINDS["Databricks"], options=lambda url: DatabricksOptions(site=url, client_id="vigie", token=REFERENCE)
        )
        patch.setitem(KINDS, "Databricks", principal)
        assert len(rows(pull("Databricks", scheduler), "run_id")) == 3
    assert scheduler.tokens == 1
    with pytest.raises(SourceFailed):
        pull("Databricks", scheduler)


@pytest.mark.parametrize("code", [302, 307, 400, 401, 500])
def test_the_secret_of_a_service_principal_goes_to_the_workspace_alone_and_into_no_log(
    code: int, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with serving(in_turn(Answer())) as elsewhere:
        repeated = f"client_secret={SECRET} Basic {b64encode(f'vigie:{SECRET}'.encode()).decode()}".encode()
        refusing = Answer(code, repeated, {"Location": f"{elsewhere.url}/oidc/v1/token"})
        with serving(in_turn(refusing)) as workspace:
            options = DatabricksOptions(site=workspace.url, client_id="vigie", token=REFERENCE)
            pages = Databricks().pull(Source("night", "pipelines", "databricks", options), {})
            with pytest.raises(SourceFailed) as failed:
                list(pages)
        assert {asked.path for asked in workspace.asked} == {"/oidc/v1/token"}
        assert elsewhere.asked == []
    said = f"{failed.value.sentence} {failed.value.detail} {failed.value!r} {caplog.text}"
    assert f"{code} client_secret=••• Basic •••" in said
    assert SECRET not in said


# Log Analytics


def test_the_newest_row_of_a_run_counts_and_its_first_failed_activity_explains_it() -> None:
    runs = [
        adf_row("r1", "Queued", "19T23:50:00", Start=""),
        adf_row("r1", "InProgress", "20T00:37:45.6257014"),
        adf_row("r1", "Failed", "20T00:40:00", ErrorMessage=""),
        adf_row("r2", "InProgress", "20T00:37:45"),
        adf_row("r3", "Failed", "20T00:40:00", ErrorMessage=None, AdditionalFields='{"ErrorMessage": "no memory"}'),
    ]
    failed = {"PipelineRunId": "r1", "Status": "Failed"}
    activities = [
        {**failed, "TimeGenerated": "2026-11-20T00:39:00Z", "ActivityName": "Tell", "ErrorMessage": "later"},
        {
            **failed,
            "TimeGenerated": "2026-11-19T06:58:00Z",
            "ActivityName": "Copy",
            "ErrorMessage": "disk full",
            "FailureType": "SystemError",
        },
        {**failed, "TimeGenerated": "2026-11-19T06:57:00Z", "ActivityName": "Look", "Status": "Succeeded"},
    ]
    scheduler = speaking_as.LogAnalytics(
        tables={"ADFPipelineRun": runs, "ADFActivityRun": sorted(activities, key=lambda row: row["TimeGenerated"])}
    )
    landed = {
        row[0]: row for row in rows(pull("Log Analytics", scheduler), "run_id", "status", "error_code", "error_message")
    }
    assert landed == {
        "r1": ("r1", "FAILED", "SystemError", "Copy: disk full"),
        "r2": ("r2", "RUNNING", None, None),
        "r3": ("r3", "FAILED", None, "no memory"),
    }


def test_additional_fields_that_cannot_be_read_stop_nothing() -> None:
    deep, half = "[" * 100_000, '{"ErrorMessage": "half \\ud83d"}'
    runs = [
        adf_row(f"r{n}", "Failed", "20T00:40:00", ErrorMessage=None, AdditionalFields=more)
        for n, more in enumerate((deep, half))
    ]
    scheduler = speaking_as.LogAnalytics(tables={"ADFPipelineRun": runs, "ADFActivityRun": []})
    landed = rows(pull("Log Analytics", scheduler), "run_id", "error_message")
    assert landed == [("r0", None), ("r1", "half \ufffd")]


def test_an_answer_that_was_cut_is_asked_again_in_halves() -> None:
    runs = [adf_row(f"r{n}", "Succeeded", f"20T0{n}:40:00") for n in range(5)]
    scheduler = speaking_as.LogAnalytics(tables={"ADFPipelineRun": runs}, most=2)
    assert [run for (run,) in rows(pull("Log Analytics", scheduler), "run_id")] == [f"r{n}" for n in range(5)]
    scheduler.tables["ADFPipelineRun"] += [adf_row("x", "Succeeded", "20T00:40:00")] * 3
    with pytest.raises(SourceFailed) as cut:
        pull("Log Analytics", scheduler)
    assert cut.value.sentence == "Log Analytics gives only a part of what it was asked for, however little that is."


def test_a_run_that_data_factory_and_log_analytics_tell_of_counts_once(data: Path) -> None:
    class Factory(Scheduler):
        def answer(self, path: str, params: dict[str, str], asked: Question) -> Answer:
            return Answer(body={"value": [record("r1")]})

    options = dict.fromkeys(("tenant", "client_id", "subscription", "resource_group", "factory"), "x")
    KINDS["adf"] = Kind(
        DataFactory(),
        lambda url: FactoryOptions(**options, client_secret=REFERENCE, base_url=url, login_url=url),
        Factory,
    )
    try:
        told = [pull("adf", Factory()), pull("Log Analytics", KINDS["Log Analytics"].scheduler())]
    finally:
        del KINDS["adf"]
    runs = [
        Run(**{name: value for name, value in row.items() if name in RUN_COLUMNS} | {"source": source})
        for source, batches in zip(("factory", "log"), told, strict=True)
        for row in pa.concat_tables([batch.rows for batch in batches if len(batch.rows)]).to_pylist()
    ]
    assert [run.source for run in runs] == ["factory", "log"]
    assert [run.source for run in witnessed(runs, {}, NOW)] == ["factory"]


# Alteryx


def test_a_completed_job_of_alteryx_is_what_its_disposition_says() -> None:
    jobs = [job("j5", "Running"), job("j4"), job("j3"), job("j2"), job("j1"), job("old", made="2026-09-01T00:00:00")]
    messages = [
        {"status": 1, "text": "Started"},
        {"status": 3, "text": "Cannot open file"},
        {"status": 3, "text": "Stopped"},
    ]
    scheduler = speaking_as.Alteryx(
        schedules=[
            {"name": "Nightly", "workflowId": "w"},
            {"name": "At noon", "workflowId": "w"},
            {"name": "Gone", "workflowId": "gone"},
        ],
        workflows={"w": jobs},
        details={
            "j3": {"disposition": "None"},
            "j2": {"disposition": "Error", "messages": messages},
            "j1": {"disposition": "Success", "messages": messages[:1]},
        },
    )
    batches = pull("Alteryx Server", scheduler)
    assert rows(batches, "run_id", "status", "error_message", "ended_at") == [
        ("j5", "RUNNING", None, None),
        ("j4", "SUCCEEDED", None, None),
        ("j3", "SUCCEEDED", None, None),
        ("j2", "FAILED", "Cannot open file Stopped", None),
        ("j1", "SUCCEEDED", None, None),
    ]
    assert rows(batches, "pipeline", "trigger")[0] == ("workflow w", "Nightly, At noon")
    assert scheduler.tokens == 1


# An address


def test_every_page_of_an_address_is_read_or_the_first_ones() -> None:
    scheduler = speaking_as.Forge(runs=[forge_run(n) for n in range(5)])
    assert len(rows(pull("night", scheduler), "run_id")) == 5
    assert [params for _path, params in scheduler.asked] == [{"per_page": "2", "page": str(n)} for n in (1, 2, 3, 4)]
    assert len(rows(pull("night", scheduler, most_pages=2), "run_id")) == 4


def test_an_address_without_runs_lands_nothing_and_one_without_pages_is_a_fault() -> None:
    assert rows(pull("night", speaking_as.Forge()), "run_id") == []
    with pytest.raises(SourceFailed) as failed:
        pull("night", speaking_as.Forge(runs=[forge_run(1)]), rows="jobs[]")
    assert failed.value.sentence == "night has no list jobs[], but 1 others."
    scheduler = speaking_as.Forge(runs=[forge_run(1)])
    scheduler.answer = lambda *_asked: Answer(body=scheduler.runs)  # type: ignore[method-assign]
    with pytest.raises(SourceFailed, match="night gives the same page again and again"):
        pull("night", scheduler)


@pytest.mark.parametrize(
    "wrong", [{"params": {"access_token": "x"}}, {"params": {"q": "${VIGIE_SECRET_TEST}"}}, {"header": "A b"}]
)
def test_an_address_holds_no_secret_and_a_header_is_one(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        LOG.connectors[2].options(url="https://forge.example", **wrong)
