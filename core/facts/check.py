"""What a batch must be to enter the lake: the declared columns in the declared types, the needed ones filled."""

from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from core.base.i18n import N_, _
from core.facts.tables import DAY, FLAG, INTEGER, MOMENT, NUMBER, TEXT, Column, FactTable

_EXPECTED = {
    TEXT: N_("text"),
    INTEGER: N_("a whole number"),
    NUMBER: N_("a number"),
    FLAG: N_("true or false"),
    MOMENT: N_("a moment with its time zone"),
    DAY: N_("a day"),
}
_SHOWN = 80


@dataclass(frozen=True)
class Refused:
    """A row that could not land: where it stood in the source, its raw cells, and one sentence why.

    `reading` names the version of the file it stood in, as `path@version`; empty where the source is no file.
    """

    position: str
    row: dict[str, str]
    reason: str
    reading: str = ""


def check(table: FactTable, rows: pa.Table) -> tuple[pa.Table, list[Refused]]:
    """Split a batch into the rows that may land and those that may not.

    The good rows come in the table's schema, in their order, their moments cut to microseconds and NaN made null.
    A row is refused, with one sentence naming column and value, when a cell cannot be read as its column's type or
    when a column of `table.filled` is empty; its position is its number in the batch, from 1.
    Raises ValueError on a column that the table does not have and on moments without a time zone: whoever reads a
    source decides those, the lake does not guess.
    """
    unknown = [name for name in rows.column_names if name not in table.schema.names]
    if unknown:
        raise ValueError(f"{table.name} has no column {', '.join(unknown)}")
    columns: dict[str, pa.Array] = {}
    reasons: dict[int, str] = {}
    for column in table.columns:
        given = _given(rows, column, table.schema.field(column.name).type)
        values, failed = _cast(given, table.schema.field(column.name).type)
        for row in failed:
            reasons.setdefault(row, _unreadable(column, given[row]))
        if column.name in table.filled:
            for row in pc.indices_nonzero(pc.is_null(values)).to_pylist():
                reasons.setdefault(row, _("{column} is empty; it must be filled.").format(column=column.name))
        columns[column.name] = values
    good = pa.table(columns, schema=table.schema)
    if reasons:
        good = good.filter(pc.invert(pc.is_in(pa.arange(0, len(rows)), pa.array(list(reasons), pa.int64()))))
    return good, _refused(rows, reasons)


def _given(rows: pa.Table, column: Column, kind: pa.DataType) -> pa.Array:
    if column.name not in rows.column_names:
        return pa.nulls(len(rows), kind)
    given = rows[column.name].combine_chunks()
    if pa.types.is_dictionary(given.type):
        given = given.dictionary_decode()
    if pa.types.is_timestamp(given.type) and given.type.tz is None and column.type == MOMENT:
        raise ValueError(f"{column.name} holds moments without a time zone")
    return given


def _cast(values: pa.Array, kind: pa.DataType) -> tuple[pa.Array, list[int]]:
    """Values in another type, null where one cannot be read, and where that was.

    Arrow casts a column whole or not at all, so a column that fails is halved until only the culprits are left.
    """
    try:
        cast = pc.cast(values, options=pc.CastOptions(kind, allow_time_truncate=True))
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        if len(values) == 1:
            return pa.nulls(1, kind), [0]
        middle = len(values) // 2
        (left, failed), (right, failed_right) = _cast(values[:middle], kind), _cast(values[middle:], kind)
        return pa.concat_arrays([left, right]), [*failed, *(middle + row for row in failed_right)]
    if pa.types.is_floating(kind):
        cast = pc.if_else(pc.is_nan(cast), pa.scalar(None, kind), cast)
    return cast, []


def _unreadable(column: Column, value: pa.Scalar) -> str:
    shown = str(value.as_py())
    if len(shown) > _SHOWN:
        shown = shown[: _SHOWN - 1] + "…"
    return _("{column}: “{value}” is not {expected}.").format(
        column=column.name, value=shown, expected=_(_EXPECTED[column.type])
    )


def _refused(rows: pa.Table, reasons: dict[int, str]) -> list[Refused]:
    numbers = sorted(reasons)
    cells = rows.take(pa.array(numbers, pa.int64())).to_pylist()
    return [
        Refused(
            position=str(number + 1),
            row={name: "" if value is None else str(value) for name, value in row.items()},
            reason=reasons[number],
        )
        for number, row in zip(numbers, cells, strict=True)
    ]


def newest(table: FactTable, rows: pa.Table) -> pa.Table:
    """One row a key: the newest state, else the last; in the batch's order otherwise."""
    order = pa.arange(0, len(rows))
    if table.told_at is not None:
        order = pc.sort_indices(rows[table.told_at].combine_chunks())
    ranked = rows.select(table.key).take(order).append_column("rank", pa.arange(0, len(rows)))
    last = ranked.group_by(list(table.key)).aggregate([("rank", "max")])["rank_max"]
    kept = order.take(last.combine_chunks())
    return rows.take(kept.take(pc.sort_indices(kept)))
