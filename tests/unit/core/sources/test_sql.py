"""Tables of databases: read-only, from where they were left, in a bounded number of rows at a time."""

import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest

from core.base.errors import SourceFailed
from core.base.i18n import speaking
from core.sources import sql
from core.sources.sql import Question, check_query, read

HOURS = timedelta(hours=1)


@pytest.fixture
def base(tmp_path: Path) -> Path:
    path = tmp_path / "scheduler.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE dag_run (id INTEGER, dag_id TEXT, start_date TEXT, took REAL, raw BLOB)")
        connection.executemany(
            "INSERT INTO dag_run VALUES (?, ?, ?, ?, ?)",
            [
                (1, "a", "2026-11-20 01:00:00.000000", 5.0, b"\x01"),
                (2, "b", None, None, None),
                (3, "c", "2026-11-20 03:00:00.500000", 2.5, None),
                (4, "d", "2026-11-20 02:00:00.000000", 1.0, None),
            ],
        )
    return path


def rows(question: Question, last: str | None = None) -> tuple[list[str], str | None]:
    found: list[str] = []
    for cells, reached in read(question, last, HOURS):
        found += cells.table["dag_id"].to_pylist()
        last = reached
    return found, last


def failure(question: Question) -> SourceFailed:
    with speaking("en"), pytest.raises(SourceFailed) as failed:
        rows(question)
    return failed.value


def test_a_table_is_read_in_the_order_of_its_growing_column(base: Path) -> None:
    question = Question(f"sqlite:///{base}", table="dag_run", since="start_date")
    assert rows(question) == (["b", "a", "d", "c"], "2026-11-20 03:00:00.500000")


def test_only_what_is_new_is_read_again_with_an_overlap_and_what_has_no_value(base: Path) -> None:
    question = Question(f"sqlite:///{base}", table="dag_run", since="start_date")
    assert rows(question, "2026-11-20 03:00:00.500000")[0] == ["b", "c"]
    assert rows(question, "2026-11-20 02:59:00.000000")[0] == ["b", "d", "c"]


def test_a_growing_number_goes_on_at_itself(base: Path) -> None:
    question = Question(f"sqlite:///{base}", table="dag_run", since="id")
    assert rows(question, "3") == (["c", "d"], "4")


def test_a_query_is_read_like_a_table(base: Path) -> None:
    question = Question(f"sqlite:///{base}", query="SELECT * FROM dag_run WHERE dag_id <> ':x'", since="id")
    assert rows(question, "2")[0] == ["b", "c", "d"]


def test_rows_come_in_pieces(base: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sql, "CHUNK_ROWS", 3)
    pieces = [cells for cells, _last in read(Question(f"sqlite:///{base}", table="dag_run"), None, HOURS)]
    assert [len(piece.table) for piece in pieces] == [3, 1]
    assert pieces[1].position(0) == "dag_run:4"


def test_values_become_text(base: Path) -> None:
    ((cells, _last),) = read(Question(f"sqlite:///{base}", table="dag_run"), None, HOURS)
    assert cells.row(0) == {
        "id": "1",
        "dag_id": "a",
        "start_date": "2026-11-20 01:00:00.000000",
        "took": "5",
        "raw": "01",
    }
    assert cells.row(1) == {"id": "2", "dag_id": "b", "start_date": "", "took": "", "raw": ""}
    assert {name: typed.to_pylist() for name, typed in cells.typed.items()} == {"took": [True, False, True, True]}


def test_nothing_is_written(base: Path) -> None:
    before = base.read_bytes()
    rows(Question(f"sqlite:///{base}", table="dag_run"))
    failure(Question(f"sqlite:///{base}", query="WITH x AS (SELECT 1) DELETE FROM dag_run RETURNING *"))
    assert base.read_bytes() == before


def test_a_missing_database_is_not_made(tmp_path: Path) -> None:
    failed = failure(Question(f"sqlite:///{tmp_path}/none.db", table="dag_run"))
    assert failed.sentence == "none.db is not there, or is no file."
    assert not (tmp_path / "none.db").exists()


def test_a_missing_table_says_which(base: Path) -> None:
    sentence = "The database cannot answer: check the table, the query and the rights on dag_runs."
    assert failure(Question(f"sqlite:///{base}", table="dag_runs")).sentence == sentence


def test_no_password_gets_into_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VIGIE_SECRET_BASE", "s3cr3t-of-the-test")
    failed = failure(Question("postgresql://reader:${VIGIE_SECRET_BASE}@127.0.0.1:9/base", table="x"))
    assert failed.sentence == "The database cannot be reached, or refuses the credentials."
    assert "s3cr3t" not in f"{failed.sentence} {failed.detail}"


@pytest.mark.parametrize("text", ["SELECT 1", " with x as (select 1) select * from x;", ""])
def test_a_query_that_reads_is_accepted(text: str) -> None:
    assert check_query(text) == text.rstrip().rstrip(";")


@pytest.mark.parametrize("text", ["DELETE FROM x", "SELECT 1; DROP TABLE x", "explain select 1"])
def test_a_query_that_does_more_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="SELECT"):
        check_query(text)
