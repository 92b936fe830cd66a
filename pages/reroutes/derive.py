"""From the events of the tasks to their hand-overs: the one rule, and how it keeps pace with growing sources.

The rule. A task's events are put in order: by moment, then by the task's own counter, then by the line of the file,
then by the event's key, so that the order never depends on how the log arrived. A row of a log that tells a change
stands for two states, the one before and the one after. States whose entity the log does not say are passed over, and
an entity that was only renamed (`pages.reroutes.names`) is the same one. Wherever two consecutive states name
different entities lies one hand-over, dated by the second. A row of a table of reroutes is a hand-over as it stands.

Where. At the reading of a source, once its events have landed: a window over 10^7 rows takes seconds, a screen has
half a second. Only the tasks touched since the last derivation are derived again, whole, some months at a time.
The same events give the same rows, and what an earlier derivation said otherwise becomes void, so that it may run
again at any time: after a kill, after late rows, after a change of the names.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, time
from functools import lru_cache
from typing import Any

import pyarrow as pa
import sqlalchemy as sa

from core.base.periods import months_later
from core.base.settings import settings
from core.facts.query import Query, Reader
from core.facts.tables import FactTable
from core.mission.discovery import warehouse
from core.people.person import EVERYTHING
from core.sources.base import Batch
from pages.reroutes.facts import HANDOVERS, TASK_EVENTS, TASKS, WAITS
from pages.reroutes.names import Names

BEGINNING = datetime(1900, 1, 1, tzinfo=UTC)
RULE = "2"
"""Another version of the rule derives everything anew."""

EVENTS_AT_ONCE = 2_000_000
"""How many events are derived together, so that memory stays bounded; one month is never divided."""
_EVENTS = TASK_EVENTS.sql.c
_SOURCE = sa.bindparam("source", type_=sa.Text())
_ZONE = sa.bindparam("zone", type_=sa.Text(), literal_execute=True)
_WHOLE = sa.bindparam("whole", type_=sa.Boolean())
_SINCE, _START, _END = (sa.bindparam(name, type_=sa.TIMESTAMP(timezone=True)) for name in ("since", "start", "end"))
_TOUCHED = {"source": str, "since": datetime, "start": datetime, "end": datetime}
_DERIVING = {**_TOUCHED, "zone": str}
_STANDS = sa.not_(sa.func.coalesce(_EVENTS.void, sa.false()))


def _touched() -> sa.Subquery:
    """Tasks of the source with an event since the last derivation, that begin in a month; with what the application
    counted of their hand-overs in all, and by their first event, whether or not these name an entity."""
    begins = sa.func.min(_EVENTS.moved_at)
    order = sa.func.row(_EVENTS.moved_at, _EVENTS.counter)
    first = sa.func.arg_min(_EVENTS.recorded, order, type_=sa.BigInteger).filter(_STANDS)
    return (
        sa.select(
            _EVENTS.task,
            begins.label("begins"),
            sa.func.max(_EVENTS.recorded).filter(_STANDS).label("counted"),
            sa.func.coalesce(first > 0, sa.false()).label("midway"),
        )
        .where(_EVENTS.source == _SOURCE)
        .group_by(_EVENTS.task)
        .having(sa.func.max(_EVENTS.moved_at) >= _SINCE, begins >= _START, begins < _END)
        .subquery("touched")
    )


def _side(touched: sa.Subquery, names: Names, rank: int, entity: str, kind: str) -> sa.Select[Any]:
    """The states that one side of the rows names; side 0 is the one before a change."""
    shared = [_EVENTS[name] for name in TASK_EVENTS.schema.names if name not in _SIDES]
    return (
        sa.select(
            *shared,
            touched.c.counted,
            touched.c.midway,
            names.sql(_EVENTS[entity], _EVENTS.moved_at).label("holder"),
            _EVENTS[kind].label("kind"),
            sa.literal(rank).label("rank"),
        )
        .join_from(_EVENTS.task.table, touched, _EVENTS.task == touched.c.task)
        .where(_EVENTS.source == _SOURCE, _EVENTS[entity].is_not(None), _STANDS)
    )


_SIDES = ("previous", "entity", "previous_type", "entity_type", "void")


def _states(names: Names) -> sa.Subquery:
    """The known states of the touched tasks, each numbered in its task's order."""
    touched = _touched()
    sides = (
        _side(touched, names, 0, "previous", "previous_type"),
        _side(touched, names, 1, "entity", "entity_type"),
    )
    both = sa.union_all(*sides).subquery()
    place = sa.func.row_number().over(partition_by=both.c.task, order_by=_order(both.c))
    return sa.select(both, place.label("place")).subquery("states")


def _order(of: Any) -> tuple[Any, ...]:
    return (of.moved_at, sa.nulls_first(of.counter), of.rank, sa.nulls_first(of.position), of.event)


def _moves(names: Names, *, told: bool) -> sa.Subquery:
    """What may be a hand-over, with what first and last is known of its task: each state beside the one before, or the
    rows as a table of reroutes tells them (`told`). `came`: since when the origin held the task."""
    s = (_rows if told else _states)(names).c
    window: dict[str, Any] = {"partition_by": s.task, "order_by": s.place}
    whole: dict[str, Any] = {**window, "rows": (None, None)}
    origin = s.origin if told else sa.func.lag(s.holder).over(**window)
    first_entity, first_moment = (s.origin, s.moved_at) if told else (s.holder, s.moved_at)
    return sa.select(
        *(column for column in s if column.name not in ("origin", "origin_type")),
        origin.label("origin"),
        (s.origin_type if told else sa.func.lag(s.kind).over(**window)).label("origin_type"),
        sa.func.first_value(first_entity).over(**whole).label("placed"),
        sa.func.first_value(first_moment).over(**whole).label("placed_at"),
        sa.func.first_value(s.router).over(**whole).label("placed_by"),
        sa.func.last_value(s.holder).over(**whole).label("final"),
    ).subquery("moves")


def _rows(names: Names) -> sa.Subquery:
    """The rows of a table of reroutes, in their task's order."""
    touched = _touched()
    after = _side(touched, names, 1, "entity", "entity_type").add_columns(
        names.sql(_EVENTS.previous, _EVENTS.moved_at).label("origin"), _EVENTS.previous_type.label("origin_type")
    )
    r = after.where(_EVENTS.previous.is_not(None)).subquery()
    place = sa.func.row_number().over(partition_by=r.c.task, order_by=_order(r.c))
    return sa.select(r, place.label("place")).where(r.c.origin != r.c.holder).subquery("told")


@lru_cache(maxsize=16)
def handovers(names: Names, *, told: bool) -> Query:
    """The hand-overs of the touched tasks, as rows of `handovers`."""
    moves = _moves(names, told=told)
    kept = sa.select(moves).where(moves.c.origin != moves.c.holder).subquery("found")
    window: dict[str, Any] = {"partition_by": kept.c.task, "order_by": kept.c.place}
    before = {name: sa.func.lag(kept.c[name]).over(**window) for name in ("origin", "holder", "moved_at")}
    undoes = sa.and_(before["origin"] == kept.c.holder, before["holder"] == kept.c.origin)
    handed: sa.ColumnElement[Any] = sa.case((before["holder"] == kept.c.origin, before["moved_at"]), else_=None)
    came = handed if told else sa.func.coalesce(handed, kept.c.placed_at)
    dated = kept.c.until.is_(None)
    numbered = sa.select(
        kept,
        sa.func.row_number().over(**window).label("nth"),
        sa.func.coalesce(undoes, sa.false()).label("undoes"),
        sa.case((dated, _seconds(kept.c.moved_at) - _seconds(came)), else_=None).label("waited_s"),
        sa.case((dated, sa.func.timezone(_ZONE, kept.c.moved_at)), else_=None).label("wall"),
    ).subquery("numbered")
    n = numbered.c
    window = {"partition_by": n.task, "order_by": n.place}
    held = sa.func.lag(n.nth).over(partition_by=(n.task, n.holder), order_by=n.place)
    columns = {name: n[name] for name in HANDOVERS.schema.names if name in n} | {
        "step": sa.case((n.rank == 0, n.event.concat("#before")), else_=n.event),
        "day": sa.cast(n.wall, sa.Date),
        "hour": sa.cast(sa.extract("hour", n.wall), sa.BigInteger),
        "target": n.holder,
        "target_type": n.kind,
        "total": sa.func.count().over(partition_by=n.task),
        "back": sa.case((n.undoes, sa.func.sum(sa.cast(n.undoes, sa.BigInteger)).over(**window)), else_=None),
        "loop": n.nth - sa.func.coalesce(held, sa.case((n.holder == n.placed, 0), else_=None)),
        "wait": _wait_class(n.waited_s),
        "first_at": sa.func.min(n.moved_at).over(partition_by=n.task),
        "router": n.placed_by,
        "void": sa.false(),
    }
    return Query(
        name="derived_handovers",
        select=sa.select(*(columns[name].label(name) for name in HANDOVERS.schema.names)),
        tables=(TASK_EVENTS,),
        params=_DERIVING,
    )


def _seconds(moment: sa.ColumnElement[Any]) -> sa.ColumnElement[float]:
    return sa.func.epoch(moment, type_=sa.Double)


def _wait_class(seconds: sa.ColumnElement[Any]) -> sa.ColumnElement[int]:
    """How many of the limits the seconds reach; null where they are not known."""
    classes = [(seconds < limit, sa.literal(number)) for number, limit in enumerate(WAITS)]
    return sa.case((seconds.is_(None), None), *classes, else_=sa.literal(len(WAITS)))


@lru_cache(maxsize=16)
def tasks(names: Names, *, told: bool) -> Query:
    """The touched tasks of which any entity is known, as rows of `rerouted_tasks`."""
    m = _moves(names, told=told).c
    moved = m.origin != m.holder
    until, placed_at = sa.func.max(m.until), sa.func.min(m.placed_at)
    columns = {
        "source": sa.func.min(m.source),
        "task": m.task,
        "placed_at": placed_at,
        "day": sa.case((until.is_(None), sa.cast(sa.func.timezone(_ZONE, placed_at), sa.Date)), else_=None),
        "until": until,
        "first_at": sa.func.min(m.moved_at).filter(moved),
        "last_at": sa.func.max(m.moved_at),
        "placed": sa.func.min(m.placed),
        "final": sa.func.min(m.final),
        "handovers": sa.func.count().filter(moved),
        "recorded": sa.func.min(m.counted),
        "midway": sa.func.bool_or(m.midway),
        "whole": _WHOLE,
        "router": sa.func.min(m.placed_by),
        "void": sa.false(),
        "squad": sa.func.min(m.squad),
    }
    return Query(
        name="derived_tasks",
        select=sa.select(*(columns[name].label(name) for name in TASKS.schema.names)).group_by(m.task),
        tables=(TASK_EVENTS,),
        params={**_DERIVING, "whole": bool},
    )


def _standing(table: FactTable) -> Query:
    """What an earlier derivation said of the touched tasks."""
    touched, columns = _touched(), table.sql.c
    return Query(
        name=f"standing_{table.name}",
        select=sa.select(*columns)
        .join_from(table.sql, touched, columns.task == touched.c.task)
        .where(columns.source == _SOURCE, sa.not_(columns.void)),
        tables=(TASK_EVENTS, table),
        params=_TOUCHED,
    )


STANDING = {table.name: _standing(table) for table in (HANDOVERS, TASKS)}

_per_task = (
    sa.select(
        _EVENTS.task,
        sa.func.min(_EVENTS.moved_at).label("begins"),
        sa.func.max(_EVENTS.moved_at).label("ends"),
        sa.func.count().label("events"),
    )
    .where(_EVENTS.source == _SOURCE)
    .group_by(_EVENTS.task)
    .subquery()
)
_month = sa.func.date_trunc("month", _per_task.c.begins, type_=sa.TIMESTAMP(timezone=True))
MONTHS = Query(
    name="touched_months",
    select=sa.select(_month.label("month"), sa.func.sum(_per_task.c.events).label("events"))
    .where(_per_task.c.ends >= _SINCE)
    .group_by(_month)
    .order_by(_month),
    tables=(TASK_EVENTS,),
    params={"source": str, "since": datetime},
)


def derive(
    source: str,
    since: datetime,
    names: Names,
    *,
    whole_log: bool = False,
    told: bool = False,
    reading: Callable[[], Reader] = lambda: warehouse().reader(EVERYTHING),
) -> Iterator[Batch]:
    """Batches of `handovers` and `rerouted_tasks` for what changed since a moment (UTC) of the source.

    `whole_log`: the log holds every task that was routed; `told`: the source is a table of reroutes, no log.
    To be asked for when the events have landed; `reading` gives a reader of what has. Raises QueryFailed.
    """
    reader = reading()
    given = {"zone": settings().timezone, "whole": whole_log}
    for start, end in _spans(reader.run(MONTHS, source=source, since=since).table.to_pylist()):
        asked = {"source": source, "since": since, "start": start, "end": end}
        for table, query in ((TASKS, tasks(names, told=told)), (HANDOVERS, handovers(names, told=told))):
            more = {name: value for name, value in given.items() if name in query.params}
            now = _collect(reader, query, table, asked | more)
            before = _collect(reader, STANDING[table.name], table, asked)
            yield Batch(_with_void(table, now, before), table=table, derived=True)


def _spans(months: Sequence[dict[str, Any]]) -> Iterator[tuple[datetime, datetime]]:
    """The months in which touched tasks begin, joined as long as their events are few."""
    start, events = None, 0
    for month in months:
        if start is not None and events + month["events"] > EVENTS_AT_ONCE:
            yield start, month["month"]
            start, events = None, 0
        start, events = start or month["month"], events + month["events"]
    if start is not None:
        yield start, datetime.combine(months_later(months[-1]["month"].date(), 1), time(), UTC)


def _collect(reader: Reader, query: Query, table: FactTable, asked: dict[str, Any]) -> pa.Table:
    batches = [batch.select(table.schema.names) for batch in reader.stream(query, **asked)]
    return pa.Table.from_batches(batches).cast(table.schema) if batches else table.schema.empty_table()


def _with_void(table: FactTable, now: pa.Table, before: pa.Table) -> pa.Table:
    """The rows as derived now, and those of before that they leave out, made void."""
    gone = before.join(now.select(list(table.key)), keys=list(table.key), join_type="left anti")
    return pa.concat_tables([now, voided(table, gone)])


def voided(table: FactTable, rows: pa.Table) -> pa.Table:
    """Rows of a table as they stand once later events say that they never were."""
    void = {"void": pa.array([True] * len(rows)), "day": pa.nulls(len(rows), pa.date32())}
    return pa.table({name: void.get(name, rows[name]) for name in table.schema.names}).cast(table.schema)
