"""A large file that people bring into a collection: compared, then written, each in a process of its own.

    compared = bringing.compare(collection, file)    what it would do: nothing is written
    compared.preview()                               at its end, as `preview.make` gives it
    written = bringing.write(compared, person)       all of it in one transaction, or, stopped or killed, nothing

What is small is compared and written at once by whoever asks (`importing.preview`): a process takes longer to begin.
"""

import json
import os
import pickle
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import IO, Any

from core.base import clock
from core.base.i18n import _, language, show_number, speaking
from core.records import apart, links
from core.records.apart import Apart
from core.records.collection import Collection
from core.records.importing import imports, mappings, plan, preview
from core.records.importing.plan import Plan
from core.records.importing.preview import Preview
from core.records.row import Row
from core.store.engine import store

LARGE = 150_000
"""Bytes of a file from which on it is brought apart: some two hundred records."""
_TOLD_ROWS = 250


@dataclass(frozen=True)
class Brought:
    """A file as somebody wants it read: which sheet, with or without the rows put aside, and how its columns fill
    fields (none where they say it themselves)."""

    path: Path
    sheet: str = ""
    without_aside: bool = False
    mapping: Mapping[str, str] | None = None


def is_large(path: Path) -> bool:
    """Whether a file is brought apart."""
    return path.stat().st_size >= LARGE


class Comparing(Apart):
    """A file that is being compared with a collection as it is."""

    def __init__(self, collection: Collection, brought: Brought) -> None:
        self.collection, self.brought = collection, brought
        self._preview: Preview | None = None
        super().__init__(__name__, {**_asked(collection, brought), "act": "compare"})

    def preview(self) -> Preview:
        """What the file would do. Raises InputInvalid while, or where, it is not known."""
        if self._preview is None:
            self._preview = _read(self.collection, self.given())
        return self._preview


class Writing(Apart):
    """A file that is being written."""

    def __init__(self, compared: Comparing, person_id: int) -> None:
        asked = {**_asked(compared.collection, compared.brought), "act": "write", "person": person_id}
        super().__init__(__name__, asked, compared=compared)

    def counts(self) -> tuple[int, int]:
        """How many records were added and changed. Raises InputInvalid while, or where, none were."""
        added, changed = json.loads(self.given())
        return added, changed


def compare(collection: Collection, brought: Brought) -> Comparing:
    """Begin to compare. Raises InputInvalid when as many works go on as may."""
    return apart.begin(partial(Comparing, collection, brought))


def write(compared: Comparing, person_id: int) -> Writing:
    """Begin to write what was compared. Raises InputInvalid where it was not, or as many works go on as may."""
    compared.preview()
    return apart.begin(partial(Writing, compared, person_id))


def _asked(collection: Collection, brought: Brought) -> dict[str, Any]:
    return {
        "kind": collection.kind,
        "language": language(),
        "moment": clock.now().isoformat(),
        "path": str(brought.path),
        "sheet": brought.sheet,
        "without_aside": brought.without_aside,
        "mapping": dict(brought.mapping) if brought.mapping is not None else None,
    }


def _read(collection: Collection, given: bytes) -> Preview:
    """A preview as the process gave it."""
    parts, frame, remarks = pickle.loads(given)  # noqa: S301 - our own process wrote it
    return Preview(Plan(collection, *parts), frame, remarks)


def _compare(collection: Collection, brought: Brought, out: IO[bytes]) -> None:
    """In the process: read the file and compare it."""
    apart.tell(_("reading the file"), 0.0)
    with store().read() as connection:
        lists = collection.lists(connection)
        opened = imports.look(brought.path, collection, lists, sheet=brought.sheet, without_aside=brought.without_aside)
        read = imports.rows(opened, collection, lists, brought.mapping)
        made = plan.make(connection, collection, lists, _counted(read), _compared)
    shown = preview.planned(made)
    parts = (made.lists, made.rows, made.unknown, made.absent)
    pickle.dump((parts, shown, tuple(read.remarks)), out, protocol=pickle.HIGHEST_PROTOCOL)


def _counted(rows: Iterable[Row]) -> Iterator[Row]:
    for n, row in enumerate(rows, start=1):
        if n % _TOLD_ROWS == 0:
            apart.tell(_("{n} rows read").format(n=show_number(n)), 0.0)
        yield row


def _compared(done: int, of: int) -> None:
    words = _("{n} of {all} rows compared")
    apart.tell(words.format(n=show_number(done), all=show_number(of)), done / of)


def _write(collection: Collection, brought: Brought, person_id: int, compared: int, out: IO[bytes]) -> None:
    """In the process: write what was compared, in one transaction."""
    made = _read(collection, os.pread(compared, os.fstat(compared).st_size, 0)).plan
    apart.tell(_("{n} rows are being written").format(n=show_number(made.writes)), 0.5)
    with store().write() as connection:
        applied = plan.carry_out(connection, person_id, made)
        if brought.mapping:
            mappings.remember(connection, collection, person_id, brought.mapping)
    out.write(json.dumps([len(applied.added), len(applied.changed)]).encode())


def main(arguments: Sequence[str]) -> int:
    """What the process does."""
    asked = json.loads(arguments[0])
    collection = links.collections()[asked["kind"]]
    brought = Brought(Path(asked["path"]), asked["sheet"], asked["without_aside"], asked["mapping"])
    if asked["act"] == "compare":
        work = partial(_compare, collection, brought)
    else:
        work = partial(_write, collection, brought, asked["person"], asked["compared"])
    with speaking(asked["language"]), clock.at(datetime.fromisoformat(asked["moment"])):
        return apart.run(work, asked["out"])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
