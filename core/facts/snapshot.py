"""A snapshot: which version of each table a reader sees, so that all queries of a screen agree."""

import os
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from core.facts.lake import Lake
from core.facts.reads import READS
from core.facts.tables import FactTable


@dataclass(frozen=True)
class Version:
    """A commit of a table. `stamp` tells two commits of one number apart, e.g. after a folder was put back."""

    number: int
    stamp: tuple[int, int]


@dataclass(frozen=True)
class Snapshot:
    """`{table name: version}`, hashable; None for a table that has not landed yet."""

    versions: frozenset[tuple[str, Version | None]]

    def of(self, tables: Iterable[FactTable]) -> "Snapshot":
        """What the snapshot says of some tables: two snapshots that agree on them are equal."""
        names = {table.name for table in tables}
        return Snapshot(frozenset(pair for pair in self.versions if pair[0] in names))

    def version(self, table: FactTable) -> Version | None:
        """Version of a table; None before it first landed. Raises KeyError for a table the snapshot does not know."""
        return dict(self.versions)[table.name]


SETTLED = 2.0
"""Seconds: of what is written one right after the other, a folder may tell one time alone."""


class _Seen(NamedTuple):
    """How the folder of a table stood (which one it is, when something was written in it last), since when (monotonic),
    and once it has settled the version that it holds."""

    stands: tuple[int, int]
    since: float
    settled: bool = False
    version: Version | None = None


class Snapshots:
    """Takes snapshots of some tables of a lake: a file look-up or a few each, since a commit is a numbered file."""

    def __init__(self, lake: Lake, tables: Iterable[FactTable]) -> None:
        """READS is resolved first, then each table, then its observations: what is resolved later may only know more.

        So a snapshot never holds a reading without its rows, nor a state without its observation.
        """
        self._lake = lake
        declared = [table for table in tables if table is not READS]
        self._tables = [READS, *declared, *(table.observations for table in declared if table.observed)]
        self._last: dict[str, int] = {}
        self._seen: dict[str, _Seen] = {}

    def take(self) -> Snapshot:
        """The newest version of every table, now."""
        return Snapshot(frozenset((table.name, self._newest(table.name)) for table in self._tables))

    def _newest(self, table: str) -> Version | None:
        """A folder is not looked into again that stands as it was when it was looked into last, and stood so before."""
        folder = f"{self._lake.root}/{table}/_delta_log"
        try:
            folder_stat = os.stat(folder)
        except FileNotFoundError:
            return None
        stands, now = (folder_stat.st_ino, folder_stat.st_mtime_ns), time.monotonic()
        seen = self._seen.get(table)
        if seen is None or seen.stands != stands:
            seen = self._seen[table] = _Seen(stands, now)
        if seen.settled:
            return seen.version
        version = self._look(table, folder)
        if now - seen.since > SETTLED:
            self._seen[table] = _Seen(stands, now, True, version)
        return version

    def _look(self, table: str, folder: str) -> Version | None:
        number = self._last.get(table, -1)
        stamp = _commit(folder, number) if number >= 0 else None
        if stamp is None:
            number = max((int(path.stem) for path in Path(folder).glob("*.json") if path.stem.isdigit()), default=-1)
            stamp = _commit(folder, number)
        while later := _commit(folder, number + 1):
            number, stamp = number + 1, later
        if stamp is None:
            return None
        self._last[table] = number
        return Version(number, stamp)


def _commit(folder: str, number: int) -> tuple[int, int] | None:
    """The stamp of a commit; None where there is none. Asked of each table at every run: by the system alone."""
    try:
        file_stat = os.stat(f"{folder}/{number:020}.json")
    except FileNotFoundError:
        return None
    return file_stat.st_mtime_ns, file_stat.st_ino
