"""Nothing of what people keep is changed past the journal without being named: any row, any column."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from core.base.i18n import speaking
from core.records import lists, records
from core.records.lists import Lists, Value
from core.records.records import Summary
from core.store import audit, schema
from core.store.audit import Report
from core.store.engine import Store

TABLES = (schema.records, schema.record_versions, schema.record_facets, schema.list_values)


@pytest.fixture
def made(tmp_path: Path) -> Store:
    """Three records: one written twice and published, one as it was added, one that is known by name alone; a value
    that somebody added, and one that came with Vigie and was retired."""
    made = Store(f"sqlite:///{tmp_path / 'vigie.db'}")
    made.upgrade()
    with made.write() as connection:
        rows = [(told(number), {"name": f"n{number}"}) for number in (1, 2, 3)]
        records.add(connection, "thing", rows, who="ana", state="draft")
        one = records.get(connection, "thing", 1)
        one = records.save(
            connection,
            one,
            version=1,
            who="bob",
            action="save",
            state="draft",
            keys={},
            data={"name": "neuf"},
            summary=told(1, title="neuf"),
        )
        records.save(connection, one, version=2, who="cleo", action="ok", state="done", keys={}, publish=True)
        known = Lists({"colours": {"red": Value("red", {"fr": "rouge", "en": "red"})}})
        lists.add(connection, known, "colours", {"fr": "bleu"}, who="ana", note="ciel")
        lists.change(connection, known, "colours", "red", version=0, who="bob", retired=True)
    return made


def told(number: int, title: str = "") -> Summary:
    facets = {"recipient": ["Alpha"], "basis": ["contract", "consent"]}
    return Summary(ref=f"T-{number}", title=title or f"n{number}", completeness=50, search="x", facets=facets)


def verified(made: Store, *statements: str) -> Report:
    """What is found once somebody did so who may alter the database itself: triggers dropped, no keys asked."""
    if statements:
        with closing(sqlite3.connect(str(made.engine.url.database))) as file, file:
            for (trigger,) in file.execute("select name from sqlite_master where type='trigger'").fetchall():
                file.execute(f"drop trigger {trigger}")
            for statement in statements:
                file.execute(statement)
    with speaking("en"), made.read() as connection:
        return audit.verify(connection)


def test_what_nobody_touched_is_whole(made: Store) -> None:
    assert verified(made).whole


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        (
            "update records set title='FAUX', state='validated', completeness=100 where id=3",
            "Record T-3 (3) differs from what the journal saw: state “validated” instead of “draft” ; "
            "name “FAUX” instead of “n3” ; completeness “100” instead of “50”.",
        ),
        (
            "update record_versions set state='validated', frozen=1, who='bob', action='validate' where record_id=3",
            "Version 1 of record T-3 (3) is not the one that the journal saw (entry 3): state “validated” instead of "
            "“draft” ; person “bob” instead of “ana” ; action “validate” instead of “add” ; it stands as published, "
            "and the journal knows no such publication.",
        ),
        (
            "update record_versions set data='{}' where record_id=1 and version=2",
            "Version 2 of record T-1 (1) is not the one that the journal saw (entry 4): content.",
        ),
        (
            "delete from record_facets",
            "Records T-1 (1), T-2 (2), T-3 (3) differ from what the journal saw: what it is filtered and counted by.",
        ),
        (
            "delete from record_versions where record_id=1 and version=3",
            "Version 3 of record T-1 (1) is missing (entry 5).",
        ),
        (
            "insert into record_versions select record_id, 2, at, who, action, why, state, frozen, data "
            "from record_versions where record_id=2",
            "Version 2 of record T-2 (2) is unknown to the journal.",
        ),
        (
            "insert into records select 9, kind, 'T-9', state, title, squad, version, published, author, created_at, "
            "changed_at, review_on, completeness, search from records where id=2",
            "1 record is unknown to the journal: T-9 (9).",
        ),
        (
            "update records set published=1 where id=1",
            "Record T-1 (1) differs from what the journal saw: published version “1” instead of “3”.",
        ),
        (
            "update record_versions set at='2020-01-01 00:00:00.000000' where record_id=2",
            "Version 1 of record T-2 (2) is not the one that the journal saw (entry 2): moment “2020-01-01T00:00:00",
        ),
        (
            "update list_values set labels='{}' where code='bleu'",
            "The value colours/bleu differs from what the journal saw: words.",
        ),
        ("delete from list_values where code='red'", "The value colours/red that the journal knows is missing."),
    ],
)
def test_what_was_changed_is_named(made: Store, statement: str, said: str) -> None:
    report = verified(made, statement)
    assert not report.whole
    assert "\n" + said in report.sentence


def test_records_that_are_gone_are_named_with_all_of_theirs(made: Store) -> None:
    gone = (f"delete from {table} where {key} > 1" for table, key in FROM_BELOW)
    report = verified(made, *gone)
    assert report.sentences == (
        "The chain of the audit is whole (7 entries), but the store was changed past it:",
        "2 records that the journal knows are missing: T-2 (2), T-3 (3).",
    )
    assert report.broken == 2


FROM_BELOW = (("record_facets", "record_id"), ("record_versions", "record_id"), ("records", "id"))


def other(column: sa.Column[Any]) -> str:
    """A value of a column's type that no row of the store has."""
    match column.type:
        case sa.Integer():
            return "77"
        case sa.Boolean():
            return f"not {column.name}"
        case schema.Moment():
            return "'2001-01-01 00:00:00.000000'"
        case sa.Date():
            return "'2001-01-01'"
        case sa.JSON():
            return '\'{"fr": "autre"}\''
        case _:
            return "'autre'"


COLUMNS = [(table.name, column.name, other(column)) for table in TABLES for column in table.columns]


@pytest.mark.parametrize("end", ["min", "max"])
@pytest.mark.parametrize(("table", "column", "value"), COLUMNS, ids=[f"{table}.{name}" for table, name, _ in COLUMNS])
def test_no_row_changes_unseen(made: Store, table: str, column: str, value: str, end: str) -> None:
    row = f"(select {end}(rowid) from {table})"
    assert not verified(made, f"update {table} set {column}={value} where rowid={row}").whole


@pytest.mark.parametrize("table", [table.name for table in TABLES])
def test_no_row_goes_unseen(made: Store, table: str) -> None:
    report = verified(made, f"delete from {table} where rowid=(select max(rowid) from {table})")
    assert not report.whole
