"""The activity: a Jira read over HTTP through `core.run.sync`, what an incremental sync costs, each question against
bare DuckDB. However many issues there are, the newest are as dense: 7,300 a month (`tests.bench.jira_site`)."""

from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from types import SimpleNamespace
from typing import Any

import duckdb
import pyarrow as pa

from core.facts.lake import Lake
from core.facts.query import Query, Reader, Warehouse
from core.facts.tables import given_name
from core.people.person import EVERYTHING
from core.show.figure import walk
from pages.jira import choices
from pages.jira.conditions import QUERIES
from pages.jira.facts import CHANGES, ISSUES, WORKLOGS
from pages.jira.figures import screen
from pages.jira.rules import HERE, load
from tests.bench import bench_pages
from tests.bench.bench_facts import files
from tests.bench.jira_reading import Read, Reading, reading
from tests.bench.jira_site import END, Site, site, start
from tests.bench.measure import Row, medians

SIZES = (10_000, 100_000, 1_000_000)
"""Issues, each with three changes."""
PAGE = 1_000
CHANGED = 100
TURNS = 3
TOLD = load(HERE / "rules.yml")
_PARAMS: dict[str, Any] = {
    "status": "En cours",
    "field": "due",
    "other_field": "",
    "band": 4,
    "at": END - timedelta(days=10),
    "end": END + timedelta(days=30),
    "now": END + timedelta(days=30),
    "key": "DEX-5000",
}


def measure(sizes: Sequence[int]) -> Iterator[Row]:
    """Figures at each size; those of the readings also as a multiple of the smallest size's."""
    smallest: dict[str, float] = {}
    for size in sizes:
        row = partial(Row, "jira", size)
        with TemporaryDirectory(prefix="vigie-bench-") as folder:
            with site(size) as there, reading(there.url, Path(folder), PAGE + 1) as by:
                for one in syncing(there, by, size, row):
                    yield one
                    if size != sizes[0]:
                        yield row(f"{one.what} / at {sizes[0]:,} issues", one.value / smallest[one.what], "×")
                    smallest.setdefault(one.what, one.value)
            yield from asking(Lake(Path(folder) / "lake"), size, row)
            yield from bench_pages.among(Path(folder), bench_pages.JIRA, row)


def syncing(there: Site, by: Reading, size: int, row: "partial[Row]") -> Iterator[Row]:
    """The first reading; then what changed since: nothing, the newest issues, issues of all times, fewer and more of
    them, since each costs the month of its table that it stands in; then all compared.

    Memory is the most that the reading process held, the libraries included."""
    first = by.read()
    yield row("first reading, over HTTP", size / first.seconds, "issues/s")
    yield row("first reading, memory at most", first.memory, "MB")
    there.change([])
    yield row("reading when nothing changed", median(by.read().seconds for _ in range(TURNS)) * 1000, "ms")
    for what, changed in (
        (f"the newest {CHANGED}", range(size - CHANGED, size)),
        *((f"{many} of all times", range(0, size, size // many)) for many in (1, 10, CHANGED)),
    ):
        found = [_again(there, by, changed) for _ in range(TURNS)]
        yield row(f"reading when {what} changed", median(one.seconds for one in found) * 1000, "ms")
        yield row(f"reading when {what} changed, memory at most", max(one.memory for one in found), "MB")
    there.change([])
    compared = by.read(compare=True)
    yield row("comparing every issue", size / compared.seconds, "issues/s")
    yield row("comparing every issue, memory at most", compared.memory, "MB")


def _again(there: Site, by: Reading, changed: Sequence[int]) -> Read:
    """Have some issues change, and read."""
    there.change(changed)
    found = by.read()
    assert found.landed == 2 * len(changed)  # each with the change that made it news
    return found


def asking(lake: Lake, size: int, row: "partial[Row]") -> Iterator[Row]:
    """Each question through the core, uncached, and bare over the same files, in turns."""
    house = Warehouse(lake, {"jira": (ISSUES, CHANGES, WORKLOGS)})
    reader = house.reader(EVERYTHING)
    bare = _bare(lake)
    values = {**choices.standing(reader, TOLD), **_PARAMS, "start": start(size)}
    for figure in walk(screen()):  # with them, every question is there
        if callable(figure.query):
            figure.query(SimpleNamespace(rules=TOLD))
    for query in QUERIES.values():
        if WORKLOGS in query.tables or not query.params.keys() <= values.keys():
            continue  # what is asked for a person or for a saved view has no values here
        asked = {name: values[name] for name in query.params}
        ours, theirs = medians(
            TURNS,
            partial(reader.run, query, **asked),
            _ask(bare, query, asked),
            before=partial(_forget, house, reader, query, asked),
        )
        yield row(f"{query.name}, uncached", ours, "ms")
        yield row(f"{query.name}, bare DuckDB", theirs, "ms")


def _forget(house: Warehouse, reader: Reader, query: Query, asked: dict[str, Any]) -> None:
    """Empty the cache but for the answers that a question reads: they are kept for all that are asked of a snapshot."""
    house.cache.clear()
    for one in query.upon:
        reader.run(one, **{name: asked[name] for name in one.params})


def _bare(lake: Lake) -> duckdb.DuckDBPyConnection:
    """DuckDB as somebody would open it on the same files."""
    connection = duckdb.connect()
    for setting in ("TimeZone = 'UTC'", "parquet_metadata_cache = true"):
        connection.execute(f"SET GLOBAL {setting}")
    for table in (ISSUES, CHANGES):
        given = "".join(f", {one.name} IS NOT NULL AS {given_name(one)}" for one in table.personal)
        connection.execute(f"CREATE VIEW {table.name} AS SELECT *{given} FROM read_parquet([{files(lake, table)}])")
    return connection


def _ask(bare: duckdb.DuckDBPyConnection, query: Query, asked: dict[str, Any]) -> Callable[[], pa.Table]:
    """The same SQL with the same values, run bare."""
    statement, values = query.bound(query.values(asked), capped=False)
    statement = f"SELECT * FROM ({statement}) LIMIT {query.cap + 1}"
    for one in query.upon:
        bare.register(one.name, _ask(bare, one, {name: asked[name] for name in one.params})())
    return lambda: bare.execute(statement, values).to_arrow_table()
