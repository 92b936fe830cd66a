"""Whether the check of two stores that a lot names is OK: what the mission that runs checks says of it."""

from core.base import clock
from core.base.i18n import _
from core.base.status import Verdict
from core.mission.discovery import missions, warehouse
from core.mission.related import related
from core.people.person import Person
from pages.migration.model import Lot

RECONCILIATION = "reconciliation"
"""The kind of thing that a check of two stores is."""


def unreconciled(lot: Lot, person: Person) -> str:
    """Why a lot cannot be said to be done, in a sentence; "" where its check is OK now."""
    if not lot.check:
        return _("A lot is done once it is reconciled: name the check that does so.")
    thing = (RECONCILIATION, lot.check)
    said = related(missions()["migration"], warehouse().reader(person.scope), person, clock.now(), [thing])
    if not said:
        return _("A lot is done once it is reconciled: no check of two stores called {name} can be asked.").format(
            name=lot.check
        )
    [(_mission, found), *_more] = said[thing]
    if found.verdict is Verdict.OK:
        return ""
    return _("A lot is done once it is reconciled, and {name} is not: {sentence}").format(
        name=lot.check, sentence=found.text
    )
