"""Events as sources tell them: what tells two apart, what a rewritten file says no more, and what follows from them."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import sqlalchemy as sa

from core.base.i18n import _
from core.facts.query import Query
from core.mission.discovery import warehouse
from core.people.person import EVERYTHING
from core.sources.base import Batch, Cursor, Source
from core.sources.mapping import ColumnMapping
from core.sources.shaping import Piece
from core.sources.tabular import is_file
from core.sources.values.moments import MOMENT_TYPE
from pages.reroutes.derive import BEGINNING, RULE, derive
from pages.reroutes.facts import HANDOVERS, TASK_EVENTS, VOLUMES
from pages.reroutes.names import Names, known_names
from pages.reroutes.sources.volumes import emptied

_E = TASK_EVENTS.sql.c
_SOURCE = sa.bindparam("source", type_=sa.Text())
TOLD_BEFORE = Query(
    name="events_of_a_file",
    select=sa.select(*(_E[name] for name in TASK_EVENTS.schema.names)).where(
        _E.source == _SOURCE,
        _E.file == sa.bindparam("file", type_=sa.Text()),
        sa.not_(sa.func.coalesce(_E.void, sa.false())),
    ),
    tables=(TASK_EVENTS,),
    params={"source": str, "file": str},
)
"""What a file says, as far as it was read before."""


def identify(piece: Piece, holders: pa.Array, undated: str = "") -> None:
    """What tells two events of a task apart, and where they stand: moment, counter, `holders` (the entities that the
    row names) and, of those alike in all three, how many other entities came between in the file. Equal neighbours
    are one event told twice; «A, B, A» of one moment are three."""
    columns, in_order = piece.columns, is_file(piece.source)
    _settle_clock_change(piece)
    moment = pc.fill_null(pc.strftime(columns["moved_at"], format="%Y-%m-%dT%H:%M:%SZ"), undated)
    parts = [moment, holders]
    if "counter" in columns:
        parts.insert(1, pc.fill_null(columns["counter"].cast(pa.string()), ""))
    content = pc.binary_join_element_wise(*parts, "#")
    columns["event"] = (
        _numbered(pc.fill_null(columns["task"], ""), content, parts[:-1], holders) if in_order else content
    )
    lines = pa.array(list(piece.cells.lines), pa.int64())
    if in_order and len(piece):
        lines = _first_lines(columns["task"], columns["event"], lines)
    columns["position"] = lines if in_order else pa.nulls(len(piece), pa.int64())
    file = piece.cells.where.partition("!")[0] if in_order else None
    columns["file"] = pa.array([file] * len(piece), pa.string())
    columns["void"] = pa.array([False] * len(piece))


def _first_lines(tasks: pa.Array, events: pa.Array, lines: pa.Array) -> pa.Array:
    """Of an event that is told twice where it was told first: both rows say the same."""
    named = pc.binary_join_element_wise(pc.fill_null(tasks, ""), pc.fill_null(events, ""), "\x1f").dictionary_encode()
    first = pa.table({"at": named.indices, "line": lines}).group_by("at").aggregate([("line", "min")])
    return first.sort_by("at")["line_min"].combine_chunks().take(named.indices)


def _settle_clock_change(piece: Piece) -> None:
    """Of the hour that happens twice an event that would lie before the one that came before it is of the second time:
    by the task's counter, or by a file in which none else lies before its forerunner."""
    columns = piece.columns
    first, second = (side["moved_at"].cast(pa.int64()).to_pylist() for side in (columns, piece.second))
    if first == second:
        return
    counters: list[Any] = columns["counter"].to_pylist() if "counter" in columns else [None] * len(first)
    counted = None not in counters
    rows = [row for row, moment in enumerate(first) if moment is not None]
    if counted:
        rows.sort(key=lambda row: counters[row])
    tasks = columns["task"].to_pylist()
    latest: dict[str, int] = {}
    settled = list(first)
    for row in rows:
        before = latest.get(tasks[row])
        if before is not None and first[row] < before:
            if before <= second[row]:
                settled[row] = second[row]
            elif not counted:
                return  # the newest row stands first, or in no order
        latest[tasks[row]] = settled[row]
    columns["moved_at"] = pa.array(settled, pa.int64()).cast(MOMENT_TYPE)


def tells_apart_by_order(source: Source) -> bool:
    """Whether events alike in moment and entity are told apart by what stands between them, and not by a counter."""
    return isinstance(source.options, ColumnMapping) and "counter" not in source.options.columns


def _numbered(task: pa.Array, content: pa.Array, moments: list[pa.Array], holders: pa.Array) -> pa.Array:
    """The texts, those of a second, third… run of the same entity at one moment of a task with its number."""
    if not len(content):
        return content
    at = pc.binary_join_element_wise(task, *moments, "\x1f")
    import pandas as pd  # a sync that reads no events starts without it

    frame = pd.DataFrame({"at": at.dictionary_encode().indices.to_numpy(), "holder": holders.to_pylist()})
    begins = frame["holder"] != frame.groupby("at")["holder"].shift()
    number = begins.astype(np.int64).groupby([frame["at"], frame["holder"]]).cumsum().to_numpy()
    again = pa.array(number > 1)
    if not pc.any(again).as_py():
        return content
    return pc.if_else(again, pc.binary_join_element_wise(content, pa.array(number).cast(pa.string()), "#"), content)


def then_derived(
    source: Source, cursor: Cursor, rows: Iterator[Batch], *, whole_log: bool = False, told: bool = False
) -> Iterator[Batch]:
    """Events, then what follows from them. The cursor keeps from which moment on nothing was derived yet, and by which
    rule and names what is derived was so."""
    before, since = cursor.get("names"), cursor.get("underived")
    for batch in _with_the_gone(source, rows, anew=not cursor):
        if len(batch.rows):
            since = min(filter(None, (since, pc.min(batch.rows["moved_at"]).as_py().isoformat())))
        if batch.cursor is not None:
            cursor = {**batch.cursor, "underived": since, "names": before}
            batch = replace(batch, cursor=cursor)
        yield batch
    names = known_names()
    digest = digest_of(names)
    if before and before != digest:
        since = BEGINNING.isoformat()
        volumes = emptied(source.name)  # counted from the log, before tasks said where they were placed
        if len(volumes):
            yield Batch(volumes, table=VOLUMES, derived=True)
    if since:
        yield from derive(source.name, datetime.fromisoformat(since), names, whole_log=whole_log, told=told)
    yield Batch(pa.table({}), cursor={**cursor, "underived": None, "names": digest})


def digest_of(names: Names) -> str:
    """What tells the rule and the names by which something was derived from others."""
    return sha256(f"{RULE} {names!r}".encode()).hexdigest()[:16]


def _with_the_gone(source: Source, rows: Iterator[Batch], *, anew: bool) -> Iterator[Batch]:
    """The rows; after those of a file that was read whole, what it says no more."""
    read: list[pa.Table] = []
    before: pa.Table | None = None
    for batch in rows:
        yield batch
        if len(batch.rows) and is_file(source):
            if before is None:  # only now: a reading that begins anew has taken out what was told before
                before = _told_before(source.name, batch.rows["file"][0].as_py())
                before = before.join(batch.rows.select(_KEY), keys=_KEY, join_type="left anti").select(
                    before.column_names
                )
            if len(before):
                read.append(batch.rows.select(_OF_A_ROW))
        if batch.replaces:
            if read and before is not None:
                gone = gone_of(before, pa.concat_tables(read), anew=anew)
                if len(gone):
                    note = _("Rows that the file said before and says no more: they count no longer.")
                    yield Batch(gone, notes={note: len(gone)})
            read, before = [], None


_KEY = ["task", "event"]
_OF_A_ROW = ["task", "event", "moved_at", "until", "previous", "entity"]


def _told_before(source: str, file: str) -> pa.Table:
    reader = warehouse().reader(EVERYTHING)
    batches = list(reader.stream(TOLD_BEFORE, source=source, file=file))
    names = TASK_EVENTS.schema.names
    if not batches:
        return TASK_EVENTS.schema.empty_table()
    return pa.Table.from_batches(batches).select(names).cast(TASK_EVENTS.schema)


def gone_of(before: pa.Table, read: pa.Table, *, anew: bool) -> pa.Table:
    """Of the events that a file said before, those that it says no more, made void.

    A file that was rewritten speaks for the time from its first moment on: earlier ones were of a part that it left
    out. `anew`: the source is read from its beginning, and speaks for all. A row without a date speaks for its period,
    and is no more of another one in which the same was said.
    """
    left = before.join(read.select(_KEY), keys=_KEY, join_type="left anti").select(before.column_names)
    dated = read.filter(pc.is_null(read["until"]))
    first = BEGINNING if anew else pc.min(dated["moved_at"]).as_py()
    late = pc.greater_equal(left["moved_at"], pa.scalar(first, MOMENT_TYPE)) if len(dated) else pa.nulls(len(left))
    gone_dated = pc.and_(pc.is_null(left["until"]), pc.fill_null(late.cast(pa.bool_()), False))
    undated = read.filter(pc.is_valid(read["until"]))
    same_period = _found(left, undated, ["moved_at", "until"])
    same_move = _found(left, undated, ["task", "previous", "entity"])
    gone_undated = pc.and_(pc.is_valid(left["until"]), pc.or_(same_period, same_move))
    gone = left.filter(pc.or_(gone_dated, gone_undated))
    at = gone.column_names.index("void")
    return gone.set_column(at, "void", pa.array([True] * len(gone), pa.bool_()))


def _found(rows: pa.Table, among: pa.Table, columns: list[str]) -> pa.Array:
    """Whether each row has a like in some columns."""
    known = set(zip(*(among[name].to_pylist() for name in columns), strict=True))
    return pa.array(
        [key in known for key in zip(*(rows[name].to_pylist() for name in columns), strict=True)], pa.bool_()
    )


_H = HANDOVERS.sql.c
TOLD_BY_A_TABLE = Query(
    name="handovers_of_a_table",
    select=sa.select(*_H).where(_H.source == _SOURCE, sa.not_(_H.void), ~sa.exists().where(_E.source == _SOURCE)),
    tables=(HANDOVERS, TASK_EVENTS),
    params={"source": str},
)


def from_handovers(source: str) -> pa.Table:
    """The hand-overs that a table of reroutes brought when its rows were no events yet, as events; none once it brought
    events."""
    batches = list(warehouse().reader(EVERYTHING).stream(TOLD_BY_A_TABLE, source=source))
    if not batches:
        return TASK_EVENTS.schema.empty_table()
    rows = pa.Table.from_batches(batches)
    took = {"event": "step", "previous": "origin", "entity": "target", "previous_type": "origin_type"}
    took |= {"entity_type": "target_type"}
    columns = {name: took.get(name, name) for name in TASK_EVENTS.schema.names}
    there = {name: rows[column] for name, column in columns.items() if column in rows.column_names}
    nothing = {name: pa.nulls(len(rows)) for name in columns if name not in there}
    return pa.table({name: (there | nothing)[name] for name in columns}).cast(TASK_EVENTS.schema)
