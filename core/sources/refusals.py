"""Rows that could not land, kept in the store with their reason until they are put right."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from core.base import clock
from core.facts.check import Refused
from core.sources.cells import REFUSED_REASON, REFUSED_ROW
from core.store.schema import refused_rows

_POSITION = 100


@dataclass(frozen=True)
class Kept:
    """A refused row as the store holds it. `digest` names it."""

    digest: str
    position: str
    row: dict[str, str]
    reason: str
    refused_at: datetime


def keep(connection: sa.Connection, source: str, refused: Sequence[Refused]) -> None:
    """Keep rows; one that is kept already stays as it is. A correction that failed replaces the row it was of."""
    alike, new, now = Counter[str](), [], clock.now()
    for row_refused in refused:
        row = {name: cell for name, cell in row_refused.row.items() if name not in (REFUSED_ROW, REFUSED_REASON)}
        values = {
            "position": row_refused.position[-_POSITION:],
            "reading": row_refused.reading,
            "row": row,
            "reason": row_refused.reason,
            "refused_at": now,
        }
        corrected = row_refused.row.get(REFUSED_ROW)
        if corrected:
            this = sa.and_(refused_rows.c.source == source, refused_rows.c.digest == corrected)
            still = {"row": row, "reason": row_refused.reason, "settled_at": None}
            if connection.execute(sa.update(refused_rows).where(this).values(still)).rowcount:
                continue
        digest = _digest(row_refused, row)
        alike[digest] += 1
        key = {"source": source, "digest": digest if alike[digest] == 1 else f"{digest[:56]}-{alike[digest]}"}
        new.append({**key, **values})
    if new:
        connection.execute(_upsert(connection), new)


def _digest(row_refused: Refused, row: dict[str, str]) -> str:
    """Names a row by its file and place in it, and by its cells; elsewhere, where places shift, by its cells alone."""
    path = row_refused.reading.rpartition("@")[0]
    place = [path, row_refused.position] if path else []
    return sha256(json.dumps([place, row], sort_keys=True).encode()).hexdigest()


def _upsert(connection: sa.Connection) -> sa.Insert:
    """One statement for all rows: written anew for each, it took four fifths of the time."""
    dialect: Any = postgresql if connection.dialect.name == "postgresql" else sqlite
    insert = dialect.insert(refused_rows)
    upsert: sa.Insert = insert.on_conflict_do_update(
        index_elements=["source", "digest"], set_={"reading": insert.excluded.reading}
    )
    return upsert


def settle(connection: sa.Connection, source: str, digests: Sequence[str]) -> None:
    """These rows were put right, and have landed."""
    for digest in digests:
        connection.execute(
            sa.update(refused_rows)
            .where(
                refused_rows.c.source == source, refused_rows.c.digest == digest, refused_rows.c.settled_at.is_(None)
            )
            .values(settled_at=clock.now())
        )


def replace(connection: sa.Connection, source: str, reading: str) -> None:
    """A file was read whole in this version: what other versions of it refused, and this one does not, is over.

    A table of a database that was read whole is such a version of a file without a name.
    """
    path = reading.rpartition("@")[0]
    connection.execute(
        sa.delete(refused_rows).where(
            refused_rows.c.source == source,
            refused_rows.c.reading.startswith(f"{path}@", autoescape=True),
            refused_rows.c.reading != reading,
            refused_rows.c.settled_at.is_(None),
        )
    )


def reread(connection: sa.Connection, source: str, path: str, position: str) -> None:
    """What stood at a place of a file was half of a row, and is read again: what was refused of it is over."""
    connection.execute(
        sa.delete(refused_rows).where(
            refused_rows.c.source == source,
            refused_rows.c.reading.startswith(f"{path}@", autoescape=True),
            refused_rows.c.position == position[-_POSITION:],
            refused_rows.c.settled_at.is_(None),
        )
    )


def forget(connection: sa.Connection, source: str) -> None:
    """The source will be read from its beginning: what cannot stand under its new settings is refused anew."""
    connection.execute(
        sa.delete(refused_rows).where(refused_rows.c.source == source, refused_rows.c.settled_at.is_(None))
    )


def open_rows(connection: sa.Connection, source: str) -> list[Kept]:
    """The rows of a source that are still to be put right, in the order they were refused."""
    rows = connection.execute(
        sa.select(*(refused_rows.c[name] for name in ("digest", "position", "row", "reason", "refused_at")))
        .where(refused_rows.c.source == source, refused_rows.c.settled_at.is_(None))
        .order_by(refused_rows.c.id)
    ).mappings()
    return [Kept(**row) for row in rows]


def counts(connection: sa.Connection) -> dict[str, int]:
    """How many rows are still to be put right, by source."""
    rows = connection.execute(
        sa.select(refused_rows.c.source, sa.func.count().label("number"))
        .where(refused_rows.c.settled_at.is_(None))
        .group_by(refused_rows.c.source)
    )
    return {row.source: row.number for row in rows}
