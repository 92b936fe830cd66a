"""A table of a real PostgreSQL is read, and refused rows are kept in one."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import sqlalchemy as sa

from core.base.errors import SourceFailed
from core.facts.check import Refused
from core.sources import refusals
from core.sources.sql import Question, read
from core.store.engine import Store
from tests.postgres import BINARIES, postgres

pytestmark = pytest.mark.skipif(not BINARIES, reason="PostgreSQL is not installed")


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with postgres() as address:
        engine = sa.create_engine(address)
        with engine.begin() as connection:
            connection.execute(sa.text("CREATE SCHEMA airflow"))
            connection.execute(
                sa.text("CREATE TABLE airflow.dag_run (dag_id text, start_date timestamptz, external boolean)")
            )
            connection.execute(
                sa.text(
                    "INSERT INTO airflow.dag_run VALUES ('a', '2026-11-20 01:00+00', true),"
                    " ('b', '2026-11-20 02:00:00.5+00', false), ('c', NULL, NULL)"
                )
            )
        engine.dispose()
        yield address


def rows(question: Question, last: str | None = None) -> tuple[list[dict[str, str]], str | None]:
    found: list[dict[str, str]] = []
    for cells, reached in read(question, last, timedelta(minutes=30)):
        found += cells.table.to_pylist()
        last = reached
    return found, last


def test_a_table_is_read_from_where_it_was_left(url: str) -> None:
    question = Question(url, table="airflow.dag_run", since="start_date")
    first, last = rows(question)
    assert [row["dag_id"] for row in first] == ["a", "b", "c"]
    assert first[0] == {"dag_id": "a", "start_date": "2026-11-20T01:00:00+00:00", "external": "true"}
    assert [row["dag_id"] for row in rows(question, last)[0]] == ["b", "c"]


def test_a_query_with_casts_is_read(url: str) -> None:
    question = Question(url, query="SELECT dag_id, start_date::date AS day FROM airflow.dag_run", since="day")
    assert rows(question)[0][0] == {"dag_id": "a", "day": "2026-11-20"}


def test_nothing_can_be_written(url: str) -> None:
    with pytest.raises(SourceFailed):
        rows(Question(url, query="WITH gone AS (DELETE FROM airflow.dag_run RETURNING *) SELECT * FROM gone"))
    assert len(rows(Question(url, table="airflow.dag_run"))[0]) == 3


def test_refused_rows_are_kept_settled_and_replaced(url: str) -> None:
    store = Store(url)
    store.upgrade()
    with store.write() as connection:
        for _again in range(2):
            refusals.keep(connection, "s", [Refused("a.csv:2", {"x": "\ufffd"}, "No.", "/a.csv@1")])
        refusals.keep(connection, "s", [Refused("a.csv:3", {"x": "y"}, "No.", "/a.csv@2")])
        refusals.replace(connection, "s", "/a.csv@2")
        (kept,) = refusals.open_rows(connection, "s")
        assert kept.position == "a.csv:3"
        refusals.settle(connection, "s", [kept.digest])
        assert refusals.counts(connection) == {}
    store.close()
