"""Azure Data Factory: asking `queryPipelineRuns`, and reading its answers, saved ones too."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from core.sources.asking import by_token, listed
from core.sources.formats import documents
from core.sources.http import JsonClient
from pages.pipelines.sources.asked import moment
from pages.pipelines.sources.runs import RunMapping

API_VERSION = "2018-06-01"
SCOPE = "https://management.azure.com/.default"
NAME = "Azure Data Factory"

MAPPING = RunMapping(
    columns={
        "pipeline": "pipelineName",
        "run_id": "runId",
        "status": "status",
        "started_at": "runStart",
        "ended_at": "runEnd",
        "duration_s": "durationInMs",
        "error_message": "message",
        "observed_at": "lastUpdated",
        "trigger": "trigger",
        "parent_run_id": "parentRunId",
        "rerun_of": "rerunOf",
        "attempt": "attempt",
    },
    key=["runId"],
    timezone="UTC",
    duration_unit="ms",
)
"""How a record's cells become a run. A rerun has its own run id. `message` is kept of runs that did not succeed."""

_PLAIN = ("runId", "pipelineName", "runStart", "runEnd", "durationInMs", "status", "message", "lastUpdated")

Record = Mapping[str, Any]


def rows(records: list[Any], attempts: Mapping[str, int]) -> list[Any]:
    """What is told of each run. A run that another pipeline started has it as parent; a rerun repeats the first of its
    group. `attempts`: number of a rerun within its group, by run id. What is no record stays as it is, to be refused.
    """
    return [_row(record, attempts) if isinstance(record, dict) else record for record in records]


def _row(record: Record, attempts: Mapping[str, int]) -> Record:
    invoked = record.get("invokedBy")
    invoked = invoked if isinstance(invoked, dict) else {}
    rerun_of = original(record)
    return {
        **{name: record.get(name) for name in _PLAIN},
        "trigger": invoked.get("name") or invoked.get("invokedByType"),
        "parentRunId": invoked.get("pipelineRunId"),
        "rerunOf": rerun_of,
        "attempt": attempts.get(str(record.get("runId"))) if rerun_of else 1,
    }


def original(record: Record) -> str | None:
    """Run id of the first run of a rerun's group; None when this one is the first."""
    group = record.get("runGroupId")
    return group if isinstance(group, str) and group != record.get("runId") else None


def number(group: list[Any]) -> dict[str, int]:
    """Attempt of each run of one group, by run id, in the order of their starts."""
    runs = {str(run.get("runId")): str(run.get("runStart") or "") for run in group if isinstance(run, dict)}
    return {run: attempt for attempt, run in enumerate(sorted(runs, key=lambda run: (runs[run], run)), start=1)}


def saved(path: Path) -> list[Any]:
    """Records of a saved answer, or of a list of them. Raises SourceFailed."""
    content = documents.json_file(path)
    records: list[Any] = []
    for answer in content if isinstance(content, list) else [content]:
        records += _records(answer)
    return records


def _records(answer: Any) -> list[Any]:
    return listed(answer if isinstance(answer, dict) else {}, "value", NAME)


def ask(client: JsonClient, url: str, after: datetime, before: datetime, **question: Any) -> Iterator[list[Any]]:
    """Pages of the runs last updated in between. Raises SourceFailed."""
    body = {"lastUpdatedAfter": moment(after), "lastUpdatedBefore": moment(before), **question}

    def page(following: str) -> tuple[list[Any], str]:
        more = {"continuationToken": following} if following else {}
        answer = client.ask("POST", url, params={"api-version": API_VERSION}, json={**body, **more})
        return _records(answer), answer.get("continuationToken") or ""

    return by_token(page, NAME)


def attempts(records: list[Any], group: Callable[[str], list[Any]]) -> dict[str, int]:
    """Attempts of the reruns among the records; `group` gives every run of a rerun's group."""
    numbers: dict[str, int] = {}
    for first in {original(record) for record in records if isinstance(record, dict)} - {None}:
        numbers |= number(group(str(first)))
    return numbers


def ask_group(client: JsonClient, url: str, after: datetime, before: datetime, first: str) -> list[Any]:
    """Every run of a rerun's group. Raises SourceFailed."""
    only = [{"operand": "RunGroupId", "operator": "Equals", "values": [first]}]
    return [record for page in ask(client, url, after, before, filters=only) for record in page]


def group_of(records: list[Any], first: str) -> list[Any]:
    """The runs of a group among some records."""
    return [r for r in records if isinstance(r, dict) and first in (r.get("runId"), r.get("runGroupId"))]
