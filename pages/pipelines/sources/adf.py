"""Azure Data Factory: asking `queryPipelineRuns`, and reading its answers, saved ones too."""

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa

from core.base.errors import SourceFailed
from core.base.i18n import _
from core.facts.check import Refused
from core.sources import documents
from core.sources.cells import BROKEN, Cells
from core.sources.http import JsonClient
from pages.pipelines.sources.runs import RunMapping

API_VERSION = "2018-06-01"
SCOPE = "https://management.azure.com/.default"
NAME = "Azure Data Factory"
MOST_PAGES = 20_000

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
_COLUMNS = (*_PLAIN, "trigger", "parentRunId", "rerunOf", "attempt")

Record = Mapping[str, Any]
Page = dict[str, Any]


def cells(records: list[Any], where: str, first: int, attempts: Mapping[str, int]) -> Cells:
    """Records as cells. A run that another pipeline started has it as parent; a rerun repeats the first of its group.

    `attempts`: number of a rerun within its group, by run id. What is no record is refused.
    """
    rows, lines, refused = [], [], []
    for line, record in enumerate(records, start=first):
        if isinstance(record, dict):
            rows.append(_row(record, attempts))
            lines.append(line)
        else:
            refused.append(Refused(f"{where}:{line}", {"": json.dumps(record)[:200]}, _("This is no run.")))
    table = pa.table([pa.array(column, pa.string()) for column in zip(*rows, strict=True)] or _EMPTY, names=_COLUMNS)
    return Cells(table, lines, where, refused)


_EMPTY = [pa.array([], pa.string())] * len(_COLUMNS)


def _row(record: Record, attempts: Mapping[str, int]) -> tuple[str, ...]:
    invoked = record.get("invokedBy")
    invoked = invoked if isinstance(invoked, dict) else {}
    rerun_of = original(record)
    derived = (
        invoked.get("name") or invoked.get("invokedByType"),
        invoked.get("pipelineRunId"),
        rerun_of,
        attempts.get(_text(record.get("runId"))) if rerun_of else 1,
    )
    return tuple(map(_text, (*(record.get(name) for name in _PLAIN), *derived)))


def _text(value: Any) -> str:
    if value is None:
        return ""
    return value.replace("\0", BROKEN) if isinstance(value, str) else json.dumps(value)


def original(record: Record) -> str | None:
    """Run id of the first run of a rerun's group; None when this one is the first."""
    group = record.get("runGroupId")
    return group if isinstance(group, str) and group != record.get("runId") else None


def number(group: list[Any]) -> dict[str, int]:
    """Attempt of each run of one group, by run id, in the order of their starts."""
    runs = {_text(run.get("runId")): _text(run.get("runStart")) for run in group if isinstance(run, dict)}
    return {run: attempt for attempt, run in enumerate(sorted(runs, key=lambda run: (runs[run], run)), start=1)}


def saved(path: Path) -> list[Any]:
    """Records of a saved answer, or of a list of them. Raises SourceFailed."""
    content = documents.json_file(path)
    records: list[Any] = []
    for answer in content if isinstance(content, list) else [content]:
        records += _records(answer)
    return records


def _records(answer: Any) -> list[Any]:
    if not isinstance(answer, dict) or not isinstance(answer.get("value"), list):
        raise SourceFailed(_("{service} answered JSON of an unknown form.").format(service=NAME))
    records: list[Any] = answer["value"]
    return records


def token(client: JsonClient, address: str, tenant: str, client_id: str, secret: str) -> str:
    """An access token by client credentials. Raises SourceFailed."""
    form = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": secret, "scope": SCOPE}
    answer = client.ask("POST", f"{address}/{tenant}/oauth2/v2.0/token", data=form)
    if not isinstance(answer.get("access_token"), str):
        raise SourceFailed(_("{service} gave no access token.").format(service=NAME))
    return str(answer["access_token"])


def ask(client: JsonClient, url: str, after: datetime, before: datetime, **question: Any) -> Iterator[list[Any]]:
    """Pages of the runs last updated in between, until no continuation token comes. Raises SourceFailed."""
    body: Page = {"lastUpdatedAfter": _moment(after), "lastUpdatedBefore": _moment(before), **question}
    seen: set[str] = set()
    for _page in range(MOST_PAGES):
        answer = client.ask("POST", url, params={"api-version": API_VERSION}, json=body)
        yield _records(answer)
        following = answer.get("continuationToken")
        if not following:
            return
        if following in seen:
            break
        seen.add(following)
        body = {**body, "continuationToken": following}
    raise SourceFailed(_("{service} gives the same page again and again.").format(service=NAME))


def attempts(records: list[Any], group: Callable[[str], list[Any]]) -> dict[str, int]:
    """Attempts of the reruns among the records; `group` gives every run of a rerun's group."""
    found: dict[str, int] = {}
    for first in {original(record) for record in records if isinstance(record, dict)} - {None}:
        found |= number(group(str(first)))
    return found


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def ask_group(client: JsonClient, url: str, after: datetime, before: datetime, first: str) -> list[Any]:
    """Every run of a rerun's group. Raises SourceFailed."""
    only = [{"operand": "RunGroupId", "operator": "Equals", "values": [first]}]
    return [record for page in ask(client, url, after, before, filters=only) for record in page]


def group_of(records: list[Any], first: str) -> list[Any]:
    """The runs of a group among some records."""
    return [r for r in records if isinstance(r, dict) and first in (r.get("runId"), r.get("runGroupId"))]
