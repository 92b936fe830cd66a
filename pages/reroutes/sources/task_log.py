"""Task logs, one row a state or a change: events, from which hand-overs follow."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

import pyarrow as pa
import pyarrow.compute as pc
from pydantic import Field as Option

from core.base.i18n import N_, _
from core.sources.base import Batch, Cursor, Source
from core.sources.mapping import Field, plain
from core.sources.shaping import Piece
from core.sources.tabular import Tabular, is_file
from core.sources.values.kinds import Kind
from pages.reroutes import rules
from pages.reroutes.facts import TASK_EVENTS, Way
from pages.reroutes.sources.events import identify, tells_apart_by_order, then_derived
from pages.reroutes.sources.shared import (
    ACTOR,
    AFTER,
    BEFORE,
    CENTRE,
    LINE,
    MOVED_AT,
    OF_FIELDS,
    OF_VALUES,
    RECIPIENTS,
    REFERENCE,
    ROUTER,
    TASK,
    EntityMapping,
    by_cells,
    is_called,
    without_nulls,
)

EVENT_FIELDS = (
    replace(TASK, needed=True),
    replace(MOVED_AT, needed=True),
    Field("entity", N_("Entity"), Kind.TEXT, (
        "entity", "entité", "entité de gestion", *AFTER, "assignment_group", "support team", "assigned team", "team",
        "équipe", "queue", "service", "group", "groupe", "groupe affecté", "workbasket", "corbeille", "to", "vers",
    ), needed=True),
    Field("previous", N_("Entity before"), Kind.TEXT, (*BEFORE, "from", "de")),
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


class LogMapping(EntityMapping):
    """How a log's columns become events."""

    automatic: list[str] = Option(
        default_factory=list,
        title=N_("Actors that are no people"),
        description=N_("E.g. melusine, batch_*: what they moved was not rerouted by hand"),
    )
    whole_log: bool = Option(
        default=False,
        title=N_("Every routed task is in this log"),
        description=N_("Rerouted or not: rates are then made of it"),
    )


def _mapping(source: Source) -> LogMapping:
    assert isinstance(source.options, LogMapping)
    return source.options


def _complete(piece: Piece) -> None:
    """What tells two events apart, where they stand, and whether people moved the task."""
    columns = piece.columns
    piece.need("task", N_("The row names no task."))
    piece.need("moved_at", N_("The row has no date."))
    piece.not_in_future("moved_at")
    _leave_out_other_fields(piece)
    _first_placed(piece)
    identify(piece, holders=pc.fill_null(columns["entity"], ""))
    automatic = _mapping(piece.source).automatic

    def way(actor: str | None) -> str:
        if actor is None:
            return Way.UNKNOWN.value
        return (Way.AUTOMATIC if rules.matches(actor, automatic) else Way.MANUAL).value

    columns["way"] = _by_word(columns["actor"], way)


_OF_ENTITIES = re.compile(
    r"group|entit|team|equipe|queue|service|corbeille|unite|unit$|department|departement|pole|centre|^file"
)


def _leave_out_other_fields(piece: Piece) -> None:
    """A history of every field that changed tells of hand-overs where its entity or group did: who is assigned, or what
    a priority becomes, is no entity."""
    held = piece.cells.table.column_names
    column = next((name for name in held if is_called(name, OF_FIELDS)), "")
    if not column or not is_called(_mapping(piece.source).columns.get("entity", ""), OF_VALUES):
        return
    others = [_OF_ENTITIES.search(plain(field)) is None for field in piece.cells.table[column].to_pylist()]
    piece.leave_out(pa.array(others, pa.bool_()), _("Rows that tell of another field than the entity are left out."))


_EVENT = frozenset(map(plain, (
    "type d'événement", "type événement", "événement", "event", "event type", "type of event", "action", "nature",
    "nature de l'événement", "opération", "mouvement", "type de mouvement",
)))  # fmt: skip
_FIRST = re.compile(
    r"(routage|affectation|attribution|placement)initiale?$|(initial|first)(routing|assignment|placement)$"
    r"|(premier|premiere)(routage|affectation|attribution)$"
)


def _first_placed(piece: Piece) -> None:
    """Where a log says of a row that it placed the task first, what stood before was no entity: a router, a mailbox."""
    held = piece.cells.table.column_names
    column = next((name for name in held if plain(name) in _EVENT), "")
    if not column or "previous" not in piece.columns:
        return
    first = [_FIRST.match(plain(word or "")) is not None for word in piece.cells.table[column].to_pylist()]
    for name in ("previous", "previous_type"):
        if name in piece.columns:
            piece.columns[name] = pc.if_else(pa.array(first, pa.bool_()), None, piece.columns[name])


def _doubts(rows: pa.Table) -> dict[str, int]:
    unknown = pc.sum(pc.and_(pc.is_null(rows["entity"]), pc.is_null(rows["previous"]))).as_py() or 0
    return {_("Rows name no entity: they are kept, and passed over."): unknown} if unknown else {}


def _by_word(text: pa.Array, say: Callable[[str | None], str]) -> pa.Array:
    """A word for each cell, found once for each distinct text."""
    encoded = text.dictionary_encode()
    words = pa.array([say(word) for word in encoded.dictionary.to_pylist()], pa.string())
    return pc.fill_null(pc.take(words, encoded.indices), say(None))


def _then_derived(source: Source, cursor: Cursor, rows: Iterator[Batch]) -> Iterator[Batch]:
    yield from then_derived(source, cursor, rows, whole_log=_mapping(source).whole_log)


TASK_LOG = Tabular(
    kind="task_log",
    title=N_("Task log (CSV or Excel)"),
    sql_title=N_("Task log in a database"),
    table=TASK_EVENTS,
    fields=EVENT_FIELDS,
    mapping=LogMapping,
    guesses=by_cells,
    tidy=without_nulls,
    complete=_complete,
    doubts=_doubts,
    around=_then_derived,
    latest_counts=is_file,
    needs_all=tells_apart_by_order,
)
