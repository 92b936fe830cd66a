"""Two lists compared by key and column, beside the bare join of DuckDB that pairs them.

Processor time, least of some runs in turns: a ratio that a busy machine does not move. Memory is bounded: what does not
fit is put on disk.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from tempfile import TemporaryDirectory

import duckdb

from tests.bench.measure import Row

SIZES = (1_000_000, 10_000_000)
"""Rows of each list."""
AIM = 3.0
"""So many times the bare join."""
MEMORY = "4GB"
TIMES = 3
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
FROM l FULL JOIN r ON l.key = r.key
"""
LISTS = {
    "l": "SELECT 's' AS source, now() AS at, NULL::VARCHAR AS squad, 'C' || lpad(((i * 7919) % {n})::VARCHAR, 9, '0') "
    "AS key, (i % 1000)::DOUBLE AS a, (i % 977)::DOUBLE AS b FROM range({n}) AS made(i)",
    "r": "SELECT 's' AS source, now() AS at, NULL::VARCHAR AS squad, 'C' || lpad((i + {n} // 1000)::VARCHAR, 9, '0') "
    "AS key, (i % 1000)::DOUBLE AS a, (i % 977)::DOUBLE AS b FROM range({n}) AS made(i)",
}


def measure(sizes: Sequence[int]) -> Iterator[Row]:
    """The counts of a check beside the bare join, for each size."""
    from pages.checks.tests.asked import asked, check, table

    counts = asked(check(CHECK), *(table(one, "key", numbers=("a", "b")) for one in LISTS)).counts
    statement, places = counts.bound((), capped=True)
    for size in sizes:
        with TemporaryDirectory(prefix="vigie-bench-") as folder, duckdb.connect(f"{folder}/lists.db") as connection:
            connection.execute(f"SET memory_limit='{MEMORY}'")
            connection.execute("SET preserve_insertion_order=false")
            for name, made in LISTS.items():
                connection.execute(f"CREATE TABLE {name} AS {made.format(n=size)}")
            works = [lambda: connection.execute(BARE).fetchall(), lambda: connection.execute(statement, places)]
            bare, compared = _least(works)
        yield Row("checks", size, "bare join of two lists, processor", bare, "s")
        yield Row("checks", size, "two lists compared, processor", compared, "s")
        yield Row("checks", size, "compared beside the bare join", compared / bare, "×", AIM)


def _least(works: Sequence[Callable[[], object]]) -> list[float]:
    taken: list[list[float]] = [[] for _ in works]
    for _ in range(TIMES):
        for work, each in zip(works, taken, strict=True):
            begun = time.process_time()
            work()
            each.append(time.process_time() - begun)
    return [min(each) for each in taken]
