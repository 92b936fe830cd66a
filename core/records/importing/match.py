"""Which record each row of a file is about: by its reference, else by its name, else by all that it says."""

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from itertools import count
from typing import Any

import sqlalchemy as sa

from core.base.i18n import _
from core.records import records
from core.records.collection import Collection
from core.records.lists import loosely
from core.records.records import Line, fold
from core.records.row import Row

_NUMBER = re.compile(r" \(\d+\)$")
_LEAST_ALIKE = 8
"""Letters of a name from which one that misses or changes a letter is nearly the same."""
Key = tuple[str, ...]


class Matcher:
    """Finds the record of each row, and sees to it that no two rows claim the same."""

    def __init__(self, connection: sa.Connection, collection: Collection, rows: Sequence[Row]) -> None:
        self._connection, self._collection, self._rows = connection, collection, rows
        self._lines = records.find(connection, collection.kind).lines
        closed = () if collection.workflow.held else collection.workflow.closed
        self._open = [line for line in self._lines if line.state not in closed]
        self._by_ref = {line.ref: line for line in self._lines}
        self._by_name: dict[Key, list[Line]] = defaultdict(list)
        values_apart = {name: records.values(connection, name, collection.kind) for name in collection.apart}
        for line in self._open:
            apart = (fold(" ".join(values_apart[name].get(line.id, ()))) for name in collection.apart)
            self._by_name[fold(line.title), *apart].append(line)
        self._by_others = {self._by_ref[row.ref].id for row in rows if row.ref in self._by_ref}
        self._titles = {fold(line.title) for line in self._lines}
        self.refs = frozenset(self._by_ref)
        self._claimed: dict[int, str] = {}
        self._refs: dict[str, str] = {}
        self._by_content = self._found_by_content()

    @property
    def absent(self) -> tuple[Line, ...]:
        """The open records that no row is about; known once every row was matched."""
        gone = self._collection.workflow.closed
        return tuple(line for line in self._lines if line.id not in self._claimed and line.state not in gone)

    def match(self, row: Row) -> Line | str | None:
        """The row's record, None for a new one, or why the row is refused."""
        if row.refused:
            return row.refused
        if row.ref and row.ref in self._refs:
            why = _("The reference {ref} stands in {place} too: each record has its own.")
            return why.format(ref=row.ref, place=self._refs[row.ref])
        self._refs[row.ref] = row.place
        line = self._by_ref.get(row.ref) or self._by_content.get(row.place)
        if line is None and row.name and not (row.whole and row.ref):
            alike = [line for line in self._alike(row) if line.id not in self._by_others]
            if len(alike) > 1:
                return _("Several records have this name: give the reference of one.")
            line = alike[0] if alike else None
        if line is None:
            return None
        if line.id in self._claimed:
            return _("{place} is about the same record.").format(place=self._claimed[line.id])
        self._claimed[line.id] = row.place
        return line

    def named(self, row: Row) -> Row:
        """A new record's row: with a name that no other record has where the file gives none, and told of records
        whose names are nearly the same."""
        if row.proposed:
            words = _NUMBER.sub("", row.proposed)
            tries = _numbered(row.proposed, words)
            name = next(name for name in tries if fold(name) not in self._titles)
            self._titles.add(fold(name))
            content = json.dumps({**json.loads(row.content), "name": name}, ensure_ascii=False).encode()
            return replace(row, name=name, content=content)
        sentence = _("{ref} has nearly the same name: {name}. Give its reference in the file to change it.")
        alike = {line.id: line for key in _near(row.name) for line in self._nearly.get(key, ())}
        sentences = [sentence.format(ref=line.ref, name=line.title) for line in list(alike.values())[:3]]
        return replace(row, alike=tuple(sentences)) if sentences else row

    @cached_property
    def _nearly(self) -> Mapping[str, list[Line]]:
        lines_by_words: dict[str, list[Line]] = defaultdict(list)
        for line in self._open:
            for key in _near(line.title):
                lines_by_words[key].append(line)
        return lines_by_words

    def _alike(self, row: Row) -> list[Line]:
        """The records of a row's name, with what tells records of one name apart."""
        content = json.loads(row.content) if self._collection.apart else {}
        apart = (fold(" ".join(str(content.get(name) or "").split())) for name in self._collection.apart)
        return self._by_name.get((fold(row.name[:500]), *apart), [])

    def _found_by_content(self) -> dict[str, Line]:
        """The records of the rows that no name tells apart, by the row's place: each says already all that its row
        says; where one such row and one record whose name was proposed are left, they are the same."""
        unsure = [row for row in self._rows if not row.refused and row.ref not in self._by_ref and self._is_unsure(row)]
        if not unsure:
            return {}
        contents = [(row, json.loads(row.content)) for row in unsure]
        columns = _columns(content for _one, content in contents)
        names = {frozenset(content) - {"name", "ref"} for _one, content in contents}
        held: dict[tuple[frozenset[str], str], list[Line]] = defaultdict(list)
        bases: dict[str, list[Line]] = defaultdict(list)
        lines = {line.id: line for line in self._open if line.id not in self._by_others}
        for record in records.contents(self._connection, self._collection.kind):
            if record.id in lines:
                for fields in names:
                    held[fields, _said(record.data, fields, columns)].append(lines[record.id])
                bases[fold(_NUMBER.sub("", record.title))].append(lines[record.id])
        line_by_place: dict[str, Line] = {}
        left: dict[str, list[Row]] = defaultdict(list)
        taken: set[int] = set()
        for unsure_row, content in contents:
            fields = frozenset(content) - {"name", "ref"}
            alike = held[fields, _said(content, fields, columns)]
            here = {line.id for line in self._alike(unsure_row)} if unsure_row.name else None
            line = next((line for line in alike if line.id not in taken and (here is None or line.id in here)), None)
            if line:
                line_by_place[unsure_row.place] = line
                taken.add(line.id)
            else:
                left[fold(_NUMBER.sub("", unsure_row.proposed or unsure_row.name))].append(unsure_row)
        for base, rows in left.items():
            free = [line for line in bases.get(base, ()) if line.id not in taken]
            if len(rows) == len(free) == 1:
                line_by_place[rows[0].place] = free[0]
        return line_by_place

    def _is_unsure(self, row: Row) -> bool:
        """Whether a row has no name, or one that several records have."""
        return bool(row.proposed) or (bool(row.name) and not row.whole and len(self._alike(row)) > 1)


def _numbered(proposed: str, words: str) -> Iterable[str]:
    yield proposed
    for number in count(1):
        yield f"{words} ({number})"


def _columns(contents: Iterable[Mapping[str, Any]]) -> Mapping[str, frozenset[str]]:
    """The columns of rows that a file speaks of, by field."""
    columns_by_field: dict[str, set[str]] = defaultdict(set)
    for content in contents:
        for name, value in content.items():
            for row in value if isinstance(value, list) else ():
                if isinstance(row, dict):
                    columns_by_field[name].update(row)
    return {name: frozenset(columns) for name, columns in columns_by_field.items()}


def _said(content: Mapping[str, Any], fields: Iterable[str], columns: Mapping[str, frozenset[str]]) -> str:
    """What a content says of the fields and columns that a file speaks of, as one text."""
    filled = {}
    for name in sorted(fields):
        value = content.get(name)
        if isinstance(value, list) and name in columns:
            value = [{key: row[key] for key in sorted(columns[name]) if row.get(key)} for row in value]
        filled[name] = value
    return json.dumps(filled, ensure_ascii=False, sort_keys=True)


def _near(name: str) -> set[str]:
    """Keys of which names that are nearly the same share one: without accents, signs, plural and articles, and where
    long enough with any one letter left out."""
    key = loosely(name).replace(" ", "")
    if len(key) < _LEAST_ALIKE or any(letter.isdigit() for letter in key):
        return {key} if key else set()
    return {key, *(key[:at] + key[at + 1 :] for at in range(len(key)))}
