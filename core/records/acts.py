"""What people do with the records of a collection: each function is a whole operation on the store.

Those that write take a connection of `Store.write` and the person's id: they ask the store whether the person may
(`NotAllowed`), check everything that was sent (`InputInvalid`), refuse to overwrite somebody's change (`Conflict`),
and leave a version and an entry in the audit. What one of them raises undoes the whole transaction.

`data` is a record's content as plain JSON, whole: every field that is left out is unanswered.
"""

from collections.abc import Collection as Several
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from core.base import clock
from core.base.errors import InputInvalid, NotAllowed, VigieError
from core.base.i18n import _, local
from core.people import accounts, grants, rights
from core.people.person import Person
from core.records import bulk, check, diff, facets, links, lists, records
from core.records.bulk import Ready
from core.records.coherence import Doubt
from core.records.collection import CLOCK, Collection
from core.records.completeness import judge
from core.records.diff import Difference, Merged
from core.records.fill import How, fill
from core.records.records import Line, Record, Version
from core.records.workflow import Situation, Step, Written, deadlock, offered, refusal


def people(connection: sa.Connection) -> dict[str, str]:
    """What whoever wrote a record is called, by the name that versions and the audit keep."""
    return {**accounts.names(connection), CLOCK: "Vigie"}


def add(
    connection: sa.Connection,
    collection: Collection,
    person_id: int,
    data: Mapping[str, Any],
    *,
    action: str = Written.ADD,
) -> Record:
    """Add a record: with the next reference when it has none, and what the collection begins one with.

    Raises InputInvalid when the reference is taken.
    """
    person = may_act(connection, collection, person_id)
    content = collection.begin(connection, data)
    _require_scope(person, content.get("squad"))
    [number] = _add(connection, collection, [content], person.name, action)
    return records.get(connection, collection.kind, number)


def duplicate(connection: sa.Connection, collection: Collection, person_id: int, record_id: int) -> Record:
    """Add a record with the content of another one, to be named and reviewed anew."""
    original = records.get(connection, collection.kind, record_id)
    require_seen(may_act(connection, collection, person_id), original)
    name = _("{name} (copy)").format(name=original.data["name"])
    data = {**original.data, "name": name, "ref": ""}
    fresh = [name for name in ("created_on", "review_on", collection.workflow.held) if collection.has(name)]
    data |= {name: check.blank_of(collection.form, name) for name in fresh}
    return add(connection, collection, person_id, data, action=Written.DUPLICATE)


def save(
    connection: sa.Connection,
    collection: Collection,
    person_id: int,
    record_id: int,
    version: int,
    data: Mapping[str, Any],
    *,
    why: str | None = None,
) -> Record:
    """Keep a record's new content; its published version stays. `version` is the one that was read.

    Saving what is there already changes nothing. Raises Conflict with both sides field by field: `reconcile` merges.
    """
    person = may_act(connection, collection, person_id)
    _require_both(connection, collection, person, record_id, data)
    return keep(connection, collection, record_id, version, data, who=person.name, why=why)


def save_many(
    connection: sa.Connection,
    collection: Collection,
    person_id: int,
    changes: Sequence[tuple[int, int, Mapping[str, Any]]],
) -> list[Record]:
    """Keep the new contents of several records, (id, version read, content) each: all of them or none."""
    person = may_act(connection, collection, person_id)
    for number, _version, data in changes:
        _require_both(connection, collection, person, number, data)
    return [keep(connection, collection, *change, who=person.name) for change in changes]


def answer_many(
    connection: sa.Connection,
    collection: Collection,
    person_id: int,
    picked: Sequence[tuple[int, int]],
    path: str,
    value: Any,
    how: How,
) -> list[Record]:
    """Give one answer for several records, (id, version read) each: all of them or none. Returns those that changed.

    Raises what `save` does, naming the record.
    """
    person = may_act(connection, collection, person_id)
    changed = []
    for number, version in picked:
        record = records.get(connection, collection.kind, number)
        content = fill(collection.form, collection.entry(record).model_dump(mode="json"), path, value, how)
        with at(record.ref):
            _require_both(connection, collection, person, number, content)
            kept = keep(connection, collection, number, version, content, who=person.name)
        if kept.version != record.version:
            changed.append(kept)
    return changed


def step_many(
    connection: sa.Connection,
    collection: Collection,
    person_id: int,
    picked: Sequence[tuple[int, int]],
    action: str,
    *,
    unmet: Mapping[int, str] | None = None,
    why: str = "",
) -> list[Record]:
    """Take a step with those of several records, (id, version read) each, that it leads on from: all of these or none.

    Raises what `step` does, naming the record.
    """
    sources = collection.workflow.step(action).sources
    taken = []
    for number, version in picked:
        record = records.get(connection, collection.kind, number)
        if record.state in sources:
            with at(record.ref):
                taken.append(step(connection, collection, person_id, number, version, action, unmet=unmet, why=why))
    return taken


def reconcile(
    connection: sa.Connection,
    collection: Collection,
    record_id: int,
    base: int,
    mine: Mapping[str, Any],
    *,
    prefer: Several[str] = (),
) -> Merged:
    """What the record is now merged with what a person made of its version `base`: for whoever got a Conflict.

    `clashes` are the values both changed: theirs stands in `data`, but mine at the paths of `prefer`. Save `data`
    against the record's newest version.
    """
    then, now = records.version(connection, record_id, base), records.get(connection, collection.kind, record_id)
    return diff.merge(then.data, now.data, mine, collection.form.keys, prefer)


def step(
    connection: sa.Connection,
    collection: Collection,
    person_id: int,
    record_id: int,
    version: int,
    action: str,
    *,
    unmet: Mapping[int, str] | None = None,
    why: str = "",
) -> Record:
    """Take a step of the workflow. One that publishes freezes the version. `unmet` is what its condition says of that
    version, where it has one: asked before the transaction (`conditions`), since it may look into the lake for long.

    Raises NotAllowed, with the reason, when the person may not take it now; Conflict when the record changed since.
    """
    person = may_act(connection, collection, person_id)
    record = records.get(connection, collection.kind, record_id)
    require_seen(person, record)
    wanted = collection.workflow.step(action)

    def lacking(step: Step) -> str:
        return (unmet or {})[record_id] if step.condition else ""

    now = replace(situation(connection, collection, person, record), unmet=lacking)
    refused = refusal(collection.workflow, wanted, now, why=why)
    if refused:
        raise NotAllowed(refused)
    return _step(connection, collection, record, version, wanted, person.name, why.strip() or None)


def conditions(collection: Collection, person: Person, several: Iterable[Record], action: str) -> dict[int, str]:
    """Why the condition of a step does not hold, by record, "" where it does; nothing where the step has none."""
    asked = collection.workflow.step(action).condition
    return {record.id: asked(collection.entry(record), person) for record in several} if asked else {}


def situation(connection: sa.Connection, collection: Collection, person: Person, record: Record) -> Situation:
    """What decides about the steps that a person may take with a record."""
    entry = collection.entry(record)
    missing = judge(collection.form, entry).missing
    doubts = tuple(told_doubt(collection, doubt) for doubt in doubts_of(collection, entry) if doubt.blocks)
    writers, held = records.writers(connection, record), grants.of(connection, person.id)

    def unmet(step: Step) -> str:
        return step.condition(entry, person) if step.condition else ""

    return Situation(record.state, writers, len(missing), person.name, held, doubts, unmet)


def doubts_of(collection: Collection, entry: Any) -> tuple[Doubt, ...]:
    """What the answers of a typed content do not say together, as of today."""
    return tuple(collection.coherent(entry, local(clock.now()).date()))


def told_doubt(collection: Collection, doubt: Doubt) -> str:
    """A doubt in words, with what asks for it."""
    basis = _(collection.form.basis).format(basis=doubt.basis)
    return _("{sentence} ({basis})").format(sentence=doubt.sentence, basis=basis)


def steps(connection: sa.Connection, collection: Collection, person: Person, record: Record) -> list[str]:
    """The steps that a person who may act here can take now: for the buttons of a screen."""
    now = situation(connection, collection, person, record)
    return [step.action for step in offered(collection.workflow, now)]


def holders(connection: sa.Connection, collection: Collection, step: Step) -> list[Person]:
    """Whoever holds the right of a step and has a role that still acts there; nobody where it needs no right."""
    people = grants.holders(connection, step.right) if step.right else []
    return [person for person in people if rights.may_act(person, collection.home)]


def problem(connection: sa.Connection, collection: Collection, step: Step) -> str | None:
    """What keeps a step from working, whoever takes it, in a sentence; None when it can work."""
    return deadlock(step, holders(connection, collection, step))


def call_due(connection: sa.Connection, collection: Collection, today: date, action: str) -> list[Record]:
    """Take a step with every record whose day of review has come: for a daily task, not for a person."""
    called = collection.workflow.step(action)
    wanted = records.Wanted(facets={facets.STATE: called.sources}, review_until=today)
    due = [
        records.get(connection, collection.kind, line.id)
        for line in records.find(connection, collection.kind, wanted).lines
    ]
    return [call(connection, collection, record, action) for record in due]


def call(
    connection: sa.Connection, collection: Collection, record: Record, action: str, why: str | None = None
) -> Record:
    """Take a step with a record that it leads on from: for a task, not for a person."""
    return _step(connection, collection, record, record.version, collection.workflow.step(action), CLOCK, why)


def as_of(
    connection: sa.Connection,
    collection: Collection,
    moment: datetime,
    *,
    published: bool = True,
    squads: frozenset[str] | None = None,
) -> Iterator[tuple[Version, Any]]:
    """The records of some squads (None: of all) as they were at a moment (UTC), each with its typed content: what was
    published and is not closed since, or with `published` off, every record's state. Read it to its end."""
    gone = collection.workflow.closed if published else ()
    for version in records.as_of(connection, collection.kind, moment, published=published, without_states=gone):
        if squads is None or version.data.get("squad") in squads:
            yield version, collection.entry(version)


def differences(
    connection: sa.Connection, collection: Collection, record_id: int, before: int, after: int
) -> list[Difference]:
    """What differs between two versions of a record; `core.records.words.tell` says it in words."""
    old, new = records.version(connection, record_id, before), records.version(connection, record_id, after)
    return diff.differences(old.data, new.data, collection.form.keys)


def add_value(
    connection: sa.Connection,
    collection: Collection,
    person_id: int,
    name: str,
    labels: Mapping[str, str],
    note: str = "",
) -> str:
    """Add a value to a list of values; returns its code. Raises NotAllowed unless somebody asks who keeps lists."""
    person = _may_keep_lists(connection, collection, person_id)
    return lists.add(connection, collection.lists(connection), name, labels, who=person.name, note=note)


def change_value(
    connection: sa.Connection,
    collection: Collection,
    person_id: int,
    name: str,
    code: str,
    *,
    version: int,
    labels: Mapping[str, str] | None = None,
    retired: bool | None = None,
) -> None:
    """Change, retire or bring back a value of a list."""
    person = _may_keep_lists(connection, collection, person_id)
    known = collection.lists(connection)
    lists.change(connection, known, name, code, version=version, who=person.name, labels=labels, retired=retired)


def require_seen(person: Person, record: Line) -> None:
    """Raise InputInvalid where a record is of none of the squads whose records the person may read: for them there is
    no such record."""
    squads = person.scope.squads
    if squads is not None and record.squad not in squads:
        raise InputInvalid(_("This record does not exist."))


def require_everything(person: Person) -> None:
    """Raise NotAllowed unless the person reads the records of every squad."""
    if not person.scope.everything:
        raise NotAllowed(_("Your role does not allow this."))


def _require_scope(person: Person, squad: Any) -> None:
    squads = person.scope.squads
    if squads is not None and squad not in squads:
        sentence = _("You write for your own squads alone: name one of {squads}.")
        raise NotAllowed(sentence.format(squads=", ".join(sorted(squads))))


def _require_both(
    connection: sa.Connection, collection: Collection, person: Person, record_id: int, data: Mapping[str, Any]
) -> None:
    """That a record is of a squad of the person's, and stays one."""
    if not person.scope.everything:
        require_seen(person, records.get(connection, collection.kind, record_id))
        _require_scope(person, data.get("squad"))


def may_act(connection: sa.Connection, collection: Collection, person_id: int) -> Person:
    """The person, if they may write in the collection. Raises NotAllowed."""
    return rights.require(connection, person_id, collection.home, act=True)


def require_open(connection: sa.Connection, collection: Collection) -> None:
    """Raise InputInvalid where a collection is not switched on."""
    if not collection.opened(collection.lists(connection)):
        raise InputInvalid(_("“{title}” is not switched on.").format(title=_(collection.form.title)))


def _may_keep_lists(connection: sa.Connection, collection: Collection, person_id: int) -> Person:
    person = may_act(connection, collection, person_id)
    if person.role not in collection.listers:
        raise NotAllowed(_("Your role does not keep lists of values."))
    return person


def ship(
    connection: sa.Connection,
    collection: Collection,
    contents: Sequence[Mapping[str, Any]],
    action: str = Written.SHIP,
) -> list[int]:
    """Add records which nobody wrote: that come with Vigie itself, or that a task found; not for a person."""
    return _add(connection, collection, contents, CLOCK, action)


def _add(
    connection: sa.Connection, collection: Collection, contents: Sequence[Mapping[str, Any]], who: str, action: str
) -> list[int]:
    require_open(connection, collection)
    known, taken = collection.lists(connection), records.refs(connection, collection.kind)
    numbers = collection.next_refs({*taken, *(str(data.get("ref", "")) for data in contents)})
    made = []
    for data in contents:
        new = check.read(collection.form, data, known)
        if not new.name:
            raise InputInvalid(_("A record needs a name."))
        if new.ref in taken:
            raise taken_ref(new.ref)
        links.check(connection, collection.form, new)
        new = begun(collection, new, new.ref or next(numbers))
        taken[new.ref] = 0
        made.append(to_add(collection, new))
    return bulk.add(connection, collection.kind, made, who=who, action=action)


def begun(collection: Collection, new: Any, ref: str) -> Any:
    """A new content with its reference, the day of its creation and its state, where it has fields for them."""
    given: dict[str, Any] = {"ref": ref}
    if collection.has("created_on"):
        given["created_on"] = new.created_on or local(clock.now()).date()
    if collection.workflow.held:
        given[collection.workflow.held] = collection.workflow.after(new)
    return new.model_copy(update=given)


def to_add(collection: Collection, new: Any) -> Ready:
    """A checked content as a record to add."""
    return records.ready(collection.summary(new), new.model_dump(mode="json"), state=collection.workflow.after(new))


def to_change(
    collection: Collection, record: Record, before: Any, after: Any, differences: Sequence[Difference], state: str = ""
) -> Ready:
    """A checked content as a record's next one, in the state that it has, or in this one. `differences`: between it and
    what it was."""
    return records.ready_change(
        record,
        facets.values(collection.facets, before),
        collection.summary(after),
        after.model_dump(mode="json"),
        state=state or collection.workflow.after(after, record.state),
        differences=differences,
    )


def say_closed(collection: Collection, state: str) -> str:
    """Why a record is not changed in a closed state."""
    name = _(collection.workflow.state(state).name)
    return _("A record that is {state} is brought back before it is changed.").format(state=name)


def taken_ref(ref: str) -> InputInvalid:
    """That a reference cannot be given."""
    return InputInvalid(_("The reference {ref} is taken.").format(ref=ref or "–"))


def keep(
    connection: sa.Connection,
    collection: Collection,
    record_id: int,
    version: int,
    data: Mapping[str, Any],
    *,
    who: str,
    action: str = Written.SAVE,
    why: str | None = None,
) -> Record:
    """`save` for somebody whose right was checked."""
    require_open(connection, collection)
    form, record = collection.form, records.get(connection, collection.kind, record_id)
    if record.state in collection.workflow.closed:
        raise NotAllowed(say_closed(collection, record.state))
    changed = check.read(form, data, collection.lists(connection), record.data)
    _check_kept(connection, collection, record, changed)
    content = changed.model_dump(mode="json")
    if content == record.data:
        return record
    return records.save(
        connection,
        record,
        version=version,
        who=who,
        action=action,
        state=collection.workflow.after(changed, record.state),
        keys=form.keys,
        data=content,
        summary=collection.summary(changed),
        why=why,
    )


def _check_kept(connection: sa.Connection, collection: Collection, record: Record, changed: Any) -> None:
    """That a changed content has a name, a reference of its own, links that lead somewhere, and its state."""
    if not changed.name:
        raise InputInvalid(_("A record needs a name."))
    if changed.ref != record.ref:
        if record.published is not None:
            raise InputInvalid(_("The reference of a record that was published does not change."))
        if not changed.ref or changed.ref in records.refs(connection, record.kind):
            raise taken_ref(changed.ref)
    links.check(connection, collection.form, changed, record.data)
    held = collection.workflow.held
    if held and getattr(changed, held) != record.data.get(held):
        raise InputInvalid(
            _("{field} changes by a step, not in the form.").format(field=_(collection.form.field(held).label))
        )


def _step(
    connection: sa.Connection,
    collection: Collection,
    record: Record,
    version: int,
    step: Step,
    who: str,
    why: str | None,
) -> Record:
    before = content = collection.entry(record)
    if step.then:
        content = step.then(content, local(clock.now()).date())
    if collection.workflow.held:
        content = content.model_copy(update={collection.workflow.held: step.target})
    written = content is not before
    return records.save(
        connection,
        record,
        version=version,
        who=who,
        action=step.action,
        state=step.target,
        keys=collection.form.keys,
        data=content.model_dump(mode="json") if written else None,
        summary=collection.summary(content) if written else None,
        author=False,
        publish=step.publishes,
        why=why,
    )


@contextmanager
def at(place: str) -> Iterator[None]:
    """Name the row of an import, or one of several records, in whatever refuses it."""
    try:
        yield
    except VigieError as error:
        error.sentence = _("{place}: {sentence}").format(place=place, sentence=error.sentence)
        error.args = (error.sentence,)
        raise
