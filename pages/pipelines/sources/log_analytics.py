"""Log Analytics: runs of Azure Data Factory in `ADFPipelineRun`, the texts of their errors in `ADFActivityRun`.

Data Factory writes a row for each state of a run; the newest counts. An answer that was cut is asked again in halves of
its time.
"""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar
from urllib.parse import quote

from pydantic import Field as Option

from core.base.errors import SourceFailed
from core.base.i18n import N_, _
from core.sources.asking import listed
from core.sources.base import Options
from core.sources.formats import documents
from core.sources.http import JsonClient
from core.sources.reach import Service
from pages.pipelines.sources.asked import Asked, AskedOptions, Record, moment
from pages.pipelines.sources.entra import EntraOptions
from pages.pipelines.sources.runs import RunMapping

NAME = "Log Analytics"
SCOPE = "https://api.loganalytics.io/.default"
WINDOW = timedelta(days=1)
LEAST = timedelta(minutes=5)
"""No answer about less time than this is asked for in halves."""
LATE = timedelta(hours=24)
"""How long before the end of its run is told an activity may have failed."""
_TEXTS = ("ErrorCode", "ErrorMessage", "FailureType")
_RUN = ("TimeGenerated", "RunId", "PipelineName", "Status", "Start", "End", *_TEXTS)
_ACTIVITY = ("TimeGenerated", "PipelineRunId", "ActivityName", *_TEXTS)
_MORE = "AdditionalFields"
"""Where a workspace that collects by rules of its own puts what it has no column for, as JSON."""

MAPPING = RunMapping(
    columns={
        "pipeline": "PipelineName",
        "run_id": "RunId",
        "status": "Status",
        "started_at": "Start",
        "ended_at": "End",
        "error_code": "ErrorCode",
        "error_message": "ErrorMessage",
        "observed_at": "TimeGenerated",
    },
    key=["RunId"],
    timezone="UTC",
)


class LogAnalyticsOptions(EntraOptions):
    """A workspace of Log Analytics, asked as a registered application that may read it."""

    workspace: str = Option(title=N_("Workspace"), description=N_("Its id"))
    base_url: Service = Option(default="https://api.loganalytics.io", title=N_("Address of the service"))


class LogAnalytics(Asked):
    """Runs of Data Factory as Log Analytics keeps them, longer than Data Factory itself."""

    kind: ClassVar[str] = "log_analytics"
    title: ClassVar[str] = N_("Log Analytics, runs of Azure Data Factory")
    options: ClassVar[type[Options]] = LogAnalyticsOptions
    own_mapping: ClassVar[RunMapping] = MAPPING
    lag: ClassVar[timedelta] = timedelta(minutes=15)

    def pages(self, options: AskedOptions, after: datetime, now: datetime) -> Iterator[list[Any]]:
        """The newest row of each run, a day at once, the oldest day first."""
        assert isinstance(options, LogAnalyticsOptions)
        url = f"{options.base_url}/v1/workspaces/{quote(options.workspace, safe='')}/query"
        with options.asking(NAME, SCOPE) as client:
            begin = after
            while begin < now:
                end = min(begin + WINDOW, now)
                runs = _newest(_rows(client, url, "ADFPipelineRun", _RUN, begin, end))
                yield _explained(client, url, runs, begin, end)
                begin = end


def _rows(
    client: JsonClient, url: str, table: str, columns: tuple[str, ...], begin: datetime, end: datetime, only: str = ""
) -> list[Record]:
    """Rows of a table within some time, the oldest first. Raises SourceFailed."""
    query = (
        f"{table} | where TimeGenerated >= datetime({moment(begin)}) and TimeGenerated < datetime({moment(end)})"
        f'{only} | extend {_MORE} = column_ifexists("{_MORE}", dynamic(null))'
        f" | project {', '.join((*columns, _MORE))} | order by TimeGenerated asc"
    )
    answer = client.ask("POST", url, json={"query": query})
    if answer.get("error"):
        if end - begin < 2 * LEAST:
            sentence = _("{service} gives only a part of what it was asked for, however little that is.")
            raise SourceFailed(sentence.format(service=NAME), detail=json.dumps(answer["error"])[:500])
        middle = begin + (end - begin) / 2
        return [
            row for part in ((begin, middle), (middle, end)) for row in _rows(client, url, table, columns, *part, only)
        ]
    first = next((table for table in listed(answer, "tables", NAME) if isinstance(table, dict)), {})
    names = [str(column.get("name")) for column in listed(first, "columns", NAME) if isinstance(column, dict)]
    rows = listed(first, "rows", NAME)
    return [_complete(dict(zip(names, row, strict=False))) for row in rows if isinstance(row, list)]


def _complete(row: Record) -> Record:
    """A row, its empty cells filled with what stands among the additional fields."""
    more = row.pop(_MORE, None)
    if isinstance(more, str) and more:
        try:
            more = documents.json_value(more.encode(), NAME)
        except (documents.NoJson, SourceFailed):
            more = None
    held = more if isinstance(more, dict) else {}
    return {name: value if value not in (None, "") else held.get(name) for name, value in row.items()}


def _newest(rows: list[Record]) -> list[Record]:
    """What is known of each run: its newest row, with what only an older one says."""
    runs: dict[str, Record] = {}
    for row in sorted(rows, key=_written):
        name = str(row.get("RunId"))
        before = runs.pop(name, {})
        runs[name] = {**before, **{name: value for name, value in row.items() if value not in (None, "")}}
    return list(runs.values())


def _written(row: Record) -> datetime:
    """When a row was written (UTC); one that does not say is older than all."""
    try:
        at = datetime.fromisoformat(str(row.get("TimeGenerated")))
    except ValueError:
        return datetime.min.replace(tzinfo=UTC)
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _explained(client: JsonClient, url: str, runs: list[Record], begin: datetime, end: datetime) -> list[Record]:
    """The runs, those that failed without a text with that of the first of their activities that failed."""
    bare = [run for run in runs if run.get("Status") == "Failed" and not run.get("ErrorMessage")]
    if not bare:
        return runs
    failed: dict[str, Record] = {}
    for activity in _rows(client, url, "ADFActivityRun", _ACTIVITY, begin - LATE, end, ' and Status == "Failed"'):
        failed.setdefault(str(activity.get("PipelineRunId")), activity)
    return [{**run, **_texts(failed.get(str(run.get("RunId"))))} if run in bare else run for run in runs]


def _texts(activity: Record | None) -> Record:
    if activity is None:
        return {}
    message = ": ".join(str(activity[name]) for name in ("ActivityName", "ErrorMessage") if activity.get(name))
    return {"ErrorMessage": message, "ErrorCode": activity.get("ErrorCode") or activity.get("FailureType")}
