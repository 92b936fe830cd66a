"""What an import would do, row by row, before anything is done: new, changed field by field, unchanged, or refused.

A row is matched with a record by its reference, else by its name; a row that names nothing, or a name that several
records have, by all that it says (`core.records.importing.match`). A file says what it says: fields that it does not
hold stay as they are, and so do the columns of rows that it does not hold. Nothing is written before `carry_out`, which
does all of it in one transaction or none.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import islice
from typing import Any, TypeVar

import sqlalchemy as sa

from core.base.errors import InputInvalid
from core.base.i18n import N_, _, ngettext, show_number
from core.records import acts, check, diff, records
from core.records.bulk import Ready
from core.records.cells import with_left
from core.records.collection import Collection
from core.records.diff import Difference
from core.records.fields import LONG_LENGTH, Asked, Form, Kind
from core.records.importing.apply import Applied, Incoming, apply
from core.records.importing.match import Matcher
from core.records.lists import Lists
from core.records.records import Line, Record
from core.records.row import Row

MOST_ROWS = 100_000
"""Rows of one import."""
LONGEST_REF = 60
_CHUNK = 500

T = TypeVar("T")


class Fate(StrEnum):
    """What becomes of a row."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    REFUSED = "refused"


FATE_NAMES: dict[Fate, str] = {
    Fate.NEW: N_("new"),
    Fate.CHANGED: N_("changed"),
    Fate.UNCHANGED: N_("unchanged"),
    Fate.REFUSED: N_("refused"),
}


def counted(fate: Fate, n: int) -> str:
    """How many rows have a fate, in words."""
    words = {
        Fate.NEW: ngettext("{n} new", "{n} new", n),
        Fate.CHANGED: ngettext("{n} changed", "{n} changed", n),
        Fate.UNCHANGED: ngettext("{n} unchanged", "{n} unchanged", n),
        Fate.REFUSED: ngettext("{n} refused", "{n} refused", n),
    }
    return words[fate].format(n=show_number(n))


@dataclass(frozen=True)
class Planned:
    """What becomes of a row. `differences` of a changed one: `words.tell` says them. `told`: what was understood
    otherwise than it was written. `why` it is refused. `ready`: what would be written."""

    place: str
    fate: Fate
    ref: str
    name: str
    differences: tuple[Difference, ...] = ()
    told: tuple[str, ...] = ()
    why: str = ""
    ready: Ready | None = None


@dataclass(frozen=True)
class Plan:
    """What an import would do, checked with these lists of values. `unknown`: the words that lists lack, as
    (list, words) → times. `absent`: the open records that the file does not name; they stay as they are."""

    collection: Collection
    lists: Lists
    rows: tuple[Planned, ...]
    unknown: Mapping[tuple[str, str], int]
    absent: tuple[Line, ...] = ()

    def count(self, fate: Fate) -> int:
        """How many rows have this fate."""
        return sum(row.fate is fate for row in self.rows)

    @property
    def writes(self) -> int:
        """How many records it would write."""
        return self.count(Fate.NEW) + self.count(Fate.CHANGED)

    @property
    def removals(self) -> int:
        """How many answers of records it would take back."""
        every = (difference for row in self.rows if row.fate is Fate.CHANGED for difference in row.differences)
        return sum(change.before not in ("", None) and change.after in ("", None) for change in every)


def make(
    connection: sa.Connection,
    collection: Collection,
    lists: Lists,
    rows: Iterable[Row],
    step: Callable[[int, int], None] = lambda _done, _of: None,
) -> Plan:
    """Compare what a file says with the collection as it is. `step` is told how many rows are done, and of how many.

    Raises InputInvalid when there are too many rows.
    """
    read: list[Row] = []
    for row in rows:
        read.append(row)
        if len(read) > MOST_ROWS:
            raise InputInvalid(_("More than {n} rows: import them in several files.").format(n=MOST_ROWS))
    matcher = Matcher(connection, collection, read)
    refs = collection.next_refs({*matcher.refs, *(row.ref for row in read)})
    planned: list[Planned] = []
    for chunk in _chunks(read, _CHUNK):
        matched = [matcher.match(row) for row in chunk]
        known = records.several(connection, collection.kind, {line.id for line in matched if isinstance(line, Line)})
        for row, line in zip(chunk, matched, strict=True):
            if isinstance(line, str):
                planned.append(_refused(row, line))
                continue
            record = known.get(line.id) if line else None
            planned.append(_plan(collection, lists, row if record else matcher.named(row), record, refs))
        step(len(planned), len(read))
    unknown = Counter(words for row in read for words in row.unknown)
    return Plan(collection, lists, tuple(planned), dict(unknown), matcher.absent)


def carry_out(connection: sa.Connection, person_id: int, plan: Plan) -> Applied:
    """Write what is planned, in the one transaction of this connection: all of it, or on any error nothing.

    Refused rows are left out. Raises NotAllowed; InputInvalid or Conflict, naming the row, when a record changed
    since the plan was made.
    """
    rows = [Incoming(row.place, row.ready, bool(row.ref)) for row in plan.rows if row.ready]
    done = apply(connection, plan.collection, person_id, rows, plan.lists)
    return replace(done, unchanged=done.unchanged + plan.count(Fate.UNCHANGED))


def _chunks(rows: Iterable[T], size: int) -> Iterator[list[T]]:
    waiting = iter(rows)
    while chunk := list(islice(waiting, size)):
        yield chunk


def _refused(row: Row, why: str) -> Planned:
    return Planned(row.place, Fate.REFUSED, row.ref, row.name, told=row.told, why=why)


def _plan(collection: Collection, lists: Lists, row: Row, record: Record | None, refs: Iterator[str]) -> Planned:
    """What becomes of a row that may be kept. `refs` are those that Vigie gives."""
    form, content = collection.form, json.loads(row.content)
    remarks = list(row.told)
    if record is not None and record.published is not None and row.ref not in ("", record.ref):
        remarks.append(_("The reference stays {ref}: it was published.").format(ref=record.ref))
        del content["ref"]
    before = record.data if record else {}
    data, refused = check.offered(form, _proposed(form, before, content, row), lists, before)
    remarks += _note(form, data, row.left)
    for asked, code in refused:
        words = lists.label(asked.choices, code)
        sentence = _("{field}: the list does not offer “{value}”; it stands in the notes.")
        remarks.append(sentence.format(field=_(asked.label), value=words))
        remarks += _note(form, data, [(_(asked.label), words)])
    data, over = check.fitted(form, data)
    for asked, text in over:
        sentence = _("{field}: at most {n} characters; the rest stands in the notes.")
        remarks.append(sentence.format(field=_(asked.label), n=show_number(asked.most)))
        remarks += _note(form, data, [(_(asked.label), text)])
    if len(str(data.get("ref") or "")) > LONGEST_REF:
        return _refused(row, _("A reference has at most {n} characters.").format(n=LONGEST_REF))
    try:
        entry = check.read(form, data, lists, record.data if record else None)
    except InputInvalid as error:
        return _refused(row, error.sentence)
    if not entry.name:
        return _refused(row, _("A record needs a name."))
    if record is None:
        remarks += row.alike
        ready = acts.to_add(collection, acts.begun(collection, entry, entry.ref or next(refs)))
        return Planned(row.place, Fate.NEW, entry.ref, entry.name, told=tuple(remarks), ready=ready)
    kept = check.stored(form, record.data)
    changes = tuple(diff.differences(kept.model_dump(mode="json"), entry.model_dump(mode="json"), form.keys))
    if changes and record.state in collection.workflow.closed and not collection.workflow.held:
        return _refused(row, acts.say_closed(collection, record.state))
    fate = Fate.CHANGED if changes else Fate.UNCHANGED
    change = acts.to_change(collection, record, kept, entry, changes) if changes else None
    return Planned(row.place, fate, entry.ref, entry.name, changes, tuple(remarks), ready=change)


def _proposed(form: Form, before: Mapping[str, Any], content: Mapping[str, Any], row: Row) -> dict[str, Any]:
    """The whole content that a row proposes for a record."""
    fields = {field.name: field for field in form.fields}
    data = dict(before)
    for name, value in content.items():
        asked = fields.get(name)
        if asked and asked.kind is Kind.ROWS:
            value = _rows(asked, before.get(name), value, form, ordered=row.whole or asked.ordered)
        data[name] = value
    for name, value in row.defaults.items():
        if data.get(name) is None:
            data[name] = value
    data["ref"] = data.get("ref") or before.get("ref") or ""
    return data


def _note(form: Form, data: dict[str, Any], left: Sequence[tuple[str, str]]) -> list[str]:
    """Keep words that found no place in the notes; where there is no room, say them."""
    without_room = []
    for label, text in left:
        notes = with_left(str(data.get("notes") or ""), [(label, text)])
        if "notes" in form.model.model_fields and len(notes) <= LONG_LENGTH:
            data["notes"] = notes
        else:
            without_room.append(_("Found no place: {label}: {value}").format(label=label, value=text))
    return without_room


def _rows(asked: Asked, before: Any, answer: Any, form: Form, *, ordered: bool) -> Any:
    """The rows that a file names, each with the columns that the file does not hold as they were.

    Unless the file's order counts (`ordered`), those that stood there before stand where they stood.
    """
    if not before or not answer or not all(isinstance(row, dict) for row in answer):
        return answer
    keys = form.keys[asked.path]
    known, new = diff.named(before, keys), diff.named(answer, keys)
    names = list(new) if ordered else [*(name for name in known if name in new), *(n for n in new if n not in known)]
    return [{**known.get(name, {}), **new[name]} for name in names]
