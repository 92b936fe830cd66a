"""The shared query core: a named Query becomes a capped, cached, typed result of one snapshot."""

import logging
from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property, lru_cache, partial
from typing import TYPE_CHECKING, Any, TypeVar

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import sqlalchemy as sa
from deltalake.exceptions import DeltaError
from duckdb_sqlalchemy import Dialect
from sqlalchemy.sql.compiler import SQLCompiler

from core.base.cache import Cache, OfFrame
from core.base.errors import QueryFailed
from core.base.i18n import _
from core.base.settings import version
from core.facts import apart
from core.facts.conditions import Lists, lists_of, written_for
from core.facts.lake import Lake
from core.facts.parquet import month_at
from core.facts.reads import READS
from core.facts.snapshot import Snapshot, Snapshots
from core.facts.tables import FIGURES, FactTable
from core.facts.views import Views
from core.people.person import Scope

if TYPE_CHECKING:
    import pandas as pd

log = logging.getLogger("vigie.query")

CACHE_ENTRIES = 500
CACHE_BYTES = 256 * 1024 * 1024
_DIALECT = Dialect(paramstyle="numeric_dollar")
_FAULTS = (duckdb.Error, DeltaError, OSError, pa.ArrowException)
_STREAMED_ROWS = 50_000
_STATEMENTS = 500
_Values = tuple[tuple[str, Any], ...]
T = TypeVar("T")
Made = tuple[T, dict[str, None]]
"""What was made of answers, with the names of their queries; see `Reader.made`."""


@dataclass(frozen=True, eq=False)
class Query:
    """A named question. `select` reads `FactTable.sql` tables and names its parameters with `bindparam`.

    `tables` are the fact tables it reads; it sees no other. `params` gives each parameter's Python type; a list is
    `list`, used through `core.facts.conditions`, or bound with `expanding=True`. `cap` is the number of rows beyond
    which the result is cut, and says so. `seconds`: others wrote it, and it is answered in a process of its own, which
    ends after so long. `shorter`: a yes or no of `params`, and a statement that answers the same where it is no, in
    fewer words. `upon`: questions about some of the same tables that are asked first, with those of the values that
    they take, and whose answers (up to their caps) the statement reads as tables (`sql`): what hangs on no filter is
    worked out once a snapshot. `within`: the names of two moments of `params` between which, the second left out, lies
    the time of all rows that it reads: its answer is found again while the files of those months are the same ones, and
    once a later month has begun it is kept beside the lake (`core.facts.answers`), `ahead` also before, for a sync asks
    it before somebody does. It is about one table, which names no people.
    """

    name: str
    select: sa.Select[*tuple[Any, ...]]
    tables: tuple[FactTable, ...]
    params: Mapping[str, type]
    cap: int = 100_000
    seconds: float | None = None
    shorter: tuple[str, sa.Select[*tuple[Any, ...]]] | None = None
    upon: "tuple[Query, ...]" = ()
    within: tuple[str, str] | None = None
    ahead: bool = False

    def __post_init__(self) -> None:
        """Raises TypeError where a question that it reads asks of another table: its answers are kept by the scope and
        the snapshot of its own; and where answers would be kept that name people."""
        if self.within and (len(self.tables) > 1 or self.tables[0].personal or self.upon):
            raise TypeError(f"{self.name} is not about the rows of one table that names no people")
        if others := {table.name for one in self.upon for table in one.tables if table not in self.tables}:
            raise TypeError(f"{self.name} reads answers about {sorted(others)}, and does not say so")

    @cached_property
    def sql(self) -> sa.TableClause:
        """Its answer as a table, for the statement of a query that is asked `upon` it."""
        columns = (sa.column(column.name, column.type) for column in self.select.selected_columns)
        return sa.table(self.name, *columns)

    def values(self, params: Mapping[str, Any]) -> _Values:
        """Parameters in the one form in which equal questions are equal: sorted by name, moments in UTC, lists
        (whose order means nothing) sorted and without doubles. None stands for "not given" where a query
        allows it. Raises TypeError on a missing, unknown or wrongly typed parameter, and on a naive moment.
        """
        if params.keys() != self.params.keys():
            raise TypeError(f"{self.name} takes {sorted(self.params)}, not {sorted(params)}")
        return tuple((name, _canonical(name, self.params[name], params[name])) for name in sorted(params))

    def bound(self, values: _Values, *, capped: bool) -> tuple[str, list[Any]]:
        """The statement in DuckDB's words as it is run with some `values`, and what is bound at its places; `capped`,
        it gives at most one row more than the cap, by which a cut is known."""
        given = {name: list(value) if isinstance(value, tuple) else value for name, value in values}
        state = _compiled(self, lists_of(values), capped).construct_expanded_state(given)
        return state.statement, list(state.positional_parameters or ())


@lru_cache(maxsize=_STATEMENTS)
def _compiled(query: Query, lists: Lists, capped: bool) -> SQLCompiler:
    select = query.select
    if query.shorter is not None and (query.shorter[0], False, False) in lists:
        select = query.shorter[1]
    if capped:
        select = select.limit(query.cap + 1)
    return select.compile(dialect=_DIALECT, compile_kwargs=written_for(lists))


def _canonical(name: str, kind: type, value: Any) -> Any:
    if value is None:
        return None
    if kind is list and isinstance(value, list | tuple | set | frozenset):
        return tuple(sorted({_canonical(name, type(one), one) for one in value}))
    if kind is float and isinstance(value, int):
        return float(value)
    if not isinstance(value, kind) or (isinstance(value, datetime) and kind is not datetime):
        raise TypeError(f"{name} takes {kind.__name__}, not {type(value).__name__}")
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise TypeError(f"{name} is a moment without a time zone")
        return value.astimezone(UTC)
    return value


_frames: "OfFrame[pd.DataFrame]" = OfFrame(entries=600)
_moments: OfFrame[dict[str, datetime]] = OfFrame(entries=20)


@dataclass(frozen=True)
class Result:
    """An answer: an immutable Arrow table, typed even when empty, shared by all who asked the same.

    Whole numbers are int64, others float64. `truncated`: the cap cut it. `freshness` (UTC): up to when the data
    of its tables tell, as far as the snapshot knows; None when they were never read.
    """

    table: pa.Table
    truncated: bool
    freshness: datetime | None

    def frame(self) -> "pd.DataFrame":
        """A pandas copy, Arrow-backed dtypes; safe to change."""
        import pandas as pd  # commands that draw nothing start without it

        frame: pd.DataFrame = self.table.to_pandas(types_mapper=pd.ArrowDtype)
        return frame

    def shared(self) -> "pd.DataFrame":
        """The same as one frame, kept for all who ask the same: nobody writes into it (see `core.base.cache`)."""
        return _frames.get(self.table, None, self.frame)


@dataclass(frozen=True)
class _Answer:
    table: pa.Table
    truncated: bool


class Warehouse:
    """The lake's tables, ready to be asked. One for the process, shared by all its threads."""

    def __init__(self, lake: Lake, tables: Mapping[str, tuple[FactTable, ...]]) -> None:
        """`tables` are the fact tables of each mission, by its key."""
        self.lake, self.views = lake, Views(lake)
        self.cache: Cache[_Answer] = Cache(CACHE_ENTRIES, CACHE_BYTES, lambda answer: answer.table.nbytes)
        self._snapshots = Snapshots(lake, [table for declared in tables.values() for table in declared])
        self._mission = {table.name: mission for mission, declared in tables.items() for table in declared}
        self._mission |= {
            table.observations.name: mission
            for mission, declared in tables.items()
            for table in declared
            if table.observed
        }

    def snapshot(self) -> Snapshot:
        """What has landed by now. Take one a page run."""
        return self._snapshots.take()

    def reader(self, scope: Scope, snapshot: Snapshot | None = None) -> "Reader":
        """The query core as somebody of this scope may see it, at a snapshot (by default a new one)."""
        return Reader(self, scope, snapshot or self.snapshot())

    def feeding(self, tables: tuple[FactTable, ...]) -> set[str]:
        """Keys of the missions whose sources feed these tables."""
        return {self._mission[table.name] for table in tables if table.name != READS.name}


class Reader:
    """The query core as one person sees it at one snapshot: what pages and headlines ask. For one thread."""

    def __init__(self, warehouse: Warehouse, scope: Scope, snapshot: Snapshot) -> None:
        self.scope = scope
        self.snapshot = snapshot
        self.asked: dict[str, None] = {}  # names of the queries asked so far, in order
        self._warehouse = warehouse
        self._of_reads: dict[Hashable, datetime | None] = {}  # moments of readings, by what and of which snapshot

    def run(self, query: Query, **params: Any) -> Result:
        """Answer a query; at once where the same was asked before, of the same versions, by the same scope.

        Raises QueryFailed with one sentence; TypeError on parameters that the query does not take.
        """
        self.asked[query.name] = None
        answer = self._cached(query, query.values(params))
        return Result(answer.table, answer.truncated, self.fresh(*query.tables))

    def stream(self, query: Query, **params: Any) -> Iterator[pa.RecordBatch]:
        """All rows of a query, without its cap, a batch at a time: for exports. Raises as `run` does, and TypeError for
        one that others wrote."""
        if query.seconds is not None:
            raise TypeError(f"{query.name} is answered whole, in a process of its own")
        values = query.values(params)
        with self._asking(query, lambda: self._execute(query, values, capped=False)) as cursor:
            try:
                for batch in cursor.to_arrow_reader(_STREAMED_ROWS):
                    yield from _plain(pa.Table.from_batches([batch])).to_batches()
            except _FAULTS as error:
                raise _failed(query, error) from error

    def made(self, kept: Cache[Made[T]], key: Hashable, make: "Callable[[Reader], T]") -> T:
        """What `make` gives of a reader like this one, found again in `kept` under a key that says all it hangs on,
        scope and versions included. The names of its queries count as asked here too."""

        def anew() -> Made[T]:
            own = Reader(self._warehouse, self.scope, self.snapshot)
            return make(own), own.asked

        result, names = kept.get(key, anew)
        self.asked |= names
        return result

    def fresh(self, *tables: FactTable) -> datetime | None:
        """Up to when the data of the tables' missions tell, UTC; None when those of one were never read with success.

        A mission's moment is the latest that one of its good readings covers; of several missions, the stalest counts.
        """
        return self._of_readings("covered", tables)

    def read_at(self, *tables: FactTable) -> datetime | None:
        """When the sources of the tables' missions were last read with success, UTC, whatever their data cover."""
        return self._of_readings("read_at", tables)

    def _of_readings(self, moment: str, tables: tuple[FactTable, ...]) -> datetime | None:
        key = moment, tables, self.snapshot
        if key not in self._of_reads:
            self._of_reads[key] = self._worked_out(moment, tables)
        return self._of_reads[key]

    def _worked_out(self, moment: str, tables: tuple[FactTable, ...]) -> datetime | None:
        table = self._cached(_LAST_READS, ()).table
        moments = _moments.get(table, moment, lambda: {row["mission"]: row[moment] for row in table.to_pylist()})
        missions_read = self._warehouse.feeding(tables) or moments.keys()
        return min(moments[key] for key in missions_read) if missions_read and missions_read <= moments.keys() else None

    def reach(self, *tables: FactTable) -> dict[str, datetime]:
        """Up to when each source of the tables' missions is known complete, UTC, by its name: what was read says so,
        and that may be long before it was read. Sources that never said are left out."""
        feeding = self._warehouse.feeding(tables)
        rows = self._cached(_REACHES, ()).table.to_pylist()
        return {row["source"]: row["until"] for row in rows if row["mission"] in feeding}

    def _cached(self, query: Query, values: _Values) -> _Answer:
        return self._asking(query, lambda: self._kept(query, values))

    def _kept(self, query: Query, values: _Values) -> _Answer:
        scope, cache = _scope_of(query.tables, self.scope), self._warehouse.cache
        if query.within is None:
            key = (query, values, scope, self.snapshot.of(query.tables))
            return cache.get(key, lambda: self._compute(query, values))
        [table], given = query.tables, dict(values)
        since, until = (given[name] for name in query.within)
        first, last = month_at(since), month_at(until - timedelta(microseconds=1))
        months = self._warehouse.views.by_month(table, self.snapshot)
        files = tuple(file for month, its in months.items() if first <= month <= last for file in its)
        beside = query.ahead or last < max(months, default="")
        make = partial(self._beside_the_lake, files=files) if beside else self._compute
        return cache.get((query, values, scope, files), lambda: make(query, values))

    def _beside_the_lake(self, query: Query, values: _Values, files: tuple[str, ...]) -> _Answer:
        """What is kept of an answer by an earlier process; else worked out, and kept."""
        squads = self.scope.squads and sorted(self.scope.squads)
        asked = repr((query.bound(values, capped=True), squads, version(), duckdb.__version__))
        made: list[_Answer] = []

        def make() -> tuple[pa.Table, bool]:
            made.append(self._compute(query, values))
            return made[0].table, not made[0].truncated

        found = self._warehouse.lake.answers(query.tables[0].name).get(asked, files, make)
        return made[0] if made else _Answer(found, truncated=False)

    def _compute(self, query: Query, values: _Values) -> _Answer:
        if query.seconds is not None:
            table = self._answered_apart(query, values, query.seconds)
        else:
            with self._execute(query, values, capped=True) as cursor:
                table = cursor.to_arrow_table()
        table = blanked(_plain(table))
        return _Answer(table.slice(0, query.cap), table.num_rows > query.cap)

    def _execute(self, query: Query, values: _Values, *, capped: bool) -> duckdb.DuckDBPyConnection:
        """A cursor of its own, on which the query was run."""
        statement, places = query.bound(values, capped=capped)
        cursor = self._warehouse.views.cursor(query.tables, self.snapshot, self.scope)
        try:
            for one in query.upon:
                taken = tuple(given for given in values if given[0] in one.params)
                cursor.register(one.name, self._kept(one, taken).table)
            return cursor.execute(statement, places)
        except BaseException:
            cursor.close()
            raise

    def _answered_apart(self, query: Query, values: _Values, seconds: float) -> pa.Table:
        views = self._warehouse.views
        statement, places = query.bound(values, capped=True)
        bodies = views.bodies(query.tables, self.snapshot, self.scope)
        return apart.answer(views.root, bodies, statement, places, seconds)

    def _asking(self, query: Query, ask: Callable[[], T]) -> T:
        """Ask, and once more of a new snapshot when the files of this one are gone; the reader then keeps that one."""
        try:
            return ask()
        except (duckdb.IOException, DeltaError, OSError) as error:
            renewed = self._warehouse.snapshot()
            if renewed == self.snapshot:
                raise _failed(query, error) from error
            log.info("query %s: the files of its snapshot are gone, a new one is taken", query.name)
            self.snapshot = renewed
        except _FAULTS as error:
            raise _failed(query, error) from error
        try:
            return ask()
        except _FAULTS as error:
            raise _failed(query, error) from error


def _scope_of(tables: tuple[FactTable, ...], scope: Scope) -> Scope:
    """What of a scope tells answers of some tables apart: all who see the same share one answer."""
    squads = scope.squads if any(table.squad for table in tables) else None
    naming = {table.name for table in tables if table.personal}
    return Scope(squads, frozenset(naming if scope.people is None else naming & scope.people))


def _plain(table: pa.Table) -> pa.Table:
    """Sums of whole numbers come as wide decimals; a frame or a chart wants int64, or float64 for fractions. Raises
    QueryFailed where figures would be lost."""
    for index, field in enumerate(table.schema):
        if pa.types.is_decimal(field.type):
            table = table.set_column(index, field.name, _number(field, table.column(index)))
    return table


def _number(field: pa.Field, column: pa.ChunkedArray) -> pa.ChunkedArray:
    if field.type.scale == 0:
        lost = pc.any(pc.greater(pc.abs(column), pa.scalar(2**63 - 1, pa.decimal128(38)))).as_py()
    else:
        figures = pc.utf8_trim(pc.replace_substring_regex(column.cast(pa.string()), r"[-.]|E.*", ""), "0")
        lost = pc.any(pc.greater(pc.utf8_length(figures), FIGURES)).as_py()
    if lost:
        sentence = _("{column} has more figures than a number keeps: round it, or write CAST({column} AS VARCHAR).")
        raise QueryFailed(sentence.format(column=field.name))
    return column.cast(pa.int64() if field.type.scale == 0 else pa.float64())


def blanked(table: pa.Table) -> pa.Table:
    """The same with zeros below its nulls: what lay in the database's memory there, such as values of rows that nobody
    asked for, would go with the table to a browser."""
    for index, field in enumerate(table.schema):
        column = table.column(index)
        if column.null_count and pa.types.is_primitive(field.type):
            places = pc.if_else(column.is_valid(), pa.array(np.arange(len(column))), None)
            table = table.set_column(index, field, column.take(places))
    return table


def waited() -> QueryFailed:
    """What to tell whoever waited for others as long as a question of their own may take."""
    return QueryFailed(_("Vigie is answering other declared questions. Ask again in a minute."))


def _failed(query: Query, error: Exception) -> QueryFailed:
    log.error("query %s failed: %s", query.name, error)
    if isinstance(error, apart.Waited):
        return waited()
    if isinstance(error, duckdb.InterruptException | duckdb.OutOfMemoryException) and query.seconds is not None:
        sentence = _("{name} took longer than {n} seconds and was ended. Ask for fewer rows, or for less of them.")
        if isinstance(error, duckdb.OutOfMemoryException):
            sentence = _("{name} took too much memory and was ended. Ask for fewer rows, or for less of them.")
        return QueryFailed(sentence.format(name=query.name, n=f"{query.seconds:g}"), detail=str(error))
    return QueryFailed(
        _("The data cannot be read right now. Try again in a moment; if it lasts, tell the team that runs Vigie."),
        detail=f"{query.name}: {error}",
    )


_REACHES = Query(
    name="reaches",
    select=sa.select(READS.sql.c.mission, READS.sql.c.source, sa.func.max(READS.sql.c.covers_until).label("until"))
    .where(READS.sql.c.outcome == "ok", READS.sql.c.covers_until.is_not(None))
    .group_by(READS.sql.c.mission, READS.sql.c.source)
    .order_by(READS.sql.c.mission, READS.sql.c.source),
    tables=(READS,),
    params={},
)
_LAST_READS = Query(
    name="last_reads",
    select=sa.select(
        READS.sql.c.mission,
        sa.func.max(READS.sql.c.read_at).label("read_at"),
        sa.func.max(
            sa.func.least(sa.func.coalesce(READS.sql.c.covers_until, READS.sql.c.read_at), READS.sql.c.ended_at)
        ).label("covered"),
    )
    .where(READS.sql.c.outcome == "ok")
    .group_by(READS.sql.c.mission),
    tables=(READS,),
    params={},
)
