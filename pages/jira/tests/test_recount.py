"""The figures, recounted straight from the raw JSON by code that shares nothing with the mission's.

Runs on saved answers made here; and on those of a folder of one's own that JIRA_SAMPLES names, where it is set.
"""

import csv
import glob
import gzip
import io
import json
import os
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from core.facts.query import Query
from core.facts.tables import FactTable
from core.mission.discovery import warehouse
from core.people.person import EVERYTHING
from core.run import registry, sync
from core.sources.base import Source
from core.store.engine import store
from pages.jira import choices
from pages.jira.behind import SETS, one_of
from pages.jira.facts import CHANGES, WORKLOGS
from pages.jira.figures.by_client import CLIENT_MONTHS
from pages.jira.figures.by_type import TYPE_MONTHS
from pages.jira.figures.cycles import CYCLE_TIMES
from pages.jira.figures.unfilled import ALL_UNFILLED
from pages.jira.figures.unfilled_by_person import BY_PERSON
from pages.jira.figures.worklogs import ONE_WORKLOGS
from pages.jira.rules import HERE, load
from pages.jira.sources.saved import SavedOptions
from pages.jira.tests.jira import START, change, issue

TOLD = load(HERE / "rules.yml")
ALWAYS = {"start": datetime(1990, 1, 1, tzinfo=UTC), "end": datetime(2090, 1, 1, tzinfo=UTC)}
REQUESTS = SETS["created"].all


def made(path: Path) -> None:
    """A file with every oddity: sub-tasks, epics, several components, none, zero estimates, reopened work."""
    several = [{"name": "Sinistres"}, {"name": "Auto"}]
    issues = [
        issue(1, components=several, assignee=None, duedate="2026-04-01"),
        issue(2, components=[], timeoriginalestimate=None, issuetype={"name": "Bug", "subtask": False}),
        issue(3, issuetype={"name": "Sous-tâche", "subtask": True}),
        issue(4, issuetype={"name": "Epic", "subtask": False, "hierarchyLevel": 1}),
        issue(
            5,
            timeoriginalestimate=0,
            timespent=600,
            resolutiondate="2026-03-09T10:00:00.000+0200",
            summary=" ",
            status={"name": "Terminé", "statusCategory": {"key": "done"}},
        ),
        issue(6, progress=None, resolutiondate="2026-03-04T10:00:00.000+0000", status={"name": "Fermé"}),
        issue(7, status={"name": "Terminé", "statusCategory": {"key": "done"}}),
    ]
    issues[6]["changelog"]["histories"] = [
        change(6, START + timedelta(days=1), "À faire", "En cours"),
        change(7, START + timedelta(days=3), "En cours", "Terminé"),
    ]
    issues[4]["changelog"]["histories"] = [
        change(1, START + timedelta(days=1), "À faire", "En cours"),
        change(2, START + timedelta(days=2), "En cours", "A faire"),
        change(3, START + timedelta(days=3), "A faire", "En cours"),
        change(4, START + timedelta(days=6, hours=22), "En cours", "Terminé"),
    ]
    issues[5]["changelog"]["histories"] = [
        change(8, START + timedelta(days=1, hours=3), "Open", "Revue"),
        change(9, START + timedelta(days=1, hours=5), "Revue", "Fermé"),
    ]
    path.write_text(json.dumps({"issues": issues}))


def made_devlake(answers: Path, folder: Path) -> None:
    """The same as DevLake keeps it: a table of issues, one of their changes, one of worklogs; a row an answer."""
    issues = json.loads(answers.read_text())["issues"]
    changes = [(history, one["id"]) for one in issues for history in one["changelog"]["histories"]]
    logs = [
        {"id": str(n), "issueId": one["id"], "started": one["fields"]["created"], "timeSpentSeconds": 900 + n}
        for n, one in enumerate(issues)
    ]
    address = "https://jira.example/rest/api/3/issue/{}/changelog?startAt=0"
    write_devlake(
        folder / "raw_issues.csv.gz", [({k: v for k, v in one.items() if k != "changelog"}, "") for one in issues]
    )
    write_devlake(folder / "raw_changelogs.csv", [(one, address.format(of)) for one, of in changes])
    write_devlake(folder / "raw_worklogs.csv", [(one, "") for one in logs])


def write_devlake(path: Path, rows: list[tuple[dict[str, Any], str]]) -> None:
    text = io.StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_ALL)
    writer.writerow(["id", "params", "data", "url", "input", "created_at"])
    writer.writerows([n, "{}", json.dumps(data, indent=1), url, "null", ""] for n, (data, url) in enumerate(rows))
    raw = text.getvalue().encode()
    path.write_bytes(gzip.compress(raw) if path.suffix == ".gz" else raw)


def raw(pattern: Path) -> list[dict[str, Any]]:
    """The raw issues of a file; of DevLake's tables, with the changes of the one beside."""
    if ".csv" in pattern.name:
        issues = devlake(pattern, "issues.csv")
        by_id = {one["id"]: one | {"changelog": one.get("changelog") or {"histories": []}} for one, _url in issues}
        for history, url in devlake(pattern, "changelogs.csv"):
            of = url.split("/issue/")[1].split("/")[0]
            if of in by_id:
                by_id[of]["changelog"]["histories"].append(history)
        return list(by_id.values())
    text = (gzip.decompress(pattern.read_bytes()) if pattern.suffix == ".gz" else pattern.read_bytes()).decode()
    if ".jsonl" in pattern.suffixes:
        return [json.loads(line) for line in text.split("\n") if line]
    content = json.loads(text)
    if isinstance(content, list):
        return content
    return list(content.get("issues", [content]))


def devlake(pattern: Path, part: str) -> list[tuple[dict[str, Any], str]]:
    """The answers of one of DevLake's tables, and where each was asked."""
    [path] = [Path(name) for name in glob.glob(str(pattern)) if part in name]
    content = path.read_bytes()
    text = (gzip.decompress(content) if path.suffix == ".gz" else content).decode()
    return [(json.loads(row["data"]), row["url"]) for row in csv.DictReader(io.StringIO(text, newline=""))]


def folder() -> list[Path]:
    if not (named := os.environ.get("JIRA_SAMPLES")):
        return []
    tables = [Path(named, "*raw_*.csv*")] if list(Path(named).glob("*raw_*.csv*")) else []
    return tables + sorted(path for path in Path(named).rglob("*.json*") if path.is_file())


MADE, MADE_DEVLAKE = Path("answers.json"), Path("raw_*.csv*")


@pytest.fixture(params=[MADE, MADE_DEVLAKE, *folder()], ids=lambda path: path.name)
def saved(request: pytest.FixtureRequest, data: Path) -> Path:
    """A file of saved answers, or DevLake's tables, landed by a sync."""
    path: Path = data / request.param
    if not path.is_relative_to(data):
        pass
    elif request.param is MADE:
        made(path)
    else:
        made(data / MADE)
        made_devlake(data / MADE, data)
    store().upgrade()
    options = SavedOptions.model_validate({"path": str(path)})
    with store().write() as connection:
        registry.add(connection, Source("fichier", "jira", "jira_saved", options), who="test")
    [outcome] = sync.run()
    assert (outcome.error, outcome.refused) == ("", 0)
    return path


def requests(path: Path) -> list[dict[str, Any]]:
    """The raw issues that are requests: each id once, no sub-task, no type left out."""
    left_out = {name.casefold() for name in TOLD.types_left_out}
    by_id = {one["id"]: one for one in raw(path)}
    return [
        one
        for one in by_id.values()
        for kind in [one["fields"]["issuetype"]]
        if not kind["subtask"] and kind.get("hierarchyLevel", 0) <= 0 and kind["name"].casefold() not in left_out
    ]


def asked(query: Any, **more: Any) -> list[dict[str, Any]]:
    reader = warehouse().reader(EVERYTHING)
    given = {**choices.standing(reader, TOLD), **ALWAYS, **more}
    answer = reader.run(query, **{name: given[name] for name in query.params})
    assert not answer.truncated
    rows: list[dict[str, Any]] = answer.table.to_pylist()
    return rows


def test_every_request_lands_once(saved: Path) -> None:
    assert {row["key"] for row in asked(REQUESTS)} == {one["key"] for one in requests(saved)}
    assert len(asked(REQUESTS)) == len(requests(saved))


def test_components_are_those_of_the_raw_answers(saved: Path) -> None:
    expected: Counter[str] = Counter()
    for one in requests(saved):
        project = one["key"].rsplit("-", 1)[0]
        names = {" ".join(part["name"].split()) for part in one["fields"].get("components") or []} or {""}
        expected.update(f"{project}/{name}" for name in names)
    found: Counter[str] = Counter()
    for row in asked(CLIENT_MONTHS):
        found[row["client"]] += row["requests"]
    assert found == expected
    assert round(sum(row["shares"] for row in asked(CLIENT_MONTHS)), 6) == len(requests(saved))


def test_the_rows_behind_a_client_are_as_many_as_its_bar_says(saved: Path) -> None:
    for client in {row["client"] for row in asked(CLIENT_MONTHS)}:
        bar = sum(row["requests"] for row in asked(CLIENT_MONTHS, clients=[client]))
        assert bar == len(asked(REQUESTS, clients=[client]))


def test_types_are_those_of_the_raw_answers(saved: Path) -> None:
    expected = Counter(one["fields"]["issuetype"]["name"] for one in requests(saved))
    found: Counter[str] = Counter()
    for row in asked(TYPE_MONTHS):
        found[row["type"]] += row["requests"]
    assert found == expected


def test_assignees_are_those_of_the_raw_answers(saved: Path) -> None:
    people = [(one["fields"].get("assignee") or {}).get("displayName", "") for one in requests(saved)]
    expected = Counter(" ".join(name.split()) for name in people)
    found: Counter[str] = Counter()
    for row in asked(BY_PERSON(TOLD)):
        found[row["name"]] += row["requests"]
    assert found == expected


def test_empty_fields_are_those_of_the_raw_answers(saved: Path) -> None:
    def empty(field: str) -> int:
        return sum(one["fields"].get(field) in (None, [], "", " ") for one in requests(saved))

    [found] = asked(ALL_UNFILLED(TOLD))
    assert found == {
        "requests": len(requests(saved)),
        "summary": empty("summary"),
        "assignee": empty("assignee"),
        "request_type": 0,
        "client": empty("components"),
        "estimate": empty("timeoriginalestimate"),
        "due": empty("duedate"),
    }


def ended(one: dict[str, Any], moves: list[tuple[datetime, str, str]]) -> datetime | None:
    """When a raw issue was resolved: None while it is open."""
    fields = one["fields"]
    if (fields["status"].get("statusCategory") or {"key": "done"})["key"] != "done":
        return None
    said = fields.get("resolutiondate") or fields.get("statuscategorychangedate")
    return datetime.fromisoformat(said) if said else moves[-1][0]


def test_cycle_times_are_those_of_the_raw_answers(saved: Path) -> None:
    idle = {word.casefold() for word in TOLD.waiting} | {"a faire", "done", "closed", "resolved", "fermé", "terminé"}
    idle |= {
        one["fields"]["status"]["name"].casefold()
        for one in requests(saved)
        if (one["fields"]["status"].get("statusCategory") or {}).get("key") == "done"
    }
    expected: dict[str, float] = {}
    for one in requests(saved):
        moves = sorted(
            (datetime.fromisoformat(history["created"]), item["fromString"], item["toString"])
            for history in (one.get("changelog") or {}).get("histories", [])
            for item in history["items"]
            if item["field"] == "status"
        )
        if not moves or (end := ended(one, moves)) is None:
            continue
        steps = [(datetime.fromisoformat(one["fields"]["created"]), moves[0][1])]
        steps += [(at, after) for at, _before, after in moves]
        for (since, status), until in zip(steps, [*(at for at, _status in steps[1:]), end], strict=True):
            if status.casefold() not in idle and since < min(until, end):
                expected[one["key"]] = expected.get(one["key"], 0) + (min(until, end) - since).total_seconds()
    found = {row["key"]: row["cycle_s"] for row in asked(CYCLE_TIMES) if row["begun_at"]}
    assert found.keys() == expected.keys()
    assert all(abs(found[key] - expected[key]) <= 8 for key in found)  # a second at each change


def test_changes_and_worklogs_are_those_of_the_raw_answers(saved: Path) -> None:
    changes: dict[tuple[str, str, int], str] = {}
    logs: dict[str, float] = {}
    for one in raw(saved):
        for history in (one.get("changelog") or {}).get("histories", []):
            changes |= {(one["id"], history["id"], n): item["field"] for n, item in enumerate(history["items"])}
        logs |= {log["id"]: log["timeSpentSeconds"] for log in (one["fields"].get("worklog") or {}).get("worklogs", [])}
    if ".csv" in saved.name:
        for history, url in devlake(saved, "changelogs.csv"):
            of = url.split("/issue/")[1].split("/")[0]
            changes |= {(of, history["id"], n): item["field"] for n, item in enumerate(history["items"])}
        logs |= {log["id"]: log["timeSpentSeconds"] for log, _url in devlake(saved, "worklogs.csv")}
    assert {(row["issue_id"], row["change_id"], row["position"]): row["field"] for row in landed(CHANGES)} == changes
    assert {row["worklog_id"]: row["spent_s"] for row in landed(WORKLOGS)} == logs


def landed(table: FactTable) -> list[dict[str, Any]]:
    query = Query(name=f"all_{table.name}", select=table.sql.select(), tables=(table,), params={})
    rows: list[dict[str, Any]] = warehouse().reader(EVERYTHING).run(query).table.to_pylist()
    return rows


def test_time_logged_apart_from_its_issue_is_shown_with_it(saved: Path) -> None:
    if saved.name != MADE_DEVLAKE.name:
        pytest.skip("DevLake's tables alone")
    assert [row["spent_s"] for row in asked(ONE_WORKLOGS, **one_of("DATA-1"))] == [900.0]
