"""Landing and asking: the lake's rate, the night's queries against bare DuckDB, the cache, the length of the log."""

import time
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from functools import partial
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import pyarrow as pa
from deltalake import DeltaTable

from core.facts.lake import Lake, files_of
from core.facts.parquet import text
from core.facts.query import Query, Warehouse
from core.facts.reads import READS
from core.facts.tables import FactTable
from core.people.person import EVERYTHING, Scope
from pages.pipelines import queries
from pages.pipelines.facts import PIPELINE_RUNS
from tests.bench.log import UNTIL, months, runs
from tests.bench.measure import Row, medians, milliseconds

TABLES = (PIPELINE_RUNS, PIPELINE_RUNS.observations, READS)
SIZES = (100_000, 1_000_000, 10_000_000)
"""Runs in the log."""
TURNS = 25
_START = UNTIL - timedelta(days=1, hours=4)
_PARAMS = {
    **queries.span(_START, UNTIL - timedelta(hours=4)),
    "as_of": UNTIL,
    "zone": "Europe/Paris",
    "ahead": 0,
    "renamed": [],
}


def params(query: Query) -> dict[str, Any]:
    """The last whole night, as the board asks for it; habits look further back."""
    chosen = {name: _PARAMS[name] for name in query.params}
    return chosen | {"since": _START - queries.LATELY} if query is queries.HABITS else chosen


def measure(sizes: Sequence[int]) -> Iterator[Row]:
    """Figures of each size of the log, and how the night grew from the first size to each other."""
    nights: list[float] = []
    for size in sizes:
        with TemporaryDirectory(prefix="vigie-bench-") as folder:
            row = partial(Row, "facts", size)
            lake = Lake(Path(folder) / "lake")
            for figure in chain(landing(lake, size, row), asking(lake, row)):
                yield figure
                if figure.what == f"{queries.RUNS_OF_NIGHT.name}, uncached":
                    nights.append(figure.value)
        if len(nights) > 1:
            yield row(f"runs_of_night, against {sizes[0]:,} runs", nights[-1] / nights[0], "×", 1.3)


def landing(lake: Lake, size: int, row: "partial[Row]") -> Iterator[Row]:
    """Land the log by months, then what a sync brings: a thousand new runs, then the same again."""
    seconds = 0.0
    for month in months(size):
        begun = time.perf_counter()
        lake.land(PIPELINE_RUNS, month)
        seconds += time.perf_counter() - begun
    yield row("landing, with the history of states", size / seconds, "rows/s")
    yield row("joining files", milliseconds(lambda: lake.compact(PIPELINE_RUNS)), "ms")
    fresh = runs(-1_000, 1_000)
    yield row("landing 1,000 new runs", milliseconds(lambda: lake.land(PIPELINE_RUNS, fresh)), "ms")
    yield row("landing the same 1,000 again", milliseconds(lambda: lake.land(PIPELINE_RUNS, fresh)), "ms")
    lake.compact(PIPELINE_RUNS)
    reading = {"source": "scheduler", "mission": "pipelines", "read_at": UNTIL, "ended_at": UNTIL, "outcome": "ok"}
    counts = {"covers_until": UNTIL, "landed": size, "refused": 0}
    lake.land(READS, pa.Table.from_pylist([reading | counts], schema=READS.schema))


def asking(lake: Lake, row: "partial[Row]") -> Iterator[Row]:
    """Each query of the night through the core and bare, over the same files, in turns."""
    house = Warehouse(lake, {"pipelines": (PIPELINE_RUNS,)})
    bare = bare_duckdb(lake)
    night = queries.RUNS_OF_NIGHT
    first = milliseconds(lambda: house.reader(EVERYTHING).run(night, **params(night)))
    yield row("runs_of_night, first of the process", first, "ms")
    reader, whole = house.reader(EVERYTHING), [0.0, 0.0]
    for query in (one for one in vars(queries).values() if isinstance(one, Query)):
        ours, theirs = medians(
            TURNS, partial(reader.run, query, **params(query)), ask(bare, query), before=partial(forget, house)
        )
        yield row(f"{query.name}, uncached", ours, "ms")
        yield row(f"{query.name}, bare DuckDB", theirs, "ms")
        yield row(f"{query.name}, uncached / bare", ours / theirs, "×", 1.3)
        whole = [whole[0] + ours, whole[1] + theirs]
    yield row("the night's queries together, uncached", whole[0], "ms")
    yield row("the night's queries together, uncached / bare", whole[0] / whole[1], "×", 1.3)
    squad = Scope(frozenset({"squad_3"}))
    cached, of_squad = medians(
        200,
        lambda: house.reader(EVERYTHING).run(night, **params(night)),
        lambda: house.reader(squad).run(night, **params(night)),
    )
    yield row("runs_of_night, cached, snapshot included", cached, "ms", 2.0)
    yield row("runs_of_night, cached, of one squad", of_squad, "ms", 2.0)
    lake.land(PIPELINE_RUNS, runs(-2_000, 100))
    after = milliseconds(lambda: house.reader(EVERYTHING).run(night, **params(night)))
    yield row("runs_of_night, first after a landing", after, "ms")


def forget(house: Warehouse) -> None:
    """Empty the cache but for the freshness, which every query of a page shares."""
    house.cache.clear()
    house.reader(EVERYTHING).fresh(PIPELINE_RUNS)


def bare_duckdb(lake: Lake) -> duckdb.DuckDBPyConnection:
    """DuckDB as somebody would open it on the same files, with their footers kept in memory as the core does."""
    connection = duckdb.connect()
    for setting in ("TimeZone = 'UTC'", "parquet_metadata_cache = true"):
        connection.execute(f"SET GLOBAL {setting}")
    for table in TABLES:
        connection.execute(f"CREATE VIEW {table.name} AS SELECT * FROM read_parquet([{files(lake, table)}])")
    return connection


def ask(bare: duckdb.DuckDBPyConnection, query: Query) -> Callable[[], pa.Table]:
    """The same SQL with the same values, run bare."""
    statement, values = query.bound(query.values(params(query)), capped=False)
    return lambda: bare.cursor().execute(statement, values).to_arrow_table()


def files(lake: Lake, table: FactTable) -> str:
    """The files of a table's newest version, as an SQL list."""
    return ", ".join(map(text, files_of(DeltaTable(lake.root / table.name))))
