"""Columns that several tables of the mission have, and words that mean nothing."""

from dataclasses import replace

import pyarrow as pa
import pyarrow.compute as pc
from pydantic import Field as Option

from core.base.i18n import N_
from core.sources.base import Source
from core.sources.cells import Cells
from core.sources.kinds import Kind
from core.sources.mapping import ColumnMapping, Field
from core.sources.moments import trim

TASK = Field("task", N_("Task"), Kind.TEXT, (
    "act_row_id", "task", "task id", "tâche", "id tâche", "activity id", "row_id", "number", "ticket", "case id",
    "issue_num", "identifiant",
))  # fmt: skip
REFERENCE = Field("reference", N_("Reference"), Kind.TEXT, ("Reference_extern", "référence externe", "reference"))
LINE = Field("line", N_("Filière"), Kind.TEXT, ("filiere_cible", "filière", "line"))
RECIPIENTS = Field("recipients", N_("Recipients"), Kind.TEXT, (
    "mail_destinataire", "destinataires", "recipients", "to",
), prose=True)  # fmt: skip
ACTOR = Field("actor", N_("Made by"), Kind.TEXT, (
    "actor", "acteur", "sys_updated_by", "updated by", "modifié par", "auteur", "utilisateur", "user",
))  # fmt: skip
CENTRE = Field("centre", N_("Centre of whoever rerouted"), Kind.TEXT, (
    "centre", "centre rerouteur", "centre de gestion", "center", "site",
))  # fmt: skip
ROUTER = Field("router", N_("Version of the router"), Kind.TEXT, (
    "router", "router version", "version routeur", "version melusine", "model version",
))  # fmt: skip
MOVED_AT = Field("moved_at", N_("Moment"), Kind.MOMENT, (
    "moved at", "sys_updated_at", "date de modification", "date modif", "horodatage", "timestamp", "date reroutage",
    "updated at", "event time", "moment", "date",
))  # fmt: skip


class EntityMapping(ColumnMapping):
    """How columns are read of which some name entities."""

    nulls: list[str] = Option(
        default_factory=lambda: ["?", "-", "NULL", "(null)", "None", "N/A", "NaN", "(vide)", "non renseigné"],
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
