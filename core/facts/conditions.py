"""How a filter reaches SQL: conditions over bound parameters, and the functions that databases spell differently.

A filter's parameter is a list of the wanted values, empty for all; `NO_VALUE` in it wants the rows that have none. A
condition that wants all costs nothing: a statement is written once for each set of lists in use, without the others (to
let DuckDB fold them away costs 9 ms a question of seventeen conditions). `list_contains` is answered once for each word
of a file's dictionary, `IN` once for each row.

Days, weeks and months are those of a time zone: the parameter `zone`, which questions that use them take.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from functools import cached_property
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql import visitors
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.expression import FunctionElement

NO_VALUE = "-"
"""What a filter's list holds to want the rows without a value."""
Lists = tuple[tuple[str, bool, bool], ...]
"""Of each list of a statement: its name, whether it wants all, whether it wants the rows without a value. Of each yes
or no: its name, and which it is."""
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
    return _Wanted(name, one_of(name, column), empty)


def any_among(name: str, values: Any) -> sa.ColumnElement[bool]:
    """Whether the list `name` wants any of a row's several values, a list of texts; an empty list wants every row.

    Without a value: no list, an empty one, or an empty text in it.
    """
    empty = sa.func.coalesce(sa.func.len(values), _literal("0")) == _literal("0")
    empty = sa.or_(empty, sa.func.list_contains(values, _literal("''"), type_=sa.Boolean))
    wanted = lists_overlap(_list(name, sa.Text()), values)
    return _Wanted(name, wanted, empty)


def one_of(name: str, column: Any) -> sa.ColumnElement[bool]:
    """Whether a column's value stands in the list `name`, as it is: an empty list holds none. Null where it is null."""
    kind = sa.Text() if _is_text(column) else sa.BigInteger()
    return sa.func.list_contains(_list(name, kind), column, type_=sa.Boolean)


def where_given(name: str, then: Any, otherwise: Any) -> sa.ColumnElement[Any]:
    """One expression where the list `name` holds something, another where it is empty: that one costs nothing."""
    return _Chosen(name, otherwise, then)  # of a list is told whether it is empty


def texts(name: str) -> sa.ColumnElement[str]:
    """The texts of the list `name`, a row each."""
    return sa.func.unnest(_list(name, sa.Text()), type_=sa.Text())


def between(name: str, column: Any) -> sa.ColumnElement[bool]:
    """Whether a column lies within the period `name`, by the parameters `<name>_first` and `<name>_last` for a DATE
    column, both included, and `<name>_start` and `<name>_end` for one of moments, [start, end[."""
    if isinstance(column.type, sa.Date):
        first, last = (sa.bindparam(f"{name}_{side}", type_=sa.Date()) for side in ("first", "last"))
        return sa.and_(column >= first, column <= last)
    start, end = (sa.bindparam(f"{name}_{side}", type_=sa.TIMESTAMP(timezone=True)) for side in ("start", "end"))
    return sa.and_(column >= start, column < end)


def either(name: str, yes: Any, no: Any) -> sa.ColumnElement[bool]:
    """One of two conditions, by the yes or no `name` that the question takes. Only that one is written."""
    return _Chosen(name, yes, no, sa.bindparam(name, type_=sa.Boolean()))


class _Params(Mapping[str, type]):
    """The parameters of a statement, looked for when they are first asked for: of most statements they never are."""

    def __init__(self, select: sa.Select[*tuple[Any, ...]], more: Iterable[Mapping[str, type]]) -> None:
        self._select, self._more = select, tuple(more)

    @cached_property
    def _kinds(self) -> dict[str, type]:
        own = {
            param.key: list if param.expanding else next(k for of, k in _KINDS if isinstance(param.type, of))
            for param in visitors.iterate(self._select)
            if isinstance(param, sa.BindParameter) and not param.unique
        }
        return {name: kind for params in (*self._more, own) for name, kind in params.items()}

    def __getitem__(self, name: str) -> type:
        return self._kinds[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._kinds)

    def __len__(self) -> int:
        return len(self._kinds)


def params_of(select: sa.Select[*tuple[Any, ...]], *more: Mapping[str, type]) -> Mapping[str, type]:
    """The parameters that a statement names, with the Python type of each, and some more: what its Query declares."""
    return _Params(select, more)


def lists_of(values: Iterable[tuple[str, Any]]) -> Lists:
    """What the lists among the values of a Query's parameters want, and each yes or no."""
    return tuple(
        (name, value, False) if isinstance(value, bool) else (name, not value, NO_VALUE in value)
        for name, value in values
        if isinstance(value, tuple | bool)
    )


def written_for(lists: Lists) -> dict[str, Any]:
    """The `compile_kwargs` by which a statement is written for such lists."""
    return {"lists": {name: (every, none) for name, every, none in lists}}


def _list(name: str, kind: sa.types.TypeEngine[Any]) -> sa.ColumnElement[Any]:
    # An empty list has no type of its own; NO_VALUE is no number.
    of = sa.ARRAY(kind)
    return sa.try_cast(sa.bindparam(name, type_=of), of)


def _literal(text: str) -> sa.ColumnElement[Any]:
    return sa.literal_column(text)


def _is_text(column: Any) -> bool:
    return not isinstance(column.type, sa.Integer)


class _Wanted(FunctionElement[bool]):
    """Whether a list wants a row: the condition by which it does, and the one of rows without a value."""

    type = sa.Boolean()
    inherit_cache = False

    def __init__(self, name: str, wanted: Any, empty: Any) -> None:
        super().__init__(wanted, empty)
        self.list_name = name


@compiles(_Wanted)
def _written(element: _Wanted, compiler: SQLCompiler, **how: Any) -> str:
    every, none = how.get("lists", {}).get(element.list_name, (False, True))
    if every:
        return "true"
    wanted, empty = element.clauses
    return f"({compiler.process(sa.or_(wanted, empty) if none else wanted, **how)})"


class _Chosen(FunctionElement[Any]):
    """One of two expressions of one type, by what is known of a parameter when the statement is written; `named`: the
    parameter, where neither of them names it."""

    inherit_cache = False

    def __init__(self, name: str, yes: Any, no: Any, *named: sa.BindParameter[Any]) -> None:
        super().__init__(yes, no, *named)
        self.type = yes.type
        self.name = name


@compiles(_Chosen)
def _one_written(element: _Chosen, compiler: SQLCompiler, **how: Any) -> str:
    yes, no, *_named = element.clauses
    holds, *_more = how.get("lists", {}).get(element.name, (True,))
    return f"({compiler.process(yes if holds else no, **how)})"


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


_QUARTER_US = 900_000_000
"""A quarter of an hour in microseconds: the clocks of all zones have differed by whole ones since 1972."""


def quarter(moment: Any) -> sa.ColumnElement[int]:
    """The quarter of an hour that a moment lies in, counted since 1970."""
    return sa.func.epoch_us(moment, type_=sa.BigInteger()).op("//")(_literal(str(_QUARTER_US)))


def periods(name: str) -> sa.Subquery:
    """The periods that begin on the days of the list `name` (ISO dates, on the wall clock of `zone`), the last of which
    only ends the one before: `first`, that day, and `quarter`, a row each quarter of an hour of it.

    Joined by the `quarter` of a moment it tells its period at a tenth of the cost of the zone's calendar for each row.
    """
    first = sa.cast(texts(name), sa.Date()).label("first")
    days = sa.select(first).subquery().c.first
    begin = quarter(sa.func.timezone(ZONE, sa.cast(days, sa.DateTime())))
    spans = sa.select(days, begin.label("begin"), sa.func.lead(begin).over(order_by=days).label("end")).subquery().c
    each = sa.func.unnest(sa.func.range(spans.begin, spans.end), type_=sa.BigInteger()).label("quarter")
    return sa.select(spans.first, each).where(spans.end.is_not(None)).subquery()


class _Percentile(FunctionElement[float]):
    """(number from 1, shares, value) → one of several percentiles of a value."""

    type = sa.Double()
    inherit_cache = True


def percentiles(value: Any, *shares: float) -> list[sa.ColumnElement[float]]:
    """For each share the value below which it lies of a group's values, interpolated; aggregates, for which the values
    are sorted once."""
    listed = _literal(f"[{', '.join(map(repr, map(float, shares)))}]")
    return [_Percentile(_literal(str(n)), listed, value) for n in range(1, len(shares) + 1)]


class lists_overlap(FunctionElement[bool]):
    """(list, list) → whether they share an element."""

    type = sa.Boolean()
    inherit_cache = True


class seconds_between(FunctionElement[int]):
    """(moment, later moment) → seconds from one to the other, counted at each full second; moments are since 1970."""

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
    _Percentile: "quantile_cont({2}, {1})[{0}]",
    lists_overlap: "list_has_any({0}, {1})",
    # What date_diff('second', …) counts, at a fortieth of its cost.
    seconds_between: "(epoch_us({1}) // 1000000 - epoch_us({0}) // 1000000)",
    days_between: "date_diff('day', {0}, {1})",
}
"""How DuckDB spells them. Another database adds a table like this one, registered under its dialect's name."""


def _spelled(element: FunctionElement[Any], compiler: SQLCompiler, **how: Any) -> str:
    return _DUCKDB[type(element)].format(*(compiler.process(clause, **how) for clause in element.clauses))


for _function in _DUCKDB:
    compiles(_function)(_spelled)
