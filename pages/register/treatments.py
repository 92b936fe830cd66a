"""What people do with the register: each function is a whole operation on the store.

Those that write take a connection of `Store.write` and the person's id: they ask the store whether the person may
(`NotAllowed`), check everything that was sent (`InputInvalid`), refuse to overwrite somebody's change (`Conflict`),
and leave a version and an entry in the audit. What one of them raises undoes the whole transaction.

`data` is a record's content as plain JSON, whole: every field that is left out is unanswered.
"""

import json
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from itertools import count
from typing import Any

import sqlalchemy as sa

from core.base import clock
from core.base.errors import InputInvalid, NotAllowed, VigieError
from core.base.i18n import _, local
from core.mission.discovery import missions
from core.people import accounts, grants, rights
from core.people.person import Person, Role
from core.records import bulk, diff, lists, records
from core.records.bulk import Ready
from core.records.diff import Difference, Merged
from core.records.fields import Form
from core.records.lists import Lists
from core.records.records import Record, Version
from pages.register import check, organisation
from pages.register.completeness import judge
from pages.register.lists import REGISTERS, load
from pages.register.model import FORMS, Entry
from pages.register.summary import facets, summarise
from pages.register.workflow import (
    STEPS,
    VALIDATE,
    Action,
    Situation,
    State,
    deadlock,
    next_review,
    offered,
    refusal,
)

MISSION = "register"
PREFIXES = {"treatment": "T", "processing": "S"}
CLOCK = "vigie"
"""Who does what is due by the calendar."""


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


def people(connection: sa.Connection) -> dict[str, str]:
    """What whoever wrote in the register is called, by the name that versions and the audit keep."""
    return {**accounts.names(connection), CLOCK: "Vigie"}


def kinds(connection: sa.Connection) -> list[str]:
    """The registers that are switched on, by kind of record."""
    return load(connection).options(REGISTERS)


def entry(record: Record | Version, kind: str = "treatment") -> Entry:
    """The typed content of a record or version."""
    return check.stored(FORMS[kind], record.data)


def add(
    connection: sa.Connection,
    person_id: int,
    data: Mapping[str, Any],
    *,
    kind: str = "treatment",
    action: Action = Action.ADD,
) -> Record:
    """Add a draft: with the next reference when it has none, the organisation's actors where they are unanswered.

    Raises InputInvalid when the reference is taken.
    """
    person = _may_act(connection, person_id)
    [number] = _add(connection, kind, [("", organisation.fill(connection, FORMS[kind], data))], person.name, action)
    return records.get(connection, kind, number)


def duplicate(connection: sa.Connection, person_id: int, record_id: int, *, kind: str = "treatment") -> Record:
    """Add a draft with the content of another record, to be named and reviewed anew."""
    original = records.get(connection, kind, record_id)
    name = _("{name} (copy)").format(name=original.data["name"])
    data = {**original.data, "name": name, "ref": "", "created_on": None, "review_on": None}
    return add(connection, person_id, data, kind=kind, action=Action.DUPLICATE)


def save(
    connection: sa.Connection,
    person_id: int,
    record_id: int,
    version: int,
    data: Mapping[str, Any],
    *,
    kind: str = "treatment",
    why: str | None = None,
) -> Record:
    """Keep a record's new content as a draft; its published version stays. `version` is the one that was read.

    Saving what is there already changes nothing. Raises Conflict with both sides field by field: `reconcile` merges.
    """
    person = _may_act(connection, person_id)
    return _save(connection, kind, record_id, version, data, person.name, Action.SAVE, why)


def save_many(
    connection: sa.Connection,
    person_id: int,
    changes: Sequence[tuple[int, int, Mapping[str, Any]]],
    *,
    kind: str = "treatment",
) -> list[Record]:
    """Keep the new contents of several records, (id, version read, content) each: all of them or none."""
    person = _may_act(connection, person_id)
    return [_save(connection, kind, *change, person.name, Action.SAVE, None) for change in changes]


def reconcile(
    connection: sa.Connection,
    record_id: int,
    base: int,
    mine: Mapping[str, Any],
    *,
    kind: str = "treatment",
    prefer: Collection[str] = (),
) -> Merged:
    """What the record is now merged with what a person made of its version `base`: for whoever got a Conflict.

    `clashes` are the values both changed: theirs stands in `data`, but mine at the paths of `prefer`. Save `data`
    against the record's newest version.
    """
    then, now = records.version(connection, record_id, base), records.get(connection, kind, record_id)
    return diff.merge(then.data, now.data, mine, form_of(kind).keys, prefer)


def form_of(kind: str) -> Form:
    """The form of a kind of record: of a register, or of what the organisation says of itself."""
    return organisation.FORM if kind == organisation.KIND else FORMS[kind]


def step(
    connection: sa.Connection,
    person_id: int,
    record_id: int,
    version: int,
    action: Action,
    *,
    why: str = "",
    kind: str = "treatment",
) -> Record:
    """Take a step of the workflow: submit, send back, validate, call for review, archive, restore.

    Validating freezes the version and publishes it, and sets the day of the next review. Raises NotAllowed, with the
    reason, when the person may not take it now.
    """
    person = _may_act(connection, person_id)
    record = records.get(connection, kind, record_id)
    refused = refusal(STEPS[action], situation(connection, person, record), why=why)
    if refused:
        raise NotAllowed(refused)
    return _step(connection, record, version, action, person.name, why.strip() or None)


def situation(connection: sa.Connection, person: Person, record: Record) -> Situation:
    """What decides about the steps that a person may take with a record."""
    missing = judge(FORMS[record.kind], entry(record, record.kind)).missing
    may_validate = VALIDATE in grants.of(connection, person.id)
    writers = records.writers(connection, record)
    return Situation(State(record.state), writers, len(missing), person.name, may_validate)


def steps(connection: sa.Connection, person: Person, record: Record) -> list[Action]:
    """The steps that a person who may act here can take now: for the buttons of a screen."""
    return [one.action for one in offered(situation(connection, person, record))]


def validators(connection: sa.Connection) -> list[Person]:
    """Whoever may validate: those with the right whose role still acts on the register."""
    mission = missions()[MISSION]
    return [person for person in grants.holders(connection, VALIDATE) if rights.may_act(person, mission)]


def validation_problem(connection: sa.Connection) -> str | None:
    """What keeps validation from working, in a sentence; None when two people or more may validate."""
    return deadlock(validators(connection))


def to_add(new: Entry) -> Ready:
    """A checked content as a draft to add: the slow part of `apply`, to be done before the store is locked."""
    return records.ready(summarise(new), new.model_dump(mode="json"), state=State.DRAFT)


def to_change(record: Record, before: Entry, after: Entry, found: Sequence[Difference]) -> Ready:
    """A checked content as a record's next draft, for `apply`. `found` is what differs."""
    content = after.model_dump(mode="json")
    return records.ready_change(record, facets(before), summarise(after), content, state=State.DRAFT, found=found)


def next_refs(kind: str, taken: Collection[str]) -> Iterator[str]:
    """References that Vigie gives: they go on from the highest one in use, as T-0001, T-0002…"""
    prefix = PREFIXES[kind]
    used = [int(found[1]) for ref in taken if (found := re.fullmatch(rf"{prefix}-(\d{{1,9}})", ref, re.ASCII))]
    return (f"{prefix}-{number:04}" for number in count(max(used, default=0) + 1))


def apply(
    connection: sa.Connection, person_id: int, rows: Sequence[Incoming], known: Lists, *, kind: str = "treatment"
) -> Applied:
    """Keep all rows of an import, or none. `known` are the lists of values that they were checked with.

    Raises InputInvalid when those lists changed, or naming the row whose reference is taken; Conflict naming the row
    whose record changed since.
    """
    person = _may_act(connection, person_id)
    form, taken = _form(connection, kind), records.refs(connection, kind)
    if load(connection) != known:
        raise InputInvalid(_("The lists of values changed meanwhile: look at the file once more, then import."))
    new = [row for row in rows if row.ready.record_id is None]
    renumbered = _renumbered(form, new, taken)
    added = bulk.add(connection, kind, renumbered, who=person.name, action=Action.IMPORT)
    changes = [row for row in rows if row.ready.record_id is not None]
    moved = bulk.stale(connection, [row.ready for row in changes])
    for row in changes:
        with _at(row.place):
            _check_renamed(row.ready, taken)
            if row.ready.record_id in moved:
                _refuse_stale(connection, kind, row.ready, person.name)
    fresh = [row.ready for row in changes if row.ready.record_id not in moved]
    bulk.change(connection, kind, fresh, who=person.name, action=Action.IMPORT)
    changed = tuple(one.record_id for one in fresh if one.record_id is not None)
    return Applied(tuple(added), changed, len(rows) - len(added) - len(changed))


def _renumbered(form: Form, new: Sequence[Incoming], taken: dict[str, int]) -> list[Ready]:
    """Rows to add, each with a reference of its own: those that Vigie gave and that were taken since get others."""
    ours: Iterator[str] | None = None
    found = []
    for row in new:
        ready = row.ready
        if ready.ref in taken:
            if row.given:
                with _at(row.place):
                    raise InputInvalid(_("The reference {ref} is taken.").format(ref=ready.ref))
            ours = ours or next_refs(form.kind, {*taken, *(one.ready.ref for one in new)})
            again = check.stored(form, json.loads(ready.data)).model_copy(update={"ref": next(ours)})
            ready = to_add(again)
        taken[ready.ref] = 0
        found.append(ready)
    return found


def _check_renamed(ready: Ready, taken: dict[str, int]) -> None:
    """A record that a row names otherwise needs a free reference; whether it was published, the preview has seen."""
    if taken.get(ready.ref, ready.record_id) != ready.record_id:
        raise InputInvalid(_("The reference {ref} is taken.").format(ref=ready.ref))
    taken[ready.ref] = ready.record_id or 0


def _refuse_stale(connection: sa.Connection, kind: str, ready: Ready, who: str) -> None:
    """Say what somebody changed meanwhile; nothing where they made the same change."""
    _save(connection, kind, ready.record_id or 0, ready.version, json.loads(ready.data), who, Action.IMPORT, None)


def call_due(connection: sa.Connection, today: date, *, kind: str = "treatment") -> list[Record]:
    """Turn every validated record whose review is due into one to be reviewed: for a daily task, not for a person."""
    wanted = records.Wanted(facets={"state": [State.VALIDATED]}, review_until=today)
    due = [records.get(connection, kind, line.id) for line in records.find(connection, kind, wanted).lines]
    return [_step(connection, record, record.version, Action.CALL, CLOCK, None) for record in due]


def register_as_of(
    connection: sa.Connection, moment: datetime, *, published: bool = True, kind: str = "treatment"
) -> Iterator[tuple[Version, Entry]]:
    """The register as it was at a moment (UTC): what it published, or with `published` off, every record's state.

    Read it to its end.
    """
    gone = (State.ARCHIVED,) if published else ()
    for version in records.as_of(connection, kind, moment, published=published, without_states=gone):
        yield version, entry(version, kind)


def differences(
    connection: sa.Connection, record_id: int, before: int, after: int, *, kind: str = "treatment"
) -> list[Difference]:
    """What differs between two versions of a record; `pages.register.words.tell` says it in words."""
    old, new = records.version(connection, record_id, before), records.version(connection, record_id, after)
    return diff.differences(old.data, new.data, FORMS[kind].keys)


def add_value(connection: sa.Connection, person_id: int, name: str, labels: Mapping[str, str], note: str = "") -> str:
    """Add a value to a list of values; returns its code. Raises NotAllowed unless a compliance officer asks."""
    person = _may_keep_lists(connection, person_id)
    return lists.add(connection, load(connection), name, labels, who=person.name, note=note)


def change_value(
    connection: sa.Connection,
    person_id: int,
    name: str,
    code: str,
    *,
    version: int,
    labels: Mapping[str, str] | None = None,
    retired: bool | None = None,
) -> None:
    """Change, retire or bring back a value. Bringing back `processing` in `registers` switches that register on."""
    person = _may_keep_lists(connection, person_id)
    known = load(connection)
    lists.change(connection, known, name, code, version=version, who=person.name, labels=labels, retired=retired)


def _may_act(connection: sa.Connection, person_id: int) -> Person:
    return rights.require(connection, person_id, missions()[MISSION], act=True)


def _may_keep_lists(connection: sa.Connection, person_id: int) -> Person:
    person = _may_act(connection, person_id)
    if person.role is not Role.COMPLIANCE:
        raise NotAllowed(_("Lists of values are kept by compliance officers."))
    return person


def _form(connection: sa.Connection, kind: str) -> Form:
    if kind not in kinds(connection):
        raise InputInvalid(_("This register is not switched on."))
    return FORMS[kind]


def ship(connection: sa.Connection, contents: Sequence[Mapping[str, Any]]) -> list[int]:
    """Add treatments that come with Vigie itself, as drafts nobody wrote: at the first start, not for a person."""
    return _add(connection, "treatment", [("", data) for data in contents], CLOCK, Action.SHIP)


def _add(
    connection: sa.Connection, kind: str, rows: Sequence[tuple[str, Mapping[str, Any]]], who: str, action: Action
) -> list[int]:
    form, known, taken = _form(connection, kind), load(connection), records.refs(connection, kind)
    numbers = next_refs(kind, {*taken, *(str(data.get("ref", "")) for _place, data in rows)})
    today = local(clock.now()).date()
    made = []
    for place, data in rows:
        with _at(place):
            new = check.read(form, data, known)
            if not new.name:
                raise InputInvalid(_("A record needs a name."))
            if new.ref in taken:
                raise InputInvalid(_("The reference {ref} is taken.").format(ref=new.ref))
            new = new.model_copy(update={"ref": new.ref or next(numbers), "created_on": new.created_on or today})
            taken[new.ref] = 0
            made.append((summarise(new), new.model_dump(mode="json")))
    return records.add(connection, kind, made, who=who, state=State.DRAFT, action=action)


def _save(
    connection: sa.Connection,
    kind: str,
    record_id: int,
    version: int,
    data: Mapping[str, Any],
    who: str,
    action: Action,
    why: str | None,
) -> Record:
    form, record = _form(connection, kind), records.get(connection, kind, record_id)
    if record.state == State.ARCHIVED:
        raise NotAllowed(_("An archived record is restored before it is changed."))
    changed = check.read(form, data, load(connection), record.data)
    if not changed.name:
        raise InputInvalid(_("A record needs a name."))
    if changed.ref != record.ref:
        _check_new_ref(connection, record, changed.ref)
    content = changed.model_dump(mode="json")
    if content == record.data:
        return record
    return records.save(
        connection,
        record,
        version=version,
        who=who,
        action=action,
        state=State.DRAFT,
        keys=form.keys,
        data=content,
        summary=summarise(changed),
        why=why,
    )


def _check_new_ref(connection: sa.Connection, record: Record, ref: str) -> None:
    if record.published is not None:
        raise InputInvalid(_("The reference of a record that was published does not change."))
    if not ref or ref in records.refs(connection, record.kind):
        raise InputInvalid(_("The reference {ref} is taken.").format(ref=ref or "–"))


def _step(connection: sa.Connection, record: Record, version: int, action: Action, who: str, why: str | None) -> Record:
    validating = action is Action.VALIDATE
    content = entry(record, record.kind)
    if validating:
        today = local(clock.now()).date()
        content = content.model_copy(update={"review_on": next_review(content.review_on, today)})
    return records.save(
        connection,
        record,
        version=version,
        who=who,
        action=action,
        state=STEPS[action].target,
        keys=FORMS[record.kind].keys,
        data=content.model_dump(mode="json") if validating else None,
        summary=summarise(content) if validating else None,
        publish=validating,
        why=why,
    )


@contextmanager
def _at(place: str) -> Iterator[None]:
    """Name the row of an import in whatever refuses it."""
    try:
        yield
    except VigieError as error:
        if place:
            error.sentence = _("{place}: {sentence}").format(place=place, sentence=error.sentence)
            error.args = (error.sentence,)
        raise
