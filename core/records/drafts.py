"""What a person has entered in a record and not saved yet: kept so that a reload, a lost connection or another machine
loses nothing. A draft is nobody else's business: it is neither audited nor shown to others.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from core.base import clock
from core.store.schema import drafts, records


@dataclass(frozen=True)
class Draft:
    """The whole content that a person proposes for a record, made of its `version`."""

    record_id: int
    version: int
    data: dict[str, Any]


def find(connection: sa.Connection, person_id: int, records_of: Collection[int]) -> dict[int, Draft]:
    """A person's drafts of some records, by record."""
    mine = sa.and_(drafts.c.person_id == person_id, drafts.c.record_id.in_(records_of))
    query = sa.select(drafts.c.record_id, drafts.c.version, drafts.c.data).where(mine)
    return {row["record_id"]: Draft(**row) for row in connection.execute(query).mappings()}


def keep(connection: sa.Connection, person_id: int, record_id: int, version: int, data: Mapping[str, Any]) -> None:
    """Keep a draft in the place of the one before."""
    drop(connection, person_id, [record_id])
    row = {"person_id": person_id, "record_id": record_id, "version": version, "changed_at": clock.now(), "data": data}
    connection.execute(sa.insert(drafts).values(row))


def drop(connection: sa.Connection, person_id: int, records_of: Collection[int]) -> None:
    """Forget a person's drafts of some records: they were saved, or given up."""
    mine = sa.and_(drafts.c.person_id == person_id, drafts.c.record_id.in_(records_of))
    connection.execute(sa.delete(drafts).where(mine))


def unsaved(
    connection: sa.Connection, person_id: int, kind: str, squads: frozenset[str] | None = None
) -> dict[str, str]:
    """The records of a kind of which a person has a draft, of some squads (None: of all): reference → title."""
    query = _UNSAVED if squads is None else _UNSAVED.where(records.c.squad.in_(squads))
    return {row.ref: row.title for row in connection.execute(query, {"person": person_id, "of_kind": kind})}


_UNSAVED = (
    sa.select(records.c.ref, records.c.title)
    .join(drafts, drafts.c.record_id == records.c.id)
    .where(drafts.c.person_id == sa.bindparam("person"), records.c.kind == sa.bindparam("of_kind"))
    .order_by(records.c.ref)
)
