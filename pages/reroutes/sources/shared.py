"""Columns that several tables of the mission have, and entities under the names they have today."""

from datetime import datetime
from functools import lru_cache

import pyarrow as pa
import pyarrow.compute as pc

from core.base.calendar import start_of
from core.base.i18n import N_
from core.sources.kinds import Kind
from core.sources.mapping import Field
from core.sources.moments import MOMENT_TYPE
from pages.reroutes import rules

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


@lru_cache(maxsize=64)
def _midnight(alias: rules.Alias) -> datetime:
    return start_of(alias.since)


def renamed(entity: pa.Array, moments: pa.Array) -> pa.Array:
    """Entities under the names they have today."""
    for alias in rules.in_force().aliases:
        then = pc.less(moments, pa.scalar(_midnight(alias), MOMENT_TYPE))
        was = pc.fill_null(pc.and_(pc.equal(entity, alias.was), then), False)
        entity = pc.if_else(was, alias.now, entity)
    return entity
