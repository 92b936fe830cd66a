"""The night over time: what its history and its trends cost by the length of the log, and a pass of the alerts over
500 families."""

import os
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import pyarrow as pa

from core.base import clock
from core.facts.lake import lake
from core.facts.reads import READS
from core.mission.discovery import warehouse
from core.people.person import EVERYTHING, Person, Role
from core.show.figure import Tab, walk
from core.show.filters import read
from core.store.engine import store
from core.tell.outbox import tell_due
from pages.pipelines import alerts, past, rules
from pages.pipelines.facts import PIPELINE_RUNS
from pages.pipelines.figures import SCREEN
from pages.pipelines.look import NightLook, opening
from pages.pipelines.rules import Family, Mail, Member, NightRule, Rules
from tests.bench.log import FAMILIES, PIPELINES, UNTIL, months, runs
from tests.bench.measure import Row, cpu, milliseconds
from tests.conftest import forget

SIZES = (1_000_000, 10_000_000)
"""Runs in the log."""
TURNS = 5
MANY = 500
"""Families that one pass of the alerts looks at."""
FIRST, AGAIN, PASS = 500.0, 100.0, 2_000.0
"""Milliseconds that the first draw of a tab may take, another one of it, and a pass of the alerts."""
NOW = UNTIL + timedelta(hours=6)
LEAD = Person(1, "bench", "Bench", Role.LEAD, frozenset())


def measure(sizes: Sequence[int]) -> Iterator[Row]:
    """Each of the two tabs for the first time in the process and again under other filters; a pass that finds what it
    found before, and one with everything new."""
    for size in sizes:
        row = partial(Row, "nights", size)
        with TemporaryDirectory(prefix="vigie-bench-") as folder, _told(Path(folder), size), clock.at(NOW):
            for family_count, made in ((FAMILIES, _drawn), (MANY, _passes)):
                rules.RULES.keep(rules.RULES.text(_rules(family_count)))
                yield from made(row)


@contextmanager
def _told(folder: Path, size: int) -> Iterator[None]:
    """A data folder that holds the log, read to its end."""
    before = os.environ.get("VIGIE_DATA")
    os.environ["VIGIE_DATA"] = str(folder)
    forget()
    try:
        store().upgrade()
        for month in months(size):
            lake().land(PIPELINE_RUNS, month)
        lake().compact(PIPELINE_RUNS)
        reading = {"source": "scheduler", "mission": "pipelines", "read_at": UNTIL, "ended_at": UNTIL, "outcome": "ok"}
        counts = {"covers_until": UNTIL, "landed": size, "refused": 0}
        lake().land(READS, pa.Table.from_pylist([reading | counts], schema=READS.schema))
        yield
    finally:
        os.environ.pop("VIGIE_DATA")
        if before is not None:
            os.environ["VIGIE_DATA"] = before
        forget()


def _rules(families: int) -> Rules:
    """So many families that share the pipelines of the log, all told of to one address."""
    flows = [f"family_{number % FAMILIES}_flow_{number}" for number in range(PIPELINES)]
    each = max(1, PIPELINES // families)
    made = []
    for number in range(families):
        its = [flows[(number * each + place) % PIPELINES] for place in range(each)]
        members = tuple(Member(pipeline=flow, required=True) for flow in its)
        made.append(Family(key=f"f{number}", name=f"Family {number}", members=members))
    night = (NightRule.model_validate({"turns_at": "20:00", "due_by": "08:00"}),)
    return Rules(night=night, families=tuple(made), mails=(Mail(to="duty@example.fr"),))


def _drawn(row: "partial[Row]") -> Iterator[Row]:
    """The history, the trends and the durations, over two years that were judged before: in a process that finds none
    kept beside the lake, in one that does, and once another one, that of the sync, has landed some runs."""
    begun = time.perf_counter()
    nights = past.judge(rules.in_force(), NOW, most=10_000)
    yield row("judging a past night", (time.perf_counter() - begun) * 1000 / max(nights, 1), "ms")
    yield row("what follows from a sync, nights judged", cpu(partial(past.landed, NOW)), "ms")
    yield row("the same again", cpu(partial(past.landed, NOW)), "ms")
    with ProcessPoolExecutor(1, get_context("spawn")) as sync:
        yield from _tabs(row, sync)


def _tabs(row: "partial[Row]", sync: Executor) -> Iterator[Row]:
    for place, name in enumerate(("history", "time", "durations")):
        [tab] = [one for one in SCREEN if isinstance(one, Tab) and one.name == name]
        yield row(f"{name}, first draw ever", cpu(partial(_tab, tab)), "ms")
        warehouse().cache.clear()
        yield row(f"{name}, first draw of a process", cpu(partial(_tab, tab)), "ms", FIRST)
        later = median(_later(sync, tab, place * TURNS + turn) for turn in range(TURNS))
        yield row(f"{name}, a minute later", later, "ms", AGAIN)
        of_families = [partial(_tab, tab, f"f{turn}") for turn in range(TURNS)]
        yield row(f"{name}, of another family", median(map(cpu, of_families)), "ms", FIRST)
        yield row(f"{name}, drawn again", median(map(cpu, of_families)), "ms", AGAIN)


def _later(sync: Executor, tab: "Tab[NightLook]", turn: int) -> float:
    """Milliseconds of a draw once a sync has landed some more runs."""
    sync.submit(_synced, turn).result()
    return cpu(partial(_tab, tab))


def _synced(turn: int) -> None:
    with clock.at(NOW):
        lake().land(PIPELINE_RUNS, runs(-3 * turn - 3, 3))
        past.landed(NOW)


def _tab(tab: "Tab[NightLook]", family: str = "") -> None:
    """Every figure that stands on a tab, with its chart, as a screen asks for them."""
    opened = opening(warehouse().reader(EVERYTHING), LEAD, NOW)
    assert opened is not None
    look = opened.look(read(opened.filters, {"family": family} if family else {}))
    for figure in walk([tab]):
        if figure.when and not figure.when(look):
            continue
        frame = figure.frame(look)
        if figure.chart and not frame.empty:
            figure.drawing(look, frame)


def _passes(row: "partial[Row]") -> Iterator[Row]:
    """What the sender asks each time it runs."""
    yield row(f"a pass of the alerts over {MANY} families, all new", milliseconds(_pass), "ms", PASS)
    yield row("a pass where all was told", median(milliseconds(_pass) for _ in range(TURNS)), "ms", PASS)


def _pass() -> None:
    warehouse().cache.clear()
    tell_due(store(), [alerts.notices])
