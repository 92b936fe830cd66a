"""The activity: sync rate from a local Jira and its memory, what an incremental sync costs, each question against bare
DuckDB.

The lake of the questions is filled without HTTP. Both are made by `issues` below, a changelog of three moves an issue.
"""

import json
import os
import re
import resource
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import pyarrow as pa

from core.auth.people import EVERYTHING
from core.facts.lake import Lake
from core.query import Query, Warehouse
from core.sources.base import Source
from pages.jira import flow_queries, queries, rest
from pages.jira.behind import SETS
from pages.jira.facts import CHANGES, ISSUES, WORKLOGS
from pages.jira.parts import FILTERS
from pages.jira.rules import HERE, load
from pages.jira.sources import JiraDataCenter, JiraOptions
from tests.bench.bench_facts import files
from tests.bench.measure import Row, medians
from tests.unit.core.sources.service import Answer, Asked, serving

SIZES = (10_000, 100_000, 1_000_000)
"""Issues, each with its changes."""
SYNCED = 100_000
"""The largest Jira that is read over HTTP: the local server takes most of that time."""
CHUNK = 20_000
PAGE = 1_000
TURNS = 5
START = datetime(2023, 1, 1, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
TOLD = load(HERE / "rules.yml")
_PARAMS: dict[str, Any] = {
    **dict.fromkeys(FILTERS, ""),
    **TOLD.params(),
    "zone": "Europe/Paris",
    "several": False,
    "status": "En cours",
    "field": "due",
    "band": 4,
    "at": datetime(2024, 1, 1, tzinfo=UTC),
    "start": START,
    "end": datetime(2026, 1, 1, tzinfo=UTC),
    "now": datetime(2026, 1, 1, tzinfo=UTC),
    "limit": TOLD.drift_limit,
    "key": "DEX-5000",
}


def issues(first: int, count: int) -> Iterator[dict[str, Any]]:
    """Raw issues, one a minute."""
    for number in range(first, first + count):
        at = START + number * MINUTE
        moves = (("À faire", "En cours", 1), ("En cours", "À valider", 3), ("À valider", "Terminé", 4))
        yield {
            "id": str(number + 1),
            "key": f"DEX-{number + 1}",
            "fields": {
                "summary": f"Demande {number}",
                "issuetype": {"name": "Tâche", "subtask": False},
                "project": {"key": "DEX"},
                "status": {"name": "Terminé", "statusCategory": {"key": "done"}},
                "components": [{"name": f"Client {number % 40}"}],
                "labels": ["start_data_explo"],
                "assignee": {"accountId": f"p{number % 12}", "displayName": f"Personne {number % 12}"},
                "created": _written(at),
                "updated": _written(at + timedelta(days=4)),
                "resolutiondate": _written(at + timedelta(days=4)),
                "timeoriginalestimate": 3600 * (1 + number % 9),
                "timespent": 3600 * (1 + number % 11),
            },
            "changelog": {
                "histories": [
                    {
                        "id": f"{number}-{days}",
                        "created": _written(at + timedelta(days=days)),
                        "items": [{"field": "status", "fromString": before, "toString": after}],
                    }
                    for before, after, days in moves
                ]
            },
        }


def _written(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%S.000+0000")


def measure(sizes: Sequence[int]) -> Iterator[Row]:
    """Figures at each size."""
    for size in sizes:
        row = partial(Row, "jira", size)
        if size <= SYNCED:
            yield from syncing(size, row)
        with TemporaryDirectory(prefix="vigie-bench-") as folder:
            lake = Lake(Path(folder) / "lake")
            yield from landing(lake, size, row)
            yield from asking(lake, row)


def syncing(size: int, row: "partial[Row]") -> Iterator[Row]:
    """Read a whole Jira over HTTP into a lake, then what changed."""
    pages = {start: json.dumps(list(issues(start, PAGE + 1))).encode() for start in range(0, size, PAGE)}

    def answer(asked: Asked) -> Answer:
        if asked.path.endswith("/field"):
            return Answer(body=[{"id": "issuetype", "name": "Type"}, {"id": "components", "name": "Composants"}])
        if asked.path.endswith("/myself"):
            return Answer(body={"timeZone": "UTC"})
        said = asked.json
        if re.search("updated >=", said["jql"]):
            return Answer(body={"issues": list(issues(size - 100, 100))[said["startAt"] :]})
        start = said["startAt"]
        page = start - start % PAGE
        found = json.loads(pages[page])[start - page : start - page + PAGE + 1] if page in pages else []
        return Answer(body={"issues": [one for one in found if int(one["id"]) <= size]})

    os.environ["JIRA_BENCH"] = "x"
    with TemporaryDirectory(prefix="vigie-bench-") as folder, serving(answer) as service:
        lake = Lake(Path(folder) / "lake")
        said = {"site": service.url, "token": "${JIRA_BENCH}", "page_size": PAGE + 1, "reconcile_hours": 1000}
        source = Source("bench", "jira", "jira_server", JiraOptions.model_validate(said))
        for what, cursor in (
            ("reading everything", {"reconciled": datetime.now(UTC).isoformat()}),
            ("reading what changed (100)", {n: datetime.now(UTC).isoformat() for n in ("since", "reconciled")}),
        ):
            before, begun = _peak(), time.perf_counter()
            for batch in JiraDataCenter().pull(source, cursor):
                if len(batch.rows):
                    lake.land(batch.table or ISSUES, batch.rows)
            seconds = time.perf_counter() - begun
            if "everything" in what:
                yield row(f"{what}, over HTTP", size / seconds, "issues/s")
                yield row(f"{what}, more memory at most", _peak() - before, "MB")
            else:
                yield row(what, seconds * 1000, "ms")


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def landing(lake: Lake, size: int, row: "partial[Row]") -> Iterator[Row]:
    """Make rows of raw issues and land them."""
    reader = rest.Reader("bench", None, request_type="issuetype", client="components")
    seconds = 0.0
    for start in range(0, size, CHUNK):
        raw = list(issues(start, min(CHUNK, size - start)))
        begun = time.perf_counter()
        for table, rows in reader.read(raw, "bench").tables():
            lake.land(table, rows)
        seconds += time.perf_counter() - begun
    yield row("raw issues to the lake, with changes", size / seconds, "issues/s")
    for table in (ISSUES, CHANGES):
        lake.compact(table)


def asking(lake: Lake, row: "partial[Row]") -> Iterator[Row]:
    """Each question through the core, uncached, and bare over the same files, in turns."""
    house = Warehouse(lake, {"jira": (ISSUES, CHANGES, WORKLOGS)})
    reader = house.reader(EVERYTHING)
    bare = _bare(lake)
    behind = [query for rows in SETS.values() for query in (rows.plain, rows.count)]
    for query in (*queries.QUERIES, *flow_queries.QUERIES, *behind):
        if WORKLOGS in query.tables:
            continue
        ours, theirs = medians(
            TURNS, partial(reader.run, query, **params(query)), _ask(bare, query), before=house.cache.clear
        )
        yield row(f"{query.name}, uncached", ours, "ms")
        yield row(f"{query.name}, bare DuckDB", theirs, "ms")


def _bare(lake: Lake) -> duckdb.DuckDBPyConnection:
    """DuckDB as somebody would open it on the same files."""
    connection = duckdb.connect()
    for setting in ("TimeZone = 'UTC'", "parquet_metadata_cache = true"):
        connection.execute(f"SET GLOBAL {setting}")
    for table in (ISSUES, CHANGES):
        connection.execute(f"CREATE VIEW {table.name} AS SELECT * FROM read_parquet([{files(lake, table)}])")
    return connection


def _ask(bare: duckdb.DuckDBPyConnection, query: Query) -> Callable[[], pa.Table]:
    """The same SQL with the same values, run bare."""
    state = query.compiled.construct_expanded_state(dict(query.values(params(query))))
    values = list(state.positional_parameters or ())
    statement = f"SELECT * FROM ({state.statement}) LIMIT {query.cap + 1}"
    return lambda: bare.cursor().execute(statement, values).to_arrow_table()


def params(query: Query) -> dict[str, Any]:
    """Three years, no filter."""
    return {name: _PARAMS[name] for name in query.params}
