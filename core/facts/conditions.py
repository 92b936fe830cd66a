"""How a filter reaches SQL: conditions over bound parameters, and the functions that databases spell differently.

A filter's parameter is a list of the wanted values, empty for all; `NO_VALUE` in it wants the rows that have none. A
condition that wants all costs nothing: whether it does is written out, not bound, so that DuckDB drops it before it
reads a row. `list_contains` is answered once for each word of a file's dictionary, `IN` once for each row.

Days, weeks and months are those of a time zone: the parameter `zone`, which questions that use them take.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql import visitors
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.expression import FunctionElement

NO_VALUE = "-"
"""What a filter's list holds to want the rows without a value."""
_ALL, _NONE = "__all", "__none"
_KINDS: tuple[tuple[type[sa.types.TypeEngine[Any]], type], ...] = (
    (sa.ARRAY, list),
    (sa.Boolean, bool),
    (sa.Integer, int),
    (sa.Float, float),
    (sa.DateTime, datetime),
    (sa.Date, date),
    (sa.String, str),
)

ZONE = sa.bindparam("zone", type_=sa.Text, literal_execute=True)
"""The time zone of days, weeks and months. Written out: DuckDB takes two bound values for different ones, also in
SELECT and GROUP BY."""


def among(name: str, column: Any) -> sa.ColumnElement[bool]:
    """Whether the list `name` wants a column's value; an empty list wants every row.

    The column is a text, or a whole number. Without a value: null, or an empty text.
    """
    empty = sa.or_(column.is_(None), column == _literal("''")) if _is_text(column) else column.is_(None)
    return sa.or_(_flag(name, _ALL), one_of(name, column), sa.and_(_flag(name, _NONE), empty))


def any_among(name: str, values: Any) -> sa.ColumnElement[bool]:
    """Whether the list `name` wants any of a row's several values, a list of texts; an empty list wants every row.

    Without a value: no list, an empty one, or an empty text in it.
    """
    empty = sa.func.coalesce(sa.func.len(values), _literal("0")) == _literal("0")
    empty = sa.or_(empty, sa.func.list_contains(values, _literal("''"), type_=sa.Boolean))
    wanted = lists_overlap(_list(name, sa.Text()), values)
    return sa.or_(_flag(name, _ALL), wanted, sa.and_(_flag(name, _NONE), empty))


def one_of(name: str, column: Any) -> sa.ColumnElement[bool]:
    """Whether a column's value stands in the list `name`, as it is: an empty list holds none. Null where it is null."""
    kind = sa.Text() if _is_text(column) else sa.BigInteger()
    return sa.func.list_contains(_list(name, kind), column, type_=sa.Boolean)


def between(name: str, column: Any) -> sa.ColumnElement[bool]:
    """Whether a column lies within the period `name`, by the parameters `<name>_first` and `<name>_last` for a DATE
    column, both included, and `<name>_start` and `<name>_end` for one of moments, [start, end[."""
    if isinstance(column.type, sa.Date):
        first, last = (sa.bindparam(f"{name}_{side}", type_=sa.Date()) for side in ("first", "last"))
        return sa.and_(column >= first, column <= last)
    start, end = (sa.bindparam(f"{name}_{side}", type_=sa.TIMESTAMP(timezone=True)) for side in ("start", "end"))
    return sa.and_(column >= start, column < end)


def params_of(select: sa.Select[*tuple[Any, ...]]) -> dict[str, type]:
    """The parameters that a statement names, with the Python type of each: what its Query declares."""
    found: dict[str, type] = {}
    for one in visitors.iterate(select):
        if isinstance(one, sa.BindParameter) and not one.unique and not one.key.endswith((_ALL, _NONE)):
            found[one.key] = list if one.expanding else next(k for of, k in _KINDS if isinstance(one.type, of))
    return found


def bound(values: Mapping[str, Any]) -> dict[str, Any]:
    """What a statement is run with: the values of a Query's parameters, its lists as lists, and what conditions write
    out of them."""
    found: dict[str, Any] = {}
    for name, value in values.items():
        if isinstance(value, tuple):
            found |= {f"{name}{_ALL}": not value, f"{name}{_NONE}": NO_VALUE in value}
            value = list(value)
        found[name] = value
    return found


def _list(name: str, kind: sa.types.TypeEngine[Any]) -> sa.ColumnElement[Any]:
    # An empty list has no type of its own; NO_VALUE is no number.
    of = sa.ARRAY(kind)
    return sa.try_cast(sa.bindparam(name, type_=of), of)


def _flag(name: str, which: str) -> sa.ColumnElement[bool]:
    return sa.bindparam(name + which, type_=sa.Boolean, literal_execute=True)


def _literal(text: str) -> sa.ColumnElement[Any]:
    return sa.literal_column(text)


def _is_text(column: Any) -> bool:
    return not isinstance(column.type, sa.Integer)


class local_day(FunctionElement[date]):
    """(moment) → its day on the wall clock of `zone`."""

    type = sa.Date()
    inherit_cache = True

    def __init__(self, moment: Any) -> None:
        super().__init__(ZONE, moment)


class local_week(local_day):
    """(moment) → the Monday of its week, on the wall clock of `zone`."""

    inherit_cache = True


class local_month(local_day):
    """(moment) → the first day of its month, on the wall clock of `zone`."""

    inherit_cache = True


class percentile(FunctionElement[float]):
    """(share, value) → the value below which that share of a group's values lies, interpolated; an aggregate."""

    type = sa.Double()
    inherit_cache = True

    def __init__(self, share: float, value: Any) -> None:
        super().__init__(_literal(repr(float(share))), value)


class lists_overlap(FunctionElement[bool]):
    """(list, list) → whether they share an element."""

    type = sa.Boolean()
    inherit_cache = True


class seconds_between(FunctionElement[int]):
    """(moment, later moment) → seconds from one to the other, counted at each full second."""

    type = sa.BigInteger()
    inherit_cache = True


class days_between(FunctionElement[int]):
    """(day, later day) → days from one to the other."""

    type = sa.BigInteger()
    inherit_cache = True


_DUCKDB: dict[type[FunctionElement[Any]], str] = {
    local_day: "CAST(timezone({0}, {1}) AS DATE)",
    local_week: "CAST(date_trunc('week', timezone({0}, {1})) AS DATE)",
    local_month: "CAST(date_trunc('month', timezone({0}, {1})) AS DATE)",
    percentile: "quantile_cont({1}, {0})",
    lists_overlap: "list_has_any({0}, {1})",
    seconds_between: "date_diff('second', {0}, {1})",
    days_between: "date_diff('day', {0}, {1})",
}
"""How DuckDB spells them. Another database adds a table like this one, registered under its dialect's name."""


def _spelled(element: FunctionElement[Any], compiler: SQLCompiler, **how: Any) -> str:
    return _DUCKDB[type(element)].format(*(compiler.process(one, **how) for one in element.clauses))


for _function in _DUCKDB:
    compiles(_function)(_spelled)
