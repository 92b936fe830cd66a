"""Pulling and landing: what is told, and that kills, rivals and a full disk lose nothing and double nothing."""

import csv
import io
import os
import random
import resource
import signal
import subprocess
import sys
import time
import zipfile
from io import BytesIO
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest
import sqlalchemy as sa

from core.base.i18n import speaking
from core.base.settings import ROOT
from core.facts.lake import lake
from core.facts.reads import begun
from core.run import registry, sync
from core.run.sync import Outcome, Report
from core.sources import refusals
from core.sources.base import Source
from core.sources.formats import delimited
from core.store.engine import store
from core.store.schema import refused_rows, sources
from pages.pipelines.facts import PIPELINE_RUNS
from pages.pipelines.sources.run_shaper import RunShaper
from tests import processes
from tests.conftest import forget
from tests.moments import python

COLUMNS = {"pipeline": "Nom", "status": "Statut", "started_at": "Début", "ended_at": "Fin"}
HEADER = "Nom;Statut;Début;Fin\n"
GOOD = "a;OK;08/04/2025 06:43;08/04/2025 06:44\n"
BAD = "a;OK;hier;\n"
STAMP = 1_744_090_000


def declare(name: str, **options: Any) -> None:
    checked = registry.check(
        registry.connector("pipelines", "file"), {"path": f"logs/{name}*.csv", "columns": COLUMNS, **options}
    )
    with store().write() as connection:
        registry.add(connection, Source(name, "pipelines", "file", checked), who="test")


def write(data: Path, name: str, text: str, second: int = 0) -> Path:
    path = data / "logs" / f"{name}.csv"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    os.utime(path, (STAMP + second,) * 2)
    return path


def run(*names: str, **more: Any) -> list[Outcome]:
    with speaking("en"):
        return sync.run(names or None, **more)


def stored(table: str) -> pa.Table:
    return lake().scan(table).read_all()


def open_rows(source: str) -> list[refusals.Kept]:
    with store().read() as connection:
        return refusals.open_rows(connection, source)


@pytest.fixture
def ready(data: Path) -> Path:
    store().upgrade()
    return data


def test_rows_land_and_the_reading_is_noted(ready: Path) -> None:
    declare("journal")
    write(ready, "journal", HEADER + GOOD + GOOD + BAD)
    (outcome,) = run()
    assert (outcome.landed, outcome.refused, outcome.error) == (2, 1, "")
    (read,) = stored("source_reads").to_pylist()
    assert (read["source"], read["mission"], read["outcome"], read["landed"], read["refused"], read["error"]) == (
        "journal",
        "pipelines",
        "ok",
        2,
        1,
        None,
    )
    assert read["covers_until"].timestamp() == STAMP
    assert [row.reason for row in open_rows("journal")] == ["Début: “hier” is not a date."]


def test_reading_again_changes_nothing_and_is_noted(ready: Path) -> None:
    declare("journal")
    write(ready, "journal", HEADER + GOOD + BAD)
    run()
    assert [(outcome.landed, outcome.refused) for outcome in run()] == [(0, 0)]
    assert len(stored("pipeline_runs")) == 1
    assert len(stored("source_reads")) == 2
    assert len(open_rows("journal")) == 1


def test_a_reading_that_was_killed_is_known_until_one_came_to_its_end(
    ready: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(_reading: sync._Reading, _error: str) -> Outcome:
        sys.exit(137)

    declare("journal")
    write(ready, "journal", HEADER + GOOD)
    with monkeypatch.context() as patch:
        patch.setattr(sync._Reading, "_land_read", killed)
        with pytest.raises(SystemExit):
            run()
    assert begun("journal").exists()
    run()
    assert not begun("journal").exists()


def test_a_source_that_fails_stops_no_other(ready: Path) -> None:
    declare("absent")
    declare("journal")
    write(ready, "journal", HEADER + GOOD)
    outcomes = run()
    assert [(outcome.source, outcome.error) for outcome in outcomes] == [
        ("absent", "No file matches logs/absent*.csv."),
        ("journal", ""),
    ]
    reads = {read["source"]: read for read in stored("source_reads").to_pylist()}
    assert (reads["absent"]["outcome"], reads["absent"]["covers_until"]) == ("failed", None)
    assert reads["absent"]["error"] == "No file matches logs/absent*.csv."


def test_an_unexpected_error_is_told_without_its_details(ready: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    declare("journal")
    write(ready, "journal", HEADER + GOOD)
    monkeypatch.setattr("pages.pipelines.sources.run_shaper.RunShaper.shape", lambda *_args: 1 / 0)
    assert run()[0].error == "An unexpected error; the log has the details."


class PanicException(BaseException):
    """What a library in Rust raises where it breaks."""


@pytest.mark.parametrize("broken", [MemoryError(), RecursionError(), PanicException("index out of bounds")])
def test_whatever_a_library_raises_the_sources_after_it_are_read(
    ready: Path, monkeypatch: pytest.MonkeyPatch, broken: BaseException
) -> None:
    for name in ("first", "second"):
        declare(name)
        write(ready, name, HEADER + GOOD)
    shape = RunShaper.shape

    def shaped(self: RunShaper, *given: Any) -> Any:
        if self._source == "first":
            raise broken
        return shape(self, *given)

    monkeypatch.setattr(RunShaper, "shape", shaped)
    told = "An unexpected error; the log has the details."
    assert [(one.landed, one.error) for one in run()] == [(0, told), (1, "")]


def bomb() -> bytes:
    made = BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("xl/workbook.xml", b"<workbook>" + b"<x/>" * 10_000_000 + b"</workbook>")
    return made.getvalue()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.xlsx", bomb()),
        ("a.xlsx", b"PK\3\4 no workbook"),
        ("a.ods", b"PK\5\6" + bytes(18)),
        ("a.csv", ";".join(map(str, range(5_000))).encode()),
        ("a.csv", b""),
        ("../../etc/passwd", b""),
    ],
    ids=["bomb", "damaged", "empty archive", "columns", "empty", "closed"],
)
def test_what_is_refused_stops_no_source_after_it(ready: Path, name: str, content: bytes) -> None:
    (ready / "logs").mkdir()
    path = f"logs/{name}"
    if ".." not in name:
        (ready / path).write_bytes(content)
    with store().write() as connection:
        values = {"mission": "pipelines", "kind": "file", "options": {"path": path, "columns": COLUMNS}}
        connection.execute(sa.insert(sources).values(name="bad", enabled=True, cursor={}, version=1, **values))
    declare("journal")
    write(ready, "journal", HEADER + GOOD)
    bad, journal = run()
    assert bad.error.endswith(".")
    assert "unexpected" not in bad.error
    assert (journal.source, journal.landed, journal.error) == ("journal", 1, "")


def test_unknown_statuses_are_noted(ready: Path) -> None:
    declare("journal")
    write(ready, "journal", HEADER + "a;BLOQUÉ;08/04/2025;\nb;BLOQUÉ;08/04/2025;\n")
    assert (
        run()[0].note
        == "Status “BLOQUÉ” is unknown: its runs are kept as UNKNOWN. “Words of status” says what it means. (2)"
    )


def test_a_reading_can_be_followed_and_stopped(ready: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.sources.formats.delimited.CHUNK_ROWS", 2)
    declare("journal")
    write(ready, "journal", HEADER + GOOD * 6)
    reports: list[Report] = []
    (outcome,) = run(progress=reports.append, cancelled=lambda: reports[-1].landed == 4)
    assert outcome.error == "The reading was stopped; what had landed stays."
    assert [report.landed for report in reports] == [0, 2, 4]
    assert reports[-1].total == (ready / "logs/journal.csv").stat().st_size
    assert run()[0].landed == 2
    assert len(stored("pipeline_runs")) == 6


def test_a_correction_lands_and_settles_the_row(ready: Path) -> None:
    declare("journal")
    write(ready, "journal", HEADER + GOOD + "a;OK;08/04/2025 06:43;07/04/2025\n")
    run()
    (row,) = open_rows("journal")
    folder = ready / "uploads/journal/corrections"
    folder.mkdir(parents=True)
    text = io.StringIO()
    corrected = {**row.row, "Fin": "08/04/2025 06:50", "vigie_row": row.digest}
    writer = csv.DictWriter(text, list(corrected), delimiter=";")
    writer.writeheader()
    writer.writerow(corrected)
    (folder / "corrected.csv").write_text(text.getvalue(), encoding="utf-8")
    assert run()[0].landed == 1
    assert open_rows("journal") == []
    write(ready, "journal", HEADER + GOOD + "a;OK;08/04/2025 06:43;08/04/2025 06:50\n", second=1)
    run()
    assert sorted(stored("pipeline_runs")["run_id"].to_pylist()) == [
        "a@2025-04-08T04:43:00Z",
        "a@2025-04-08T04:43:00Z#2",
    ]


def test_only_so_many_refused_rows_are_kept(ready: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sync, "MOST_REFUSED", 3)
    declare("journal")
    write(ready, "journal", HEADER + BAD * 5)
    (outcome,) = run()
    assert (outcome.refused, outcome.notes) == (5, {"Rows were refused beyond the first 3, and are not kept.": 2})
    assert len(open_rows("journal")) == 3


def command(data: Path, *arguments: str, **more: Any) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        python("-m", "core.run.sync", *arguments),
        cwd=ROOT,
        env={**os.environ, "VIGIE_DATA": str(data)},
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        **more,
    )


def test_the_command_tells_and_fails_when_a_source_did(ready: Path) -> None:
    declare("absent")
    declare("journal")
    write(ready, "journal", HEADER + GOOD)
    asked = command(ready)
    said, _log = asked.communicate(timeout=60)
    assert asked.returncode == 1
    assert said.splitlines() == [
        "absent\u202f: lignes intégrées 0, refusées 0. Aucun fichier ne correspond à logs/absent*.csv.",
        "journal\u202f: lignes intégrées 1, refusées 0.",
    ]


def test_the_command_refuses_a_name_that_is_none(ready: Path) -> None:
    asked = command(ready, "nulle part")
    asked.communicate(timeout=60)
    assert asked.returncode == 2


def long_log() -> str:
    lines = [f"p{n % 7};OK;08/04/2025 06:{n % 60:02d};08/04/2025 07:00\n" for n in range(1_200)]
    return HEADER + "".join(lines[:700]) + BAD + "".join(lines[700:]) + "p1;OK;08/04/2025;07/04/2025\n"


def state(table: str) -> list[Any]:
    """Every row of a table of the lake, in one order."""
    rows = stored(table)
    return duckdb.sql("SELECT * FROM rows ORDER BY ALL").fetchall() if len(rows) else []


def refused() -> list[Any]:
    columns = [refused_rows.c[name] for name in ("digest", "position", "reading", "row", "reason", "settled_at")]
    with store().read() as connection:
        return [tuple(row) for row in connection.execute(sa.select(*columns).order_by(refused_rows.c.digest))]


def in_small_pieces() -> None:
    """A sync that lands in many pieces, so that a kill falls between or within them."""
    delimited.CHUNK_ROWS = 100
    sys.exit(sync.main([]))


def stopped_after_a_piece() -> None:
    land = sync._Reading._land

    def land_and_stop(reading: sync._Reading, *batch: Any) -> None:
        land(reading, *batch)
        os.kill(os.getpid(), signal.SIGTERM)

    sync._Reading._land = land_and_stop  # type: ignore[method-assign]
    in_small_pieces()


def ended(process: BaseProcess) -> int | None:
    """The exit code of a process, once it ended."""
    process.join(60)
    return process.exitcode


def test_two_syncs_at_once_and_ten_kills_leave_what_one_clean_sync_leaves(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ends = {}
    log = write(tmp_path, "journal", long_log())
    for name in ("clean", "killed"):
        monkeypatch.setenv("VIGIE_DATA", str(tmp_path / name))
        forget()
        store().upgrade()
        declare("journal", path=str(log))
        if name == "killed":
            dice = random.Random(7)
            beginning = time.monotonic()
            one = processes.begin(in_small_pieces)
            while lake().version(PIPELINE_RUNS) in (None, 0):
                time.sleep(0.02)
            first = time.monotonic() - beginning
            one.kill()
            for _two_kills in range(5):
                two = [processes.begin(in_small_pieces), processes.begin(in_small_pieces)]
                time.sleep(first * dice.uniform(0.8, 1.6))
                for process in two:
                    process.kill()
                    process.join()
            two = [processes.begin(in_small_pieces), processes.begin(in_small_pieces)]
            assert [ended(process) for process in two] == [0, 0]
        else:
            assert ended(processes.begin(in_small_pieces)) == 0
        ends[name] = (state("pipeline_runs"), state("pipeline_runs_observations"), refused())
    assert len(ends["clean"][0]) == 1_200
    assert len(ends["clean"][2]) == 2
    assert ends["killed"] == ends["clean"]
    forget()


def test_a_full_disk_is_told_and_the_next_sync_makes_it_good(ready: Path) -> None:
    declare("journal", columns={**COLUMNS, "error_message": "Message"})
    dice = random.Random(7)
    rows = "".join(f"p{n};KO;08/04/2025 06:00;;{dice.randbytes(300).hex()}\n" for n in range(3_000))
    write(ready, "journal", "Nom;Statut;Début;Fin;Message\n" + rows + "p;KO;hier;;\n")
    limit = 600_000
    assert (ready / "vigie.db").stat().st_size < limit / 2, "the store still fits"

    def fill() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    full = command(ready, preexec_fn=fill)
    said, _log = full.communicate(timeout=120)
    assert full.returncode == 1
    assert "disque" in said
    assert open_rows("journal") == []
    assert command(ready).wait(timeout=120) == 0
    assert len(stored("pipeline_runs")) == 3_000
    assert len(open_rows("journal")) == 1


def test_a_stopped_command_keeps_what_had_landed(ready: Path) -> None:
    declare("journal")
    write(ready, "journal", long_log())
    assert ended(processes.begin(stopped_after_a_piece)) == 130
    assert len(stored("pipeline_runs")) == 100
    (read,) = stored("source_reads").to_pylist()
    assert (read["outcome"], read["covers_until"]) == ("failed", None)
    assert ended(processes.begin(in_small_pieces)) == 0
    assert len(stored("pipeline_runs")) == 1_200


def test_a_sync_of_a_log_loads_nothing_that_it_does_not_need(ready: Path) -> None:
    declare("journal", key=["pipeline"])
    write(ready, "journal", HEADER + GOOD)
    heavy = "pandas openpyxl reportlab httpx sqlglot holidays altair streamlit alembic"
    loaded = (
        "import sys; from core.run.sync import main; main([]); "
        f"print([one for one in '{heavy}'.split() if one in sys.modules])"
    )
    told = subprocess.run([sys.executable, "-c", loaded], cwd=ROOT, capture_output=True, text=True, check=True)
    assert told.stdout.splitlines()[-1] == "[]"
