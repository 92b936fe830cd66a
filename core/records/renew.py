"""What lists show of records, computed anew after an upgrade: a version of Vigie may ask, count or search otherwise.

    renew(missions().values())      at every start; a second one of the same version finds nothing to do

Each record that changes, and each that no entry of the audit has sealed yet (`core.store.journal`), gets an entry.
"""

import inspect
from collections.abc import Iterable, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from pydantic import ValidationError

from core.mission.contract import Mission
from core.records import bulk
from core.records.collection import CLOCK, Collection
from core.records.records import columns_of, facets_of
from core.records.workflow import Written
from core.store import audit, changes, journal
from core.store.engine import store
from core.store.journal import Journal
from core.store.schema import audit as entries
from core.store.schema import record_facets, record_versions, records

ENTITY, KEY = "records", "rules"
COLUMNS = (*journal.SHOWN, "search")


def renew(missions: Iterable[Mission]) -> int:
    """Bring up to date what the store holds of records beside their contents; others may write meanwhile. Returns how
    many records were changed or sealed."""
    collections = {collection.kind: collection for mission in missions for collection in mission.collections}
    rules = _rules(collections.values())
    with store().read() as connection:
        if _last(connection) == rules:
            return 0
        seen = Journal()
        for entry in connection.execute(sa.select(entries).order_by(entries.c.id)).mappings():
            seen.read(entry)
        numbers = list(connection.scalars(sa.select(records.c.id).order_by(records.c.id)))
    done = 0
    for some in bulk.chunks(numbers, bulk.FEW):
        with store().write() as connection:
            done += _renew(connection, some, collections, seen)
    with store().write() as connection:
        after = {"rules": rules, "records": done}
        changes.record(connection, who=CLOCK, entity=ENTITY, key=KEY, action=Written.RENEW, after=after)
    return done


def _rules(collections: Iterable[Collection]) -> str:
    """A digest of the code that says what lists show."""
    folders = {
        Path(__file__).parent,
        *(Path(inspect.getfile(collection.form.model)).parent for collection in collections),
    }
    files = sorted(file for folder in folders for file in folder.glob("*.py"))
    return sha256(b"".join(file.read_bytes() for file in files)).hexdigest()


def _last(connection: sa.Connection) -> str | None:
    """The digest that the newest renewal had."""
    ours = sa.select(entries.c.after).where(entries.c.entity == ENTITY, entries.c.key == KEY)
    entry = connection.scalar(ours.order_by(entries.c.id.desc()).limit(1))
    return entry["rules"] if entry else None


def _renew(connection: sa.Connection, numbers: list[int], collections: Mapping[str, Collection], seen: Journal) -> int:
    newest = sa.and_(record_versions.c.record_id == records.c.id, record_versions.c.version == records.c.version)
    query = sa.select(records, record_versions.c.data).join(record_versions, newest).where(records.c.id.in_(numbers))
    held: dict[int, list[tuple[str, str]]] = {number: [] for number in numbers}
    mine = sa.select(record_facets).where(record_facets.c.record_id.in_(numbers))
    for had in connection.execute(mine):
        held[had.record_id].append((had.facet, had.value))
    made = []
    for row in connection.execute(query).mappings().all():
        columns = {name: row[name] for name in COLUMNS}
        now, values = _summarised(collections.get(row["kind"]), row["data"]) or (columns, held[row["id"]])
        moved = sorted(values) != sorted(held[row["id"]])
        sealed = seen.sealed(row["id"])
        if sealed and now == columns and not moved:
            continue
        _write(connection, row["id"], now, values if moved else None)
        seal: dict[str, Any] = {"shown": journal.shown(now, values)}
        if not sealed:
            seal |= {"author": row["author"], "published": row["published"]}
        before, after = changes.differing(columns, now)
        after["seal"] = seal
        made.append(
            changes.entry(
                who=CLOCK, entity=row["kind"], key=str(row["id"]), action=Written.RENEW, before=before, after=after
            )
        )
    audit.append(connection, made)
    return len(made)


def _summarised(
    collection: Collection | None, data: Mapping[str, Any]
) -> tuple[dict[str, Any], list[tuple[str, str]]] | None:
    """What lists show of a content; None where no collection says so."""
    if collection is None:
        return None
    try:
        summary = collection.summary(collection.form.model.model_validate(data))
    except ValidationError:
        return None
    return columns_of(summary), list(facets_of(summary.facets))


def _write(
    connection: sa.Connection, number: int, columns: Mapping[str, Any], values: list[tuple[str, str]] | None
) -> None:
    connection.execute(sa.update(records).where(records.c.id == number).values(**columns))
    if values is None:
        return
    connection.execute(sa.delete(record_facets).where(record_facets.c.record_id == number))
    if values:
        rows = [{"record_id": number, "facet": facet, "value": value} for facet, value in values]
        connection.execute(sa.insert(record_facets), rows)
