"""Names of people: how they are kept from whoever is not told them.

Who is told them is said by `MISSION.people`, and the lake's views hold no personal column for anybody else, who also
finds the names that Jira knows blotted out of what people typed, labels and components included. A first name or a
surname alone stays: it is a word like others.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

import pyarrow as pa
import sqlalchemy as sa

from core.base.cache import OfFrame
from core.facts.query import Reader, Result
from core.mission.discovery import warehouse
from core.people.person import EVERYTHING
from pages.jira.blots import Blots
from pages.jira.conditions import C, I, query
from pages.jira.facts import CHANGES, ISSUES, PEOPLE_FIELDS, WORKLOGS

TYPED = ("summary", "before", "after", "labels", "label")
"""Columns that hold what people typed, in which an account's name of one word is a name too."""
CHOSEN = ("components", "client", "name", "code", "value", "type", "request_type")
"""Columns of what is chosen from lists, in which one word is a word: a client may be called as a shared account is."""
_blotted: OfFrame[pa.Table] = OfFrame(entries=300)
_blots: OfFrame[tuple[Blots, Blots]] = OfFrame(entries=8)


def _names() -> sa.Select[tuple[str]]:
    """Whoever works on something, asked for it, changed it or logged time on it, and whom histories name."""
    called = (I.assignee, I.assignee_id, I.assignee_mail, I.reporter, C.author, WORKLOGS.sql.c.author)
    about = sa.func.lower(C.field).in_([sa.literal_column(f"'{field}'") for field in PEOPLE_FIELDS])
    sources = [sa.select(name.label("name")).distinct() for name in called]
    sources += [sa.select(name.label("name")).where(about).distinct() for name in (C.before, C.after)]
    each = sa.union(*sources).subquery()
    return sa.select(each.c.name).where(each.c.name.is_not(None))


NAMES = query("names", _names(), tables=(ISSUES, CHANGES, WORKLOGS))
"""The names that people go by in Jira."""


class Discretion:
    """Blots people's names out of answers; with `named`, leaves them as they are."""

    def __init__(self, reader: Reader, *, named: bool) -> None:
        self._blots = None if named else blots(reader)

    def result(self, answer: Result) -> Result:
        """The answer without names in what people typed."""
        if self._blots is None:
            return answer
        return replace(answer, table=_blotted.get(answer.table, self._blots, lambda: self.table(answer.table)))

    def table(self, table: pa.Table) -> pa.Table:
        """A table without names in what people typed."""
        if self._blots is None:
            return table
        typed, chosen = self._blots
        for place, field in enumerate(table.schema):
            if pa.types.is_string(field.type) and field.name in (*TYPED, *CHOSEN):
                hidden = _hidden(table[field.name], typed if field.name in TYPED else chosen)
                table = table.set_column(place, field, hidden)
        return table

    def chosen(self, value: str) -> str:
        """A component, a type or the like without names."""
        return value if self._blots is None else self._blots[1].text(value)

    def named(self, kind: str, values: Sequence[str]) -> set[str]:
        """Those of some values (labels, clients, types) that name people, and so are not offered."""
        if self._blots is None or kind not in ("label", "client", "type"):
            return set()
        typed, chosen = self._blots
        hidden = (typed if kind == "label" else chosen).texts(values)
        return {value for value, shown in zip(values, hidden, strict=True) if value != shown}

    def batches(self, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """Batches without names in what people typed."""
        for batch in batches:
            yield from self.table(pa.Table.from_batches([batch])).to_batches()


def blots(reader: Reader) -> tuple[Blots, Blots]:
    """What blots names out of what people typed, and out of what they chose from lists.

    Everybody's names, also of the squads that the reader does not see.
    """
    names = warehouse().reader(EVERYTHING, reader.snapshot).run(NAMES).table
    return _blots.get(names, None, lambda: _made(names["name"].to_pylist()))


def _made(names: Iterable[str]) -> tuple[Blots, Blots]:
    known = tuple(names)
    return Blots(known, alone=True), Blots(known, alone=False)


def _hidden(column: pa.ChunkedArray, blots: Blots) -> pa.ChunkedArray:
    """A column without names, each of its values read once."""
    coded = column.combine_chunks().dictionary_encode()
    shown = pa.array(blots.texts(coded.dictionary.to_pylist()), pa.string())
    return pa.chunked_array([shown.take(coded.indices)])
