"""What every table-like source gives, whatever it was written in: rows of text cells under unique column names."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypedDict
from unicodedata import normalize

import pyarrow as pa
import pyarrow.compute as pc

from core.facts.check import Refused
from core.sources.limits import LONGEST_NAME

BROKEN = "\ufffd"
"""Stands where bytes were no text, NUL included."""

REFUSED_ROW = "vigie_row"
"""Column of a corrected file: which refused row each row puts right."""

REFUSED_REASON = "vigie_reason"
"""Column of a corrected file: why the row was refused; read by people only."""

ERRORS = frozenset({"#REF!", "#N/A", "#NAME?", "#VALUE!", "#DIV/0!", "#NULL!", "#NUM!", "#NOM?", "#VALEUR!"})
"""What a formula that failed leaves in a cell."""

Known = Callable[[str], bool]
"""Whether a column name is one that the asker looks for; it helps to find the header row."""


class Mark(TypedDict):
    """A place in a file, as JSON: bytes and lines before it, and the digest of those bytes."""

    offset: int
    line: int
    digest: str


@dataclass(frozen=True)
class Cells:
    """Some rows of a source. `table`: text columns. `lines`: where each row stands; `where`: in what.

    The first `replayed` rows were read before: they are given again only to those who count look-alikes.
    `mark` is where to go on once these rows have landed; None where a source can only be read whole.
    `typed`: for columns of which some cells were an `excel.Number`, which ones. `rows`: the path of the list that the
    rows were taken from, `lists`: of those that they could have been (`formats.objects`). `sparse`: what no row
    has is no column. `sheets`: where the rows stand on several sheets, that of each. `notes`: what is to be
    told of how they stand, by sentence.
    """

    table: pa.Table
    lines: Sequence[int]
    where: str
    refused: list[Refused] = field(default_factory=list)
    replayed: int = 0
    mark: Mark | None = None
    done: int = 0
    total: int | None = None
    typed: Mapping[str, pa.Array] = field(default_factory=dict)
    rows: str = ""
    lists: tuple[str, ...] = ()
    sparse: bool = False
    sheets: Sequence[str] = ()
    notes: Mapping[str, int] = field(default_factory=dict)

    def text(self, column: str) -> pa.Array:
        """The cells of a column; empty ones where sparse rows do not have it."""
        if self.sparse and column not in self.table.column_names:
            return pa.array([""] * len(self.lines), pa.string())
        return self.table[column].combine_chunks()

    def without(self, rows: pa.Array) -> "Cells":
        """The rows but some (a column of booleans, none null)."""
        if not pc.any(rows).as_py():
            return self
        keep = pc.invert(rows)
        which = pc.indices_nonzero(keep).to_pylist()
        return replace(
            self,
            table=self.table.filter(keep),
            lines=[self.lines[row] for row in which],
            replayed=sum(row < self.replayed for row in which),
            typed={name: typed.filter(keep) for name, typed in self.typed.items()},
            sheets=[self.sheets[row] for row in which] if self.sheets else (),
        )

    def alone(self) -> pa.Array:
        """Of rows of which one cell alone is filled, as that of a title or a note, its text; null of others."""
        texts = [pc.utf8_trim_whitespace(column.combine_chunks()) for column in self.table.columns]
        texts = [pc.if_else(pc.equal(text, ""), pa.scalar(None, pa.string()), text) for text in texts]
        filled = sum(text.is_valid().cast(pa.int64()).to_numpy() for text in texts)
        return pc.if_else(pa.array(filled == 1), pc.coalesce(*texts), pa.scalar(None, pa.string()))

    def position(self, row: int) -> str:
        """Where a row stands, e.g. `journal.csv:12` or `suivi.xlsx!Nuit:12`."""
        sheet = f"!{self.sheets[row]}" if self.sheets else ""
        return f"{self.where}{sheet}:{self.lines[row]}"

    def row(self, index: int) -> dict[str, str]:
        """The raw cells of a row; empty ones as empty text."""
        return {name: self.table[name][index].as_py() or "" for name in self.table.column_names}


def unique_names(names: Sequence[str]) -> tuple[str, ...]:
    """Column names tidied and told apart: blanks joined, `#3` for a nameless third one, `Label (2)` for a repeat; of
    what is longer than a name the beginning."""
    taken: dict[str, int] = {}
    unique: list[str] = []
    for index, raw in enumerate(names, start=1):
        name = plain = " ".join(normalize("NFC", raw[:LONGEST_NAME].replace("\ufeff", "")).split()) or f"#{index}"
        while name in taken:
            taken[plain] = taken.get(plain, 1) + 1  # from the number last given: the first free one is near
            name = f"{plain} ({taken[plain]})"
        taken.setdefault(name, 1)
        unique.append(name)
    return tuple(unique)


def find_header(rows: Sequence[Sequence[str]], known: Known) -> int:
    """Index of the header among a file's first rows: the one with most known names.

    Where no name is known: the first row that fills as many cells as the fullest row does.
    """
    hits = [sum(known(cell) for cell in row) for row in rows]
    if any(hits):
        return hits.index(max(hits))
    filled = [sum(bool(cell.strip()) for cell in row) for row in rows]
    return filled.index(max(filled))
