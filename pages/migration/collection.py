"""The lots as a collection: their states, what they are filtered by, how the team's workbook is read."""

from functools import lru_cache
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from core.base.i18n import N_, _, ngettext, show_number
from core.people.person import Role
from core.records import lists, records
from core.records.cells import Reading
from core.records.collection import Collection, Guesses
from core.records.facets import Facet
from core.records.lists import Lists
from core.records.records import Wanted
from core.records.workflow import State, Step, Workflow
from core.show.about import About
from core.store.kept import until_changed
from pages.migration.model import LOT, Lot
from pages.migration.plan import Sums, sums
from pages.migration.reconciled import RECONCILIATION, unreconciled

PLANNED, MOVING, DONE, STOPPED = "planned", "moving", "done", "stopped"
WAY = Workflow(
    states=(
        State(PLANNED, N_("planned"), "gray"),
        State(MOVING, N_("being moved"), "blue"),
        State(DONE, N_("done"), "green"),
        State(STOPPED, N_("stopped"), "red"),
    ),
    steps=(
        Step("start", (PLANNED,), MOVING, N_("Begin to move it"), N_("started")),
        Step("finish", (MOVING,), DONE, N_("Say that it is done"), N_("done"), condition=unreconciled),
        Step("reopen", (DONE,), MOVING, N_("Reopen"), N_("reopened"), reason=True),
        Step("stop", (PLANNED, MOVING), STOPPED, N_("Stop"), N_("stopped"), reason=True),
        Step("resume", (STOPPED,), PLANNED, N_("Resume"), N_("resumed"), reason=True),
    ),
    closed=(STOPPED,),
)
WORDS = {
    "name": "période|periode|lot|name",
    "days.week": "semaine|week",
    "days.weekday": "jour|weekday|day",
    "days.expected": "attendus|attendu|expected",
    "days.treated": "traités|traites|traité|treated",
    "days.minutes": "minutes|temps passé",
}
TOTALS = {"differ": N_("not what the days add up to")}


@lru_cache(maxsize=1)
def shipped() -> Lists:
    """The lists of values as they come with Vigie."""
    return lists.shipped(Path(__file__).with_name("lists.yml"))


def told(found: Sums) -> str:
    """What days add up to, beside what is written as their total where something is."""
    numbers = {name: "–" if value is None else show_number(value) for name, value in vars(found).items()}
    said = _("Day by day: {expected} expected, {treated} treated.")
    if found.written_expected is not None or found.written_treated is not None:
        said += " " + _("As written: {written_expected} and {written_treated}.")
    if found.contradicts:
        said = "⚠ " + said + " " + _("Both are kept; the plan counts day by day.")
    return said.format(**numbers)


def _one_lot(content: dict[str, Any], _reading: Reading) -> None:
    """The lines of a workbook that name one lot are one lot: it is quoted by the name that they give."""
    if content.get("days") and content.get("name"):
        content.setdefault("ref", content["name"])


def _counted(n: int) -> str:
    return ngettext("{n} lot", "{n} lots", n).format(n=show_number(n))


LOTS = Collection(
    mission="migration",
    form=LOT,
    workflow=WAY,
    prefix="L",
    shipped=shipped,
    list_names={"migration_weekdays": N_("Day")},
    listers=frozenset({Role.LEAD}),
    facets={
        "treatment": Facet(N_("Treatments of the register"), lambda lot: lot.treatments.values, thing="treatment"),
        "check": Facet(N_("Check that reconciles it"), lambda lot: (lot.check,), thing=RECONCILIATION, counts=False),
        "totals": Facet(N_("Totals"), lambda lot: ("differ",) if sums([lot]).contradicts else (), names=TOTALS),
    },
    known={"squad": "squad", "check": "check"},
    guesses=Guesses(WORDS),
    settle=_one_lot,
    counted=_counted,
    computed=lambda lot: (told(sums([lot])),),
    grid=("name", "squad", "check", "notes"),
    about=About(N_("Every lot of the migration, those that were stopped left out."), N_("The store of Vigie")),
)


def kept(connection: sa.Connection, squads: frozenset[str] | None) -> list[tuple[str, str, Lot]]:
    """The lots of some squads (None: of all) that were not stopped: reference, state, content."""

    def read() -> list[tuple[str, str, Lot]]:
        wanted = Wanted(without_states=WAY.closed, squads=squads)
        found = records.contents(connection, LOT.kind, wanted)
        return sorted((one.ref, one.state, Lot.model_validate(one.data)) for one in found)

    return until_changed(connection, ("migration-lots", squads), read)
