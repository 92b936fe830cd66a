"""From the log of the tasks to their hand-overs: the one rule, and how it keeps pace with a growing log.

The rule. A task's events are put in order: by moment, then by the task's own counter, then by the line of the file,
then by the event's key, so that the order never depends on how the log arrived. A row that tells a change stands for
two states, the one before and the one after. States whose entity the log does not say are passed over, and an entity
that was only renamed (`rules.yml`, aliases) is the same one. Wherever two consecutive states name different entities
lies one hand-over, dated by the second.

Where. At the reading of a source, once its events have landed: a window over 10^7 rows takes seconds, a screen has
half a second. Only the tasks touched since the last derivation are derived again, whole, some months at a time.
The same events give the same rows, and what an earlier derivation said otherwise becomes void, so that it may run
again at any time: after a kill, after late rows, after a change of the aliases.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, time, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.compute as pc
import sqlalchemy as sa

from core.base.calendar import start_of
from core.base.periods import months_later
from core.base.settings import settings
from core.facts.query import Query, Reader
from core.facts.tables import FactTable
from core.mission.discovery import warehouse
from core.people.person import EVERYTHING
from core.sources.base import Batch
from pages.reroutes.facts import HANDOVERS, TASK_EVENTS, TASKS, VOLUMES, WAITS
from pages.reroutes.rules import Alias

BEGINNING = datetime(1900, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)
EVENTS_AT_ONCE = 2_000_000
"""How many events are derived together, so that memory stays bounded; one month is never divided."""
_EVENTS = TASK_EVENTS.sql.c
_SOURCE = sa.bindparam("source", type_=sa.Text())
_ZONE = sa.bindparam("zone", type_=sa.Text())
_SINCE, _START, _END = (sa.bindparam(name, type_=sa.TIMESTAMP(timezone=True)) for name in ("since", "start", "end"))
_TOUCHED = {"source": str, "since": datetime, "start": datetime, "end": datetime}
Alike = tuple[Alias, ...]


def _touched() -> sa.Subquery:
    """Tasks of the source with an event since the last derivation, that begin in a month; with what the application
    counted of their hand-overs in all, and by their first event, whether or not these name an entity."""
    begins = sa.func.min(_EVENTS.moved_at)
    order = sa.func.row(_EVENTS.moved_at, _EVENTS.counter)
    return (
        sa.select(
            _EVENTS.task,
            begins.label("begins"),
            sa.func.max(_EVENTS.recorded).label("counted"),
            sa.func.arg_min(_EVENTS.recorded, order, type_=sa.BigInteger).label("counted_first"),
        )
        .where(_EVENTS.source == _SOURCE)
        .group_by(_EVENTS.task)
        .having(sa.func.max(_EVENTS.moved_at) >= _SINCE, begins >= _START, begins < _END)
        .subquery("touched")
    )


def _named(entity: sa.ColumnElement[Any], aliases: Alike) -> sa.ColumnElement[Any]:
    """An entity under the name it has today."""
    for alias in aliases:
        renamed = sa.and_(entity == alias.was, _EVENTS.moved_at < start_of(alias.since))
        entity = sa.case((renamed, sa.literal(alias.now)), else_=entity)
    return entity


def _states(aliases: Alike) -> sa.CTE:
    """The known states of the touched tasks, each numbered in its task's order."""
    touched = _touched()
    shared = [_EVENTS[name] for name in TASK_EVENTS.schema.names if name not in _SIDES]

    def side(rank: int, entity: str, kind: str) -> sa.Select[Any]:
        named = _named(_EVENTS[entity], aliases).label("holder")
        return (
            sa.select(
                *shared,
                touched.c.counted,
                touched.c.counted_first,
                named,
                _EVENTS[kind].label("kind"),
                sa.literal(rank).label("rank"),
            )
            .join_from(_EVENTS.task.table, touched, _EVENTS.task == touched.c.task)
            .where(_EVENTS.source == _SOURCE, _EVENTS[entity].is_not(None))
        )

    both = sa.union_all(side(0, "previous", "previous_type"), side(1, "entity", "entity_type")).subquery()
    order = (
        both.c.moved_at,
        sa.nulls_first(both.c.counter),
        both.c.rank,
        sa.nulls_first(both.c.position),
        both.c.event,
    )
    return sa.select(both, sa.func.row_number().over(partition_by=both.c.task, order_by=order).label("place")).cte(
        "states"
    )


_SIDES = ("previous", "entity", "previous_type", "entity_type")


def _moves(states: sa.CTE) -> sa.Subquery:
    """Each state beside the one before, with what first and last is known of its task."""
    window: dict[str, Any] = {"partition_by": states.c.task, "order_by": states.c.place}
    whole: dict[str, Any] = {**window, "rows": (None, None)}
    return sa.select(
        states,
        sa.func.lag(states.c.holder).over(**window).label("origin"),
        sa.func.lag(states.c.kind).over(**window).label("origin_type"),
        sa.func.first_value(states.c.holder).over(**whole).label("placed"),
        sa.func.first_value(states.c.moved_at).over(**whole).label("placed_at"),
        sa.func.first_value(states.c.router).over(**whole).label("placed_by"),
        sa.func.last_value(states.c.holder).over(**whole).label("final"),
    ).subquery("moves")


@lru_cache(maxsize=8)
def handovers(aliases: Alike) -> Query:
    """The hand-overs of the touched tasks, as rows of `handovers`."""
    moves = _moves(_states(aliases))
    found = sa.select(moves).where(moves.c.origin != moves.c.holder).subquery("found")
    window: dict[str, Any] = {"partition_by": found.c.task, "order_by": found.c.place}
    undoes = sa.func.coalesce(sa.func.lag(found.c.origin).over(**window) == found.c.holder, sa.false())
    came = sa.func.coalesce(sa.func.lag(found.c.moved_at).over(**window), found.c.placed_at)
    numbered = sa.select(
        found,
        undoes.label("undoes"),
        (_seconds(found.c.moved_at) - _seconds(came)).label("waited_s"),
        sa.func.timezone(_ZONE, found.c.moved_at, type_=sa.TIMESTAMP()).label("wall"),
    ).subquery("numbered")
    window = {"partition_by": numbered.c.task, "order_by": numbered.c.place}
    columns = {name: numbered.c[name] for name in HANDOVERS.schema.names if name in numbered.c} | {
        "step": sa.case((numbered.c.rank == 0, numbered.c.event.concat("#before")), else_=numbered.c.event),
        "until": sa.cast(sa.null(), sa.TIMESTAMP(timezone=True)),
        "day": sa.cast(numbered.c.wall, sa.Date),
        "hour": sa.cast(sa.extract("hour", numbered.c.wall), sa.BigInteger),
        "target": numbered.c.holder,
        "target_type": numbered.c.kind,
        "nth": sa.func.row_number().over(**window),
        "total": sa.func.count().over(partition_by=numbered.c.task),
        "back": sa.case(
            (numbered.c.undoes, sa.func.sum(sa.cast(numbered.c.undoes, sa.BigInteger)).over(**window)), else_=None
        ),
        "wait": _wait_class(numbered.c.waited_s),
        "router": numbered.c.placed_by,
        "void": sa.false(),
    }
    return Query(
        name="derived_handovers",
        select=sa.select(*(columns[name].label(name) for name in HANDOVERS.schema.names)),
        tables=(TASK_EVENTS,),
        params={**_TOUCHED, "zone": str},
    )


def _seconds(moment: sa.ColumnElement[Any]) -> sa.ColumnElement[float]:
    return sa.func.epoch(moment, type_=sa.Double)


def _wait_class(seconds: sa.ColumnElement[Any]) -> sa.ColumnElement[int]:
    """How many of the limits the seconds reach."""
    classes = [(seconds < limit, sa.literal(number)) for number, limit in enumerate(WAITS)]
    return sa.case(*classes, else_=sa.literal(len(WAITS)))


@lru_cache(maxsize=8)
def tasks(aliases: Alike) -> Query:
    """The touched tasks of which any entity is known, as rows of `rerouted_tasks`."""
    moves = _moves(_states(aliases))
    moved = sa.func.count().filter(moves.c.origin != moves.c.holder)
    columns = {
        "source": sa.func.min(moves.c.source),
        "task": moves.c.task,
        "placed_at": sa.func.min(moves.c.placed_at),
        "last_at": sa.func.max(moves.c.moved_at),
        "placed": sa.func.min(moves.c.placed),
        "final": sa.func.min(moves.c.final),
        "handovers": moved,
        "recorded": sa.func.min(moves.c.counted),
        "midway": sa.func.coalesce(sa.func.min(moves.c.counted_first) > 0, sa.false()),
        "router": sa.func.min(moves.c.placed_by),
        "void": sa.false(),
        "squad": sa.func.min(moves.c.squad),
    }
    return Query(
        name="derived_tasks",
        select=sa.select(*(columns[name].label(name) for name in TASKS.schema.names)).group_by(moves.c.task),
        tables=(TASK_EVENTS,),
        params=_TOUCHED,
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

_tasks = TASKS.sql.c
_day = sa.func.timezone(
    _ZONE, sa.func.date_trunc("day", sa.func.timezone(_ZONE, _tasks.placed_at)), type_=sa.TIMESTAMP(timezone=True)
)
_router = sa.func.coalesce(_tasks.router, sa.literal_column("''"))
PLACED_BY_DAY = Query(
    name="placed_by_day",
    select=sa.select(
        _tasks.placed.label("entity"),
        _day.label("start"),
        _router.label("router"),
        sa.func.count().label("routed"),
        sa.func.min(_tasks.squad).label("squad"),
    )
    .where(_tasks.source == _SOURCE, sa.not_(_tasks.void), sa.not_(_tasks.midway), _tasks.placed_at >= _SINCE)
    .group_by(_tasks.placed, _day, _router),
    tables=(TASKS,),
    params={"source": str, "since": datetime, "zone": str},
    cap=10_000_000,
)
_volumes = VOLUMES.sql.c
STANDING_VOLUMES = Query(
    name="standing_volumes",
    select=sa.select(*_volumes).where(_volumes.source == _SOURCE, _volumes.start >= _SINCE, _volumes.routed > 0),
    tables=(VOLUMES,),
    params={"source": str, "since": datetime},
    cap=10_000_000,
)


def derive(
    source: str,
    since: datetime,
    aliases: Alike,
    *,
    whole_log: bool,
    reading: Callable[[], Reader] = lambda: warehouse().reader(EVERYTHING),
) -> Iterator[Batch]:
    """Batches of `handovers` and `rerouted_tasks` for what changed since a moment (UTC) of the log; where the log
    holds every task that was routed (`whole_log`), of `routed_volumes` too.

    To be asked for when the events have landed; `reading` gives a reader of what has. Raises QueryFailed.
    """
    reader = reading()
    for start, end in _spans(reader.run(MONTHS, source=source, since=since).table.to_pylist()):
        asked = {"source": source, "since": since, "start": start, "end": end}
        for table, query in ((TASKS, tasks(aliases)), (HANDOVERS, handovers(aliases))):
            zone = {"zone": settings().timezone} if "zone" in query.params else {}
            now = _collect(reader, query, table, asked | zone)
            before = _collect(reader, STANDING[table.name], table, asked)
            yield Batch(_with_void(table, now, before), table=table)
    if whole_log:
        yield Batch(_volumes_since(reading(), source, since), table=VOLUMES)


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


def _volumes_since(reader: Reader, source: str, since: datetime) -> pa.Table:
    """Tasks first placed, by entity and local day, from the first day that can have changed on.

    An event since `since` may have changed a task that began before: days are counted from that task's on.
    """
    first = _collect_first(reader, source, since)
    zone = settings().timezone
    found = reader.run(PLACED_BY_DAY, source=source, since=first, zone=zone).table
    days = {start: _day_after(start, zone) for start in pc.unique(found["start"]).to_pylist()}
    found = found.append_column("until", pa.array([days[start] for start in found["start"].to_pylist()], _MOMENT))
    found = found.append_column("source", pa.array([source] * len(found), pa.string())).select(VOLUMES.schema.names)
    now = found.cast(VOLUMES.schema)
    before = reader.run(STANDING_VOLUMES, source=source, since=first).table.cast(VOLUMES.schema)
    gone = before.join(now.select(list(VOLUMES.key)), keys=list(VOLUMES.key), join_type="left anti")
    none = gone.select(VOLUMES.schema.names).set_column(5, "routed", pa.array([0] * len(gone), pa.int64()))
    return pa.concat_tables([now, none.cast(VOLUMES.schema)])


_MOMENT = pa.timestamp("us", tz="UTC")


def _collect_first(reader: Reader, source: str, since: datetime) -> datetime:
    months: Sequence[datetime] = reader.run(MONTHS, source=source, since=since).table["month"].to_pylist()
    return min(months) - DAY if months else since


def _day_after(start: datetime, zone: str) -> datetime:
    return start_of(start.astimezone(ZoneInfo(zone)).date() + DAY)
