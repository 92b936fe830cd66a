"""From the cells of a file or table to rows of one fact table, by the columns that a source declares."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pyarrow as pa
import pyarrow.compute as pc

from core.base import clock
from core.base.i18n import N_, _, local
from core.facts.tables import FactTable
from core.sources.base import Source
from core.sources.cells import REFUSED_ROW, Cells
from core.sources.files import Shaped
from core.sources.mapping import ColumnMapping, Field, Reasons, convert, plain
from core.sources.values.moments import MOMENT_TYPE

FUTURE = timedelta(days=1)
"""How far ahead of now a moment may lie: clocks differ, and time zones are mistaken."""

Columns = dict[str, pa.Array]


@dataclass
class Piece:
    """Some rows of a source while they are made: `columns` by name of the field, `reasons` against some of them.

    `now` (UTC) is when the reading began, `observed_at` the date of the file, or `now`.
    `second`: the later readings of moments in the hour that happens twice or never.
    """

    source: Source
    cells: Cells
    columns: Columns
    reasons: Reasons
    now: datetime
    observed_at: datetime
    second: Columns
    left_out: dict[str, pa.Array] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.cells.lines)

    def leave_out(self, which: pa.Array, sentence: str) -> None:
        """Leave out the rows where `which` is true, which are no facts: they are counted, under a sentence."""
        if pc.any(which).as_py():
            self.left_out[sentence] = which

    def need(self, name: str, sentence: str) -> None:
        """Refuse the rows that lack a field, for a reason (a source string)."""
        self.reasons.add(pc.is_null(self.columns[name]), lambda _row: _(sentence))

    def not_in_future(self, name: str) -> None:
        """Refuse the rows whose moment lies beyond now."""
        moments = self.columns[name]
        beyond = pc.greater(moments, pa.scalar(self.now + FUTURE, MOMENT_TYPE))
        pattern = N_("“{value}” lies in the future.")
        self.reasons.add(beyond, lambda row: _(pattern).format(value=local(moments[row].as_py()).date()))


Tidy = Callable[[Source, Cells], Cells]
"""Changes cells before they are read."""
Complete = Callable[[Piece], None]
"""Fills `piece.columns` that are not read but follow, and refuses rows that cannot stand."""
Doubts = Callable[[pa.Table], dict[str, int]]
"""Counts the rows that are kept with a doubt, by sentence."""


class TableShaper:
    """Makes rows of one fact table; see `core.sources.files.Shaper`.

    Columns `source` and that of the squad are filled where the table has them. A row that lacks a column which the
    table requires is refused.
    """

    def __init__(
        self,
        source: Source,
        table: FactTable,
        fields: tuple[Field, ...],
        *,
        tidy: Tidy,
        complete: Complete,
        doubts: Doubts,
        needs_all: bool = False,
    ) -> None:
        self.needs_all = needs_all
        self._source, self._table, self._fields = source, table, fields
        self._complete, self._tidy, self._doubts = complete, tidy, doubts
        self._now = clock.now()

    @property
    def table(self) -> FactTable:
        return self._table

    def shape(self, cells: Cells, observed_at: datetime) -> Shaped:
        """Rows of the table; see `core.sources.files.Shaper`."""
        mapping = self._source.options
        assert isinstance(mapping, ColumnMapping)
        cells = self._tidy(self._source, cells)
        reasons = Reasons(cells)
        read = convert(cells, self._fields, mapping, reasons)
        piece = Piece(self._source, cells, read.columns, reasons, self._now, observed_at, read.second)
        self._own(piece)
        self._complete(piece)
        self._require(piece)
        keep = pc.and_(reasons.good(), pa.array([row >= cells.replayed for row in range(len(cells.lines))], pa.bool_()))
        left: dict[str, int] = {}
        for sentence, which in piece.left_out.items():
            left[sentence] = pc.sum(pc.and_(keep, which)).as_py()
            keep = pc.and_(keep, pc.invert(which))
        rows = pa.table(
            {
                field.name: piece.columns[field.name].cast(field.type)
                if field.name in piece.columns
                else pa.nulls(len(piece), field.type)
                for field in self._table.schema
            }
        ).filter(keep)
        notes = _repeats(self._table, rows)
        if former := ", ".join(sorted(mapping.former & {*mapping.columns, *mapping.constants})):
            notes[_("No longer declared, and not read any more: {names}.").format(names=former)] = len(rows)
        return Shaped(
            rows=rows,
            refused=reasons.refused(cells.replayed, {}),
            notes={**notes, **left, **self._doubts(rows)},
            settles=settled(cells, keep),
            latest=pc.max(rows[self._table.time]).as_py(),
        )

    def _own(self, piece: Piece) -> None:
        """Whose rows these are, where the table says it."""
        names = self._table.schema.names
        if "source" in names:
            piece.columns["source"] = pa.array([self._source.name] * len(piece), pa.string())
        if self._table.squad:
            own = piece.columns.get(self._table.squad, pa.nulls(len(piece), pa.string()))
            piece.columns[self._table.squad] = pc.fill_null(own, pa.scalar(self._source.squad, pa.string()))

    def _require(self, piece: Piece) -> None:
        titles = {field.name: field.title for field in self._fields}
        for column in self._table.columns:
            if column.required and column.name in piece.columns:
                said = _("The row lacks “{column}”.").format(column=_(titles.get(column.name, column.name)))
                piece.reasons.add(pc.is_null(piece.columns[column.name]), lambda _row, said=said: said)  # type: ignore[misc]


def _repeats(table: FactTable, rows: pa.Table) -> dict[str, int]:
    """How many rows repeat one that stands with them, and how many differ from one of their key, by sentence. Of a
    table that knows the newer of two states, different rows of a key are states of one fact."""
    beside = len(rows) - _distinct(rows, table.key)
    differing = beside - (len(rows) - _distinct(rows, rows.column_names)) if beside and not table.told_at else 0
    counts = {
        _("Rows are there more than once: each was kept once."): beside - differing,
        _("Rows of one key say different things: the last was kept. Correct the source, or its key."): differing,
    }
    return {sentence: count for sentence, count in counts.items() if count}


def _distinct(rows: pa.Table, columns: Sequence[str]) -> int:
    return int(rows.select(columns).group_by(list(columns)).aggregate([]).num_rows)


_TOTALS = re.compile(
    r"(?:sous|grand|somme)?tota(?:l|ux|le)(?:general|generale|generaux|global|cumule|(?:de|des|du)[a-z]+)?\d*"
    r"|ensemble|toutes?(?:les)?entites"
)
_NOTES = re.compile(
    r"(?i)\s*(?:\*+|nb ?:|nota\b|dont\b|légende|page \d|[ée]dit[ée] le|total\b.*:|nombre d|fin du rapport|"
    r"end of report|\(?\d+ (?:rows?|lignes?)\b)"
)


def totals(names: pa.Array, *, notes: bool = False) -> pa.Array:
    """Whether each name is that of a row which stands for all others together; or, with `notes`, explains them."""

    def is_one(name: str | None) -> bool:
        return name is not None and bool(_TOTALS.fullmatch(plain(name)) or (notes and _NOTES.match(name)))

    words = names.dictionary_encode()
    totalling = pa.array([is_one(word) for word in words.dictionary.to_pylist()], pa.bool_())
    return pc.fill_null(totalling.take(words.indices), False)


def settled(cells: Cells, keep: pa.Array) -> tuple[str, ...]:
    """Which refused rows the corrected ones put right that are kept."""
    if REFUSED_ROW not in cells.table.column_names:
        return ()
    return tuple(filter(None, cells.table[REFUSED_ROW].combine_chunks().filter(keep).to_pylist()))
