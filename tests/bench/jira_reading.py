"""Reading a Jira as `core.run.sync` does, in a process of its own: how long it takes and what memory it needs."""

import os
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path

from core.base import clock
from core.run import registry, sync
from core.sources.base import Source
from core.store.engine import store
from pages.jira.sources.reading import JiraOptions

NAME = "bench"


@dataclass(frozen=True)
class Read:
    """How one reading went: rows landed, seconds, and the most memory that the process held meanwhile (MB)."""

    landed: int
    seconds: float
    memory: float


class Reading:
    """A process that reads when told to."""

    def __init__(self, told: Connection) -> None:
        self._told = told

    def read(self, *, compare: bool = False) -> Read:
        """Sync once; with `compare` every issue is compared too. Raises RuntimeError where the sync failed."""
        self._told.send(compare)
        found = self._told.recv()
        if isinstance(found, str):
            raise RuntimeError(found)
        assert isinstance(found, Read)
        return found


@contextmanager
def reading(url: str, folder: Path, page_size: int) -> Iterator[Reading]:
    """A source for this address in an empty data folder, read by a process that ends with the block."""
    ours, theirs = get_context("spawn").Pipe()
    process = get_context("spawn").Process(target=_wait, args=(url, folder, page_size, theirs), daemon=True)
    process.start()
    try:
        yield Reading(ours)
    finally:
        ours.send(None)
        process.join()


def _wait(url: str, folder: Path, page_size: int, told: Connection) -> None:
    os.environ |= {"VIGIE_DATA": str(folder), "VIGIE_SECRET_JIRA": "x", "VIGIE_SOURCE_HOSTS": "127.0.0.1"}
    os.environ.pop("VIGIE_STORE", None)
    store().upgrade()
    said = {"site": url, "token": "${VIGIE_SECRET_JIRA}", "page_size": page_size}
    with store().write() as connection:
        registry.add(connection, Source(NAME, "jira", "jira_server", JiraOptions.model_validate(said)), who="bench")
    while (compare := told.recv()) is not None:
        told.send(_read(compare=compare))


def _read(*, compare: bool) -> Read | str:
    compared = "2000-01-01T00:00:00+00:00" if compare else clock.now().isoformat()
    with store().write() as connection:
        entry = registry.find(connection, NAME)
        assert entry is not None
        registry.save_cursor(connection, entry, {**entry.cursor, "reconciled": compared})
    Path("/proc/self/clear_refs").write_text("5")  # the most memory is counted from now on
    begun = time.perf_counter()
    [outcome] = sync.run()
    seconds = time.perf_counter() - begun
    return outcome.error or Read(outcome.landed, seconds, _peak())


def _peak() -> float:
    """The most memory that this process held, in MB."""
    said = Path("/proc/self/status").read_text()
    return int(re.findall(r"VmHWM:\s+(\d+)", said)[0]) / 1024
