"""Two lists compared by key and column, beside the bare join of DuckDB that pairs them by the same keys; the board of
two hundred checks drawn again; fifty indicators frozen.

The bare join makes keys comparable as the check does (no blanks around them, capitals), since a join of the texts as
they are written pairs other rows; what that one takes is told beside it. What the check adds: keys that stand twice,
rows without a key, squads, and the one outcome of each row.

Processor time, least of some runs: what a busy machine moves least. Memory is bounded: what does not fit is put on
disk.
"""

import os
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from tests.bench.measure import Row

SIZES = (1_000_000, 10_000_000)
"""Rows of each list."""
AIM = 3.0
"""So many times the bare join."""
MEMORY = "4GB"
TIMES = 3
CHECKS, DAYS, DRAWN, REDRAWN = 200, 60, 1000.0, 100.0
"""Checks on the board, days of runs of each, milliseconds to draw it in a new process, and again."""
INDICATORS, ROWS, FROZEN = 50, 100_000, 10.0
"""Indicators that are frozen, rows that they count, seconds."""
NOW = datetime(2026, 11, 27, 9, 30, tzinfo=UTC)
CHECK = """
check: compared
kind: compare
tables: [l, r]
left: {table: l, called: x}
right: {table: r, called: y}
key: [key]
outcomes:
  - {outcome: differing, title: d, on: both, when: x.a IS DISTINCT FROM y.a OR x.b IS DISTINCT FROM y.b}
  - {outcome: equal, title: e, on: both}
  - {outcome: lost, title: l, on: left}
  - {outcome: added, title: a, on: right}
"""
BARE = """
SELECT count(*), count(*) FILTER (WHERE l.a IS DISTINCT FROM r.a OR l.b IS DISTINCT FROM r.b)
FROM (SELECT {key} AS k, a, b FROM l) AS l FULL JOIN (SELECT {key} AS k, a, b FROM r) AS r ON l.k = r.k
"""
LISTS = {
    "l": "SELECT 's' AS source, now() AS at, NULL::VARCHAR AS squad, 'C' || lpad(((i * 7919) % {n})::VARCHAR, 9, '0') "
    "AS key, (i % 1000)::DOUBLE AS a, (i % 977)::DOUBLE AS b FROM range({n}) AS made(i)",
    "r": "SELECT 's' AS source, now() AS at, NULL::VARCHAR AS squad, 'C' || lpad((i + {n} // 1000)::VARCHAR, 9, '0') "
    "AS key, (i % 1000)::DOUBLE AS a, (i % 977)::DOUBLE AS b FROM range({n}) AS made(i)",
}


def measure(sizes: Sequence[int]) -> Iterator[Row]:
    """The counts of a check beside the bare join, for each size."""
    from pages.checks.compiled import _normal
    from pages.checks.tests.asked import asked, check, table

    same = BARE.format(key=_normal("key", check(CHECK)))
    counts = asked(check(CHECK), *(table(one, "key", numbers=("a", "b")) for one in LISTS)).counts
    statement, places = counts.bound((), capped=True)
    for size in sizes:
        with TemporaryDirectory(prefix="vigie-bench-") as folder, duckdb.connect(f"{folder}/lists.db") as connection:
            connection.execute(f"SET memory_limit='{MEMORY}'")
            connection.execute("SET preserve_insertion_order=false")
            for name, made in LISTS.items():
                connection.execute(f"CREATE TABLE {name} AS {made.format(n=size)}")
            works = [
                lambda: connection.execute(BARE.format(key="key")).fetchall(),
                lambda: connection.execute(same).fetchall(),
                lambda: connection.execute(statement, places),
            ]
            written, bare, compared = _least(works)
        yield Row("checks", size, "bare join of two lists, processor", bare, "s")
        yield Row("checks", size, "the same by keys as they are written", written, "s")
        yield Row("checks", size, "two lists compared, processor", compared, "s")
        yield Row("checks", size, "compared beside the bare join", compared / bare, "×", AIM)
    for works_of in ((_told, _board), (_frozen,)):
        with TemporaryDirectory(prefix="vigie-bench-") as folder:
            for work_of in works_of:
                with get_context("spawn").Pool(1) as pool:
                    yield from pool.apply(work_of, (folder,))


SOLD = """
extract: sold
title: Contrats
meaning: Un contrat par ligne.
columns:
  - {name: number, title: Numéro}
  - {name: sold_at, title: Vendu le, kind: moment}
key: [number]
time: sold_at
"""
EXPECTED = """
check: expected_%d
title: Contrats %d
meaning: Chaque contrat a un numéro.
kind: sql
tables: [sold]
of: {table: sold, where: sold_at >= $start AND sold_at < $end}
key: [number]
outcomes:
  - {outcome: short, title: court, when: length(number) < %d, warn_above: 3}
  - {outcome: long, title: long}
"""
COUNTED = """
indicator: sold_%d
title: Contrats %d
meaning: Contrats vendus par mois.
tables: [sold]
select: |
  SELECT date_trunc('month', sold_at) AS period, count(*) AS value FROM sold
  WHERE CAST(sold_at AS DATE) BETWEEN $first AND $last AND number <> 'N%d' GROUP BY ALL
"""


def _declare(folder: str, kind: str, **texts: str) -> None:
    os.environ["VIGIE_DATA"] = folder
    place = Path(folder) / "declarations" / kind
    place.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        (place / f"{name}.yml").write_text(text, encoding="utf-8")


def _told(folder: str) -> list[Row]:
    """Runs of many checks, made before the board is drawn: gives no figure."""
    _declare(folder, "extracts", sold=SOLD)
    _declare(folder, "checks", **{f"c{n}": EXPECTED % (n, n, n + 1) for n in range(CHECKS)})
    import pyarrow as pa

    from core.facts.lake import lake
    from core.store.engine import store
    from pages.checks.facts import CHECK_COUNTS, CHECK_RUNS
    from pages.checks.standing import standing, tables_of

    store().upgrade()
    runs, counts = [], []
    for check in standing().things:
        said = {"definition": check.digest, "tables": tables_of(check), "decides": check.decides}
        for back in range(1, DAYS + 1):
            at = NOW - timedelta(days=back - 1, hours=2)
            own = {"source": "bench", "check": check.check, "day": (NOW - timedelta(days=back)).date(), "seen_at": at}
            runs.append({**own, **said, "after": 1, "take": 1, "until": at, "version": 1, "verdict": "OK"})
            counts += [{**own, "outcome": one, "slice": "", "left": 9, "right": 0} for one in ("short", "long")]
    lake().land(CHECK_RUNS, pa.Table.from_pylist(runs, CHECK_RUNS.schema))
    lake().land(CHECK_COUNTS, pa.Table.from_pylist(counts, CHECK_COUNTS.schema))
    return []


def _board(folder: str) -> list[Row]:
    """The board of many checks in a new process, then drawn again without a landing in between: opened, judged,
    shaped."""
    os.environ["VIGIE_DATA"] = folder
    from core.mission.discovery import warehouse
    from core.people.person import EVERYTHING, Person, Role
    from core.show.filters import read
    from pages.checks.figures.board import BOARD, counted
    from pages.checks.look import opening

    person = Person(1, "lead", "Lead", Role.LEAD, frozenset())

    def drawn() -> None:
        opened = opening(warehouse().reader(EVERYTHING), person, NOW)
        assert opened is not None
        look = opened.look(read(opened.filters, {}))
        counted(look.board)
        BOARD.shape(look)

    begun = time.process_time()
    drawn()
    first = time.process_time() - begun
    (again,) = _least([drawn])
    return [
        Row("checks", CHECKS, "board drawn in a new process, processor", first * 1000, "ms", DRAWN),
        Row("checks", CHECKS, "board drawn again, processor", again * 1000, "ms", REDRAWN),
    ]


def _frozen(folder: str) -> list[Row]:
    """Many indicators looked at over 36 months and published, once."""
    _declare(folder, "extracts", sold=SOLD)
    _declare(folder, "indicators", **{f"i{n}": COUNTED % (n, n, n + 2) for n in range(INDICATORS)})
    import pyarrow as pa

    from core.facts.lake import lake
    from core.mission.discovery import missions
    from core.store.engine import store
    from pages.indicators.acts.scheduled import freeze

    store().upgrade()
    (table,) = missions()["extracts"].tables
    step = timedelta(days=1000) / ROWS
    rows = [{"source": "bench", "number": f"N{n}", "sold_at": NOW - n * step} for n in range(ROWS)]
    lake().land(table, pa.Table.from_pylist(rows, table.schema))
    begun = time.process_time(), time.perf_counter()
    freeze(NOW)
    processor, clock = time.process_time() - begun[0], time.perf_counter() - begun[1]
    return [
        Row("checks", INDICATORS, "indicators frozen, processor", processor, "s"),
        Row("checks", INDICATORS, "indicators frozen, on the clock", clock, "s", FROZEN),
    ]


def _least(works: Sequence[Callable[[], object]]) -> list[float]:
    taken: list[list[float]] = [[] for _ in works]
    for _ in range(TIMES):
        for work, each in zip(works, taken, strict=True):
            begun = time.process_time()
            work()
            each.append(time.process_time() - begun)
    return [min(each) for each in taken]
