"""A Jira for tests: a real HTTP service that speaks both APIs, keeps issues that change, and can be told to fail."""

import json
import re
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlparse
from zoneinfo import ZoneInfo

from tests.unit.core.sources.service import Answer, Asked, Service, serving

START = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
TOKEN = "s3same"
FIELDS = [
    {"id": "summary", "name": "Résumé"},
    {"id": "issuetype", "name": "Type de ticket"},
    {"id": "components", "name": "Composants"},
    {"id": "customfield_10042", "name": "Type de demande"},
    {"id": "customfield_10050", "name": "Canal"},
    {"id": "customfield_10051", "name": "Canal"},
]
STATUSES = [
    {"name": "À faire", "statusCategory": {"key": "new"}},
    {"name": "En cours", "statusCategory": {"key": "indeterminate"}},
    {"name": "Livrée", "statusCategory": {"key": "done"}},
    {"name": "Archivée", "statusCategory": {"key": "done"}},
]
_WINDOW = re.compile(r'(updated|created) >= "([^"]+)"')


def written(at: datetime) -> str:
    """A moment as Jira writes it: milliseconds, an offset without a colon."""
    return at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}+0000"


def issue(number: int, **said: Any) -> dict[str, Any]:
    """An issue of the project DATA, created `number` hours after the start; `said` overrides its fields."""
    created = START + timedelta(hours=number)
    fields = {
        "summary": f"Demande {number}",
        "issuetype": {"name": "Tâche", "subtask": False, "hierarchyLevel": 0},
        "project": {"key": "DATA"},
        "status": {"name": "À faire", "statusCategory": {"key": "new"}},
        "components": [{"id": "1", "name": "Sinistres"}],
        "labels": ["start_data_explo"],
        "assignee": {"accountId": "a1", "displayName": "Ada Martin", "emailAddress": "ada@example.fr"},
        "reporter": {"displayName": "Zoé Petit"},
        "created": written(created),
        "updated": written(created),
        "customfield_10042": {"value": "Extraction"},
        "timeoriginalestimate": 7200,
        "progress": {"progress": 0, "total": 7200, "percent": 0},
        "worklog": {"total": 0, "worklogs": []},
    }
    return {
        "id": str(10_000 + number),
        "key": f"DATA-{number}",
        "fields": fields | said,
        "changelog": {"histories": []},
    }


def change(number: int, at: datetime, before: str, after: str, what: str = "status") -> dict[str, Any]:
    """One change of one field."""
    item = {"field": what, "fromString": before, "toString": after}
    return {"id": str(number), "created": written(at), "author": {"displayName": "Ada Martin"}, "items": [item]}


@dataclass
class FakeJira:
    """Issues, and how they are told. `before` sees each question first and may answer in the service's place."""

    issues: list[dict[str, Any]] = field(default_factory=list)
    cap: int = 50
    before: Callable[[Asked], Answer | None] = lambda _asked: None
    jql: list[str] = field(default_factory=list)

    def answer(self, asked: Asked) -> Answer:
        """The answer of either API."""
        given = self.before(asked)
        if given is not None:
            return given
        path = urlparse(asked.path).path
        if not asked.headers.get("Authorization"):
            return Answer(401)
        version, what = path.split("/")[3], path.split("/", 4)[4]
        body = asked.json if asked.body else {}
        match (version, what):
            case (_, "field"):
                return Answer(body=FIELDS)
            case (_, "myself"):
                return Answer(body={"timeZone": "Europe/Paris"})
            case ("3", "search/jql"):
                return self._cloud(body)
            case ("2", "search"):
                return self._server(body)
            case ("3", "search"):
                return Answer(410, {"errorMessages": ["The requested API has been removed."]})
            case ("3", "changelog/bulkfetch"):
                return self._changes(body)
            case ("3", "issue/bulkfetch"):
                wanted = [one for one in self.issues if one["id"] in body["issueIdsOrKeys"]]
                return Answer(body={"issues": [self._told(one, body["fields"]) for one in wanted]})
        if what == "status":
            return Answer(body=STATUSES)
        if single := re.fullmatch(r"issue/(\d+)", what):
            found = [one for one in self.issues if one["id"] == single[1]]
            fields = parse_qs(urlparse(asked.path).query)["fields"][0].split(",")
            return Answer(body=self._told(found[0], fields, changes=True)) if found else Answer(404)
        if what.endswith("/worklog"):
            return self._worklogs(what.split("/")[1], parse_qs(urlparse(asked.path).query))
        return Answer(404)

    def _found(self, jql: str) -> list[dict[str, Any]]:
        self.jql.append(jql)
        found = [one for one in self.issues if "start_data_explo" in one["fields"]["labels"]]
        for name, text in _WINDOW.findall(jql):
            # Questions are on the wall clock of the user, Paris; without its offset here they would be UTC.

            least = datetime.strptime(text, "%Y/%m/%d %H:%M").replace(tzinfo=ZoneInfo("Europe/Paris"))
            found = [one for one in found if datetime.fromisoformat(one["fields"][name]) >= least]
        if ids := re.search(r"id in \(([^)]*)\)", jql):
            found = [one for one in found if one["id"] in ids[1].split(", ")]
        return sorted(found, key=lambda one: (one["fields"]["created"], one["key"]))

    def _told(self, one: dict[str, Any], fields: list[str], *, changes: bool = False) -> dict[str, Any]:
        told = {"id": one["id"], "key": one["key"], "fields": {f: v for f, v in one["fields"].items() if f in fields}}
        if "worklog" in told["fields"]:
            logged = one["fields"]["worklog"]
            told["fields"]["worklog"] = {"total": logged["total"], "worklogs": logged["worklogs"][:20]}
        return told | ({"changelog": one["changelog"]} if changes else {})

    def _cloud(self, body: dict[str, Any]) -> Answer:
        if not body.get("jql"):
            return Answer(400, {"errorMessages": ["Unbounded JQL queries are not allowed here."]})
        start = int(body.get("nextPageToken", "t0")[1:])
        found = self._found(body["jql"])
        size = min(body["maxResults"], self.cap)
        page = found[start : start + size]
        following = {"nextPageToken": f"t{start + size}"} if start + size < len(found) else {}
        return Answer(body={"issues": [self._told(one, body["fields"]) for one in page], **following})

    def _server(self, body: dict[str, Any]) -> Answer:
        found = self._found(body["jql"])
        start, size = body["startAt"], min(body["maxResults"], self.cap)
        page = [self._told(one, body["fields"], changes="changelog" in body["expand"]) for one in found[start:][:size]]
        return Answer(body={"startAt": start, "maxResults": size, "total": len(found), "issues": page})

    def _changes(self, body: dict[str, Any]) -> Answer:
        """Moments in seconds since 1970, two issues an answer."""
        wanted = [one for one in self.issues if one["id"] in body["issueIdsOrKeys"] and one["changelog"]["histories"]]
        start = int(body.get("nextPageToken", "0"))
        told = [
            {
                "issueId": one["id"],
                "changeHistories": [
                    history | {"created": int(datetime.fromisoformat(history["created"]).timestamp())}
                    for history in one["changelog"]["histories"]
                ],
            }
            for one in wanted[start : start + 2]
        ]
        following = {"nextPageToken": str(start + 2)} if start + 2 < len(wanted) else {}
        return Answer(body={"issueChangeLogs": told, **following})

    def _worklogs(self, issue_id: str, query: dict[str, list[str]]) -> Answer:
        [one] = [one for one in self.issues if one["id"] == issue_id]
        start = int(query["startAt"][0])
        entries = one["fields"]["worklog"]["worklogs"]
        return Answer(body={"startAt": start, "total": len(entries), "worklogs": entries[start : start + 30]})


@contextmanager
def jira(fake: FakeJira, tls: ssl.SSLContext | None = None) -> Iterator[Service]:
    """Serve a Jira until the block ends; over TLS where it is given."""
    with serving(fake.answer, tls) as service:
        yield service


def question(asked: Asked) -> dict[str, Any]:
    """The body of a question; empty where it has none."""
    return json.loads(asked.body) if asked.body else {}
