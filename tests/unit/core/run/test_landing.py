"""What lands of files, whole: which runs there are, and that none is lost, doubled or left over."""

import os
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.base.errors import SourceFailed
from core.base.i18n import speaking
from core.base.locks import alone_now
from core.base.settings import ROOT
from core.base.settings import settings as of_vigie
from core.facts.lake import lake
from core.facts.reads import READS, begun
from core.mission.discovery import warehouse
from core.people.person import EVERYTHING
from core.run import registry, sources, sync, undo
from core.run.sync import Outcome, Report
from core.sources import refusals
from core.sources.base import Source
from core.sources.cells import Cells
from core.sources.files import corrections
from core.store.engine import store
from pages.pipelines import rules
from pages.pipelines.facts import JUDGED_NIGHTS, PIPELINE_RUNS
from pages.pipelines.night import board_of
from pages.pipelines.sources.run_shaper import RunShaper
from pages.pipelines.sources.runs import RunMapping

LOG = {"pipeline": "Nom", "status": "Statut", "started_at": "Debut", "ended_at": "Fin"}
HEADER = "Nom;Statut;Debut;Fin\n"
AIRFLOW = {
    "pipeline": "dag_id",
    "run_id": "run_id",
    "status": "state",
    "started_at": "start_date",
    "ended_at": "end_date",
}
DAGS = "dag_id,run_id,state,start_date,end_date\n"
GITHUB = {
    "pipeline": "workflow",
    "run_id": "run_id",
    "attempt": "run_attempt",
    "status": "conclusion",
    "started_at": "started_at",
    "ended_at": "completed_at",
}
ATTEMPTS = (
    "run_id,run_attempt,workflow,conclusion,started_at,completed_at\n"
    "1,1,p,failure,2026-11-19T23:10:00Z,2026-11-19T23:20:00Z\n"
    "1,2,p,success,2026-11-19T23:30:00Z,2026-11-19T23:40:00Z\n"
)
STAMP = int(datetime(2026, 11, 20, 7, tzinfo=UTC).timestamp())


class Files:
    """The files that sources read, each written a second later than the one before, or so many seconds `sooner`."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._second = folder, 0

    def write(self, name: str, text: str, sooner: int = 0) -> None:
        path = self._folder / name
        path.write_text(text, encoding="utf-8")
        self._second += 1
        os.utime(path, (STAMP + self._second - sooner,) * 2)

    def append(self, name: str, text: str) -> None:
        self.write(name, (self._folder / name).read_text(encoding="utf-8") + text)


@pytest.fixture
def files(data: Path) -> Files:
    store().upgrade()
    return Files(data)


def declare(name: str, path: str, columns: dict[str, str] | None = None, **options: Any) -> None:
    """A source of logs, or other settings of one that there is."""
    checked = registry.check(
        registry.connector("pipelines", "file"), {"path": path, "columns": columns or LOG, **options}
    )
    source = Source(name, "pipelines", "file", checked)
    with store().write() as connection:
        if entry := registry.find(connection, name):
            registry.change(connection, source, entry.version, who="test")
        else:
            registry.add(connection, source, who="test")


def read(*names: str) -> list[Outcome]:
    with speaking("en"):
        outcomes = sync.run(names or None)
    assert [outcome.error for outcome in outcomes if outcome.error] == []
    return outcomes


def runs() -> list[tuple[str, str, str]]:
    """Pipeline, id and status of every run in the lake."""
    if not (lake().root / "pipeline_runs").exists():
        return []
    found = lake().read(PIPELINE_RUNS, ["pipeline", "run_id", "status"]).to_pylist()
    return sorted((row["pipeline"], row["run_id"], row["status"]) for row in found)


def test_a_run_id_that_two_pipelines_bear_in_two_files_is_two_runs(files: Files) -> None:
    night = "scheduled__2026-11-19T00:00:00+00:00"
    files.write("dag_a.csv", f"{DAGS}dag_a,{night},failed,2026-11-20T00:10:00Z,2026-11-20T00:20:00Z\n")
    files.write("dag_b.csv", f"{DAGS}dag_b,{night},success,2026-11-20T00:10:00Z,2026-11-20T00:20:00Z\n")
    declare("af", "dag_*.csv", AIRFLOW)
    (outcome,) = read()
    assert (outcome.landed, outcome.refused) == (2, 0)
    assert runs() == [("dag_a", night, "FAILED"), ("dag_b", night, "SUCCEEDED")]


def test_a_run_id_of_two_pipelines_far_apart_in_one_file_is_two_runs(
    files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.sources.formats.delimited.CHUNK_ROWS", 2)
    row = "{dag},n1,{state},2026-11-20T00:10:00Z,2026-11-20T00:20:00Z\n"
    between = "".join(f"dag_z,r{n},success,2026-11-20T00:10:00Z,2026-11-20T00:20:00Z\n" for n in range(4))
    last = row.format(dag="dag_b", state="success")
    files.write("af.csv", DAGS + row.format(dag="dag_a", state="failed") + between + last)
    declare("af", "af.csv", AIRFLOW)
    assert read()[0].landed == 6
    assert runs()[:2] == [("dag_a", "n1", "FAILED"), ("dag_b", "n1", "SUCCEEDED")]


def test_each_attempt_is_a_run(files: Files) -> None:
    files.write("gh.csv", ATTEMPTS)
    declare("gh", "gh.csv", GITHUB)
    read()
    assert runs() == [("p", "1", "FAILED"), ("p", "1#2", "SUCCEEDED")]


@pytest.mark.parametrize(
    "rows",
    [
        ["p;RUNNING;20/11/2026 00:10:00;", "p;SUCCESS;20/11/2026 00:10:00;20/11/2026 00:40:00"],
        ["p;SUCCESS;20/11/2026 00:10:00;20/11/2026 00:40:00", "p;RUNNING;20/11/2026 00:10:00;"],
        [
            "p;QUEUED;20/11/2026 00:10:00;",
            "p;RUNNING;20/11/2026 00:10:00;",
            "p;SUCCESS;20/11/2026 00:10:00;20/11/2026 00:40:00",
        ],
    ],
)
@pytest.mark.parametrize("at_once", [True, False])
def test_a_row_of_the_start_and_one_of_the_end_are_one_run(files: Files, rows: list[str], at_once: bool) -> None:
    declare("log", "x.csv")
    files.write("x.csv", HEADER)
    for row in rows:
        files.append("x.csv", f"{row}\n")
        if not at_once and rows[-1].startswith("p;SUCCESS"):
            read()
    read()
    assert runs() == [("p", "p@2026-11-19T23:10:00Z", "SUCCEEDED")]


@pytest.mark.parametrize("sooner", [0, 500])
def test_a_state_that_is_merely_told_again_is_not_kept_whatever_the_date_of_its_file(files: Files, sooner: int) -> None:
    declare("log", "x.csv")
    rows = "".join(f"p{n};SUCCESS;20/11/2026 00:1{n};20/11/2026 00:2{n}\n" for n in range(3))
    files.write("x.csv", HEADER + rows)
    read()
    files.write("x.csv", HEADER + "q;SUCCESS;19/11/2026 00:10;19/11/2026 00:20\n" + rows, sooner)
    read()
    assert (len(runs()), lake().read(PIPELINE_RUNS.observations, ["run_id"]).num_rows) == (4, 4)


def test_a_run_keeps_its_one_row_however_long_it_waits(files: Files) -> None:
    header = "id;Nom;Statut;Debut;Fin;GenerationTime\n"
    declare("log", "x.csv", {**LOG, "run_id": "id", "observed_at": "GenerationTime"})
    files.write("x.csv", header + "7;p;QUEUED;;;28/10/2026 23:00:00\n")
    read()
    files.append("x.csv", "7;p;SUCCESS;06/11/2026 00:10:00;06/11/2026 00:20:00;06/11/2026 00:21:00\n")
    read()
    assert runs() == [("p", "7", "SUCCEEDED")]
    states = lake().read(PIPELINE_RUNS.observations, ["status"])["status"].to_pylist()
    assert sorted(states) == ["QUEUED", "SUCCEEDED"]


def open_rows(source: str) -> list[str]:
    with store().read() as connection:
        return [kept.reason for kept in refusals.open_rows(connection, source)]


def test_a_row_that_was_read_in_halves_leaves_no_refused_row(files: Files) -> None:
    declare("log", "x.csv")
    files.write("x.csv", HEADER)
    for n in range(1, 4):
        files.append("x.csv", f"p{n};SUCC")
        read()
        assert len(open_rows("log")) == 1
        files.append("x.csv", f"ESS;20/11/2026 00:1{n};20/11/2026 00:2{n}\n")
        read()
        assert open_rows("log") == []
    assert [pipeline for pipeline, *_rest in runs()] == ["p1", "p2", "p3"]


def test_half_a_name_leaves_no_run(files: Files) -> None:
    declare(
        "log", "x.csv", {"started_at": "Debut", "ended_at": "Fin", "pipeline": "Nom"}, constants={"status": "SUCCESS"}
    )
    files.write(
        "x.csv", "Debut;Fin;Nom\n20/11/2026 00:10;20/11/2026 00:20;a\n20/11/2026 00:30:00;20/11/2026 00:40:00;tele"
    )
    read()
    assert [pipeline for pipeline, *_rest in runs()] == ["a", "tele"]
    files.append("x.csv", "phonie_master\n")
    read()
    assert [pipeline for pipeline, *_rest in runs()] == ["a", "telephonie_master"]
    states = lake().read(PIPELINE_RUNS.observations, ["pipeline"])["pipeline"].to_pylist()
    assert sorted(states) == ["a", "telephonie_master"]


def test_a_last_row_without_its_line_end_that_was_whole_stays_as_it_was(files: Files) -> None:
    declare("log", "x.csv")
    files.write("x.csv", HEADER + "a;SUCCESS;20/11/2026 00:10;20/11/2026 00:20")
    read()
    before = lake().read(PIPELINE_RUNS.observations, ["pipeline", "observed_at"]).to_pylist()
    files.append("x.csv", "\nb;SUCCESS;20/11/2026 00:10;20/11/2026 00:20")
    read()
    read()
    after = lake().read(PIPELINE_RUNS.observations, ["pipeline", "observed_at"]).to_pylist()
    assert [row for row in after if row["pipeline"] == "a"] == before
    assert [pipeline for pipeline, *_rest in runs()] == ["a", "b"]


MONTH_FIRST = (
    "id,job,status,start,end\n"
    "1,p,SUCCESS,11/08/2026 00:10:00,11/08/2026 00:20:00\n"
    "2,p,FAILED,11/09/2026 00:10:00,11/09/2026 00:20:00\n"
    "3,p,SUCCESS,11/10/2026 00:10:00,11/10/2026 00:20:00\n"
)


def days() -> list[str]:
    moments = lake().read(PIPELINE_RUNS, ["started_at"])["started_at"].to_pylist()
    return sorted(f"{moment:%d %b}" for moment in moments)


@pytest.mark.parametrize("run_id", [{}, {"run_id": "id"}])
def test_a_corrected_order_of_dates_takes_the_place_of_the_wrong_one(files: Files, run_id: dict[str, str]) -> None:
    columns = {"pipeline": "job", "status": "status", "started_at": "start", "ended_at": "end", **run_id}
    files.write("x.csv", MONTH_FIRST)
    declare("log", "x.csv", columns)
    read()
    declare("log", "x.csv", columns, day_first=False)
    read()
    assert days() == ["07 Nov", "08 Nov", "09 Nov"]
    assert open_rows("log") == []
    states = lake().read(PIPELINE_RUNS.observations, ["started_at"])["started_at"].to_pylist()
    assert len(states) == 3


def test_a_corrected_key_leaves_no_ghost(files: Files) -> None:
    files.write("gh.csv", ATTEMPTS)
    declare("gh", "gh.csv", {name: column for name, column in GITHUB.items() if name != "attempt"})
    read()
    declare("gh", "gh.csv", GITHUB, key=["run_id", "run_attempt"])
    read()
    assert [run for _pipeline, run, _status in runs()] == ["1/1", "1/2"]


def test_a_corrected_zone_leaves_no_ghost(files: Files) -> None:
    files.write("x.csv", HEADER + "p;SUCCESS;20/11/2026 00:10;20/11/2026 00:20\n")
    declare("log", "x.csv")
    read()
    declare("log", "x.csv", timezone="UTC")
    read()
    assert [run for _pipeline, run, _status in runs()] == ["p@2026-11-20T00:10:00Z"]


def test_another_place_keeps_what_the_former_one_told(files: Files) -> None:
    files.write("x.csv", HEADER + "p;SUCCESS;19/11/2026 00:10;19/11/2026 00:20\n")
    declare("log", "x.csv")
    read()
    files.write("y.csv", HEADER + "p;SUCCESS;20/11/2026 00:10;20/11/2026 00:20\n")
    declare("log", "y.csv")
    read()
    assert days() == ["18 Nov", "19 Nov"]


def test_a_corrected_mapping_that_reads_nothing_takes_nothing_out(files: Files) -> None:
    files.write("x.csv", HEADER + "p;SUCCESS;19/11/2026 00:10;19/11/2026 00:20\n")
    declare("log", "x.csv")
    read()
    declare("log", "x.csv", {**LOG, "started_at": "Statut"})
    read()
    assert len(runs()) == 1


def test_a_source_that_is_forgotten_takes_its_facts_with_it(files: Files) -> None:
    files.write("x.csv", HEADER + "p;SUCCESS;19/11/2026 00:10;19/11/2026 00:20\nq;OK;hier;\n")
    declare("log", "x.csv")
    declare("other", "x.csv")
    read()
    begun("log").touch()
    with store().write() as connection:
        undo.forget(connection, "log", who="test")
    assert not begun("log").exists()
    for table in (PIPELINE_RUNS, PIPELINE_RUNS.observations, READS):
        assert set(lake().read(table, ["source"])["source"].to_pylist()) == {"other"}
    with store().read() as connection:
        assert [entry.name for entry in registry.entries(connection)] == ["other"]
    assert open_rows("log") == []


@pytest.mark.parametrize("way", ["forget", "empty"])
def test_nights_that_were_judged_by_what_is_forgotten_are_forgotten_with_it(files: Files, way: str) -> None:
    files.write("x.csv", HEADER + "p;SUCCESS;19/11/2026 00:10;19/11/2026 00:20\n")
    declare("log", "x.csv")
    text = "families: [{key: a, name: A, members: [{pipeline: p}]}]\ndata_sets: []\n"
    (of_vigie().data / "pipelines_rules.yml").write_text(text, encoding="utf-8")
    read()
    assert set(lake().read(JUDGED_NIGHTS, ["family"])["family"].to_pylist()) == {"a"}
    with store().write() as connection:
        if way == "forget":
            undo.forget(connection, "log", who="test")
        else:
            undo.empty(connection, "pipelines", PIPELINE_RUNS, ["file"], who="test")
    assert lake().version(JUDGED_NIGHTS) is None


def test_nothing_is_taken_out_for_good_while_a_source_is_read(files: Files) -> None:
    files.write("x.csv", HEADER + "p;SUCCESS;19/11/2026 00:10;19/11/2026 00:20\n")
    declare("log", "x.csv")
    refused = []

    def forget_meanwhile(_report: Report) -> None:
        with store().write() as connection, pytest.raises(SourceFailed) as said:
            undo.forget(connection, "log", who="test")
        refused.append(said.value.sentence)

    with speaking("en"):
        sync.run(progress=forget_meanwhile)
    assert set(refused) == {"A reading goes on: wait for its end, or stop it."}
    assert len(runs()) == 1


def test_nor_while_another_process_reads(files: Files) -> None:
    declare("log", "x.csv")
    reads = "from core.run import undo\nwith undo.reading():\n    print(flush=True)\n    input()"
    with subprocess.Popen([sys.executable, "-c", reads], cwd=ROOT, stdin=-1, stdout=-1) as other:
        assert other.stdout
        other.stdout.readline()
        with store().write() as connection, pytest.raises(SourceFailed):
            undo.forget(connection, "log", who="test")
        other.communicate(b"\n")
    with store().write() as connection:
        undo.forget(connection, "log", who="test")


def test_no_reading_begins_between_what_is_taken_out_and_its_commit(files: Files) -> None:
    declare("log", "x.csv")
    lock = undo.settings().data / undo._LOCK
    with store().write() as connection:
        undo.forget(connection, "log", who="test")
        with pytest.raises(BlockingIOError), alone_now(lock):
            pass
    with alone_now(lock):
        pass


def test_the_command_reads_a_source_anew_and_forgets_one(files: Files, capsys: pytest.CaptureFixture[str]) -> None:
    files.write("x.csv", HEADER + "p;SUCCESS;19/11/2026 00:10;19/11/2026 00:20\n")
    declare("log", "x*.csv")
    read()
    files.write("x.csv", HEADER + "q;SUCCESS;18/11/2026 00:10;18/11/2026 00:20\n")
    with speaking("en"):
        assert sources.main(["anew", "log"]) == 0
        assert [pipeline for pipeline, *_rest in runs()] == ["q"]
        assert sources.main(["forget", "log"]) == 0
        assert sources.main(["anew", "log"]) == 2
    assert runs() == []
    assert capsys.readouterr().out.splitlines() == [
        "log: 1 rows landed, 0 refused.",
        "log is forgotten with its facts.",
        "name: there is no source “log”.",
    ]


def test_a_row_that_left_a_rewritten_file_is_gone_from_today_and_kept_in_the_history(files: Files) -> None:
    row = "{name};SUCCESS;{day}/11/2026 00:10;{day}/11/2026 00:20\n"
    declare("log", "x.csv")
    files.write(
        "x.csv", HEADER + row.format(name="a", day=18) + row.format(name="b", day=19) + row.format(name="c", day=20)
    )
    read()
    files.write("x.csv", HEADER + row.format(name="b", day=19))
    (outcome,) = read()
    assert outcome.note == "Rows are not in the file any more: gone from today, kept in the history. (1)"
    assert [pipeline for pipeline, *_rest in runs()] == ["a", "b"]
    states = lake().read(PIPELINE_RUNS.observations, ["pipeline", "gone"]).to_pylist()
    assert sorted((state["pipeline"], bool(state["gone"])) for state in states) == [
        ("a", False),
        ("b", False),
        ("c", False),
        ("c", True),
    ]
    files.write("x.csv", HEADER + row.format(name="b", day=19) + row.format(name="c", day=20))
    read()
    assert [pipeline for pipeline, *_rest in runs()] == ["a", "b", "c"]
    assert lake().read(PIPELINE_RUNS.observations, ["pipeline"]).num_rows == 5


def test_a_corrected_row_stays_when_its_file_is_rewritten(files: Files) -> None:
    declare("log", "x.csv")
    bad = "q;SUCCESS;20/11/2026 00:40;20/11/2026 00:10\n"
    files.write("x.csv", HEADER + "p;SUCCESS;20/11/2026 00:10;20/11/2026 00:20\n" + bad)
    read()
    with store().read() as connection:
        (kept,) = refusals.open_rows(connection, "log")
    folder = corrections("log")
    folder.mkdir(parents=True)
    right = f"{kept.digest};{kept.row['vigie_run']};q;SUCCESS;20/11/2026 00:40;20/11/2026 00:50\n"
    (folder / "right.csv").write_text("vigie_row;vigie_run;" + HEADER + right, encoding="utf-8")
    read()
    files.write("x.csv", HEADER + "o;SUCCESS;20/11/2026 00:05;20/11/2026 00:20\n" + bad)
    read()
    assert [pipeline for pipeline, *_rest in runs()] == ["o", "q"]
    assert open_rows("log") == []


RUN = '{"workflow":"p","status":"success","start":"2026-11-20T00:10:00Z","actor":{"name":"x"}}'


@pytest.mark.parametrize(
    "content",
    [f"[{RUN}]", RUN + "\n" + RUN.replace('"p"', '"q"') + "\n", f'{{"total": 1, "workflow_runs": [{RUN}]}}', RUN],
)
def test_json_lands_as_rows(files: Files, content: str) -> None:
    files.write("r.json", content)
    declare(
        "gh", "r.json", {"pipeline": "workflow", "status": "status", "started_at": "start", "trigger": "actor.name"}
    )
    read()
    assert runs()[0] == ("p", "p@2026-11-20T00:10:00Z", "SUCCEEDED")


def test_a_line_of_json_that_is_cut_is_refused_alone(files: Files) -> None:
    files.write("r.jsonl", f"{RUN}\n{RUN[:20]}\n")
    declare("gh", "r.jsonl", {"pipeline": "workflow", "status": "status", "started_at": "start"})
    read()
    assert len(runs()) == 1
    assert open_rows("gh") == ["This is no JSON object."]


def judged() -> list[tuple[str, str]]:
    """Source and status of the runs of the night of 20 November that no family expects."""
    told = rules.load(rules.HERE / "rules.yml")
    as_of = datetime(2026, 11, 20, 7, tzinfo=UTC)
    board = board_of(warehouse().reader(EVERYTHING), told, told.night_of(date(2026, 11, 20)), as_of, replay=False)
    return [(run.source, run.status) for run in board.unassigned]


def test_one_run_in_two_sources_counts_once(files: Files) -> None:
    files.write("x.csv", HEADER + "p;FAILED;20/11/2026 00:10:00;20/11/2026 00:20:00\n")
    declare("o", "x.csv")
    declare("o2", "x.csv")
    read()
    assert judged() == [("o", "FAILED")]


def test_a_source_that_was_removed_no_longer_testifies(files: Files) -> None:
    files.write("old.csv", HEADER + "p;FAILED;20/11/2026 00:10:00;20/11/2026 00:20:00\n")
    files.write("new.csv", HEADER + "p;SUCCESS;20/11/2026 00:10:00;20/11/2026 00:20:00\n")
    declare("old", "old.csv")
    read()
    with store().write() as connection:
        registry.enable(connection, "old", 1, False, who="test")
    declare("new", "new.csv")
    read()
    assert judged() == [("new", "SUCCEEDED")]


_NAMES = st.text("a1#/\\", min_size=1, max_size=3)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sets(st.tuples(_NAMES, _NAMES, st.integers(1, 3)), min_size=1, max_size=8), st.booleans())
def test_runs_that_differ_in_pipeline_run_or_attempt_have_different_names(
    told: set[tuple[str, str, int]], with_key: bool
) -> None:
    columns = {"pipeline": "workflow", "run_id": "run_id", "attempt": "run_attempt"}
    cells = [pa.array(list(map(str, column))) for column in zip(*sorted(told), strict=True)]
    table = pa.table([*cells, pa.array(["2026-11-20"] * len(told))], names=[*columns.values(), "at"])
    mapping = RunMapping(
        columns={**columns, "started_at": "at"},
        key=["run_id", "run_attempt"] if with_key else [],
    )
    now = datetime(2026, 11, 20, 7, tzinfo=UTC)
    rows = RunShaper("gh", None, mapping, now).shape(Cells(table, range(len(told)), "gh.csv"), now).rows
    assert len(set(zip(rows["pipeline"].to_pylist(), rows["run_id"].to_pylist(), strict=True))) == len(told)
