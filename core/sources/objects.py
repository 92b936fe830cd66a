"""Reading JSON as rows of text cells: a list of objects, an object that holds one, or one object a line.

What an object holds inside another one is named by both: `actor.name`. A list inside stays JSON text.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa

from core.base.errors import SourceFailed
from core.base.i18n import _
from core.facts.check import Refused
from core.sources import documents, limits
from core.sources.cells import BROKEN, Cells
from core.sources.documents import NoJson

SUFFIXES = (".json", ".jsonl", ".ndjson")


def read(path: Path) -> Cells:
    """Every object of a file. One that is none, or a line that is no JSON, is refused. Raises SourceFailed."""
    try:
        with path.open("rb") as handle:
            raw = handle.read(limits.LARGEST_JSON + 1)
    except OSError as error:
        sentence = _("{file} cannot be read ({reason}).").format(file=path.name, reason=error.strerror)
        raise SourceFailed(sentence, detail=repr(error)) from error
    rows: list[dict[str, Any]] = []
    lines: list[int] = []
    refused: list[Refused] = []
    for line, value in _values(raw, path.name):
        if isinstance(value, dict):
            rows.append(dict(_flat(value)))
            lines.append(line)
        else:
            shown = "" if value is None else json.dumps(value, ensure_ascii=False)[:200]
            refused.append(Refused(f"{path.name}:{line}", {"": shown}, _("This is no JSON object.")))
    if not rows:
        raise SourceFailed(
            _("{file} holds no rows: a list of JSON objects, or one a line, is read.").format(file=path.name)
        )
    names = list(dict.fromkeys(name for row in rows for name in row))
    if len(names) > limits.MOST_COLUMNS:
        sentence = _("{file} has more than {n} columns: leave out those that are not needed.")
        raise SourceFailed(sentence.format(file=path.name, n=limits.MOST_COLUMNS))
    if len(names) * len(rows) > limits.MOST_CELLS:
        raise documents.too_large(path.name)
    columns = {name: [row.get(name) for row in rows] for name in names}
    typed = {name: pa.array([isinstance(cell, float) for cell in cells]) for name, cells in columns.items()}
    return Cells(
        table=pa.table({name: pa.array(list(map(_text, cells)), pa.string()) for name, cells in columns.items()}),
        lines=lines,
        where=path.name,
        refused=refused,
        done=len(raw),
        total=len(raw),
        typed={name: cells for name, cells in typed.items() if cells.true_count},
    )


def _values(raw: bytes, name: str) -> Iterator[tuple[int, Any]]:
    """What may be rows, each with its place; None where a line is no JSON."""
    try:
        value = documents.json_value(raw, name)
    except NoJson:
        whole = [(number, line) for number, line in enumerate(raw.splitlines(), start=1) if line.strip()]
        if not any(line.lstrip().startswith(b"{") for _number, line in whole[:1]):
            raise SourceFailed(_("{file} is no JSON, or is cut.").format(file=name)) from None
        for number, line in whole:
            try:
                yield number, documents.json_value(line, name)
            except NoJson:
                yield number, None
        return
    if isinstance(value, dict):
        lists = [one for one in value.values() if isinstance(one, list) and any(isinstance(row, dict) for row in one)]
        value = max(lists, key=len) if lists else [value]
    yield from enumerate(value if isinstance(value, list) else [value], start=1)


def _flat(value: dict[str, Any], within: str = "") -> Iterator[tuple[str, Any]]:
    for name, part in value.items():
        named = " ".join(f"{within}{name}".split()) or "#"
        if isinstance(part, dict) and part:
            yield from _flat(part, f"{named}.")
        else:
            yield named, part


def _text(value: Any) -> str:
    if value is None:
        return ""
    return value.replace("\0", BROKEN) if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
