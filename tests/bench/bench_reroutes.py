"""Reroutes: what the screen asks after a change of filters, tab by tab, by running the page itself; each of its
questions against bare DuckDB; the derivation from a log."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any
from unittest import mock

import duckdb
import numpy as np
import pyarrow as pa
from deltalake import DeltaTable
from streamlit.testing.v1 import AppTest

from core.base import clock
from core.base.calendar import start_of
from core.base.settings import ROOT
from core.facts.lake import Lake, files_of, lake
from core.facts.parquet import rows_sql, text
from core.facts.query import Query, Reader, Result, Warehouse
from core.facts.reads import READS
from core.mission.discovery import warehouse
from core.people.person import EVERYTHING, Role
from core.store.engine import store
from core.ui import session
from pages.reroutes import derive, watch
from pages.reroutes.facts import HANDOVERS, MAILS, TASK_EVENTS, TASKS, VOLUMES, WAITS, Way
from pages.reroutes.names import Names
from tests import people
from tests.bench import bench_pages
from tests.bench.measure import Row, medians, milliseconds
from tests.conftest import housed, signed_in

MONTHS = 24
FIRST, LAST = date(2024, 11, 1), date(2026, 10, 31)
ENTITIES = [f"PM{number}" if number % 8 == 5 else f"E{number:03}" for number in range(80)]
"""Those whose name begins with PM are the scope that the screen is asked for: one in eight."""

TURNS = 3
REDRAWN = 500.0
"""Milliseconds that the screen may take after a change of filters, one person on two cores."""

SIZES = (100_000, 1_000_000, 10_000_000)
"""Hand-overs."""
TABS = ("Évolution", "Entités", "Paires", "Attente et heures", "Plusieurs fois", "Lignes", "Une tâche", "Routeur")
YEAR = f"{date(2025, 11, 1)}_{LAST}"
EVERYTHING_ASKED = f"{FIRST}_{LAST}"
CHANGES: dict[str, tuple[dict[str, str], dict[str, str]]] = {
    "to another year": ({}, {"days": YEAR}),
    "to everything": ({}, {"days": EVERYTHING_ASKED}),
    "of everything, one origin": ({"days": EVERYTHING_ASKED}, {"origin": "E000"}),
    "of everything, one pair": ({"days": EVERYTHING_ASKED}, {"origin": "E000", "target": "E001"}),
    "of a year, the PM scope": ({"days": YEAR}, {"scope": "pm"}),
}
"""Each change of filters: what the screen was asked for before, and what is changed."""


def measure(sizes: Sequence[int]) -> Iterator[Row]:
    """Figures of each number of hand-overs."""
    for size in sizes:
        row = partial(Row, "reroutes", size)
        with _house() as there:
            begun = time.perf_counter()
            for month in range(MONTHS):
                there.land(HANDOVERS, handovers(month, size // MONTHS))
            yield row("landing hand-overs", size / (time.perf_counter() - begun), "rows/s")
            for month in range(MONTHS):
                there.land(TASKS, tasks(month, size // MONTHS // 2))
                there.land(VOLUMES, volumes(month))
            for table in (HANDOVERS, TASKS, VOLUMES):
                there.compact(table)
            yield from redrawing(row)
            yield from asking(there, row)
            yield from bench_pages.among(there.root.parent, bench_pages.REROUTES, row)
        if size <= 1_000_000:
            with TemporaryDirectory(prefix="vigie-bench-") as folder:
                yield from deriving(Lake(Path(folder) / "lake"), size, row)


@contextmanager
def _house() -> Iterator[Lake]:
    """A Vigie with empty data, whose lead is signed in."""
    with TemporaryDirectory(prefix="vigie-bench-") as folder, housed(Path(folder)):
        store().upgrade()
        with store().write() as connection:
            people.ensure(connection)
        opened = signed_in(store(), Role.LEAD.value)
        now = clock.now()
        read = {"source": "log", "mission": "reroutes", "read_at": now, "ended_at": now, "outcome": "ok"}
        lake().land(READS, pa.Table.from_pylist([{**read, "landed": 1, "refused": 0}], READS.schema))
        with mock.patch.object(session, "browser_id", return_value=opened):
            yield lake()


def _spread(month: int, size: int) -> tuple[np.random.Generator, Any]:
    """Chance of its own for a month, and moments spread evenly over it (microseconds since 1970)."""
    random = np.random.default_rng(month)
    start = np.datetime64(FIRST, "M").astype("datetime64[M]") + month
    begin, end = (np.datetime64(moment, "us").astype("int64") for moment in (start, start + 1))
    return random, np.sort(random.integers(begin, end, size))


def _moments(numbers: Any) -> pa.Array:
    return pa.array(numbers).cast(pa.timestamp("us")).cast(pa.timestamp("us", tz="UTC"))


def handovers(month: int, size: int) -> pa.Table:
    """The hand-overs of one month, between entities of very different weight."""
    random, moments = _spread(month, size)
    weights = 1 / np.arange(1, len(ENTITIES) + 1)
    origin, target = (random.choice(len(ENTITIES), size, p=weights / weights.sum()) for _side in range(2))
    target = np.where(target == origin, (target + 1) % len(ENTITIES), target)
    names = np.array(ENTITIES)
    task, each = np.arange(size) // 2, np.arange(size) % 2
    waited = random.lognormal(9, 2, size)
    at = _moments(moments)
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
        "nth": pa.array(each + 1),
        "total": pa.array(np.full(size, 2)),
        "back": pa.array(each, mask=np.arange(size) % 9 != 1),
        "loop": pa.array(each + 1, mask=np.arange(size) % 9 != 1),
        "first_at": at,
        "midway": pa.array([False] * size),
        "waited_s": pa.array(waited),
        "wait": pa.array(np.searchsorted(WAITS, waited, side="right")),
        "router": pa.array(np.where(np.full(size, month < 12), "1.4", "2.0")),
        "void": pa.array([False] * size),
    }
    return pa.table(columns)


def tasks(month: int, size: int) -> pa.Table:
    """The tasks of one month, each of two hand-overs; one in five has another count in the application."""
    _random, moments = _spread(month, size)
    at, number = _moments(moments), np.arange(size)
    columns = {
        "source": pa.array(["log"] * size),
        "task": pa.array(np.char.add(f"T{month:02}-", number.astype(str))),
        "placed_at": at,
        "last_at": at,
        "day": at.cast(pa.date32(), safe=False),
        "whole": pa.array([True] * size),
        "placed": pa.array(np.array(ENTITIES)[number % len(ENTITIES)]),
        "final": pa.array(np.array(ENTITIES)[number % 7]),
        "handovers": pa.array(number % 3),
        "recorded": pa.array(np.where(number % 5 == 0, 3, number % 3)),
        "midway": pa.array([False] * size),
        "void": pa.array([False] * size),
    }
    return pa.table(columns)


def volumes(month: int) -> pa.Table:
    """What was routed to each entity, day by day."""
    start = (np.datetime64(FIRST, "M") + month).astype("datetime64[D]").astype(date)
    days = [start + timedelta(days=number) for number in range(28)]
    rows = [
        {"source": "log", "entity": entity, "router": "", "routed": 1_000_000}
        | {"start": start_of(day), "until": start_of(day + timedelta(days=1))}
        for day in days
        for entity in ENTITIES
    ]
    return pa.Table.from_pylist(rows, VOLUMES.schema)


def redrawing(row: "partial[Row]") -> Iterator[Row]:
    """The page, tab by tab, after each change of its filters, with what it asked before still cached."""
    yield row("what is known of the data, first after a landing", milliseconds(_known), "ms")
    for change, (before, after) in CHANGES.items():
        for tab in TABS:
            taken = []
            for _turn in range(TURNS):
                warehouse().cache.clear()
                page = AppTest.from_file(ROOT / "pages" / "reroutes" / "page.py", default_timeout=120)
                page.session_state["reroutes.part"] = tab
                page.query_params.update(before)
                page.run()
                page.query_params.update(after)
                taken.append(milliseconds(page.run))
                assert not page.exception, page.exception
                assert not page.error, page.error
            yield row(f"redrawn {change}, {tab}", median(taken), "ms", REDRAWN)


def _known() -> None:
    watch.known(warehouse().reader(EVERYTHING))


def asking(there: Lake, row: "partial[Row]") -> Iterator[Row]:
    """Every question that the page puts over a year, through the core and bare over the same files, in turns."""
    reader = warehouse().reader(EVERYTHING)
    bare = duckdb.connect()
    for setting in ("TimeZone = 'UTC'", "parquet_metadata_cache = true"):
        bare.execute(f"SET GLOBAL {setting}")
    for table in (HANDOVERS, TASKS, VOLUMES):
        files = ", ".join(map(text, files_of(DeltaTable(there.root / table.name))))
        given = "".join(f", {one.name} IS NOT NULL AS {one.name}_given" for one in table.columns if one.personal)
        bare.execute(f"CREATE VIEW {table.name} AS SELECT *{given} FROM read_parquet([{files}])")
    bare.execute(f"CREATE VIEW {MAILS.name} AS {rows_sql(MAILS, ())}")

    def again() -> None:
        warehouse().cache.clear()
        reader.fresh(HANDOVERS)

    for query, params in _asked():
        ours, theirs = medians(TURNS, partial(reader.run, query, **params), _bare(bare, query, params), before=again)
        yield row(f"{query.name}, a year, uncached", ours, "ms")
        yield row(f"{query.name}, uncached / bare", ours / theirs, "×", 1.3)
    cached = [milliseconds(partial(reader.run, query, **params)) for _turn in range(50)]
    yield row(f"{query.name}, cached", median(cached), "ms", 2.0)


def _asked() -> list[tuple[Query, dict[str, Any]]]:
    """The questions of all tabs, with their parameters, as the page puts them."""
    found: dict[tuple[str, str], tuple[Query, dict[str, Any]]] = {}
    run = Reader.run

    def noting(self: Reader, query: Query, **params: Any) -> Result:
        if {HANDOVERS, TASKS, VOLUMES} & {*query.tables}:
            found[query.name, str(params)] = (query, params)
        return run(self, query, **params)

    with mock.patch.object(Reader, "run", noting):
        for tab in TABS:
            page = AppTest.from_file(ROOT / "pages" / "reroutes" / "page.py", default_timeout=120)
            page.session_state["reroutes.part"] = tab
            page.query_params.update({"days": YEAR})
            page.run()
    return list(found.values())


def _bare(bare: duckdb.DuckDBPyConnection, query: Query, params: dict[str, Any]) -> Callable[[], pa.Table]:
    """The same SQL with the same values and cap, run bare."""
    statement, values = query.bound(query.values(params), capped=False)
    sql = f"SELECT * FROM ({statement}) LIMIT {query.cap + 1}"
    return lambda: bare.cursor().execute(sql, values).to_arrow_table()


def deriving(there: Lake, size: int, row: "partial[Row]") -> Iterator[Row]:
    """A log of as many events, derived whole; then again after a thousand new ones."""
    house = Warehouse(there, {"reroutes": (TASK_EVENTS, HANDOVERS, TASKS, VOLUMES)})
    task = np.arange(size) // 4
    at = _moments(np.datetime64(FIRST, "us").astype("int64") + np.arange(size) * (MONTHS * 30 * 86_400_000_000 // size))
    entity = np.array(ENTITIES)[np.random.default_rng(1).integers(0, len(ENTITIES), size)]
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
    there.land(TASK_EVENTS, events)
    for what, since in (("whole", derive.BEGINNING), ("the last day again", at[-1].as_py() - timedelta(days=1))):
        begun = time.perf_counter()
        found = 0
        for batch in derive.derive("events", since, Names(), whole_log=True, reading=lambda: house.reader(EVERYTHING)):
            assert batch.table is not None
            there.land(batch.table, batch.rows)
            found += len(batch.rows) if batch.table is HANDOVERS else 0
        yield row(f"deriving and landing hand-overs, {what} ({found:,})", time.perf_counter() - begun, "s")
