"""The rows of an import written at once: all of them, or on any error none."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from core.base import clock
from core.base.errors import InputInvalid
from core.base.i18n import _
from core.records import acts, bulk, check, records
from core.records.bulk import Ready
from core.records.collection import Collection
from core.records.lists import Lists
from core.records.workflow import Written


@dataclass(frozen=True, slots=True)
class Incoming:
    """A row of an import that was checked, ready to be written, and where it stands in the file. `given`: the file
    says its reference; else Vigie gives the next one."""

    place: str
    ready: Ready
    given: bool = True


@dataclass(frozen=True)
class Applied:
    """What an import did: ids of the records it added and changed, and how many rows changed nothing."""

    added: tuple[int, ...]
    changed: tuple[int, ...]
    unchanged: int


def apply(
    connection: sa.Connection, collection: Collection, person_id: int, rows: Sequence[Incoming], known: Lists
) -> Applied:
    """Keep all rows of an import, or none. `known` are the lists of values that they were checked with.

    Raises InputInvalid when those lists changed, or naming the row whose reference is taken; Conflict naming the row
    whose record changed since.
    """
    person = acts.may_act(connection, collection, person_id)
    acts.require_everything(person)
    acts.require_open(connection, collection)
    kind, taken = collection.kind, records.refs(connection, collection.kind)
    if collection.lists(connection) != known:
        raise InputInvalid(_("The lists of values changed meanwhile: look at the file once more, then import."))
    new = [row for row in rows if row.ready.record_id is None]
    renumbered = _renumbered(collection, new, taken)
    act: dict[str, Any] = {"who": person.name, "action": Written.IMPORT, "at": clock.now()}
    added = bulk.add(connection, kind, renumbered, **act)
    changes = [row for row in rows if row.ready.record_id is not None]
    moved = bulk.stale(connection, [row.ready for row in changes])
    for row in changes:
        with acts.at(row.place):
            _check_renamed(row.ready, taken)
            if row.ready.record_id in moved:
                _refuse_stale(connection, collection, row.ready, person.name)
    fresh = [row.ready for row in changes if row.ready.record_id not in moved]
    bulk.change(connection, kind, fresh, **act)
    changed = tuple(planned.record_id for planned in fresh if planned.record_id is not None)
    return Applied(tuple(added), changed, len(rows) - len(added) - len(changed))


def _renumbered(collection: Collection, new: Sequence[Incoming], taken: dict[str, int]) -> list[Ready]:
    """Rows to add, each with a reference of its own: those that Vigie gave and that were taken since get others."""
    ours = None
    numbered = []
    for row in new:
        ready = row.ready
        if ready.ref in taken:
            if row.given:
                with acts.at(row.place):
                    raise acts.taken_ref(ready.ref)
            ours = ours or collection.next_refs({*taken, *(planned.ready.ref for planned in new)})
            again = check.stored(collection.form, json.loads(ready.data)).model_copy(update={"ref": next(ours)})
            ready = acts.to_add(collection, again)
        taken[ready.ref] = 0
        numbered.append(ready)
    return numbered


def _check_renamed(ready: Ready, taken: dict[str, int]) -> None:
    """A record that a row names otherwise needs a free reference; whether it was published, the preview has seen."""
    if taken.get(ready.ref, ready.record_id) != ready.record_id:
        raise acts.taken_ref(ready.ref)
    taken[ready.ref] = ready.record_id or 0


def _refuse_stale(connection: sa.Connection, collection: Collection, ready: Ready, who: str) -> None:
    """Say what somebody changed meanwhile; nothing where they made the same change."""
    content = json.loads(ready.data)
    acts.keep(connection, collection, ready.record_id or 0, ready.version, content, who=who, action=Written.IMPORT)
