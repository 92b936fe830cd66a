"""A collection as files: one table for Excel and CSV, which import again to exactly the same records.

`read` gives the records each time it is called, so that many are never held in memory: it is read once to
see how many columns it takes, and once to be written.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import islice
from typing import IO

import pyarrow as pa

from core.base.errors import InputInvalid
from core.base.i18n import _
from core.records import flat, guard
from core.records.cells import Cell
from core.records.collection import Collection
from core.records.fields import Form, Kind
from core.records.flat import Slot
from core.records.lists import Lists
from core.records.records import Record, Version
from core.show import columns, export
from core.show.columns import Column
from core.show.export import Note

Read = Callable[[], Iterable[Record | Version]]
MOST_COLUMNS = 16_384
"""Columns of an Excel sheet."""
_BATCH = 500
Types = Mapping[Kind, tuple[columns.Kind, pa.DataType]]
_TYPES: Types = {
    Kind.NUMBER: (columns.Kind.NUMBER, pa.int64()),
    Kind.AMOUNT: (columns.Kind.NUMBER, pa.int64()),
    Kind.DAY: (columns.Kind.DAY, pa.date32()),
    Kind.FLAG: (columns.Kind.FLAG, pa.bool_()),
}
_TEXT = (columns.Kind.TEXT, pa.string())
_GUARDED_TYPES: Types = {**_TYPES, Kind.DAY: _TEXT}


def write_excel(file: IO[bytes], collection: Collection, lists: Lists, read: Read, note: Note) -> int:
    """Write the records as one table to a workbook; give their number. Raises InputInvalid where Excel has no room."""
    slots = _slots(collection.form, read)
    if len(slots) >= MOST_COLUMNS:
        raise InputInvalid(_("These records need more columns than Excel has: take CSV or JSON."))
    made = _batches(collection, slots, lists, read, _TYPES)
    return export.write_excel(file, made, _columns(slots, _TYPES, flat.MARK), note)


def write_csv(file: IO[bytes], collection: Collection, lists: Lists, read: Read) -> int:
    """Write the records as CSV; give their number."""
    slots = _slots(collection.form, read)
    made = _batches(collection, slots, lists, read, _GUARDED_TYPES, _guarded)
    return export.write_csv(file, made, _columns(slots, _GUARDED_TYPES, flat.GUARDED_MARK))


def _slots(form: Form, read: Read) -> list[Slot]:
    return flat.slots(form, flat.measure(form, (record.data for record in read())))


def _columns(slots: Sequence[Slot], types: Types, mark: str) -> list[Column]:
    """The columns of the form, then the mark with the record's state."""
    columns = [Column(str(at), slot.header, types.get(slot.asked.kind, _TEXT)[0]) for at, slot in enumerate(slots)]
    return [*columns, Column("mark", _(mark))]


def _batches(
    collection: Collection,
    slots: Sequence[Slot],
    lists: Lists,
    read: Read,
    types: Types,
    change: Callable[[Cell], Cell] = lambda cell: cell,
) -> Iterator[pa.RecordBatch]:
    stored = [(str(at), types.get(slot.asked.kind, _TEXT)[1]) for at, slot in enumerate(slots)]
    schema = pa.schema([*stored, ("mark", pa.string())])
    states = {code: _(name) for code, name in collection.workflow.names.items()}
    waiting = iter(read())
    while chunk := list(islice(waiting, _BATCH)):
        lines = [
            [*map(change, flat.line(record.data, slots, lists)), states.get(record.state, record.state)]
            for record in chunk
        ]
        arrays = [pa.array(values, type_) for values, type_ in zip(zip(*lines, strict=True), schema.types, strict=True)]
        yield pa.RecordBatch.from_arrays(arrays, schema=schema)


def _guarded(cell: Cell) -> Cell:
    """A cell that a spreadsheet reads as it is meant. Days that it would count wrong are texts."""
    if isinstance(cell, date):
        return cell.isoformat() if cell >= export.FIRST_DAY else f"'{cell.isoformat()}"
    return guard.on(cell) if isinstance(cell, str) else cell
