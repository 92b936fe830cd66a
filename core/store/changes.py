"""How a record of the store changes: a version check against lost updates, and an entry in the audit."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from core.base import clock
from core.base.errors import Conflict
from core.store import audit


def update(
    connection: sa.Connection,
    table: sa.Table,
    key: Mapping[str, Any],
    version: int,
    values: Mapping[str, Any],
    *,
    sentence: str,
) -> None:
    """Change one row that still has the version that was read, and raise its version by one.

    Raises Conflict with `sentence` when somebody changed it meanwhile; `current` then holds the row as it is now
    (only the fields of `values`; empty when it is gone), `proposed` holds `values`.
    """
    this = sa.and_(*(table.c[name] == value for name, value in key.items()))
    changed = connection.execute(
        sa.update(table).where(this, table.c.version == version).values({**values, "version": version + 1})
    )
    if changed.rowcount == 1:
        return
    row = connection.execute(sa.select(*(table.c[name] for name in values)).where(this)).mappings().first()
    raise Conflict(sentence, current=dict(row or {}), proposed=dict(values))


def record(
    connection: sa.Connection,
    *,
    who: str,
    entity: str,
    key: str,
    action: str,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    why: str | None = None,
    at: datetime | None = None,
) -> None:
    """Write in the audit who did what to which record, at a moment (UTC): now, unless the rows hold it too. Of two
    states given, only the fields that differ are kept."""
    made = entry(who=who, entity=entity, key=key, action=action, before=before, after=after, why=why, at=at)
    audit.append(connection, [made])


def entry(
    *,
    who: str,
    entity: str,
    key: str,
    action: str,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    why: str | None = None,
    at: datetime | None = None,
) -> dict[str, Any]:
    """What `record` writes, for `core.store.audit.append` where many are written at once."""
    if before is not None and after is not None:
        before, after = differing(before, after)
    return {
        "at": at or clock.now(),
        "who": who,
        "entity": entity,
        "key": key,
        "action": action,
        "why": why,
        "before": _plain(before),
        "after": _plain(after),
    }


def differing(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The fields of two states that differ, on either side."""
    names = [name for name in {**before, **after} if before.get(name) != after.get(name)]
    return {name: before.get(name) for name in names}, {name: after.get(name) for name in names}


def _plain(value: Any) -> Any:
    """The value as plain JSON: moments as ISO 8601 text, sets as sorted lists."""
    if isinstance(value, Mapping):
        return {str(name): _plain(part) for name, part in value.items()}
    if isinstance(value, set | frozenset):
        return sorted(map(_plain, value))
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    if isinstance(value, date):
        return value.isoformat()
    return value
