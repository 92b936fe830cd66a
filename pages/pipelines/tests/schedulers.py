"""Schedulers that speak their APIs over real HTTP: what they hold, what they were asked, and their faults."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from core.sources.base import Batch
from tests.unit.core.sources.service import Answer, Asked, serving

NOW = datetime(2026, 11, 20, 7, tzinfo=UTC)
SECRET = "s3cr3t-of-the-test"


@dataclass
class Scheduler:
    """One that gives what it holds to whoever has its newest token. `faults` come first, one a question."""

    faults: list[Answer] = field(default_factory=list)
    tokens: int = 0
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    url: str = ""

    def __call__(self, asked: Asked) -> Answer:
        parts = urlsplit(asked.path)
        path, params = unquote(parts.path), {name: values[0] for name, values in parse_qs(parts.query).items()}
        if path.endswith("/token"):
            assert SECRET in asked.body.decode() or "Basic" in asked.headers["Authorization"]
            self.tokens += 1
            return Answer(201, {"access_token": f"token-{self.tokens}"})
        self.asked.append((path, params))
        if self.faults:
            return self.faults.pop(0)
        if not self.knows(asked.headers.get("Authorization", "")):
            return Answer(401, {"detail": "who are you"})
        return self.answer(path, params, asked)

    def knows(self, authorization: str) -> bool:
        """Whether somebody may ask."""
        return authorization == f"Bearer token-{self.tokens}"

    def answer(self, path: str, params: dict[str, str], asked: Asked) -> Answer:
        """What is told when all is well."""
        raise NotImplementedError

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Serve until the block ends."""
        with serving(self) as service:
            self.url = service.url
            yield


def rows(batches: list[Batch], *names: str) -> list[tuple[Any, ...]]:
    """Some columns of what landed."""
    return [tuple(row[name] for name in names) for b in batches if len(b.rows) for row in b.rows.to_pylist()]


NOT_FOUND = Answer(404, {"detail": "not found"})


@dataclass
class Airflow(Scheduler):
    """Airflow: runs in pages of two; `shift` happens before each page."""

    runs: list[Any] = field(default_factory=list)
    tasks: dict[str, list[Any]] = field(default_factory=dict)
    version: int = 3
    shift: Callable[[], None] = lambda: None

    def knows(self, authorization: str) -> bool:
        return super().knows(authorization) if self.version == 3 else authorization.startswith("Basic ")

    def answer(self, path: str, params: dict[str, str], asked: Asked) -> Answer:
        prefix = f"/api/v{self.version - 1}/dags/"
        if not path.startswith(prefix):
            return NOT_FOUND
        if path == f"{prefix}~/dagRuns":
            self.shift()
            at = int(params["offset"])
            return Answer(body={"dag_runs": self.runs[at : at + 2], "total_entries": len(self.runs)})
        run = path.removeprefix(prefix).split("/")[2]
        return Answer(body={"task_instances": self.tasks[run]}) if run in self.tasks else NOT_FOUND


@dataclass
class Databricks(Scheduler):
    """Databricks: runs in pages of two, the newest first."""

    runs: list[Any] = field(default_factory=list)
    version: str = "2.2"
    principal: bool = False

    def knows(self, authorization: str) -> bool:
        return super().knows(authorization) if self.principal else authorization == f"Bearer {SECRET}"

    def answer(self, path: str, params: dict[str, str], asked: Asked) -> Answer:
        if path != f"/api/{self.version}/jobs/runs/list":
            return NOT_FOUND
        at = int(params.get("page_token", "0"))
        found = [
            run for run in self.runs if not isinstance(run, dict) or run["start_time"] >= int(params["start_time_from"])
        ]
        page: dict[str, Any] = {"runs": found[at : at + 2]} if found[at : at + 2] else {}
        return Answer(body={**page, "next_page_token": str(at + 2)} if at + 2 < len(found) else page)


@dataclass
class LogAnalytics(Scheduler):
    """Log Analytics: rows by table; no more than `most` at once, else a part of them and an error."""

    tables: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    most: int = 100

    def answer(self, path: str, params: dict[str, str], asked: Asked) -> Answer:
        query = asked.json["query"]
        begin, end = (datetime.fromisoformat(text) for text in re.findall(r"datetime\((.+?)\)", query))
        rows = [
            row
            for row in self.tables.get(query.split()[0], [])
            if begin <= datetime.fromisoformat(row["TimeGenerated"]) < end
            and ('Status == "Failed"' not in query or row["Status"] == "Failed")
        ]
        names = re.search(r"project (.+?) \|", query)[1].split(", ")  # type: ignore[index]
        columns = [{"name": name, "type": "string"} for name in names]
        told = [[row.get(name) for name in names] for row in rows[: self.most]]
        part = {"error": {"code": "PartialError", "message": "too large"}} if len(rows) > self.most else {}
        return Answer(body={"tables": [{"name": "PrimaryResult", "columns": columns, "rows": told}], **part})


@dataclass
class Alteryx(Scheduler):
    """Alteryx Server: schedules, the workflows that are still there, their jobs the newest first."""

    schedules: list[Any] = field(default_factory=list)
    workflows: dict[str, list[Any]] = field(default_factory=dict)
    details: dict[str, dict[str, Any]] = field(default_factory=dict)

    def answer(self, path: str, params: dict[str, str], asked: Asked) -> Answer:
        match path.removeprefix("/v3/").split("/"):
            case ["schedules"]:
                return Answer(body=self.schedules)
            case ["workflows", name] if name in self.workflows:
                return Answer(body={"id": name, "name": f"workflow {name}"})
            case ["workflows", name, "jobs"] if name in self.workflows:
                at = int(params["offset"])
                return Answer(body=self.workflows[name][at : at + 2])
            case ["jobs", job] if job in self.details:
                return Answer(body={"id": job, **self.details[job]})
        return NOT_FOUND


@dataclass
class Forge(Scheduler):
    """A forge, which gives its runs in pages of two to whoever has the token."""

    runs: list[Any] = field(default_factory=list)

    def knows(self, authorization: str) -> bool:
        return authorization == f"Bearer {SECRET}"

    def answer(self, path: str, params: dict[str, str], asked: Asked) -> Answer:
        at = 2 * (int(params["page"]) - 1)
        return Answer(body={"total_count": len(self.runs), "workflow_runs": self.runs[at : at + 2]})
