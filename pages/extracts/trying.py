"""Declared tables checked and tried: what their sources would land now, without landing it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from core.base.i18n import _, show_moment, show_number
from core.run import feeds, registry
from core.sources.base import Source
from core.store.engine import store
from pages.extracts.declared import extracts, sources

SHOWN = 3
"""So many rows and refusals of a source are told."""


def problems() -> Sequence[str]:
    """What is wrong with declared tables, and which of their sources bear a name that is taken."""
    with store().read() as connection:
        taken = [registry.name_taken(source.name) for source in sources() if feeds.taken(connection, source)]
    return [*extracts().problems, *taken]


def attempt(name: str) -> Sequence[str] | None:
    """What the sources of a table would land, and refuse, if they were read from their beginning. Raises VigieError."""
    extract = extracts().get(name)
    if extract is None:
        return None
    kinds = {connector.kind for connector in extract.tabular.connectors}
    with store().read() as connection:
        entries = {entry.name: entry for entry in registry.entries(connection)}
        declared = [source for source in sources() if source.kind in kinds and not feeds.taken(connection, source)]
    read = {name: one.source() for name, one in entries.items() if one.mission == "extracts" and one.kind in kinds}
    read |= {one.name: feeds.mapped(one, entries.get(one.name)) for one in declared}
    if not read:
        return [_("{title}: no source feeds this table yet.").format(title=extract.title)]
    return [line for source in read.values() for line in _read(source)]


def _read(source: Source) -> list[str]:
    rows, refused, first, reasons = 0, 0, list[str](), list[str]()
    for batch in registry.connector(source.mission, source.kind).pull(source, {}):
        rows, refused = rows + len(batch.rows), refused + len(batch.refused)
        first += [_told(row) for row in batch.rows.slice(0, SHOWN - len(first)).to_pylist()]
        reasons += [f"{one.position}: {one.reason}" for one in batch.refused[: SHOWN - len(reasons)]]
    said = _("{source}: {rows} rows would land, {refused} would be refused.")
    told = said.format(source=source.name, rows=show_number(rows), refused=show_number(refused))
    return [told, *(f"  {line}" for line in (*first, *reasons))]


def _told(row: Mapping[str, Any]) -> str:
    """What a row holds, moments on the screens' clock."""
    told = {name: show_moment(value) if isinstance(value, datetime) else value for name, value in row.items()}
    return ", ".join(f"{name}={value}" for name, value in told.items() if value is not None)
