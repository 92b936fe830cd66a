"""Names of people: how they are kept from whoever is not told them.

Who is told them is said by `MISSION.people`, and the lake's views hold no personal column for anybody else, who also
finds the names that Jira knows blotted out of what people typed. A first name or a surname alone stays: it is a word
like others.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache

import pyarrow as pa
import pyarrow.compute as pc
import sqlalchemy as sa

from core.base.cache import OfFrame
from core.facts.query import Reader, Result
from core.mission.discovery import warehouse
from core.people.person import EVERYTHING
from pages.jira.conditions import I, query

TYPED = ("summary", "before", "after")
"""Columns that hold what people typed."""
BLOT = "•••"
SHORTEST = 2
"""Names of so few characters are left: they are in every other word."""
_blotted: OfFrame[pa.Table] = OfFrame(entries=300)
_called = sa.union(*(sa.select(name.label("name")).distinct() for name in (I.assignee, I.reporter, I.assignee_mail)))
_all_called = _called.subquery()
NAMES = query("names", sa.select(_all_called.c.name).where(_all_called.c.name.is_not(None)))
"""The names that people go by in Jira."""


class Discretion:
    """Blots people's names out of answers; with `named`, leaves them as they are."""

    def __init__(self, reader: Reader, *, named: bool) -> None:
        # Everybody's names, also of the squads that the person does not see.
        names = None if named else warehouse().reader(EVERYTHING, reader.snapshot).run(NAMES).table["name"]
        self._pattern = None if names is None else _pattern(tuple(sorted(names.to_pylist())))

    def result(self, answer: Result) -> Result:
        """The answer without names in what people typed."""
        if self._pattern is None:
            return answer
        return replace(answer, table=_blotted.get(answer.table, self._pattern, lambda: self.table(answer.table)))

    def table(self, table: pa.Table) -> pa.Table:
        """A table without names in what people typed."""
        if self._pattern is None:
            return table
        for place, field in enumerate(table.schema):
            if field.name in TYPED and pa.types.is_string(field.type):
                hidden = pc.replace_substring_regex(table[field.name], self._pattern, BLOT)
                table = table.set_column(place, field.name, hidden)
        return table

    def batches(self, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """Batches without names in what people typed."""
        for batch in batches:
            yield from self.table(pa.Table.from_batches([batch])).to_batches()


@lru_cache(maxsize=8)
def _pattern(names: tuple[str, ...]) -> str | None:
    """What matches any of some names, also with its words turned round; None without names."""
    ways = {way for name in names for words in [name.split()] for way in (tuple(words), (*words[1:], *words[:1]))}
    found = sorted((_words(way) for way in ways if len("".join(way)) > SHORTEST), key=len, reverse=True)
    return f"(?i)(?:{'|'.join(found)})" if found else None


def _words(words: tuple[str, ...]) -> str:
    """What matches some words that follow each other; a single one, the name of an account, only as a whole word."""
    pattern = r"\s+".join(map(re.escape, words))
    return pattern if len(words) > 1 else rf"\b{pattern}\b"
