"""What lands of files, whole: which runs there are, and that none is lost, doubled or left over."""

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.base.i18n import speaking
from core.facts.lake import lake
from core.run import registry, sync
from core.run.sync import Outcome
from core.sources.base import Source
from core.sources.cells import Cells
from core.store.engine import store
from pages.pipelines.facts import PIPELINE_RUNS
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
    """The files that sources read, each written a second later than the one before."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._second = folder, 0

    def write(self, name: str, text: str) -> None:
        path = self._folder / name
        path.write_text(text, encoding="utf-8")
        self._second += 1
        os.utime(path, (STAMP + self._second,) * 2)

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
    monkeypatch.setattr("core.sources.delimited.CHUNK_ROWS", 2)
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
