"""Sources that stand in declarations, kept in the registry as they are declared: before each sync, audited as any.

Its columns and its squad, where a declaration does not say them, and whether it is read stay as somebody set them on
the screen. A source that is declared no more stays until somebody removes it there; one that somebody added by hand is
theirs, whatever is declared under its name.
"""

import logging
from dataclasses import replace

import sqlalchemy as sa

from core.base.errors import SourceFailed, VigieError
from core.mission.discovery import missions
from core.run import registry
from core.run.registry import Entry
from core.sources import drops, folders
from core.sources.base import Source
from core.sources.files import FileOptions
from core.sources.mapping import ColumnMapping, known_names
from core.store.engine import store

WHO = "declarations"
"""Who adds and changes what is declared, in the audit."""

_log = logging.getLogger("vigie.sync")


def keep() -> None:
    """Add the sources that are declared and not there, and change those that are declared otherwise. What cannot be
    kept, e.g. since another source bears its name, is told in the log; the others are."""
    for mission in missions().values():
        for source in mission.declaring.sources() if mission.declaring else ():
            try:
                _keep(source)
            except VigieError as error:
                _log.warning("declared source left", extra={"source": source.name, "reason": error.sentence})


def _keep(declared: Source) -> None:
    """Files are looked at before the store is written to, and it is not where nothing changes."""
    with store().read() as connection:
        entry = registry.find(connection, declared.name)
        source = mapped(declared, entry)
        if entry is not None and _same(declared, entry) and registry.stands(entry, source):
            return
        theirs = taken(connection, declared)
    with store().write() as connection:
        if entry is None or theirs:
            registry.add(connection, source, who=WHO)  # says that a name is taken
        else:
            registry.change(connection, source, entry.version, who=WHO)


def taken(connection: sa.Connection, declared: Source) -> bool:
    """Whether the name of a declared source is borne by one that no declaration added, or by one of another table."""
    entry = registry.find(connection, declared.name)
    return entry is not None and not (_same(declared, entry) and registry.added_by(connection, entry.name) == WHO)


def _same(declared: Source, entry: Entry) -> bool:
    return (entry.mission, entry.kind) == (declared.mission, declared.kind)


def mapped(declared: Source, entry: Entry | None) -> Source:
    """A declared source with what it does not say: columns, squad and whether it is read as the registry's `entry` of
    its name has them; of files that are new, the columns that the first one names as the table does."""
    if entry is not None:
        declared = replace(declared, squad=declared.squad or entry.squad, enabled=entry.enabled)
    options = declared.options
    if not isinstance(options, ColumnMapping) or options.columns:
        return declared
    columns = entry.options.get("columns") if entry else None
    columns = columns or _guessed(declared)
    return replace(declared, options=options.model_copy(update={"columns": columns}))


def _guessed(declared: Source) -> dict[str, str]:
    connector, options = registry.connector(declared.mission, declared.kind), declared.options
    if not isinstance(options, FileOptions) or not isinstance(connector, drops.Droppable):
        return {}
    try:
        first = next(iter(folders.found(options.path)), None)
        if first is None:
            return {}
        cells = drops.look(first, known_names(connector.fields, connector.mapping(declared)), options.part)
    except SourceFailed:
        return {}
    columns: dict[str, str] = connector.propose(cells).get("columns", {})
    return columns
