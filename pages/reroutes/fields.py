"""What the mission's sources may say: fields of logs, reroutes, volumes and mails, and how columns map to them."""

from datetime import date, datetime, timedelta
from typing import ClassVar, Literal

import pyarrow as pa
from pydantic import Field as Option
from pydantic import field_validator

from core.base.calendar import start_of
from core.base.i18n import N_, _
from core.sources.kinds import Kind
from core.sources.mapping import ColumnMapping, Field
from core.sources.moments import read_moments

_TASK = Field("task", N_("Task"), Kind.TEXT, (
    "act_row_id", "task", "task id", "tâche", "id tâche", "activity id", "row_id", "number", "ticket", "case id",
    "issue_num", "identifiant",
))  # fmt: skip
_REFERENCE = Field("reference", N_("Reference"), Kind.TEXT, ("Reference_extern", "référence externe", "reference"))
_LINE = Field("line", N_("Filière"), Kind.TEXT, ("filiere_cible", "filière", "line"))
_RECIPIENTS = Field("recipients", N_("Recipients"), Kind.TEXT, (
    "mail_destinataire", "destinataires", "recipients", "to",
), prose=True)  # fmt: skip
_ACTOR = Field("actor", N_("Made by"), Kind.TEXT, (
    "actor", "acteur", "sys_updated_by", "updated by", "modifié par", "auteur", "utilisateur", "user",
))  # fmt: skip
_CENTRE = Field("centre", N_("Centre of whoever rerouted"), Kind.TEXT, (
    "centre", "centre rerouteur", "centre de gestion", "center", "site",
))  # fmt: skip
_ROUTER = Field("router", N_("Version of the router"), Kind.TEXT, (
    "router", "router version", "version routeur", "version melusine", "model version",
))  # fmt: skip
_MOVED_AT = Field("moved_at", N_("Moment"), Kind.MOMENT, (
    "moved at", "sys_updated_at", "date de modification", "date modif", "horodatage", "timestamp", "date reroutage",
    "updated at", "event time", "moment", "date",
))  # fmt: skip

EVENT_FIELDS = (
    _TASK,
    _MOVED_AT,
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
    _ACTOR, _CENTRE, _ROUTER, _REFERENCE, _LINE, _RECIPIENTS,
    Field("entity_type", N_("Type of the entity"), Kind.TEXT, ("type_entite_cible", "type entité", "entity type")),
    Field("previous_type", N_("Type of the entity before"), Kind.TEXT, ("type_ancienne_entite", "previous type")),
)  # fmt: skip
"""What a log may say of a task."""

REROUTE_FIELDS = (
    _TASK,
    _REFERENCE,
    Field("origin", N_("Entity before"), Kind.TEXT, ("ancienne_entite", "ancienne entité", "origine", "from entity")),
    Field("target", N_("Entity after"), Kind.TEXT, (
        "entite_cible_jour_modif_dli", "entite_cible", "cible", "to entity",
    )),
    _LINE,
    Field("origin_type", N_("Type of the entity before"), Kind.TEXT, ("type_ancienne_entite",)),
    Field("target_type", N_("Type of the entity after"), Kind.TEXT, ("type_entite_cible",)),
    _RECIPIENTS, _MOVED_AT, _ACTOR, _CENTRE, _ROUTER,
)  # fmt: skip
"""What a table of reroutes may say. The team's own has the first eight."""

VOLUME_FIELDS = (
    Field("entity", N_("Entity"), Kind.TEXT, ("entity", "entité", "entité de gestion", "ancienne_entite", "groupe")),
    Field("start", N_("Period"), Kind.MOMENT, (
        "période", "period", "mois", "month", "semaine", "week", "jour", "date",
    )),
    Field("routed", N_("Routed tasks"), Kind.COUNT, (
        "routed", "volume", "volumes", "tâches routées", "nombre de tâches", "nb", "count",
    )),
    _ROUTER,
)  # fmt: skip
"""What a table of volumes says."""

MAIL_FIELDS = (
    _TASK,
    Field("received_at", N_("Received"), Kind.MOMENT, ("date", "received at", "reçu le", "date de réception")),
    Field("sender", N_("Sender"), Kind.TEXT, ("from", "sender", "expéditeur", "de")),
    _RECIPIENTS,
    Field("header", N_("Subject"), Kind.TEXT, ("header", "subject", "objet", "sujet"), prose=True),
    Field("body", N_("Text"), Kind.TEXT, ("body", "corps", "texte", "message"), prose=True),
    Field("attachments", N_("Attachments"), Kind.TEXT, ("attachments", "attachment", "pièces jointes"), prose=True),
)  # fmt: skip
"""What a table of mails says: Melusine's own names first."""


class _Mapping(ColumnMapping):
    """A mapping whose names are among the fields of its kind."""

    fields: ClassVar[tuple[Field, ...]]

    @field_validator("columns", "constants")
    @classmethod
    def _names_fields(cls, value: dict[str, str]) -> dict[str, str]:
        names = [field.name for field in cls.fields]
        for name in value:
            if name not in names:
                raise ValueError(
                    _("{name} is no field; the fields are {fields}.").format(name=name, fields=", ".join(names))
                )
        return value


class LogMapping(_Mapping):
    """How a log's columns become events."""

    fields: ClassVar[tuple[Field, ...]] = EVENT_FIELDS

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


class RerouteMapping(_Mapping):
    """How a table of reroutes is read; its rows without a date belong to the period that the person gives."""

    fields: ClassVar[tuple[Field, ...]] = REROUTE_FIELDS

    period_start: str = Option(
        default="", title=N_("First day of the period"), description=N_("E.g. 2025-03-01, for rows without a date")
    )
    period_end: str = Option(
        default="", title=N_("Last day of the period"), description=N_("E.g. 2025-03-31, itself included")
    )

    @field_validator("period_start", "period_end", mode="before")
    @classmethod
    def _as_text(cls, value: object) -> object:
        """YAML reads 2025-03-01 as a date."""
        return value.isoformat() if isinstance(value, date) else value

    @field_validator("period_start", "period_end")
    @classmethod
    def _is_a_day(cls, value: str) -> str:
        if value and read_moments(pa.array([value]), "UTC").first[0].as_py() is None:
            raise ValueError(_("“{value}” is not a date.").format(value=value))
        return value

    @property
    def period(self) -> tuple[datetime, datetime] | None:
        """First moment of the period, and first one after it (UTC); None where a day is missing."""
        if not (self.period_start and self.period_end):
            return None
        days = read_moments(pa.array([self.period_start, self.period_end]), "UTC").first.to_pylist()
        return start_of(days[0].date()), start_of(days[1].date() + timedelta(days=1))


class VolumeMapping(_Mapping):
    """How a table of volumes is read."""

    fields: ClassVar[tuple[Field, ...]] = VOLUME_FIELDS

    grain: Literal["day", "week", "month"] = Option(default="month", title=N_("One row a"))


class MailMapping(_Mapping):
    """How a table of mails is read."""

    fields: ClassVar[tuple[Field, ...]] = MAIL_FIELDS
