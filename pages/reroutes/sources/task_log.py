"""Task logs, one row a state or a change: events, from which hand-overs follow."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from hashlib import sha256

import pyarrow as pa
import pyarrow.compute as pc
from pydantic import Field as Option

from core.base.i18n import N_, _
from core.sources.base import Batch, Cursor, Source
from core.sources.cells import Cells
from core.sources.kinds import Kind
from core.sources.mapping import ColumnMapping, Field
from core.sources.moments import trim
from core.sources.shaping import Piece
from core.sources.tabular import Tabular, is_file
from pages.reroutes import rules
from pages.reroutes.derive import BEGINNING, derive
from pages.reroutes.facts import TASK_EVENTS, Way
from pages.reroutes.sources.shared import ACTOR, CENTRE, LINE, MOVED_AT, RECIPIENTS, REFERENCE, ROUTER, TASK

EVENT_FIELDS = (
    TASK,
    MOVED_AT,
    Field("entity", N_("Entity"), Kind.TEXT, (
        "entity", "entité", "entité de gestion", "entite cible", "nouvelle entité", "assignment_group", "group",
        "groupe", "new value",
    )),
    Field("previous", N_("Entity before"), Kind.TEXT, (
        "ancienne_entite", "entité précédente", "previous entity", "from entity", "old value",
    )),
    Field("counter", N_("Counter of changes"), Kind.COUNT, (
        "sys_mod_count", "counter", "compteur", "numéro de version",
    )),
    Field("recorded", N_("Hand-overs counted by the application"), Kind.COUNT, (
        "reassignment_count", "nombre de reroutages", "nb reroutages", "n_reroutes",
    )),
    ACTOR, CENTRE, ROUTER, REFERENCE, LINE, RECIPIENTS,
    Field("entity_type", N_("Type of the entity"), Kind.TEXT, ("type_entite_cible", "type entité", "entity type")),
    Field("previous_type", N_("Type of the entity before"), Kind.TEXT, ("type_ancienne_entite", "previous type")),
)  # fmt: skip
"""What a log may say of a task."""


class LogMapping(ColumnMapping):
    """How a log's columns become events."""

    nulls: list[str] = Option(
        default_factory=lambda: ["?", "-"], title=N_("Words for nothing"), description=N_("Cells that mean empty")
    )
    automatic: list[str] = Option(
        default_factory=list,
        title=N_("Actors that are no people"),
        description=N_("E.g. melusine, batch_*: what they moved was not rerouted by hand"),
    )
    whole_log: bool = Option(
        default=False,
        title=N_("Every routed task is in this log"),
        description=N_("Rerouted or not: the routed volumes are then counted from it"),
    )


def _mapping(source: Source) -> LogMapping:
    assert isinstance(source.options, LogMapping)
    return source.options


def _tidy(source: Source, cells: Cells) -> Cells:
    """The words that mean nothing, as empty cells."""
    table, nulls = cells.table, pa.array(_mapping(source).nulls, pa.string())
    for column in set(_mapping(source).columns.values()) & set(table.column_names):
        text = table[column].combine_chunks()
        empty = pc.is_in(trim(text), nulls)
        if pc.any(empty).as_py():
            at = table.column_names.index(column)
            table = table.set_column(at, column, pc.if_else(pc.fill_null(empty, False), "", text))
    return replace(cells, table=table)


def _complete(piece: Piece) -> None:
    """What tells two events apart, where they stand, and whether people moved the task."""
    columns = piece.columns
    piece.need("task", N_("The row names no task."))
    piece.need("moved_at", N_("The row has no date."))
    piece.not_in_future("moved_at")
    moment = pc.strftime(columns["moved_at"], format="%Y-%m-%dT%H:%M:%SZ")
    counter = pc.fill_null(columns["counter"].cast(pa.string()), "")
    holder = pc.fill_null(columns["entity"], "")
    columns["event"] = pc.binary_join_element_wise(moment, counter, holder, "#")
    in_order = is_file(piece.source)
    columns["position"] = (
        pa.array(list(piece.cells.lines), pa.int64()) if in_order else pa.nulls(len(piece), pa.int64())
    )
    automatic = _mapping(piece.source).automatic

    def way(actor: str | None) -> str:
        if actor is None:
            return Way.UNKNOWN.value
        return (Way.AUTOMATIC if rules.matches(actor, automatic) else Way.MANUAL).value

    columns["way"] = _by_word(columns["actor"], way)


def _doubts(rows: pa.Table) -> dict[str, int]:
    unknown = pc.sum(pc.and_(pc.is_null(rows["entity"]), pc.is_null(rows["previous"]))).as_py() or 0
    return {_("Rows name no entity: they are kept, and passed over."): unknown} if unknown else {}


def _by_word(text: pa.Array, say: Callable[[str | None], str]) -> pa.Array:
    """A word for each cell, found once for each distinct text."""
    encoded = text.dictionary_encode()
    words = pa.array([say(word) for word in encoded.dictionary.to_pylist()], pa.string())
    return pc.fill_null(pc.take(words, encoded.indices), say(None))


def _then_derived(source: Source, cursor: Cursor, rows: Iterator[Batch]) -> Iterator[Batch]:
    """Events, then what follows from them. The cursor keeps from which moment on nothing was derived yet."""
    aliases = rules.in_force().aliases
    names = sha256(repr(aliases).encode()).hexdigest()[:16]
    renamed = bool(cursor) and cursor.get("names") != names
    since = BEGINNING.isoformat() if renamed else cursor.get("underived")
    for batch in rows:
        if len(batch.rows):
            since = min(filter(None, (since, pc.min(batch.rows["moved_at"]).as_py().isoformat())))
        if batch.cursor is not None:
            cursor = {**batch.cursor, "underived": since, "names": cursor.get("names")}
            batch = replace(batch, cursor=cursor)
        yield batch
    if since:
        yield from derive(source.name, datetime.fromisoformat(since), aliases, whole_log=_mapping(source).whole_log)
    yield Batch(pa.table({}), cursor={**cursor, "underived": None, "names": names})


TASK_LOG = Tabular(
    kind="task_log",
    title=N_("Task log (CSV or Excel)"),
    sql_title=N_("Task log in a database"),
    table=TASK_EVENTS,
    fields=EVENT_FIELDS,
    mapping=LogMapping,
    tidy=_tidy,
    complete=_complete,
    doubts=_doubts,
    around=_then_derived,
    latest_counts=is_file,
)
