"""A collection as JSON: whole records, as they are kept, under a format that says its version.

    {"format": "vigie-<mission>", "version": 1, "kind": "<form>", "exported_at": "…",
     "records": [{"ref", "version", "state", "data": {field: value, …}}, …]}

A record a line, so that a large file is written without being held in memory. An import reads `data` alone.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import IO, Any

from core.base import clock
from core.base.errors import SourceFailed
from core.base.i18n import _
from core.records.cells import Reading
from core.records.collection import Collection
from core.records.lists import Lists
from core.records.records import Record, Version
from core.records.row import Row, row
from core.sources import limits
from core.sources.formats import documents
from core.sources.formats.documents import NoJson

VERSION = 1


def write(file: IO[bytes], collection: Collection, records: Iterable[Record | Version]) -> int:
    """Write records; give their number."""
    made = clock.now().isoformat()
    head = {"format": _format(collection), "version": VERSION, "kind": collection.kind, "exported_at": made}
    file.write(json.dumps(head)[:-1].encode() + b', "records": [')
    count = 0
    for record in records:
        content = {"ref": record.data.get("ref"), "version": record.version, "state": record.state, "data": record.data}
        file.write(b",\n" if count else b"\n")
        file.write(json.dumps(content, ensure_ascii=False).encode())
        count += 1
    file.write(b"\n]}\n")
    return count


def read(path: Path, collection: Collection, lists: Lists) -> Iterator[Row]:
    """The records of a file that `write` made. Raises SourceFailed when it is something else."""
    for number, content in enumerate(_records(path, collection), start=1):
        place = f"{path.name}:{number}"
        if isinstance(content, Mapping) and isinstance(content.get("data"), dict):
            yield row(place, content["data"], Reading(lists), whole=True)
        else:
            yield row(place, {}, Reading(lists), refused=_("This is no record."))


def _format(collection: Collection) -> str:
    return f"vigie-{collection.mission}"


def _records(path: Path, collection: Collection) -> list[Any]:
    if path.stat().st_size > limits.LARGEST_JSON:
        raise SourceFailed(_("{file} is too large.").format(file=path.name))
    try:
        content = documents.json_value(path.read_bytes(), path.name)
    except NoJson:
        raise SourceFailed(_("{file} is no JSON file.").format(file=path.name)) from None
    if (
        not isinstance(content, dict)
        or content.get("format") != _format(collection)
        or not isinstance(content.get("records"), list)
    ):
        raise SourceFailed(_("{file} is no such export of Vigie.").format(file=path.name))
    if content.get("version") != VERSION:
        raise SourceFailed(_("{file} was written by a newer version of Vigie.").format(file=path.name))
    if content.get("kind") != collection.kind:
        raise SourceFailed(_("{file} holds other records: {kind}.").format(file=path.name, kind=content.get("kind")))
    kept: list[Any] = content["records"]
    return kept
