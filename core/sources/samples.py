"""What the fields make of the first rows of a file, before anything lands: some cells with what they are read as."""

from dataclasses import dataclass
from typing import Any

from core.sources.cells import Cells
from core.sources.mapping import ColumnMapping, Field, Reasons, cells_of, convert

VALUES = 3
_ROWS = 2_000


@dataclass(frozen=True)
class Sample:
    """Of the first rows: up to three different cells with what each is read as, how many cells are filled, how many of
    these cannot be read, and one of them."""

    read: tuple[tuple[str, Any], ...]
    filled: int
    unreadable: int
    example: str = ""


def sample(cells: Cells, field: Field, mapping: ColumnMapping) -> Sample:
    """What a mapped field makes of its column. Raises SourceFailed where the column is missing."""
    first = Cells(cells.table.slice(0, _ROWS), cells.lines[:_ROWS], cells.where, typed=_cut(cells))
    alone = mapping.model_copy(
        update={"columns": {field.name: mapping.columns[field.name]}, "constants": {}, "patterns": {}}
    )
    reasons = Reasons(first)
    values = convert(first, (field,), alone, reasons).columns[field.name].to_pylist()
    texts = cells_of(first, field, alone, {}).to_pylist()
    good = reasons.good().to_pylist()
    read: dict[str, Any] = {}
    for text, value, fine in zip(texts, values, good, strict=True):
        if text is not None and fine and len(read) < VALUES:
            read.setdefault(text, value)
    wrong = [text for text, fine in zip(texts, good, strict=True) if text is not None and not fine]
    filled = sum(text is not None for text in texts)
    return Sample(tuple(read.items()), filled, len(wrong), wrong[0] if wrong else "")


def _cut(cells: Cells) -> dict[str, Any]:
    return {name: typed.slice(0, _ROWS) for name, typed in cells.typed.items()}
