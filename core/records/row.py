"""What a file says of a record, before it is compared with the collection."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from core.records.cells import Reading


@dataclass(frozen=True)
class Row:
    """What a file says of a record, and where. `whole`: it says everything, so that only its reference counts.

    `ref` and `name` are the file's, tidied; `proposed` names a new record of a row without a name. `content` is JSON,
    for many rows wait in memory. `defaults` (which rows share) answer what nobody has answered. `left` are words that
    found no place, `unknown` those that a list lacks: see `cells.Reading`. `alike`: sentences on records that a new one
    may be.
    """

    place: str
    ref: str
    name: str
    content: bytes
    proposed: str = ""
    whole: bool = False
    told: tuple[str, ...] = ()
    left: tuple[tuple[str, str], ...] = ()
    unknown: tuple[tuple[str, str], ...] = ()
    defaults: Mapping[str, Any] = field(default_factory=dict)
    refused: str = ""
    alike: tuple[str, ...] = ()


def row(place: str, data: Mapping[str, Any], reading: Reading, **more: Any) -> Row:
    """A row as it was read."""
    ref, name = (" ".join(str(data.get(key) or "").split()) for key in ("ref", "name"))
    remarks, left, unknown = tuple(reading.told), tuple(reading.left), tuple(reading.unknown)
    content = json.dumps(data, ensure_ascii=False).encode()
    return Row(place, ref, name, content, told=remarks, left=left, unknown=unknown, **more)
