"""An import taken back: what it added is withdrawn, what it changed stands again as it was before.

An import is one act: all that it wrote bears one moment and one person. Nothing is taken out: each record gets one more
version. One that somebody changed since, or that another record names, stays as it is and is told by name. What is
withdrawn lies among the closed records under another reference, so that the file, put right, may be imported anew.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from typing import Any

import sqlalchemy as sa

from core.base.errors import InputInvalid
from core.base.i18n import _
from core.records import acts, bulk, diff, links, records
from core.records.bulk import Ready
from core.records.collection import Collection
from core.records.records import Line, Record, Version
from core.records.workflow import Written
from core.store.schema import record_versions as versions
from core.store.schema import records as table

LISTED = 20
"""Imports that are offered, the newest first."""
_LONGEST_REF = 40


@dataclass(frozen=True)
class Import:
    """An import as it was written: when (UTC), by whom (account name), how many records it added and changed, and how
    many of them nobody changed since."""

    at: datetime
    who: str
    added: int
    changed: int
    untouched: int


@dataclass(frozen=True)
class Back:
    """What taking an import back would do: records to be `withdrawn`, others to be `restored`, and those that stay, as
    (record, why)."""

    withdrawn: tuple[Ready, ...]
    restored: tuple[Ready, ...]
    kept: tuple[tuple[Line, str], ...]


def imports(connection: sa.Connection, collection: Collection) -> list[Import]:
    """The newest imports of which something can be taken back."""
    v = versions.c
    first = v.version == 1
    untouched = sa.func.count().filter(table.c.version == v.version)
    written = (
        sa.select(v.at, v.who, sa.func.count().filter(first), sa.func.count().filter(sa.not_(first)), untouched)
        .join(table, table.c.id == v.record_id)
        .where(table.c.kind == collection.kind, v.action == Written.IMPORT)
        .group_by(v.at, v.who)
        .having(untouched > 0)
        .order_by(v.at.desc())
        .limit(LISTED)
    )
    return [Import(*row) for row in connection.execute(written)]


def look(connection: sa.Connection, collection: Collection, at: datetime, who: str) -> Back:
    """What taking back the import of a moment and a person would do now."""
    v = versions.c
    of_it = sa.select(v.record_id, v.version).join(table, table.c.id == v.record_id)
    of_it = of_it.where(table.c.kind == collection.kind, v.action == Written.IMPORT, v.at == at, v.who == who)
    written = {row.record_id: row.version for row in connection.execute(of_it.order_by(v.record_id))}
    now: dict[int, Record] = {}
    for some in bulk.chunks(list(written), bulk.FEW):
        now |= records.several(connection, collection.kind, some)
    named = _named(connection, collection, [record.ref for number, record in now.items() if written[number] == 1])
    taken = set(records.refs(connection, collection.kind))
    before = _before(connection, {number: version for number, version in written.items() if version > 1})
    withdrawn, restored = [], []
    kept: list[tuple[Line, str]] = []
    for number, version in written.items():
        record = now[number]
        if record.version != version:
            kept.append((record, _("changed since")))
        elif version > 1:
            was = collection.entry(before[number])
            if why := _refused(connection, collection, was, record, taken):
                kept.append((record, why))
            else:
                restored.append(_next(collection, record, was))
        elif not collection.workflow.closed:
            kept.append((record, _("nothing can be withdrawn here")))
        elif record.ref in named:
            kept.append((record, _("named by {ref}").format(ref=named[record.ref])))
        else:
            withdrawn.append(_withdrawn(collection, record, taken))
    return Back(tuple(withdrawn), tuple(restored), tuple(kept))


def take_back(connection: sa.Connection, collection: Collection, person_id: int, at: datetime, who: str) -> Back:
    """Take an import back, in the one transaction of this connection. Returns what was done. Raises NotAllowed."""
    person = acts.may_act(connection, collection, person_id)
    acts.require_everything(person)
    acts.require_open(connection, collection)
    would = look(connection, collection, at, who)
    for ready in (would.withdrawn, would.restored):
        bulk.change(connection, collection.kind, ready, who=person.name, action=Written.TAKE_BACK)
    return would


def _before(connection: sa.Connection, written: Mapping[int, int]) -> dict[int, Version]:
    """By record the version before the one that was written."""
    v = versions.c
    before: dict[int, Version] = {}
    for some in bulk.chunks(list(written), bulk.FEW):
        wanted = sa.tuple_(v.record_id, v.version).in_([(number, written[number] - 1) for number in some])
        rows = connection.execute(sa.select(versions).where(wanted)).mappings()
        before |= {row["record_id"]: Version(**row) for row in rows}
    return before


def _refused(connection: sa.Connection, collection: Collection, was: Any, record: Record, taken: set[str]) -> str:
    """Why a record cannot stand again as it was; "" where it can."""
    if was.ref != record.ref and was.ref in taken:
        return _("{ref} is another record now").format(ref=was.ref)
    try:
        links.check(connection, collection.form, was, record.data)
    except InputInvalid as error:
        return error.sentence.rstrip(".")
    return ""


def _next(collection: Collection, record: Record, content: Any, state: str = "") -> Ready:
    now = collection.entry(record)
    differences = diff.differences(now.model_dump(mode="json"), content.model_dump(mode="json"), collection.form.keys)
    return acts.to_change(collection, record, now, content, tuple(differences), state)


def _withdrawn(collection: Collection, record: Record, taken: set[str]) -> Ready:
    """A record as it lies among the closed ones: under a reference that no other has, and that no file names."""
    state = collection.workflow.closed[0]
    base = _("{ref} withdrawn").format(ref=record.ref[:_LONGEST_REF])
    ref = next(free for free in (f"{base} {n}".removesuffix(" 1") for n in count(1)) if free not in taken)
    taken.add(ref)
    held = collection.workflow.held
    content = collection.entry(record).model_copy(update={"ref": ref, **({held: state} if held else {})})
    return _next(collection, record, content, state)


def _named(connection: sa.Connection, collection: Collection, refs: list[str]) -> Mapping[str, str]:
    """Of some references those that open records name, each with the reference of one of these."""
    things = frozenset((collection.kind, ref) for ref in refs)
    named: dict[str, str] = {}
    for other in links.collections().values():
        by_thing = links.naming(connection, other, things, None)
        named |= {ref: lines[0].ref for (_kind, ref), lines in by_thing.items() if lines}
    return named
