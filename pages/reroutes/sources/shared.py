"""Columns that several tables of the mission have, and words that mean nothing."""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from pydantic import Field as Option

from core.base.errors import SourceFailed
from core.base.i18n import N_, _
from core.sources.base import Source
from core.sources.cells import ERRORS, Cells
from core.sources.mapping import ColumnMapping, Field, plain
from core.sources.values.kinds import Kind
from core.sources.values.moments import read_moments, trim

_NOUNS = ("entité", "service", "équipe", "groupe", "file", "unité")
BEFORE = (
    "ancienne_entite", "ancien service", "ancienne équipe", "émetteur", "provenance", "from entity", "from team",
    "from group", "from queue", "previous entity", "old value", "ancien groupe",
    *(f"{noun} {side}" for noun in _NOUNS for side in (
        "précédent", "précédente", "d'origine", "origine", "source", "émetteur", "émettrice", "avant", "de départ",
        "cédant", "cédante",
    )),
    "origine",
)  # fmt: skip
"""What the entity that had a task is called."""
AFTER = (
    "entite_cible", "nouvelle entité", "nouveau service", "nouvelle équipe", "destinataire", "to entity", "to team",
    "to group", "to queue", "new value", "nouveau groupe",
    *(f"{noun} {side}" for noun in _NOUNS for side in (
        "destinataire", "de destination", "destination", "cible", "suivant", "suivante", "après", "d'arrivée",
        "preneur", "preneuse",
    )),
    "cible",
)  # fmt: skip
"""What the entity that a task goes to is called."""
TASK = Field("task", N_("Task"), Kind.TEXT, (
    "act_row_id", "task", "task id", "tâche", "id tâche", "activity id", "row_id", "number", "ticket", "case id",
    "issue_num", "request number", "request", "demande", "numéro de demande", "numéro de tâche",
    "n° de tâche", "dossier", "incident", "identifiant",
))  # fmt: skip
REFERENCE = Field("reference", N_("Reference"), Kind.TEXT, ("Reference_extern", "référence externe", "reference"))
LINE = Field("line", N_("Filière"), Kind.TEXT, ("filiere_cible", "filière", "line"))
RECIPIENTS = Field("recipients", N_("Recipients"), Kind.TEXT, (
    "mail_destinataire", "destinataires", "recipients", "to",
), prose=True)  # fmt: skip
ACTOR = Field("actor", N_("Made by"), Kind.TEXT, (
    "actor", "acteur", "sys_updated_by", "updated by", "changed by", "modified by", "modifié par", "auteur", "agent",
    "utilisateur", "user", "author", "edited by", "created by", "sys_created_by", "créé par", "intervenant",
))  # fmt: skip
CENTRE = Field("centre", N_("Centre of whoever rerouted"), Kind.TEXT, (
    "centre", "centre rerouteur", "centre de gestion", "center", "site",
))  # fmt: skip
ROUTER = Field("router", N_("Version of the router"), Kind.TEXT, (
    "router", "router version", "version routeur", "version melusine", "model version",
))  # fmt: skip
MOVED_AT = Field("moved_at", N_("Moment"), Kind.MOMENT, (
    "moved at", "sys_updated_at", "date de modification", "date modif", "horodatage", "timestamp", "date reroutage",
    "date de reroutage", "date de transfert", "date du transfert",
    "date de réacheminement", "date du reroutage", "date de réaffectation", "date de mouvement", "date du mouvement",
    "date mvt",
    "updated at", "updated on", "modified on", "changed on", "changed at", "modified at", "modifié le", "changé le",
    "event time", "moment", "date d'affectation", "edit date", "when", "date", "le", "jour", "day", "time",
))  # fmt: skip


class EntityMapping(ColumnMapping):
    """How columns are read of which some name entities."""

    nulls: list[str] = Option(
        default_factory=lambda: [
            "?",
            "-",
            "NULL",
            "(null)",
            "None",
            "N/A",
            "NaN",
            "(vide)",
            "non renseigné",
            *sorted(ERRORS),
        ],
        title=N_("Words for nothing"),
        description=N_("Cells that mean empty, whatever their case"),
    )


def without_nulls(source: Source, cells: Cells) -> Cells:
    """The words that mean nothing, as empty cells."""
    mapping = source.options
    assert isinstance(mapping, EntityMapping)
    table, nulls = cells.table, pa.array({word.casefold() for word in mapping.nulls}, pa.string())
    for column in set(mapping.columns.values()) & set(table.column_names):
        text = table[column].combine_chunks()
        empty = pc.is_in(pc.utf8_lower(trim(text)), nulls)
        if pc.any(empty).as_py():
            at = table.column_names.index(column)
            table = table.set_column(at, column, pc.if_else(pc.fill_null(empty, False), "", text))
    return replace(cells, table=table)


def by_cells(cells: Cells, columns: dict[str, str]) -> dict[str, Any]:
    """The columns of a log as names tell them, and those that only their cells tell: the moment, the task (a code that
    comes several times), the entity (one of few words)."""
    guessed = dict(columns)
    _require_one_entity(cells)
    free = [name for name in cells.table.column_names if name not in guessed.values()]
    field = next((name for name in free if is_called(name, OF_FIELDS)), "")
    became = next((name for name in free if is_called(name, OF_VALUES)), "")
    if field and became and "entity" not in guessed:
        guessed["entity"] = became
    free = [name for name in free if name not in guessed.values() and name != field and not _NO_ENTITY.search(name)]
    texts = {name: [text for text in trim(cells.table[name].combine_chunks()).to_pylist() if text] for name in free}
    for field, fits in (("moved_at", _moments), ("task", _codes), ("entity", _few)):
        hit = next((name for name in free if texts[name] and fits(texts[name])), None) if field not in guessed else None
        if hit is not None:
            guessed[field] = hit
            free.remove(hit)
    return {"columns": guessed}


def is_called(name: str, words: frozenset[str]) -> bool:
    """Whether a column is called by one of these words, or within a group by one: `Changes - Field name`."""
    return plain(name.rpartition(" - ")[2]) in words


OF_FIELDS = frozenset(map(plain, (
    "field", "field name", "field / event", "champ", "nom du champ", "attribut", "attribute", "propriété",
    "metric definition", "metric",
)))  # fmt: skip
"""What the column is called that names the field which changed, in a history of all fields."""
OF_VALUES = frozenset(map(plain, (
    "new value", "to value", "nouvelle valeur", "valeur après", "value", "valeur", "to", "vers", "après",
)))  # fmt: skip
"""What the column is called that holds what such a field became."""
_NO_ENTITY = re.compile(
    r"(?i)message|stat[eu]|[ée]tat|action|event|[ée]v[ée]nement|type|priorit|motif|reason|raison|comment|score|utilisateur|"
    r"\bby\b|\bpar\b"
)
"""What is called so is none, however few words it has."""
_NUMBERED = re.compile(r"(?i)\W*(?:entit(?:[ée]|y)|[ée]quipe|groupe?|service|team|file|queue|unit[ée])[\W_]*\d+\W*")


def _require_one_entity(cells: Cells) -> None:
    """Raise SourceFailed where a row tells of all entities that a task had, side by side."""
    several = [name for name in cells.table.column_names if _NUMBERED.fullmatch(name)]
    if len(several) > 1:
        raise SourceFailed(
            _(
                "Each row here tells of several entities, from “{first}” to “{last}”: Vigie reads one row a state or "
                "change. In Excel, “Data”, “From Table”, “Unpivot Columns” makes rows of task, entity and moment of "
                "them."
            ).format(first=several[0], last=several[-1])
        )


def _moments(texts: list[str]) -> bool:
    return not any(read_moments(pa.array(texts), "UTC").unreadable.to_pylist()) and not _all(texts, str.isdigit)


def _codes(texts: list[str]) -> bool:
    several = len(texts) == 1 or len(set(texts)) < len(texts)
    return several and _all(texts, lambda text: any(map(str.isdigit, text)) and " " not in text and len(text) > 1)


def _few(texts: list[str]) -> bool:
    return not _all(texts, str.isdigit) and not _moments(texts) and len(set(texts)) <= max(2, len(texts) * 2 / 3)


def _all(texts: list[str], holds: Callable[[str], bool]) -> bool:
    return all(map(holds, texts))
