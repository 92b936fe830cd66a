"""Which column of a table goes to which field: guessed from its name, corrected by a person, remembered.

A mapping is {column: path of the field}, "" for a column that is left out. What no field takes goes to the notes. It
is kept by the names of the columns, so that the next file of the same shape is read the same way.
"""

import re
from collections.abc import Mapping, Sequence, Set
from dataclasses import replace
from hashlib import sha256

import sqlalchemy as sa

from core.base.errors import InputInvalid
from core.base.i18n import _
from core.people import rights
from core.records import flat, records
from core.records.collection import Collection
from core.records.fields import ANSWERS, Form, Kind
from core.records.lists import Lists
from core.records.records import Summary
from core.sources.limits import LONGEST_NAME
from core.sources.mapping import Field, guess, plain
from core.sources.values import kinds

NOTES = "notes"
"""The field of what found no other."""


def known(collection: Collection, name: str) -> bool:
    """Whether a column's name is one that an import looks for: it helps to find the header row."""
    if len(name) > LONGEST_NAME:
        return False
    asked = plain(name) in collection.guesses.plain_words
    own = flat.find(collection.form, name) is not None or flat.is_mark(name)
    return asked or own or any(known(collection, part) for part in parts(name))


def propose(
    collection: Collection, columns: Sequence[str], lists: Lists | None = None, ticked: Set[str] = frozenset()
) -> dict[str, str]:
    """A mapping for columns, by their names; each field is filled once. `ticked`: columns that hold nothing but ticks,
    which may name a value of the lists."""
    form, guesses = collection.form, collection.guesses
    ticks = {plain(word): path for path, words in guesses.ticks.items() for word in words.split("|")}
    ticks |= {plain(column): path for column, path in _values(collection, columns, lists, ticked).items()}
    own = {
        column: slot.path
        for column in columns
        if (slot := flat.find(form, column)) is not None
        and not (slot.field.kind is Kind.LINKS and plain(column) in ticks)  # others write names there, not references
    }
    taken = set(own.values())
    own |= {column: path for column in columns if column not in own and (path := ticks.get(plain(column)))}
    free = [column for column in columns if column not in own and not answer_of(column)]
    fields = [
        Field(path, path, kinds.Kind.TEXT, tuple(words.split("|")))
        for path, words in guesses.words.items()
        if path not in taken and flat.at(form, path)
    ]
    guessed = {column: path for path, column in guess(free, fields).items()}
    also = {
        plain(word): path for path, words in guesses.also.items() for word in words.split("|") if flat.at(form, path)
    }
    for column in free:
        if column not in guessed and (path := _also(also, plain(column))):
            guessed[column] = path
    rest = NOTES if NOTES in form.model.model_fields else ""
    proposed = {column: own.get(column) or guessed.get(column, rest) for column in columns}
    for column in columns:
        if column not in {**own, **guessed} and (path := _in_part(collection, column, proposed)):
            proposed[column] = guessed[column] = path
    return _which(collection, proposed, {*own, *guessed})


def parts(name: str) -> list[str]:
    """The names that a head holds in two languages (`Finalités / Purposes`), and the question of a yes and a no that
    stand in columns of their own (`Données sensibles Oui`); none where it holds but one."""
    if side := answer_of(name):
        return [side[0]]
    pieces = [part.strip() for part in name.split(" / ")]
    return pieces if len(pieces) > 1 else []


def answer_of(name: str) -> tuple[str, str] | None:
    """The question and the answer that a column's name tells; None where it tells no answer."""
    match = _SIDE.fullmatch(name.strip())
    return (match[1], match[2]) if match and not _EITHER.search(match[1]) else None


_EITHER = re.compile(r"(?i)\b(?:oui|non|yes|no|[ony])\b")
"""A head that tells both answers asks its question alone: `Transferts (oui - non)`."""
_SIDE = re.compile(r"(?i)(.*[^\s/(-])[\s(-]+(oui|non|yes|no)\)?")


def _in_part(collection: Collection, column: str, proposed: Mapping[str, str]) -> str:
    """The field that a part of a column's name tells, where no other column fills it but beside others."""
    for part in parts(column):
        path = propose(collection, [part])[part]
        slot = flat.at(collection.form, path) if path not in ("", NOTES) else None
        if slot and (path not in proposed.values() or (slot.asked.kind in ANSWERS and not slot.code)):
            return path
    return ""


def _values(collection: Collection, columns: Sequence[str], lists: Lists | None, ticked: Set[str]) -> dict[str, str]:
    """Of columns of ticks, the value of a list that their name is, alone or behind its field: `Base légale : Contrat`.
    Where several lists have it, that of the column before, then that of a field that the law asks for."""
    if lists is None:
        return {}
    named = {plain(word): path for path, words in collection.guesses.words.items() for word in words.split("|")}
    asked = [
        column for field in collection.form.fields for column in (field, *field.columns) if flat.ticked_list(column)
    ]
    asked.sort(key=lambda column: not column.basis)
    paths, before = {}, ""
    for column in columns:
        here: dict[str, str] = {}
        words = column.split() if column in ticked and plain(column) not in collection.guesses.plain_words else []
        for at in range(len(words)):
            group, value = plain(" ".join(words[:at])), " ".join(words[at:]).strip(":-–/· ")
            for asked_field in asked if not group or group in named else ():
                code, rest = lists.parse(flat.ticked_list(asked_field), value)
                if code and not rest and (not group or named[group] == asked_field.path):
                    here.setdefault(asked_field.path, code)
        before = before if before in here else next(iter(here), "")
        if before:
            paths[column] = f"{before}={here[before]}"
    return paths


_WHICH = re.compile(r"sioui|lesquel|precise")
"""What the plain name of a column begins with that says what the one before it says yes to."""


def _which(collection: Collection, mapping: Mapping[str, str], sure: Set[str]) -> dict[str, str]:
    """A mapping in which a column that found no field goes to the one that the column before it answers, where its
    name says so («Si oui, lesquelles»), or to a field that the collection names and that another column answers."""
    form, proposed = collection.form, dict(mapping)
    named = {plain(word): path for path, words in collection.guesses.which.items() for word in words.split("|")}
    before = ""
    for column in mapping:
        name, further = plain(column), ""
        if column not in sure:
            slot = flat.at(form, before)
            if _WHICH.match(name) and slot and not slot.column and not slot.code and slot.field.kind in ANSWERS:
                further = before
            elif named.get(name) in proposed.values():
                further = named[name]
        if further:
            proposed[column] = further
        before = proposed[column]
    return proposed


def _also(also: Mapping[str, str], name: str) -> str:
    """The field to which a further column of a name belongs."""
    return also.get(name) or next((path for word, path in also.items() if word in name), "")


def is_noted(collection: Collection, column: str, path: str) -> bool:
    """Whether a column goes to the notes for want of a field, so that its values stand there under its name."""
    words = collection.guesses.words.get(NOTES, NOTES)
    return path == NOTES and plain(column) not in {plain(word) for word in words.split("|")}


def targets(form: Form, lists: Lists) -> dict[str, str]:
    """Every path that a column may go to, with its name in the person's language, in the order of the form."""
    headers: dict[str, str] = {}
    for field in form.fields:
        for slot in (flat.Slot(field), *(flat.Slot(field, column) for column in field.columns)):
            headers[slot.path] = slot.header
        codes = (flat.Slot(field), *(flat.Slot(field, column) for column in field.columns if column.kind is Kind.CODES))
        for slot in codes:
            name = flat.ticked_list(slot.asked)
            for code in lists.options(name) if name else ():
                tick = replace(slot, code=code)
                headers[tick.path] = _("{label}: {value}").format(label=tick.header, value=lists.label(name, code))
    return headers


def check(form: Form, mapping: Mapping[str, str]) -> None:
    """Raise InputInvalid when a mapping names a field that does not exist, or fills one from two columns.

    Long texts, lists and what is said of every row may come from several columns.
    """
    filled: set[str] = set()
    for column, path in mapping.items():
        slot = flat.at(form, path) if path else None
        if path and slot is None:
            raise InputInvalid(_("{column}: the field {path} does not exist.").format(column=column, path=path))
        several = (*ANSWERS, Kind.CODES, Kind.LONG)
        if slot and path in filled and slot.asked.kind not in several and slot.column is None:
            raise InputInvalid(_("{field} is filled by two columns: choose one.").format(field=slot.header))
        filled.add(path)


def remembered(connection: sa.Connection, collection: Collection, columns: Sequence[str]) -> dict[str, str] | None:
    """The mapping that somebody kept for columns of these names; None when nobody did."""
    kind = _kind(collection)
    number = records.refs(connection, kind).get(_signature(collection.form, columns))
    if number is None:
        return None
    kept: dict[str, str] = records.get(connection, kind, number).data["mapping"]
    return {column: kept.get(plain(column), "") for column in columns}


def remember(connection: sa.Connection, collection: Collection, person_id: int, mapping: Mapping[str, str]) -> None:
    """Keep a mapping for the next table with these columns. Raises NotAllowed, InputInvalid."""
    person = rights.require(connection, person_id, collection.home, act=True)
    check(collection.form, mapping)
    kind, signature = _kind(collection), _signature(collection.form, list(mapping))
    data = {"mapping": {plain(column): path for column, path in mapping.items()}}
    summary = Summary(ref=signature, title=", ".join(mapping), completeness=100, search="")
    number = records.refs(connection, kind).get(signature)
    if number is None:
        records.add(connection, kind, [(summary, data)], who=person.name, state="kept")
        return
    before = records.get(connection, kind, number)
    if before.data != data:
        records.save(
            connection,
            before,
            version=before.version,
            who=person.name,
            action="save",
            state="kept",
            keys={},
            data=data,
            summary=summary,
        )


def _kind(collection: Collection) -> str:
    """The kind of record that a mission's mappings are kept as."""
    return f"{collection.mission}_mapping"


def _signature(form: Form, columns: Sequence[str]) -> str:
    names = "\n".join(sorted(plain(column) for column in columns))
    return sha256(f"{form.kind}\n{names}".encode()).hexdigest()[:40]
