"""Sources written in few words and read by a real sync into the lake of a test."""

import os
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from core.base import clock
from core.base.settings import settings
from core.facts.query import Query, Reader
from core.mission.discovery import warehouse
from core.people.person import EVERYTHING, Person, Role
from core.run import registry, sync
from core.run.sync import Outcome
from core.show.filters import Chosen
from core.sources import refusals
from core.sources.base import Source
from core.store.engine import store
from pages.reroutes import frames, queries
from pages.reroutes.figures import rows
from pages.reroutes.look import RerouteLook, opening
from pages.reroutes.queries import Slice

LOG = {"task": "tache", "moved_at": "date", "counter": "n", "entity": "entite"}
HEADER = "tache;date;n;entite\n"
ALWAYS = Slice(date(2020, 1, 1), date(2030, 12, 31))
_second = 0


def write(name: str, text: str) -> Path:
    """A file in the test's data folder, always younger than the one before."""
    global _second
    _second += 1
    path = settings().data / name
    path.write_text(text, encoding="utf-8")
    os.utime(path, (1_744_090_000 + _second,) * 2)
    return path


def declare(name: str, kind: str, **options: Any) -> None:
    """A source, as a person adds it."""
    store().upgrade()
    checked = registry.check(registry.connector("reroutes", kind), options)
    with store().write() as connection:
        registry.add(connection, Source(name, "reroutes", kind, checked), who="test")


def change(name: str, **options: Any) -> None:
    """Other settings of a source."""
    with store().write() as connection:
        entry = registry.find(connection, name)
        assert entry is not None
        checked = registry.check(entry.connector(), {**entry.options, **options})
        registry.change(connection, Source(name, "reroutes", entry.kind, checked), entry.version, who="test")


def read(name: str) -> Outcome:
    """One reading of a source."""
    return sync.run([name])[0]


def log(text: str, **options: Any) -> Outcome:
    """A log with the usual columns, read for the first time or anew."""
    write("log.csv", HEADER + text)
    store().upgrade()
    with store().read() as connection:
        known = registry.find(connection, "log")
    if known is None:
        declare("log", "task_log", path="log.csv", columns=LOG, **options)
    return read("log")


def refused(name: str) -> list[str]:
    """Why rows of a source did not land."""
    with store().read() as connection:
        return [row.reason for row in refusals.open_rows(connection, name)]


def reader() -> Reader:
    return warehouse().reader(EVERYTHING)


def ask(query: Query, asked: Slice = ALWAYS, **more: Any) -> pd.DataFrame:
    """What the screen would get."""
    values = {**asked.values(), **more}
    found = reader().run(query, **{name: values[name] for name in query.params}).frame()
    return frames.within(found, asked) if query is queries.by_day else found


def look(**chosen: Any) -> RerouteLook:
    """What the lead sees of what was read, by some filters."""
    store().upgrade()
    lead = Person(1, "lead", "Lead", Role.LEAD, frozenset())
    opened = opening(reader(), lead, clock.now())
    assert opened is not None
    filters = opened.filters
    return opened.look(Chosen(filters, {name: one.default for name, one in filters.items()} | chosen))


def days(first: str, last: str) -> tuple[date, date]:
    return date.fromisoformat(first), date.fromisoformat(last)


def moves(asked: Slice = ALWAYS) -> list[str]:
    """The hand-overs, oldest first, as «T1 A→B»."""
    found = ask(rows.rows, asked).sort_values(["task", "nth", "moved_at"])
    return [f"{row.task} {row.origin}→{row.target}" for row in found.itertuples()]


def values(frame: pd.DataFrame, columns: Sequence[str]) -> list[tuple[Any, ...]]:
    """Rows as plain tuples."""
    return [tuple(row) for row in frame[list(columns)].astype(object).where(frame[list(columns)].notna(), None).values]
