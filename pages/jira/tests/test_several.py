"""One key is one request, whatever sources tell of it: the newest state counts."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from core.facts.lake import lake
from core.mission.discovery import warehouse
from core.people.person import EVERYTHING
from pages.jira import choices
from pages.jira.behind import SETS
from pages.jira.facts import ISSUES
from pages.jira.figures.by_client import CLIENT_MONTHS
from pages.jira.figures.issue import ONE
from pages.jira.figures.times import OPEN
from pages.jira.figures.weeks import CREATED_RESOLVED
from pages.jira.rules import HERE, load
from pages.jira.sources import rest
from pages.jira.tests.jira import START, issue, written

TOLD = load(HERE / "rules.yml")
LATER = START + timedelta(days=9)


def land(source: str, *issues: dict[str, Any], gone_at: datetime | None = None) -> None:
    reader = rest.Reader(source, None, request_type="issuetype", client="components")
    rows = [{**row, "gone_at": gone_at} for row in reader.read(issues, "test").issues]
    lake().land(ISSUES, pa.Table.from_pylist(rows, schema=pa.schema([f.with_nullable(True) for f in ISSUES.schema])))


def ask(query: Any, **more: Any) -> list[dict[str, Any]]:
    reader = warehouse().reader(EVERYTHING)
    period = {"start": datetime(2020, 1, 1, tzinfo=UTC), "end": datetime(2030, 1, 1, tzinfo=UTC), "now": LATER}
    given = {**choices.standing(reader, TOLD), **period, **more}
    rows: list[dict[str, Any]] = choices.rows(reader, query, given)
    return rows


def told() -> list[tuple[str, str]]:
    return sorted((row["key"], row["summary"]) for row in ask(SETS["created"].all))


@pytest.fixture(autouse=True)
def _api(data: Path) -> None:
    land("api", *(issue(n) for n in range(3)))


def test_an_older_export_beside_the_api_doubles_nothing() -> None:
    land("export", *(issue(n, summary="vieux", updated=written(START - timedelta(days=1))) for n in (0, 1)))
    assert told() == [("DATA-0", "Demande 0"), ("DATA-1", "Demande 1"), ("DATA-2", "Demande 2")]
    assert sum(row["requests"] for row in ask(CLIENT_MONTHS)) == 3
    assert ask(OPEN)[0]["open"] == 3
    assert sum(row["created"] for row in ask(CREATED_RESOLVED)) == 3


def test_a_newer_export_takes_the_place_of_what_the_api_told() -> None:
    land("export", issue(1, summary="neuf", updated=written(LATER)))
    assert told() == [("DATA-0", "Demande 0"), ("DATA-1", "neuf"), ("DATA-2", "Demande 2")]
    assert [row["summary"] for row in ask(ONE, key="DATA-1")] == ["neuf"]


def test_of_two_equal_states_one_counts() -> None:
    land("export", issue(1))
    assert len(told()) == 3


def test_an_issue_that_one_source_found_gone_is_gone_unless_another_tells_of_it_later() -> None:
    land("api", issue(1), gone_at=LATER)
    land("export", issue(1, summary="vieux"))
    assert "DATA-1" not in dict(told())
    land("export", issue(1, summary="revenue", updated=written(LATER + timedelta(days=1))))
    assert ("DATA-1", "revenue") in told()


def test_two_issues_of_different_keys_stay_two() -> None:
    land("export", issue(1) | {"key": "AUTRE-1"})
    assert len(told()) == 4
