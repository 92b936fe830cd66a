"""Reroutes: every chart's query against bare DuckDB, what a change of filters asks, the derivation from a log."""

import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
from deltalake import DeltaTable

from core.auth.people import EVERYTHING
from core.facts.lake import Lake, files_of
from core.facts.parquet import text
from core.query import Query, Warehouse
from pages.reroutes import derive, queries
from pages.reroutes.facts import HANDOVERS, MAILS, TASK_EVENTS, TASKS, VOLUMES, WAITS, Way
from pages.reroutes.queries import Slice
from tests.bench.measure import Row, medians, milliseconds

MONTHS = 24
FIRST = date(2024, 11, 1)
ENTITIES = 80
TURNS = 7
YEAR = Slice(date(2025, 11, 1), date(2026, 10, 31))
"""What the screen is asked for: the last year, with the year before for comparison."""


def measure(sizes: list[int]) -> Iterator[Row]:
    """Figures of each number of hand-overs."""
    for size in sizes:
        with TemporaryDirectory(prefix="vigie-bench-") as folder:
            row = partial(Row, "reroutes", size)
            lake = Lake(Path(folder) / "lake")
            begun = time.perf_counter()
            for month in range(MONTHS):
                lake.land(HANDOVERS, handovers(month, size // MONTHS))
            yield row("landing hand-overs", size / (time.perf_counter() - begun), "rows/s")
            lake.compact(HANDOVERS)
            yield from asking(lake, row)
            if size <= 1_000_000:
                yield from deriving(lake, size, row)


def handovers(month: int, size: int) -> pa.Table:
    """The hand-overs of one month, spread evenly, between entities of very different weight."""
    random = np.random.default_rng(month)
    start = np.datetime64(FIRST, "M").astype("datetime64[M]") + month
    begin, end = (np.datetime64(moment, "us").astype("int64") for moment in (start, start + 1))
    moments = np.sort(random.integers(begin, end, size))
    weights = 1 / np.arange(1, ENTITIES + 1)
    origin, target = (random.choice(ENTITIES, size, p=weights / weights.sum()) for _side in range(2))
    target = np.where(target == origin, (target + 1) % ENTITIES, target)
    names = np.array([f"E{number:03}" for number in range(ENTITIES)])
    task = np.arange(size) // 2
    waited = random.lognormal(9, 2, size)
    at = pa.array(moments).cast(pa.timestamp("us")).cast(pa.timestamp("us", tz="UTC"))
    codes = {"origin": origin, "target": target, "placed": origin, "final": target}
    columns: dict[str, Any] = {name: pa.array(names[values]) for name, values in codes.items()}
    for name, values in (("origin_type", origin % 9), ("target_type", target % 9), ("line", target % 3)):
        columns[name] = pa.array(np.array([f"{name} {number}" for number in range(9)])[values])
    columns |= {
        "source": pa.array(["log"] * size),
        "task": pa.array(np.char.add(f"T{month:02}-", task.astype(str))),
        "step": pa.array(np.arange(size).astype(str)),
        "moved_at": at,
        "placed_at": at,
        "day": at.cast(pa.date32(), safe=False),
        "hour": pa.array((moments // 3_600_000_000) % 24),
        "way": pa.array([Way.MANUAL.value] * size),
        "nth": pa.array(np.arange(size) % 2 + 1),
        "total": pa.array([2] * size, pa.int64()),
        "back": pa.array(np.where(np.arange(size) % 9 == 1, 1, 0), mask=np.arange(size) % 9 != 1),
        "waited_s": pa.array(waited),
        "wait": pa.array(np.searchsorted(WAITS, waited, side="right")),
        "router": pa.array(["2.0"] * size),
        "void": pa.array([False] * size),
    }
    return pa.table(columns)


def asking(lake: Lake, row: "partial[Row]") -> Iterator[Row]:
    """Each question through the core and bare, over the same files, in turns; then what one click asks."""
    house = Warehouse(lake, {"reroutes": (HANDOVERS, TASKS, VOLUMES, MAILS)})
    reader = house.reader(EVERYTHING)
    bare = duckdb.connect()
    for setting in ("TimeZone = 'UTC'", "parquet_metadata_cache = true"):
        bare.execute(f"SET GLOBAL {setting}")
    files = ", ".join(map(text, files_of(DeltaTable(lake.root / HANDOVERS.name))))
    bare.execute(f"CREATE VIEW {HANDOVERS.name} AS SELECT * FROM read_parquet([{files}])")

    def forget() -> None:
        house.cache.clear()
        reader.fresh(HANDOVERS)

    for question in queries.CHARTS:
        query, params = question(YEAR.limits()), YEAR.params()
        ours, theirs = medians(TURNS, partial(reader.run, query, **params), _bare(bare, query, params), before=forget)
        yield row(f"{query.name}, a year, uncached", ours, "ms")
        yield row(f"{query.name}, uncached / bare", ours / theirs, "×", 1.3)

    def click(asked: Slice, *questions: queries.Question) -> Callable[[], None]:
        def ask() -> None:
            forget()
            for one in questions:
                reader.run(one(asked.limits()), **asked.params())
            before = asked.before()
            reader.run(questions[0](before.limits()), **before.params())

        return ask

    whole = Slice(FIRST, YEAR.last)
    for name, asked in (
        ("a year", YEAR),
        ("everything", whole),
        ("one pair", Slice(FIRST, YEAR.last, None, ("E000",), ("E001",))),
    ):
        for tab, questions in (("over time", (queries.by_day,)), ("pairs", (queries.by_day, queries.pairs))):
            ask = click(asked, *questions)
            ask()
            yield row(f"a change of filters, {tab}, {name}", _median(ask), "ms", 500.0)
    kept = [milliseconds(lambda: reader.run(queries.by_day(YEAR.limits()), **YEAR.params())) for _turn in range(50)]
    yield row("handovers_by_day, cached", sorted(kept)[25], "ms", 2.0)


def _median(ask: Callable[[], None]) -> float:
    return sorted(milliseconds(ask) for _turn in range(TURNS))[TURNS // 2]


def _bare(bare: duckdb.DuckDBPyConnection, query: Query, params: dict[str, Any]) -> Callable[[], pa.Table]:
    """The same SQL with the same values and cap, run bare."""
    state = query.compiled.construct_expanded_state(dict(query.values(params)))
    values = list(state.positional_parameters or ())
    sql = f"SELECT * FROM ({state.statement}) LIMIT {query.cap + 1}"
    return lambda: bare.cursor().execute(sql, values).to_arrow_table()


def deriving(lake: Lake, size: int, row: "partial[Row]") -> Iterator[Row]:
    """A log of as many events, derived whole; then again after a thousand new ones."""
    house = Warehouse(lake, {"reroutes": (TASK_EVENTS, HANDOVERS, TASKS, VOLUMES)})
    task = np.arange(size) // 4
    moments = np.datetime64(FIRST, "us").astype("int64") + np.arange(size) * (MONTHS * 30 * 86_400_000_000 // size)
    at = pa.array(moments).cast(pa.timestamp("us")).cast(pa.timestamp("us", tz="UTC"))
    names = np.array([f"E{number:03}" for number in range(ENTITIES)])
    entity = names[np.random.default_rng(1).integers(0, ENTITIES, size)]
    events = pa.table(
        {
            "source": pa.array(["events"] * size),
            "task": pa.array(task.astype(str)),
            "event": pa.array(np.arange(size).astype(str)),
            "moved_at": at,
            "entity": pa.array(entity),
            "way": pa.array([Way.UNKNOWN.value] * size),
        }
    )
    lake.land(TASK_EVENTS, events)
    for what, since in (("whole", derive.BEGINNING), ("the last day again", _last(at))):
        begun = time.perf_counter()
        found = 0
        for batch in derive.derive("events", since, (), whole_log=True, reading=lambda: house.reader(EVERYTHING)):
            assert batch.table is not None
            lake.land(batch.table, batch.rows)
            found += len(batch.rows) if batch.table is HANDOVERS else 0
        yield row(f"deriving and landing hand-overs, {what} ({found:,})", time.perf_counter() - begun, "s")


def _last(at: pa.Array) -> datetime:
    last: datetime = at[-1].as_py()
    return last.astimezone(UTC) - timedelta(days=1)
