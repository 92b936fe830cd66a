"""What is left of people outside of the lake: rows that were refused, files that people dropped, files that a mission
writes of them. It goes once it is older than their facts may be kept."""

from collections.abc import Iterable, Mapping
from datetime import datetime

import sqlalchemy as sa

from core.mission.contract import Mission
from core.run import registry
from core.sources.files import uploads
from core.store.schema import refused_rows


def erase(connection: sa.Connection, of: Iterable[Mission], ended: Mapping[str, datetime]) -> int:
    """Erase what is older than a moment (UTC) by table, of every source that feeds it; gives how many rows and files.

    A row counts from its refusal, a file from when it was dropped. Within `Store.write`.
    """
    erased, feeding = 0, dict[tuple[str, str], datetime]()
    for mission in of:
        tables = {connector.kind: connector.table.name for connector in mission.connectors}
        feeding |= {(mission.key, kind): ended[name] for kind, name in tables.items() if name in ended}
        erased += mission.erase(ended) if mission.erase else 0
    for entry in registry.entries(connection):
        if (entry.mission, entry.kind) not in feeding:
            continue
        before = feeding[entry.mission, entry.kind]
        old = sa.delete(refused_rows).where(refused_rows.c.source == entry.name, refused_rows.c.refused_at < before)
        erased += connection.execute(old).rowcount
        for file in uploads(entry.name).rglob("*"):
            if file.is_file() and file.stat().st_mtime < before.timestamp():
                file.unlink(missing_ok=True)
                erased += 1
    return erased
