"""The connection that queries run on: what it sees, and what it never can."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from core.facts.lake import Lake
from core.facts.reads import READS
from core.facts.snapshot import Snapshots
from core.facts.views import Views
from core.people.person import EVERYTHING, Scope
from tests.unit.core.facts.jobs import JOBS, batch, job


@pytest.fixture
def cursor(tmp_path: Path) -> duckdb.DuckDBPyConnection:
    """A cursor that sees the jobs of team A and nobody's."""
    lake = Lake(tmp_path / "lake")
    lake.land(JOBS, batch(job("a", team="A"), job("b", team="B"), job("c")))
    (tmp_path / "secret.txt").write_text("secret")
    (tmp_path / "lake-too").mkdir()
    (tmp_path / "lake-too" / "secret.txt").write_text("secret")
    snapshot = Snapshots(lake, [JOBS]).take()
    return Views(lake).cursor([JOBS], snapshot, Scope(frozenset({"A"})))


def test_it_sees_the_rows_of_its_scope_under_the_name_of_the_table(cursor: duckdb.DuckDBPyConnection) -> None:
    assert cursor.execute("SELECT job FROM jobs ORDER BY job").fetchall() == [("a",), ("c",)]


def test_it_sees_no_table_that_was_not_asked_for(cursor: duckdb.DuckDBPyConnection) -> None:
    for table in ("source_reads", "jobs_observations"):
        with pytest.raises(duckdb.CatalogException):
            cursor.execute(f"SELECT * FROM {table}")


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM read_text('{0}/secret.txt')",
        "SELECT * FROM '{0}/secret.txt'",
        "SELECT * FROM read_csv('{0}/secret.txt')",
        "SELECT * FROM read_text('{0}/lake/../secret.txt')",
        "SELECT * FROM read_text('{0}/lake-too/secret.txt')",
        "SELECT * FROM glob('{0}/*')",
        "SELECT * FROM read_csv('http://127.0.0.1:9/')",
        "COPY (SELECT 1) TO '{0}/out.csv'",
        "ATTACH '{0}/other.db'",
        "INSTALL httpfs",
        "SET GLOBAL enable_external_access = true",
        "SET TimeZone = 'Europe/Paris'",
        "RESET allowed_directories",
    ],
)
def test_it_reaches_nothing_outside_of_the_lake(
    cursor: duckdb.DuckDBPyConnection, tmp_path: Path, statement: str
) -> None:
    with pytest.raises(duckdb.Error):
        cursor.execute(statement.format(tmp_path)).fetchall()


def test_it_reads_no_variable_of_the_program(cursor: duckdb.DuckDBPyConnection) -> None:
    frame = batch(job("from Python"))
    assert len(frame) == 1
    with pytest.raises(duckdb.CatalogException):
        cursor.execute("SELECT * FROM frame")


def test_time_is_utc_on_every_cursor(cursor: duckdb.DuckDBPyConnection) -> None:
    assert cursor.execute("SELECT current_setting('TimeZone')").fetchone() == ("UTC",)


@pytest.mark.parametrize("squad", ["O'Brien", "x') OR true --", '"', "Téléphonie", ""])
def test_a_squad_of_any_name_sees_its_own_rows_only(tmp_path: Path, squad: str) -> None:
    lake = Lake(tmp_path)
    lake.land(JOBS, batch(job("own", team=squad), job("other", team="other"), job("nobody's")))
    snapshot = Snapshots(lake, [JOBS]).take()
    cursor = Views(lake).cursor([JOBS], snapshot, Scope(frozenset({squad})))
    assert cursor.execute("SELECT job FROM jobs ORDER BY job").fetchall() == [("nobody's",), ("own",)]


def test_a_schema_that_gave_way_is_made_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.facts.schemas._KEPT", 1)
    lake = Lake(tmp_path)
    snapshot = Snapshots(lake, [JOBS]).take()
    views = Views(lake)
    first = views.cursor([JOBS], snapshot, EVERYTHING)
    first.execute("SELECT * FROM jobs")
    for tables in ([READS], [JOBS], [READS]):
        cursor = views.cursor(tables, snapshot, EVERYTHING)
        assert cursor.execute(f"SELECT * FROM {tables[0].name}").fetchall() == []
    assert cursor.execute(
        "SELECT count(*) FROM information_schema.schemata WHERE schema_name LIKE 's_'"
    ).fetchone() == (1,)


def test_a_table_asked_by_another_column_than_time_holds_the_same_rows_and_compares_no_time(tmp_path: Path) -> None:
    lake = Lake(tmp_path / "lake")
    lake.land(JOBS, batch(*(job(f"{month}", at=datetime(2026, month, 15, 8, tzinfo=UTC)) for month in range(1, 9))))
    whole = replace(JOBS, newest_apart=False)
    found = {}
    for table in (JOBS, whole):
        cursor = Views(lake).cursor([table], Snapshots(lake, [table]).take(), EVERYTHING)
        rows = cursor.execute("SELECT * FROM jobs ORDER BY job").fetchall()
        plan = cursor.execute("EXPLAIN SELECT job FROM jobs").fetchall()[0][1]
        found[table.newest_apart] = (rows, "2026-06-01" in plan)
    assert found[True][0] == found[False][0]
    assert len(found[True][0]) == 8
    assert (found[True][1], found[False][1]) == (True, False)


def test_a_row_of_several_squads_is_seen_by_who_has_them_all(tmp_path: Path) -> None:
    lake = Lake(tmp_path / "lake")
    lake.land(JOBS, batch(job("shared", team="A + B"), job("a", team="A"), job("d", team="A + D"), job("nobody's")))
    views, snapshot = Views(lake), Snapshots(lake, [JOBS]).take()
    for squads, seen in (("A", ["a"]), ("AB", ["a", "shared"]), ("BC", []), ("ABC", ["a", "shared"]), ("", [])):
        cursor = views.cursor([JOBS], snapshot, Scope(frozenset(squads)))
        found = [name for (name,) in cursor.execute("SELECT job FROM jobs ORDER BY job").fetchall()]
        assert found == sorted([*seen, "nobody's"])
