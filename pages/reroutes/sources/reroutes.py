"""Tables of reroutes: hand-overs as they are; those without a date belong to a period that a person gives."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta

import pyarrow as pa
import pyarrow.compute as pc
from pydantic import Field as Option
from pydantic import ValidationInfo, field_validator

from core.base.calendar import start_of
from core.base.i18n import N_, _
from core.sources.base import Batch, Cursor, Source
from core.sources.mapping import Field
from core.sources.shaping import Piece
from core.sources.tabular import Tabular, is_file
from core.sources.values.kinds import Kind
from core.sources.values.moments import MOMENT_TYPE, read_moments
from pages.reroutes.derive import BEGINNING
from pages.reroutes.facts import TASK_EVENTS, Way
from pages.reroutes.sources.events import from_handovers, identify, tells_apart_by_order, then_derived
from pages.reroutes.sources.shared import (
    ACTOR,
    AFTER,
    BEFORE,
    CENTRE,
    LINE,
    MOVED_AT,
    RECIPIENTS,
    REFERENCE,
    ROUTER,
    TASK,
    EntityMapping,
    without_nulls,
)

REROUTE_FIELDS = (
    TASK,
    REFERENCE,
    Field("origin", N_("Entity before"), Kind.TEXT, (*BEFORE, "from", "de")),
    Field("target", N_("Entity after"), Kind.TEXT, ("entite_cible_jour_modif_dli", *AFTER, "to", "vers")),
    LINE,
    Field("origin_type", N_("Type of the entity before"), Kind.TEXT, ("type_ancienne_entite",)),
    Field("target_type", N_("Type of the entity after"), Kind.TEXT, ("type_entite_cible",)),
    RECIPIENTS, MOVED_AT, ACTOR, CENTRE, ROUTER,
)  # fmt: skip
"""What a table of reroutes may say. The team's own has the first eight."""


class RerouteMapping(EntityMapping):
    """How a table of reroutes is read; its rows without a date belong to the period that the person gives."""

    parts = frozenset({"period_start", "period_end"})

    period_start: str = Option(
        default="", title=N_("First day of the period"), description=N_("E.g. 2025-03-01, for rows without a date")
    )
    period_end: str = Option(
        default="",
        validate_default=True,
        title=N_("Last day of the period"),
        description=N_("E.g. 2025-03-31, itself included"),
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

    @field_validator("period_end")
    @classmethod
    def _says_when(cls, value: str, info: ValidationInfo) -> str:
        """Of rows without a date a person says the period."""
        mapped = {*info.data.get("columns", {}), *info.data.get("constants", {})}
        dated = "moved_at" in mapped or info.data.get("patterns")
        if not dated and not (value and info.data.get("period_start")):
            raise ValueError(_("The rows have no date: give the first and the last day of their period."))
        return value

    @property
    def period(self) -> tuple[datetime, datetime] | None:
        """First moment of the period, and first one after it (UTC); None where a day is missing."""
        if not (self.period_start and self.period_end):
            return None
        days = read_moments(pa.array([self.period_start, self.period_end]), "UTC").first.to_pylist()
        return start_of(days[0].date()), start_of(days[1].date() + timedelta(days=1))


def _mapping(source: Source) -> RerouteMapping:
    assert isinstance(source.options, RerouteMapping)
    return source.options


def _complete(piece: Piece) -> None:
    """When, from whom to whom: an undated row lies in the period of its source."""
    columns = piece.columns
    piece.need("task", N_("The row names no task."))
    piece.need("origin", N_("The row does not say which entity had the task before."))
    piece.need("target", N_("The row does not say which entity has it now."))
    piece.not_in_future("moved_at")
    period = _mapping(piece.source).period
    stamp = "/".join(moment.strftime("%Y-%m-%dT%H:%MZ") for moment in period or ())
    identify(piece, pc.binary_join_element_wise(columns["origin"], columns["target"], "→"), stamp)
    dated = pc.is_valid(columns["moved_at"])
    start, until = period or (None, None)
    columns["moved_at"] = pc.fill_null(columns["moved_at"], pa.scalar(start, MOMENT_TYPE))
    columns["until"] = pc.if_else(dated, pa.scalar(None, MOMENT_TYPE), pa.scalar(until, MOMENT_TYPE))
    piece.need("moved_at", N_("The row has no date: give the period of the file in the settings of the source."))
    piece.reasons.add(
        pc.equal(columns["origin"], columns["target"]),
        lambda row: _("“{entity}” is both the entity before and after: nothing was rerouted.").format(
            entity=columns["target"][row].as_py()
        ),
    )
    columns |= {"previous": columns["origin"], "entity": columns["target"]}
    columns |= {"previous_type": columns["origin_type"], "entity_type": columns["target_type"]}
    columns["way"] = pa.array([Way.MANUAL.value] * len(piece), pa.string())


def _then_derived(source: Source, cursor: Cursor, rows: Iterator[Batch]) -> Iterator[Batch]:
    """Events, then what follows from them; before, those of a table that was read when its rows were no events."""
    before = from_handovers(source.name)
    if len(before):
        yield Batch(before)
        cursor = {**cursor, "underived": BEGINNING.isoformat()}
    yield from then_derived(source, cursor, _to_the_end(source, rows), told=True)


def _to_the_end(source: Source, rows: Iterator[Batch]) -> Iterator[Batch]:
    """The rows, known complete to the end of the period that the person gave."""
    period = _mapping(source).period
    for batch in rows:
        if period and batch.covers_until:
            batch = replace(batch, covers_until=max(batch.covers_until, period[1] - timedelta(seconds=1)))
        yield batch


REROUTES = Tabular(
    kind="reroutes",
    title=N_("Table of reroutes (CSV or Excel)"),
    sql_title=N_("Table of reroutes in a database"),
    table=TASK_EVENTS,
    fields=REROUTE_FIELDS,
    mapping=RerouteMapping,
    tidy=without_nulls,
    complete=_complete,
    around=_then_derived,
    latest_counts=is_file,
    needs_all=tells_apart_by_order,
)
