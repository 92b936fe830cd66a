"""Refused rows are kept once, settled when they were put right, and gone when their file changed."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from core.facts.check import Refused
from core.sources import refusals
from core.store.engine import store

OLD, NEW = "/logs/a_b.csv@1-1", "/logs/a_b.csv@2-2"


@pytest.fixture
def connection(data: Path) -> Iterator[sa.Connection]:
    store().upgrade()
    with store().write() as opened:
        yield opened


def row(line: int, reading: str = OLD, **cells: str) -> Refused:
    return Refused(f"a_b.csv:{line}", {"Nom": "a", **cells}, "No date.", reading)


def positions(connection: sa.Connection) -> list[str]:
    return [kept.position for kept in refusals.open_rows(connection, "s")]


def test_a_row_is_kept_once_however_often_it_is_read(connection: sa.Connection) -> None:
    for _again in range(2):
        refusals.keep(connection, "s", [row(2), row(3)])
    assert positions(connection) == ["a_b.csv:2", "a_b.csv:3"]
    assert refusals.counts(connection) == {"s": 2}


def test_equal_rows_of_a_table_are_as_many(connection: sa.Connection) -> None:
    for _again in range(2):
        refusals.keep(connection, "s", [row(1, ""), row(2, ""), row(1, "", Nom="b")])
    assert positions(connection) == ["a_b.csv:1", "a_b.csv:2", "a_b.csv:1"]


def test_a_settled_row_stays_settled_when_its_file_is_read_again(connection: sa.Connection) -> None:
    refusals.keep(connection, "s", [row(2)])
    (kept,) = refusals.open_rows(connection, "s")
    refusals.settle(connection, "s", [kept.digest])
    refusals.keep(connection, "s", [row(2, NEW)])
    assert positions(connection) == []


def test_a_correction_of_a_row_that_is_not_kept_is_kept_as_a_row_of_its_own(connection: sa.Connection) -> None:
    refusals.keep(connection, "s", [row(2, vigie_row="gone", vigie_reason="x"), row(3)])
    assert positions(connection) == ["a_b.csv:2", "a_b.csv:3"]
    assert [kept.row for kept in refusals.open_rows(connection, "s")] == [{"Nom": "a"}, {"Nom": "a"}]


def test_a_correction_that_fails_replaces_the_row_it_was_of(connection: sa.Connection) -> None:
    refusals.keep(connection, "s", [row(2)])
    (kept,) = refusals.open_rows(connection, "s")
    again = Refused("corrected.csv:2", {"Nom": "b", "vigie_row": kept.digest, "vigie_reason": "x"}, "Still no date.")
    refusals.keep(connection, "s", [again])
    (now,) = refusals.open_rows(connection, "s")
    assert (now.digest, now.position, now.row, now.reason) == (kept.digest, "a_b.csv:2", {"Nom": "b"}, "Still no date.")


def test_a_new_version_of_a_file_ends_what_only_the_old_one_refused(connection: sa.Connection) -> None:
    other = Refused("aXb.csv:9", {"Nom": "x"}, "No date.", "/logs/aXb.csv@1-1")
    refusals.keep(connection, "s", [row(2), row(3), other])
    refusals.keep(connection, "s", [row(3, NEW), row(4, NEW)])
    refusals.replace(connection, "s", NEW)
    assert positions(connection) == ["a_b.csv:3", "aXb.csv:9", "a_b.csv:4"]
