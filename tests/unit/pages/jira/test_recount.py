"""The figures, recounted straight from the raw JSON by code that shares nothing with the mission's.

Runs on saved answers made here; and on those of a folder of one's own that JIRA_SAMPLES names, where it is set.
"""

import gzip
import json
import os
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from core import sync
from core.auth.people import EVERYTHING
from core.query import warehouse
from core.sources import registry
from core.sources.base import Source
from core.store.engine import store
from pages.jira import flow_queries, queries
from pages.jira.rules import HERE, load
from pages.jira.sources import SavedOptions
from tests.unit.pages.jira.jira import START, change, issue

TOLD = load(HERE / "rules.yml")
ALWAYS = {"start": datetime(1990, 1, 1, tzinfo=UTC), "end": datetime(2090, 1, 1, tzinfo=UTC)}
NO_FILTER = dict.fromkeys(("projects", "types", "clients", "statuses", "labels", "assignees"), "")


def made(path: Path) -> None:
    """A file with every oddity: sub-tasks, epics, several components, none, zero estimates, reopened work."""
    several = [{"name": "Sinistres"}, {"name": "Auto"}]
    issues = [
        issue(1, components=several, assignee=None, duedate="2026-04-01"),
        issue(2, components=[], timeoriginalestimate=None, issuetype={"name": "Bug", "subtask": False}),
        issue(3, issuetype={"name": "Sous-tâche", "subtask": True}),
        issue(4, issuetype={"name": "Epic", "subtask": False, "hierarchyLevel": 1}),
        issue(5, timeoriginalestimate=0, timespent=600, resolutiondate="2026-03-09T10:00:00.000+0200", summary=" "),
        issue(6, progress=None, resolutiondate="2026-03-04T10:00:00.000+0000", status={"name": "Fermé"}),
    ]
    issues[4]["changelog"]["histories"] = [
        change(1, START + timedelta(days=1), "À faire", "En cours"),
        change(2, START + timedelta(days=2), "En cours", "A faire"),
        change(3, START + timedelta(days=3), "A faire", "En cours"),
        change(4, START + timedelta(days=6, hours=22), "En cours", "Terminé"),
    ]
    issues[5]["changelog"]["histories"] = [change(9, START + timedelta(days=1, hours=3), "Open", "Fermé")]
    path.write_text(json.dumps({"issues": issues}))


def raw(path: Path) -> list[dict[str, Any]]:
    text = (gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()).decode()
    if ".jsonl" in path.suffixes:
        return [json.loads(line) for line in text.split("\n") if line]
    content = json.loads(text)
    if isinstance(content, list):
        return content
    return list(content.get("issues", [content]))


def folder() -> list[Path]:
    named = os.environ.get("JIRA_SAMPLES")
    return sorted(path for path in Path(named).rglob("*.json*") if path.is_file()) if named else []


@pytest.fixture(params=[None, *folder()], ids=lambda path: path.name if path else "made")
def saved(request: pytest.FixtureRequest, data: Path) -> Path:
    """A file of saved answers, landed by a sync."""
    path: Path = request.param or data / "answers.json"
    if request.param is None:
        made(path)
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
    given = {**NO_FILTER, **TOLD.params(), **ALWAYS, "limit": 0.2, **more}
    answer = warehouse().reader(EVERYTHING).run(query, **{name: given[name] for name in query.params})
    assert not answer.truncated
    rows: list[dict[str, Any]] = answer.table.to_pylist()
    return rows


def test_every_request_lands_once(saved: Path) -> None:
    assert {row["key"] for row in asked(queries.REQUESTS)} == {one["key"] for one in requests(saved)}
    assert len(asked(queries.REQUESTS)) == len(requests(saved))


def test_components_are_those_of_the_raw_answers(saved: Path) -> None:
    expected: Counter[str] = Counter()
    for one in requests(saved):
        project = one["key"].rsplit("-", 1)[0]
        names = {" ".join(part["name"].split()) for part in one["fields"].get("components") or []} or {""}
        expected.update(f"{project}/{name}" for name in names)
    found: Counter[str] = Counter()
    for row in asked(queries.CLIENT_MONTHS):
        found[row["client"]] += row["requests"]
    assert found == expected
    assert round(sum(row["shares"] for row in asked(queries.CLIENT_MONTHS)), 6) == len(requests(saved))


def test_the_rows_behind_a_client_are_as_many_as_its_bar_says(saved: Path) -> None:
    for client in {row["client"] for row in asked(queries.CLIENT_MONTHS)}:
        bar = sum(row["requests"] for row in asked(queries.CLIENT_MONTHS, clients=client))
        assert bar == len(asked(queries.REQUESTS, clients=client))


def test_types_are_those_of_the_raw_answers(saved: Path) -> None:
    expected = Counter(one["fields"]["issuetype"]["name"] for one in requests(saved))
    found: Counter[str] = Counter()
    for row in asked(queries.TYPE_MONTHS):
        found[row["type"]] += row["requests"]
    assert found == expected


def test_assignees_are_those_of_the_raw_answers(saved: Path) -> None:
    people = [(one["fields"].get("assignee") or {}).get("displayName", "") for one in requests(saved)]
    expected = Counter(" ".join(name.split()) for name in people)
    assert {row["name"]: row["requests"] for row in asked(queries.UNFILLED_BY_PERSON)} == expected


def test_empty_fields_are_those_of_the_raw_answers(saved: Path) -> None:
    def empty(field: str) -> int:
        return sum(one["fields"].get(field) in (None, [], "", " ") for one in requests(saved))

    [found] = asked(queries.UNFILLED)
    assert found == {
        "requests": len(requests(saved)),
        "summary": empty("summary"),
        "assignee": empty("assignee"),
        "request_type": 0,
        "client": empty("components"),
        "estimate": empty("timeoriginalestimate"),
        "due": empty("duedate"),
    }


def test_cycle_times_are_those_of_the_raw_answers(saved: Path) -> None:
    waiting = {word.casefold() for word in TOLD.waiting} | {"a faire"}
    expected: dict[str, int] = {}
    for one in requests(saved):
        begun = sorted(
            datetime.fromisoformat(history["created"])
            for history in (one.get("changelog") or {}).get("histories", [])
            for item in history["items"]
            if item["field"] == "status" and (item.get("toString") or "").casefold() not in waiting
        )
        fields = one["fields"]
        done = fields.get("resolutiondate")
        if not done and ((fields["status"].get("statusCategory") or {}).get("key") == "done"):
            done = fields.get("statuscategorychangedate")
        if begun and done:
            seconds = (datetime.fromisoformat(done) - begun[0]).total_seconds()
            if seconds >= 0:
                expected[one["key"]] = round(seconds)
    found = {row["key"]: row["cycle_s"] for row in asked(flow_queries.CYCLES)}
    assert found.keys() == expected.keys()
    assert all(abs(found[key] - expected[key]) <= 1 for key in found)
