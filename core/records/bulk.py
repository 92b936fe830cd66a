"""Many records written in one short transaction: whatever can be computed is computed before it (`records.ready`).

A writer keeps all others waiting, and SQLite lets nobody wait longer than `engine.BUSY_SECONDS`. So a `Ready` holds
its rows as they will lie in the tables, JSON encoded; what is left to do under the lock is to number, to chain and to
insert. Called within `Store.write`, like every function of `core.records.records` that writes.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

import sqlalchemy as sa

from core.base import clock
from core.base.errors import Conflict
from core.base.i18n import _
from core.store import audit
from core.store.encoded import Encoded
from core.store.schema import record_facets, record_versions, records

CHUNK = 2_000
"""Rows that are handed to the database at once."""
FEW = 500
"""Ids that are named in one statement."""


@dataclass(frozen=True, slots=True)
class Ready:
    """The next version of a record, as it will be written: the first of a new one, or that of `record_id` after
    `version`. `facets` are None where they stay. `before` and `after` are what the audit keeps."""

    record_id: int | None
    version: int
    state: str
    columns: Mapping[str, Any]
    facets: tuple[tuple[str, str], ...] | None
    data: Encoded
    before: Encoded | None
    after: Encoded

    @property
    def ref(self) -> str:
        """The record's reference."""
        return str(self.columns["ref"])


def add(
    connection: sa.Connection,
    kind: str,
    made: Sequence[Ready],
    *,
    who: str,
    action: str,
    why: str | None = None,
    at: datetime | None = None,
) -> list[int]:
    """Add records. Returns their ids, in order. References must be free: the database refuses otherwise. `at`: the
    moment that everything written by one act bears; now without it."""
    now = at or clock.now()
    first = (connection.scalar(sa.select(sa.func.max(records.c.id))) or 0) + 1
    fixed = {"kind": kind, "version": 1, "author": who, "created_at": now, "changed_at": now}
    for chunk in chunks(list(enumerate(made, start=first))):
        rows = [{"id": number, "state": summary.state, **fixed, **summary.columns} for number, summary in chunk]
        connection.execute(sa.insert(records), rows)
        _write_versions(connection, kind, chunk, at=now, who=who, action=action, why=why)
    return list(range(first, first + len(made)))


def change(
    connection: sa.Connection,
    kind: str,
    made: Sequence[Ready],
    *,
    who: str,
    action: str,
    why: str | None = None,
    at: datetime | None = None,
) -> None:
    """Write the next versions of records, whose author `who` becomes. `at` as in `add`.

    Raises Conflict when one of them has another version than was read: ask `stale` first.
    """
    now = at or clock.now()
    this = sa.and_(records.c.id == sa.bindparam("this"), records.c.version == sa.bindparam("read"))
    for chunk in chunks([(change.record_id or 0, change) for change in made]):
        rows = [
            {
                "this": number,
                "read": change.version,
                "version": change.version + 1,
                "state": change.state,
                "author": who,
                "changed_at": now,
                **change.columns,
            }
            for number, change in chunk
        ]
        names = [name for name in rows[0] if name not in ("this", "read")]
        update = sa.update(records).where(this).values({name: sa.bindparam(name) for name in names})
        if connection.execute(update, rows).rowcount != len(rows):
            raise Conflict(_("The record changed meanwhile."), current={}, proposed={})
        moved = [number for number, change in chunk if change.facets is not None]
        for some in chunks(moved, FEW):
            connection.execute(sa.delete(record_facets).where(record_facets.c.record_id.in_(some)))
        _write_versions(connection, kind, chunk, at=now, who=who, action=action, why=why)


def stale(connection: sa.Connection, made: Collection[Ready]) -> set[int]:
    """Ids of the records that have another version by now than the one that was read."""
    read = {change.record_id: change.version for change in made}
    moved: set[int] = set()
    for some in chunks(list(read), FEW):
        now = connection.execute(sa.select(records.c.id, records.c.version).where(records.c.id.in_(some)))
        moved |= {row.id for row in now if row.version != read[row.id]}
    return moved


def _write_versions(
    connection: sa.Connection,
    kind: str,
    chunk: Sequence[tuple[int, Ready]],
    *,
    at: datetime,
    who: str,
    action: str,
    why: str | None,
) -> None:
    """Versions, facets and audit of some records, by id."""
    step = {"at": at, "who": who, "action": action, "why": why}
    connection.execute(
        sa.insert(record_versions),
        [
            {
                **step,
                "record_id": number,
                "version": change.version + 1,
                "state": change.state,
                "frozen": False,
                "data": change.data,
            }
            for number, change in chunk
        ],
    )
    facets = [(number, *facet) for number, change in chunk for facet in change.facets or ()]
    if facets:
        _insert_facets(connection, facets)
    audit.append(
        connection,
        [
            {**step, "entity": kind, "key": str(number), "before": change.before, "after": change.after}
            for number, change in chunk
        ],
    )


def _insert_facets(connection: sa.Connection, rows: list[tuple[int, str, str]]) -> None:
    # A record has a dozen of them: as plain tuples they take the driver half the time that SQLAlchemy's own rows do.
    mark = "?" if connection.dialect.name == "sqlite" else "%s"
    names = ", ".join(column.name for column in record_facets.columns)
    marks = ", ".join([mark] * len(record_facets.columns))
    connection.exec_driver_sql(f"INSERT INTO record_facets ({names}) VALUES ({marks})", rows)  # noqa: S608


def chunks(rows: Sequence[Any], size: int = CHUNK) -> Iterator[list[Any]]:
    """The rows, some at a time."""
    waiting = iter(rows)
    while chunk := list(islice(waiting, size)):
        yield chunk
