"""The connectors, on real files, a real database and a real HTTP service that speaks as Data Factory does."""

import csv
import json
import os
import sqlite3
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import openpyxl
import pyarrow as pa
import pytest
from pydantic import ValidationError

from core.base import clock
from core.base.errors import SourceFailed
from core.base.i18n import speaking
from core.sources import http
from core.sources.base import Batch, Cursor, Source
from core.sources.files import corrections
from pages.pipelines.sources import LOG
from pages.pipelines.sources.factory import DataFactory, FactoryOptions, SavedAnswers, SavedAnswersOptions
from tests.unit.core.sources.service import Answer, Asked, Service, serving

LOG_FILE, RUN_TABLE, _ADDRESS = LOG.connectors
FRENCH = {"pipeline": "Nom", "status": "Statut", "started_at": "Début", "ended_at": "Fin"}
HEADER = "Nom;Statut;Début;Fin\n"


def runs(batches: list[Batch]) -> list[str]:
    return [run for batch in batches if len(batch.rows) for run in batch.rows["run_id"].to_pylist()]


def rows(batches: list[Batch]) -> list[dict[str, Any]]:
    return pa.concat_tables([batch.rows for batch in batches if len(batch.rows)]).to_pylist()


def reasons(batches: list[Batch]) -> list[str]:
    return [refused.reason for batch in batches for refused in batch.refused]


def left(batches: list[Batch], cursor: Cursor) -> Cursor:
    for batch in batches:
        cursor = json.loads(json.dumps(batch.cursor)) if batch.cursor is not None else cursor
    return cursor


class Log:
    """A log file that a scheduler writes, and the source that reads it."""

    def __init__(self, folder: Path, **options: Any) -> None:
        self.path = folder / "journal.csv"
        self.cursor: Cursor = {}
        checked = LOG_FILE.options(**{"path": str(folder / "*.csv"), "columns": FRENCH, **options})
        self.source = Source("journal", "pipelines", "file", checked)
        self._second = 0

    def write(self, text: str) -> None:
        self.path.write_text(text, encoding="utf-8")
        self._tick()

    def append(self, text: str) -> None:
        with self.path.open("a", encoding="utf-8") as handle:
            handle.write(text)
        self._tick()

    def _tick(self) -> None:
        self._second += 1
        os.utime(self.path, (1_744_090_000 + self._second,) * 2)

    def pull(self) -> list[Batch]:
        with speaking("en"):
            batches = list(LOG_FILE.pull(self.source, self.cursor))
        self.cursor = left(batches, self.cursor)
        return batches


@pytest.fixture
def log(data: Path) -> Log:
    folder = data / "logs"
    folder.mkdir()
    return Log(folder)


def test_a_log_is_read_once_and_then_not_opened(log: Log) -> None:
    log.write(HEADER + "a;OK;08/04/2025 06:43;08/04/2025 06:44\n")
    first = log.pull()
    assert runs(first) == ["a@2025-04-08T04:43:00Z"]
    assert first[-1].covers_until == datetime(2025, 4, 8, 5, 26, 41, tzinfo=UTC)
    log.path.chmod(0)
    again = log.pull()
    assert runs(again) == []
    assert again[-1].covers_until == first[-1].covers_until


@pytest.mark.parametrize(
    ("dated", "until"),
    [
        ({"l_a": 19, "l_b": 20}, 19),
        ({"nuit-2026-11-19": 19, "nuit-2026-11-20": 20}, 20),
        ({"nuit_20261119": 19, "nuit_20261120 (1)": 20, "nuit_20261120 - Copie": 20}, 20),
        ({"log-lundi": 16, "log-mardi": 17, "log-ven": 20}, 20),
        ({"log_nov": 19, "log_oct": 18}, 19),
        ({"ancien": 1, "nuit": 20}, 20),
        ({"CH_A_20261119": 18, "CH_A_20261120": 19, "CH_B_20261120": 20}, 19),
    ],
)
def test_files_that_follow_each_other_are_known_up_to_the_newest_and_others_up_to_the_oldest(
    data: Path, dated: dict[str, int], until: int
) -> None:
    folder = data / "logs"
    folder.mkdir()
    for name, day in dated.items():
        path = folder / f"{name}.csv"
        path.write_text(HEADER + f"{name};OK;{day:02d}/11/2026 00:10;{day:02d}/11/2026 00:20\n", encoding="utf-8")
        os.utime(path, (datetime(2026, 11, day, 7, tzinfo=UTC).timestamp(),) * 2)
    options = LOG_FILE.options(path=str(folder / "*.csv"), columns=FRENCH)
    batches = list(LOG_FILE.pull(Source("journal", "pipelines", "file", options), None))
    assert batches[-1].covers_until == datetime(2026, 11, until, 7, tzinfo=UTC)


def test_a_log_that_grew_gives_what_is_new_and_numbers_look_alikes_on(log: Log) -> None:
    log.write(HEADER + "a;OK;08/04/2025 06:43;\n")
    log.pull()
    log.append("a;OK;08/04/2025 06:43;\nb;OK;08/04/2025 06:45;\n")
    assert runs(log.pull()) == ["a@2025-04-08T04:43:00Z#2", "b@2025-04-08T04:45:00Z"]


def test_a_row_that_was_being_written_lands_when_it_is_whole(log: Log) -> None:
    log.write(HEADER + "a;OK;08/04/2025 06:43;\nb;OK;08/0")
    first = log.pull()
    assert runs(first) == ["a@2025-04-08T04:43:00Z"]
    assert reasons(first) == ["The file ends in the middle of this row: it was cut, or is still being written."]
    log.append("4/2025 06:45;\n")
    assert runs(log.pull()) == ["b@2025-04-08T04:45:00Z"]


def test_a_rewritten_log_is_read_whole_and_gives_the_same_runs(log: Log) -> None:
    log.write(HEADER + "a;OK;08/04/2025 06:43;\n")
    first = log.pull()
    log.write(HEADER + "z;OK;09/04/2025 06:43;\na;OK;08/04/2025 06:43;\n")
    second = log.pull()
    assert runs(second) == ["z@2025-04-09T04:43:00Z", *runs(first)]
    assert [batch.replaces.partition("@")[0] for batch in second if batch.replaces] == [str(log.path)]


def test_a_kill_between_pieces_goes_on_behind_the_last_one(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.sources.formats.delimited.CHUNK_ROWS", 2)
    log.write(HEADER + "".join(f"a;OK;08/04/2025 06:43;0{n}/04/2025\n" for n in (9, 9, 9, 9, 9)))
    whole = runs(log.pull())
    log.cursor = {}
    stopped: Iterator[Batch] = LOG_FILE.pull(log.source, {})
    first = next(stopped)
    log.cursor = json.loads(json.dumps(first.cursor))
    assert [*runs([first]), *runs(log.pull())] == whole
    assert len(set(whole)) == 5


def test_a_missing_column_refuses_the_file_and_says_which_were_found(log: Log) -> None:
    log.write("Nom;Etat;Début;Fin\na;OK;08/04/2025;\n")
    with pytest.raises(SourceFailed) as failed:
        log.pull()
    assert (
        failed.value.sentence
        == "journal.csv lacks the column Statut. Of those it should have it holds: Nom, Début, Fin."
    )


def test_no_file_says_so(log: Log) -> None:
    with pytest.raises(SourceFailed, match="No file matches"):
        log.pull()


def test_a_mis_encoded_row_is_refused_and_a_mis_encoded_message_is_kept(log: Log) -> None:
    log.source = Source(
        "journal",
        "pipelines",
        "file",
        log.source.options.model_copy(update={"columns": {**FRENCH, "error_message": "M"}}),
    )
    text = (
        "Nom;Statut;Début;Fin;M\né;OK;08/04/2025;;\n".encode()
        + b"cr\xe9dit;OK;08/04/2025;;\nb;KO;08/04/2025;;\xe9chec\n"
    )
    log.path.write_bytes(text)
    batches = log.pull()
    assert [row["error_message"] for row in rows(batches)] == [None, "\ufffdchec"]
    assert reasons(batches) == ["Nom: “cr\ufffddit” holds bytes that are no text: the file is damaged or mis-encoded."]


def test_an_export_may_be_complete_up_to_its_last_row_only(data: Path) -> None:
    log = Log(data, complete_until="last_row")
    log.write(HEADER + "a;OK;08/04/2025 06:43;08/04/2025 06:44\n")
    assert log.pull()[-1].covers_until == datetime(2025, 4, 8, 4, 44, tzinfo=UTC)
    assert log.pull()[-1].covers_until == datetime(2025, 4, 8, 4, 44, tzinfo=UTC)


def test_a_workbook_and_its_csv_give_the_same_runs(data: Path) -> None:
    log = Log(data)
    log.write(HEADER + "a;OK;08/04/2025 06:43:45;08/04/2025 06:44:00\n" * 2)
    book = openpyxl.Workbook()
    book.active.append(["Nom", "Statut", "Début", "Fin"])
    for start in (datetime(2025, 4, 8, 6, 43, 45), "08/04/2025 06:43:45"):
        book.active.append(["a", "OK", start, datetime(2025, 4, 8, 6, 44)])
    book.save(data / "journal.xlsx")
    options = log.source.options.model_copy(update={"path": "journal.xlsx"})
    workbook = list(LOG_FILE.pull(Source("journal", "pipelines", "file", options), {}))
    assert runs(workbook) == runs(log.pull()) == ["a@2025-04-08T04:43:45Z", "a@2025-04-08T04:43:45Z#2"]


def test_corrected_rows_land_and_settle(log: Log) -> None:
    log.write(HEADER + "a;OK;08/04/2025 06:43;\n")
    folder = corrections("journal")
    folder.mkdir(parents=True)
    with (folder / "corrected.csv").open("w", encoding="utf-8", newline="") as handle:
        csv.writer(handle, delimiter=";").writerows(
            [["vigie_row", "Nom", "Statut", "Début", "Fin"], ["0123456789", "'=b", "OK", "08/04/2025", ""]]
        )
    batches = log.pull()
    assert [row["pipeline"] for row in rows(batches)] == ["a", "=b"]
    assert [batch.settles for batch in batches if batch.settles] == [("0123456789",)]


@pytest.fixture
def scheduler(tmp_path: Path) -> Path:
    """A database with the runs of a scheduler that names them anew every night."""
    path = tmp_path / "scheduler.db"
    with sqlite3.connect(path) as connection:
        connection.execute(
            "CREATE TABLE dag_run (dag_id TEXT, run_id TEXT, state TEXT, start_date TEXT, end_date TEXT)"
        )
        connection.executemany(
            "INSERT INTO dag_run VALUES (?, ?, ?, ?, ?)",
            [
                ("load", "scheduled__2026-11-19", "success", "2026-11-20 01:00:00.5", "2026-11-20 01:10:00.5"),
                ("clean", "scheduled__2026-11-19", "running", "2026-11-20 02:00:00.5", None),
            ],
        )
    return path


def table(path: Path, **options: Any) -> Source:
    mapped = {"pipeline": "dag_id", "run_id": "run_id", "status": "state", "started_at": "start_date"}
    checked = RUN_TABLE.options(
        **{
            "url": f"sqlite:///{path}",
            "table": "dag_run",
            "since": "start_date",
            "timezone": "UTC",
            "key": ["dag_id", "run_id"],
            "columns": {**mapped, "ended_at": "end_date"},
            **options,
        }
    )
    return Source("scheduler", "pipelines", "sql", checked)


def test_a_table_of_runs_lands_by_mapping_alone(scheduler: Path) -> None:
    batches = list(RUN_TABLE.pull(table(scheduler), {}))
    assert [(row["run_id"], row["status"], row["duration_s"]) for row in rows(batches)] == [
        ("load/scheduled__2026-11-19", "SUCCEEDED", 600.0),
        ("clean/scheduled__2026-11-19", "RUNNING", None),
    ]
    assert clock.now() - (batches[-1].covers_until or datetime.min) < timedelta(minutes=1)


def test_a_run_that_ended_since_is_read_again(scheduler: Path) -> None:
    cursor = left(list(RUN_TABLE.pull(table(scheduler), {})), {})
    with sqlite3.connect(scheduler) as connection:
        connection.execute(
            "UPDATE dag_run SET state = 'failed', end_date = '2026-11-20 02:30:00' WHERE dag_id = 'clean'"
        )
    again = rows(list(RUN_TABLE.pull(table(scheduler, overlap_hours=0.5), cursor)))
    assert [(row["run_id"], row["status"]) for row in again] == [("clean/scheduled__2026-11-19", "FAILED")]


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({"query": "SELECT 1"}, "Give a table or a query."),
        ({"table": "", "query": "DROP TABLE x"}, "The query must be one SELECT."),
        ({"url": "postgresql://u:plain@host/x"}, "Write the secret"),
        ({"key": [], "columns": {"pipeline": "dag_id"}}, "map the run id"),
    ],
)
def test_a_wrong_table_names_what_is_wrong(scheduler: Path, options: dict[str, Any], named: str) -> None:
    with speaking("en"), pytest.raises(ValidationError, match=named):
        table(scheduler, **options)


def record(run: str, status: str = "Succeeded", start: str | None = "2026-11-20T00:37:44.6257014Z", **more: Any) -> Any:
    ended = None if status in ("InProgress", "Cancelled", "Queued") else "2026-11-20T00:38:12.7314495Z"
    return {
        "runId": run,
        "runGroupId": run,
        "pipelineName": "claims_master",
        "invokedBy": {"name": "Nightly", "invokedByType": "ScheduleTrigger"},
        "runStart": start,
        "runEnd": ended,
        "durationInMs": 28105 if ended else None,
        "status": status,
        "message": "Operation on target Copy failed" if status == "Failed" else "",
        "lastUpdated": "2026-11-20T00:38:12.7314495Z",
        **more,
    }


class Factory:
    """What the service holds and how it answers: pages of two runs, tokens that may expire."""

    def __init__(self, *records: Any) -> None:
        self.records = list(records)
        self.faults: list[Answer] = []
        self.tokens = 0
        self.expire_after = 99
        self.repeats = False

    def __call__(self, asked: Asked) -> Answer:
        if asked.path.endswith("/oauth2/v2.0/token"):
            assert parse_qs(asked.body.decode())["client_secret"] == ["s3cr3t"]
            self.tokens += 1
            return Answer(body={"access_token": f"token-{self.tokens}", "expires_in": 3600})
        self.expire_after -= 1
        if asked.headers["Authorization"] != f"Bearer token-{self.tokens}" or self.expire_after == 0:
            return Answer(401, body={"error": {"code": "ExpiredAuthenticationToken"}})
        if self.faults:
            return self.faults.pop(0)
        body = asked.json
        groups = [value for one in body.get("filters", []) for value in one["values"]]
        found = [r for r in self.records if not groups or r["runGroupId"] in groups]
        at = int(body.get("continuationToken", 0))
        page: dict[str, Any] = {"value": found[at : at + 2]}
        if self.repeats:
            page["continuationToken"] = "0"
        elif at + 2 < len(found):
            page["continuationToken"] = str(at + 2)
        return Answer(body=page)


@pytest.fixture
def pull(data: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[list[Batch], Service]]:
    monkeypatch.setenv("VIGIE_SECRET_ADF", "s3cr3t")
    monkeypatch.setattr(http.time, "sleep", lambda _seconds: None)

    def pulled(factory: Factory, cursor: Cursor | None = None) -> tuple[list[Batch], Service]:
        with serving(factory) as service, speaking("en"):
            options = FactoryOptions(
                tenant="tenant",
                client_id="client",
                client_secret="${VIGIE_SECRET_ADF}",
                subscription="sub",
                resource_group="data",
                factory="prod",
                base_url=service.url,
                login_url=service.url,
            )
            source = Source("adf", "pipelines", "adf", options, squad="Sinistres")
            return list(DataFactory().pull(source, cursor or {})), service

    return pulled


Pull = Callable[..., tuple[list[Batch], Service]]


def test_every_page_of_the_factory_is_read(pull: Pull) -> None:
    batches, service = pull(Factory(*(record(f"r{n}") for n in range(5))))
    assert runs(batches) == ["r0", "r1", "r2", "r3", "r4"]
    questions = [asked for asked in service.asked if "queryPipelineRuns" in asked.path]
    assert questions[0].path == (
        "/subscriptions/sub/resourceGroups/data/providers/Microsoft.DataFactory/factories/prod"
        "/queryPipelineRuns?api-version=2018-06-01"
    )
    assert [asked.json.get("continuationToken") for asked in questions] == [None, "2", "4"]
    after, before = (datetime.fromisoformat(questions[0].json[f"lastUpdated{side}"]) for side in ("After", "Before"))
    assert before - after == timedelta(days=45)
    assert batches[-1].covers_until is not None
    assert timedelta(0) < before - batches[-1].covers_until < timedelta(minutes=3)


def test_a_record_of_the_factory_becomes_a_run(pull: Pull) -> None:
    invoked = {"name": "x", "invokedByType": "PipelineActivity", "pipelineRunId": "r0"}
    child = record("r1", "Failed", invokedBy=invoked)
    run = rows(pull(Factory(child))[0])[0]
    assert {name: value for name, value in run.items() if value is not None} == {
        "source": "adf",
        "run_id": "r1",
        "parent_run_id": "r0",
        "attempt": 1,
        "pipeline": "claims_master",
        "at": datetime(2026, 11, 20, 0, 37, 44, 625701, tzinfo=UTC),
        "started_at": datetime(2026, 11, 20, 0, 37, 44, 625701, tzinfo=UTC),
        "ended_at": datetime(2026, 11, 20, 0, 38, 12, 731449, tzinfo=UTC),
        "duration_s": 28.105,
        "status": "FAILED",
        "raw_status": "Failed",
        "error_message": "Operation on target Copy failed",
        "trigger": "x",
        "run_url": "https://adf.azure.com/en/monitoring/pipelineruns/r1?factory=/subscriptions/sub/resourceGroups/data"
        "/providers/Microsoft.DataFactory/factories/prod",
        "squad": "Sinistres",
        "observed_at": datetime(2026, 11, 20, 0, 38, 12, 731449, tzinfo=UTC),
    }


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("Queued", "QUEUED"),
        ("InProgress", "RUNNING"),
        ("Succeeded", "SUCCEEDED"),
        ("Failed", "FAILED"),
        ("Canceling", "RUNNING"),
        ("Cancelled", "CANCELLED"),
        ("Sleeping", "UNKNOWN"),
    ],
)
def test_every_word_of_the_factory_is_understood(pull: Pull, word: str, status: str) -> None:
    assert rows(pull(Factory(record("r1", word)))[0])[0]["status"] == status


def test_a_queued_run_without_a_start_is_known_by_its_report(pull: Pull) -> None:
    (run,) = rows(pull(Factory(record("r1", "Queued", start=None)))[0])
    assert run["at"] == run["observed_at"]


def test_a_rerun_names_the_first_run_and_its_attempt(pull: Pull) -> None:
    first = record("r1", "Failed", "2026-11-20T00:10:00Z")
    again = [record(f"r{n}", "Failed", f"2026-11-20T00:{n}0:00Z", runGroupId="r1") for n in (2, 3)]
    batches, _service = pull(Factory(first, *again))
    assert [(row["run_id"], row["rerun_of"], row["attempt"]) for row in rows(batches)] == [
        ("r1", None, 1),
        ("r2", "r1", 2),
        ("r3", "r1", 3),
    ]


def test_the_next_reading_asks_for_what_changed_with_an_overlap(pull: Pull) -> None:
    until = datetime(2026, 11, 20, 7, tzinfo=UTC)
    _batches, service = pull(Factory(record("r1")), {"until": until.isoformat()})
    assert service.asked[1].json["lastUpdatedAfter"] == "2026-11-20T06:00:00.000Z"


def test_a_token_that_expires_midway_is_renewed(pull: Pull) -> None:
    factory = Factory(*(record(f"r{n}") for n in range(5)))
    factory.expire_after = 2
    assert runs(pull(factory)[0]) == ["r0", "r1", "r2", "r3", "r4"]
    assert factory.tokens == 2


def test_passing_faults_are_overcome(pull: Pull) -> None:
    factory = Factory(record("r1"))
    factory.faults = [
        Answer(429, headers={"Retry-After": "1"}),
        Answer(500),
        Answer(body=b"<html>garbage"),
        Answer(body={"value": ["long enough to be cut"]}, cut=12),
    ]
    assert runs(pull(factory)[0]) == ["r1"]


def test_an_empty_factory_gives_nothing_and_is_complete(pull: Pull) -> None:
    batches, _service = pull(Factory())
    assert runs(batches) == []
    assert batches[-1].covers_until is not None


@pytest.mark.parametrize(
    ("faults", "sentence"),
    [
        ([Answer(403)], "Azure Data Factory refuses the credentials (403)."),
        ([Answer(500)] * 9, "Azure Data Factory fails on its side (500)."),
        ([Answer(body=b"")] * 9, "Azure Data Factory answered something that is not JSON, or is cut."),
        ([Answer(body={"error": "x"})], "Azure Data Factory answered JSON of an unknown form."),
        ([Answer(body={"value": None})], "Azure Data Factory answered JSON of an unknown form."),
    ],
)
def test_a_lasting_fault_is_one_sentence(pull: Pull, faults: list[Answer], sentence: str) -> None:
    factory = Factory(record("r1"))
    factory.faults = faults
    with pytest.raises(SourceFailed) as failed:
        pull(factory)
    assert failed.value.sentence == sentence


def test_a_page_that_comes_again_and_again_is_a_fault(pull: Pull) -> None:
    factory = Factory(record("r1"))
    factory.repeats = True
    with pytest.raises(SourceFailed, match="the same page again and again"):
        pull(factory)


def test_a_secret_must_be_a_reference_and_go_to_a_safe_address() -> None:
    told = dict.fromkeys(("tenant", "client_id", "subscription", "resource_group", "factory"), "x")
    with speaking("en"), pytest.raises(ValidationError, match="Write the secret"):
        FactoryOptions(**told, client_secret="plain")
    with speaking("en"), pytest.raises(ValidationError, match="https://"):
        FactoryOptions(**told, client_secret="${S}", base_url="http://elsewhere")


def saved(path: Path, cursor: Cursor | None = None) -> list[Batch]:
    source = Source("saved", "pipelines", "adf_file", SavedAnswersOptions(path=str(path)))
    with speaking("en"):
        return list(SavedAnswers().pull(source, cursor or {}))


def test_a_saved_answer_lands(data: Path) -> None:
    answer = {"value": [record("r1"), record("r2", "Cancelled", runGroupId="r1"), "no run"]}
    (data / "answer.json").write_text(json.dumps(answer))
    batches = saved(data / "*.json")
    assert [(row["run_id"], row["status"], row["attempt"]) for row in rows(batches)] == [
        ("r1", "SUCCEEDED", 1),
        ("r2", "CANCELLED", 2),
    ]
    assert reasons(batches) == ["This is no JSON object."]
    assert batches[-1].covers_until == datetime(2026, 11, 20, 0, 38, 12, 731449, tzinfo=UTC)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ('{"value": [', "answer.json is no JSON, or is cut."),
        ("", "answer.json is no JSON, or is cut."),
        ('{"runs": []}', "Azure Data Factory answered JSON of an unknown form."),
    ],
)
def test_a_saved_answer_that_is_none_says_so(data: Path, content: str, sentence: str) -> None:
    (data / "answer.json").write_text(content)
    with pytest.raises(SourceFailed) as failed:
        saved(data / "answer.json")
    assert failed.value.sentence == sentence
