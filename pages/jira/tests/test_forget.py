"""People are taken out of the facts of issues closed long ago, and out of every version and log of them."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from core.facts.forget import forget as forget_people
from core.facts.lake import lake
from core.facts.tables import FactTable
from core.run import expire as command
from core.store.engine import store
from core.store.schema import audit
from pages.jira import MISSION
from pages.jira.facts import CHANGES, ISSUES, WORKLOGS
from pages.register.acts.ship import ship
from tests.moments import MORNING

NOW = MORNING
OLD, RECENT = NOW - timedelta(days=800), NOW - timedelta(days=100)
BEFORE = NOW - timedelta(days=730)


def land(table: FactTable, *rows: dict[str, Any]) -> None:
    schema = pa.schema([field for field in table.schema if any(field.name in row for row in rows)])
    landed = lake().land(table, pa.Table.from_pylist(list(rows), schema=schema))
    assert landed.refused == []


def issue(number: str, **values: Any) -> dict[str, Any]:
    named = {
        "assignee_id": "u7",
        "assignee": "Zénobie Personne",
        "assignee_mail": "z@x.fr",
        "reporter": "Zénobie Autre",
    }
    plain = {"source": "jira", "issue_id": number, "key": f"D-{number}", "project": "D", "subtask": False}
    dated = {"created_at": OLD - timedelta(days=9), "updated_at": OLD, "resolved_at": None, "gone_at": None}
    return {**plain, **dated, **named, "reporter": "Zénobie Autre", "summary": "Extraire", "spent_s": 60.0, **values}


def change(number: str, at: datetime, field: str, before: str, after: str) -> dict[str, Any]:
    key = {"source": "jira", "issue_id": number, "change_id": f"{number}{at:%j}{field}", "position": 0}
    return {**key, "at": at, "author": "Zénobie Personne", "field": field, "before": before, "after": after}


def worklog(number: str, at: datetime) -> dict[str, Any]:
    key = {"source": "jira", "issue_id": number, "worklog_id": f"{number}{at:%j}"}
    return {**key, "created_at": at, "started_at": at, "author": "Zénobie Personne", "spent_s": 60.0}


def forget(before: datetime) -> int:
    return sum(forget_people(lake(), table, before) for table in MISSION.tables)


@pytest.fixture
def landed(data: Path) -> None:
    land(
        ISSUES,
        issue("1", resolved_at=OLD),
        issue("2", resolved_at=RECENT),
        issue("3"),
        issue("4", gone_at=OLD),
    )
    land(
        CHANGES,
        change("1", OLD - timedelta(days=5), "Assignee", "Zénobie Autre", "Zénobie Personne"),
        change("1", OLD, "status", "To Do", "Done"),
        change("3", OLD, "assignee", "Zénobie Autre", "Zénobie Personne"),
        change("9", OLD, "status", "To Do", "Done"),
        change("9", RECENT, "status", "Done", "To Do"),
    )
    land(WORKLOGS, worklog("1", OLD), worklog("2", OLD), worklog("9", OLD), worklog("9", RECENT))


def held(table: FactTable, *columns: str) -> list[tuple[Any, ...]]:
    rows = lake().read(table, ["issue_id", *columns]).to_pylist()
    return sorted((tuple(row.values()) for row in rows), key=str)


def test_closed_issues_lose_their_people_and_keep_their_figures(landed: None) -> None:
    assert forget(BEFORE) == 2 + 3 + 1 + 2
    nobody, somebody = (None, None, None, None), ("u7", "Zénobie Personne", "z@x.fr", "Zénobie Autre")
    assert held(ISSUES, "assignee_id", "assignee", "assignee_mail", "reporter") == [
        ("1", *nobody),
        ("2", *somebody),
        ("3", *somebody),
        ("4", *nobody),
    ]
    assert held(ISSUES, "summary", "spent_s") == [(n, "Extraire", 60.0) for n in "1234"]
    assert held(CHANGES, "author", "field", "before", "after") == [
        ("1", None, "Assignee", None, None),
        ("1", None, "status", "To Do", "Done"),
        ("3", "Zénobie Personne", "assignee", "Zénobie Autre", "Zénobie Personne"),
        ("9", "Zénobie Personne", "status", "Done", "To Do"),
        ("9", None, "status", "To Do", "Done"),
    ]
    assert held(WORKLOGS, "author", "spent_s") == [
        ("1", None, 60.0),
        ("2", "Zénobie Personne", 60.0),
        ("9", "Zénobie Personne", 60.0),
        ("9", None, 60.0),
    ]


def test_forgetting_twice_writes_nothing_more(landed: None) -> None:
    forget(BEFORE)
    before = [lake().version(table) for table in (ISSUES, CHANGES, WORKLOGS)]
    assert forget(BEFORE) == 0
    assert [lake().version(table) for table in (ISSUES, CHANGES, WORKLOGS)] == before


def test_an_empty_lake_names_nobody(data: Path) -> None:
    assert forget(BEFORE) == 0


def texts_on_disk(table: FactTable) -> set[str]:
    """Every text of every data file that lies in a table's folder, whichever version it belongs to."""
    files = [str(file) for file in (lake().root / table.name).rglob("*.parquet") if "_delta_log" not in file.parts]
    rows = duckdb.sql(f"SELECT * FROM read_parquet({files}, union_by_name=true)").fetchall()
    return {value for row in rows for value in row if isinstance(value, str)}


def test_no_older_file_or_log_of_the_lake_still_names_them(data: Path) -> None:
    for turn in range(25):  # long enough for a checkpoint of the log
        land(ISSUES, issue("1", resolved_at=OLD, assignee=f"Zénobie {turn}"))
    assert "Zénobie 3" in texts_on_disk(ISSUES)
    assert forget(BEFORE) == 1
    assert not {text for text in texts_on_disk(ISSUES) if "Zénobie" in text or text == "z@x.fr"}
    log = (lake().root / ISSUES.name / "_delta_log").iterdir()
    assert [file.name for file in log if "Zénobie".encode() in file.read_bytes()] == []
    land(ISSUES, issue("2", resolved_at=RECENT))
    assert held(ISSUES, "assignee") == [("1", None), ("2", "Zénobie Personne")]


def test_the_nightly_command_does_it_after_the_retention_that_the_register_declares(
    landed: None, capsys: pytest.CaptureFixture[str]
) -> None:
    store().upgrade()
    ship()
    assert command.main([]) == 0
    assert "Faits dont les personnes ont été retirées : 8" in capsys.readouterr().out
    with store().read() as connection:
        told = connection.execute(audit.select().order_by(audit.c.id.desc())).mappings().first()
    assert told is not None
    assert (told["entity"], told["action"], told["after"]) == ("retention", "erase", {"facts": 8, "files": 0})
    assert command.main([]) == 0
    assert "retirées : 0" in capsys.readouterr().out
