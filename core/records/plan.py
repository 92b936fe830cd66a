"""What an import would do, row by row, before anything is done: new, changed field by field, unchanged, or refused.

A row is matched with a record by its reference, else by its name. A file says what it says: fields that it does not
hold stay as they are, and so do the columns of rows that it does not hold. Nothing is written before `carry_out`, which
does all of it in one transaction or none.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from itertools import islice
from typing import Any, TypeVar

import sqlalchemy as sa

from core.base.errors import InputInvalid
from core.base.i18n import N_, _, ngettext, show_number
from core.records import acts, check, diff, records
from core.records.apply import Applied, Incoming, apply
from core.records.bulk import Ready
from core.records.cells import Reading, with_left
from core.records.collection import Collection
from core.records.diff import Difference
from core.records.fields import Asked, Form, Kind
from core.records.lists import Lists
from core.records.records import Line, Record, fold

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
class Row:
    """What a file says of a record, and where. `whole`: it says everything, so that only its reference counts.

    `ref` and `name` are the file's, tidied. `content` is JSON, for many rows wait in memory. `defaults` (which rows
    share) answer what nobody has answered. `left` are words that found no place, `unknown` those that a list lacks:
    see `cells.Reading`.
    """

    place: str
    ref: str
    name: str
    content: bytes
    whole: bool = False
    told: tuple[str, ...] = ()
    left: tuple[tuple[str, str], ...] = ()
    unknown: tuple[tuple[str, str], ...] = ()
    defaults: Mapping[str, Any] = field(default_factory=dict)
    refused: str = ""


def row(place: str, data: Mapping[str, Any], reading: Reading, **more: Any) -> Row:
    """A row as it was read."""
    ref, name = (" ".join(str(data.get(key) or "").split()) for key in ("ref", "name"))
    told, left, unknown = tuple(reading.told), tuple(reading.left), tuple(reading.unknown)
    content = json.dumps(data, ensure_ascii=False).encode()
    return Row(place, ref, name, content, told=told, left=left, unknown=unknown, **more)


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
    (list, words) → times."""

    collection: Collection
    lists: Lists
    rows: tuple[Planned, ...]
    unknown: Mapping[tuple[str, str], int]

    def count(self, fate: Fate) -> int:
        """How many rows have this fate."""
        return sum(one.fate is fate for one in self.rows)

    @property
    def writes(self) -> int:
        """How many records it would write."""
        return self.count(Fate.NEW) + self.count(Fate.CHANGED)


def make(connection: sa.Connection, collection: Collection, lists: Lists, rows: Iterable[Row]) -> Plan:
    """Compare what a file says with the collection as it is. Raises InputInvalid when there are too many rows."""
    read: list[Row] = []
    for one in rows:
        read.append(one)
        if len(read) > MOST_ROWS:
            raise InputInvalid(_("More than {n} rows: import them in several files.").format(n=MOST_ROWS))
    matcher = _Matcher(connection, collection, read)
    refs = collection.next_refs({*matcher.refs, *(one.ref for one in read)})
    planned: list[Planned] = []
    for chunk in _chunks(read, _CHUNK):
        matched = [matcher.match(one) for one in chunk]
        found = records.several(connection, collection.kind, {line.id for line in matched if isinstance(line, Line)})
        for one, line in zip(chunk, matched, strict=True):
            record = found.get(line.id) if isinstance(line, Line) else None
            planned.append(line if isinstance(line, Planned) else _plan(collection, lists, one, record, refs))
    unknown = Counter(words for one in read for words in one.unknown)
    return Plan(collection, lists, tuple(planned), dict(unknown))


def carry_out(connection: sa.Connection, person_id: int, plan: Plan) -> Applied:
    """Write what is planned, in the one transaction of this connection: all of it, or on any error nothing.

    Refused rows are left out. Raises NotAllowed; InputInvalid or Conflict, naming the row, when a record changed
    since the plan was made.
    """
    rows = [Incoming(one.place, one.ready, bool(one.ref)) for one in plan.rows if one.ready]
    done = apply(connection, plan.collection, person_id, rows, plan.lists)
    return replace(done, unchanged=done.unchanged + plan.count(Fate.UNCHANGED))


def _chunks(rows: Iterable[T], size: int) -> Iterator[list[T]]:
    waiting = iter(rows)
    while chunk := list(islice(waiting, size)):
        yield chunk


class _Matcher:
    """Finds the record of each row, and sees to it that no two rows claim the same."""

    def __init__(self, connection: sa.Connection, collection: Collection, rows: Sequence[Row]) -> None:
        lines = records.find(connection, collection.kind).lines
        self._by_ref = {line.ref: line for line in lines}
        self._apart = collection.apart
        self._by_name: dict[tuple[str, ...], list[Line]] = {}
        said = {name: records.values(connection, name, collection.kind) for name in self._apart}
        for line in lines:
            if line.state not in collection.workflow.closed or collection.workflow.held:
                apart = (fold(" ".join(said[name].get(line.id, ()))) for name in self._apart)
                self._by_name.setdefault((fold(line.title), *apart), []).append(line)
        self._by_others = {self._by_ref[one.ref].id for one in rows if one.ref in self._by_ref}
        self.refs = frozenset(self._by_ref)
        self._claimed: dict[int, str] = {}
        self._refs: dict[str, str] = {}

    def match(self, one: Row) -> Line | Planned | None:
        """The row's record, None for a new one, or why the row is refused."""
        if one.refused:
            return _refused(one, one.refused)
        if one.ref and one.ref in self._refs:
            why = _("The reference {ref} stands in {place} too: each record has its own.")
            return _refused(one, why.format(ref=one.ref, place=self._refs[one.ref]))
        self._refs[one.ref] = one.place
        line = self._by_ref.get(one.ref)
        if line is None and one.name and not (one.whole and one.ref):
            alike = [found for found in self._by_name.get(self._key(one), ()) if found.id not in self._by_others]
            if len(alike) > 1:
                return _refused(one, _("Several records have this name: give the reference of one."))
            line = alike[0] if alike else None
        if line is None:
            return None
        if line.id in self._claimed:
            return _refused(one, _("{place} is about the same record.").format(place=self._claimed[line.id]))
        self._claimed[line.id] = one.place
        return line

    def _key(self, one: Row) -> tuple[str, ...]:
        """A row's name, with what tells records of one name apart."""
        said = json.loads(one.content) if self._apart else {}
        return (fold(one.name[:500]), *(fold(" ".join(str(said.get(name) or "").split())) for name in self._apart))


def _refused(one: Row, why: str) -> Planned:
    return Planned(one.place, Fate.REFUSED, one.ref, one.name, told=one.told, why=why)


def _plan(collection: Collection, lists: Lists, one: Row, record: Record | None, refs: Iterator[str]) -> Planned:
    """What becomes of a row that may be kept. `refs` are those that Vigie gives."""
    form, said = collection.form, json.loads(one.content)
    told = list(one.told)
    if record is not None and record.published is not None and one.ref not in ("", record.ref):
        told.append(_("The reference stays {ref}: it was published.").format(ref=record.ref))
        del said["ref"]
    data, refused = check.offered(
        form, _proposed(form, record.data if record else {}, said, one), lists, record.data if record else {}
    )
    for asked, code in refused:
        words = lists.label(asked.choices, code)
        sentence = _("{field}: the list does not offer “{value}”; it stands in the notes.")
        told.append(sentence.format(field=_(asked.label), value=words))
        _note(form, data, [(_(asked.label), words)])
    if len(str(data.get("ref") or "")) > LONGEST_REF:
        return _refused(one, _("A reference has at most {n} characters.").format(n=LONGEST_REF))
    try:
        entry = check.read(form, data, lists, record.data if record else None)
    except InputInvalid as error:
        return _refused(one, error.sentence)
    if not entry.name:
        return _refused(one, _("A record needs a name."))
    if record is None:
        ready = acts.to_add(collection, acts.begun(collection, entry, entry.ref or next(refs)))
        return Planned(one.place, Fate.NEW, entry.ref, entry.name, told=tuple(told), ready=ready)
    kept = check.stored(form, record.data)
    found = tuple(diff.differences(kept.model_dump(mode="json"), entry.model_dump(mode="json"), form.keys))
    if found and record.state in collection.workflow.closed and not collection.workflow.held:
        return _refused(one, acts.say_closed(collection, record.state))
    fate = Fate.CHANGED if found else Fate.UNCHANGED
    change = acts.to_change(collection, record, kept, entry, found) if found else None
    return Planned(one.place, fate, entry.ref, entry.name, found, tuple(told), ready=change)


def _proposed(form: Form, before: Mapping[str, Any], said: Mapping[str, Any], one: Row) -> dict[str, Any]:
    """The whole content that a row proposes for a record."""
    fields = {field.name: field for field in form.fields}
    data = dict(before)
    for name, value in said.items():
        asked = fields.get(name)
        if asked and asked.kind is Kind.ROWS:
            value = _rows(asked, before.get(name), value, form, ordered=one.whole or asked.ordered)
        data[name] = value
    for name, value in one.defaults.items():
        if data.get(name) is None:
            data[name] = value
    data["ref"] = data.get("ref") or before.get("ref") or ""
    if one.left:
        _note(form, data, one.left)
    return data


def _note(form: Form, data: dict[str, Any], left: Sequence[tuple[str, str]]) -> None:
    """Keep words that found no place in the notes, where the form has some."""
    if "notes" in form.model.model_fields:
        data["notes"] = with_left(str(data.get("notes") or ""), left)


def _rows(asked: Asked, before: Any, said: Any, form: Form, *, ordered: bool) -> Any:
    """The rows that a file names, each with the columns that the file does not hold as they were.

    Unless the file's order counts (`ordered`), those that stood there before stand where they stood.
    """
    if not before or not said or not all(isinstance(row, dict) for row in said):
        return said
    keys = form.keys[asked.path]
    known, new = diff.named(before, keys), diff.named(said, keys)
    names = list(new) if ordered else [*(name for name in known if name in new), *(n for n in new if n not in known)]
    return [{**known.get(name, {}), **new[name]} for name in names]
