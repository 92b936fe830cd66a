"""One key of one Jira is one request, whatever sources tell of it, and in whatever order: the newest state counts."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from core.facts.forget import forget
from core.facts.lake import lake
from core.mission.discovery import warehouse
from core.people.person import EVERYTHING
from pages.jira import choices
from pages.jira.behind import SETS, one_of
from pages.jira.facts import ISSUES
from pages.jira.figures.by_client import CLIENT_MONTHS
from pages.jira.figures.issue import ONE
from pages.jira.figures.times import OPEN
from pages.jira.figures.unfilled import ALL_UNFILLED
from pages.jira.figures.unfilled_by_person import BY_PERSON
from pages.jira.figures.weeks import CREATED_RESOLVED
from pages.jira.figures.worklogs import ONE_WORKLOGS
from pages.jira.rules import HERE, load
from pages.jira.sources import rest
from pages.jira.tests.jira import START, issue, written

TOLD = load(HERE / "rules.yml")
LATER = START + timedelta(days=9)


def land(source: str, *issues: dict[str, Any], gone_at: datetime | None = None, site: str = "") -> None:
    reader = rest.Reader(source, None, request_type="issuetype", client="components", site=site)
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
    assert [row["summary"] for row in ask(ONE, **one_of("DATA-1"))] == ["neuf"]


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


def test_an_older_state_that_arrives_later_changes_nothing() -> None:
    land("api", issue(1, summary="neuf", updated=written(LATER)))
    land("api", issue(1, summary="vieux", updated=written(START)))
    assert dict(told())["DATA-1"] == "neuf"


def test_of_two_states_that_arrive_at_once_the_newer_stays() -> None:
    newer = issue(1, summary="neuf", updated=written(LATER))
    land("api", newer, issue(1, summary="vieux", updated=written(START)))
    assert dict(told())["DATA-1"] == "neuf"


def test_what_changed_while_jira_told_the_same_moment_arrives() -> None:
    land("api", issue(1, summary="renommé"))
    assert dict(told())["DATA-1"] == "renommé"


def test_one_key_of_two_jiras_is_two_requests_each_found_by_its_address() -> None:
    land("a", issue(7, summary="de A"), site="https://jira-a.example")
    land("b", issue(7, summary="de B"), site="https://jira-b.example/")
    assert [summary for key, summary in told() if key == "DATA-7"] == ["de A", "de B"]
    assert sum(row["requests"] for row in ask(CLIENT_MONTHS)) == 5
    assert [row["summary"] for row in ask(ONE, **one_of("https://jira-b.example/browse/DATA-7"))] == ["de B"]


def test_an_export_that_does_not_tell_its_jira_tells_of_the_only_one_there_is() -> None:
    land("a", issue(7, summary="de A"), site="https://jira-a.example")
    land("export", issue(7, summary="plus neuf", updated=written(LATER)))
    assert [summary for key, summary in told() if key == "DATA-7"] == ["plus neuf"]


def test_an_old_file_does_not_make_logged_time_vanish() -> None:
    entry = {"id": "1", "started": written(START), "timeSpentSeconds": 600, "author": {"displayName": "Ada Martin"}}
    newer = issue(1, updated=written(LATER), worklog={"total": 1, "worklogs": [entry]})
    older = issue(1, updated=written(START), worklog={"total": 1, "worklogs": [entry]})
    for one in (newer, older):
        rows = rest.Reader("api", None, request_type="issuetype", client="components").read([one], "test")
        for table, part in rows.tables():
            lake().land(table, part)
    assert [row["spent_s"] for row in ask(ONE_WORKLOGS, **one_of("DATA-1"))] == [600.0]


def test_an_assignee_who_is_forgotten_does_not_leave_a_field_unfilled() -> None:
    over = {"resolutiondate": written(LATER), "status": {"name": "Fermé", "statusCategory": {"key": "done"}}}
    land("api", issue(8, **over), issue(9, assignee=None))
    assert ask(ALL_UNFILLED(TOLD))[0]["assignee"] == 1
    assert forget(lake(), ISSUES, LATER + timedelta(days=1)) == 1
    assert ask(ALL_UNFILLED(TOLD))[0]["assignee"] == 1
    assert {row["code"]: row["requests"] for row in ask(BY_PERSON(TOLD))} == {"": 1, "?": 1, "a1": 3}
