"""How the check stands, and how much was read of what could use a table: told above the list, and at home."""

from datetime import datetime

from core.base.i18n import _
from core.facts.query import Reader
from core.mission.discovery import missions
from core.mission.related import related
from core.people.person import Person
from pages.zone.collection import CHECK


def evidence(reader: Reader, person: Person, now: datetime) -> list[str]:
    """What the mission that runs the check says of it, in sentences; the last says how much was read."""
    said = related(missions()["zone"], reader, person, now, [CHECK]).get(CHECK, [])
    return [one.text for _mission, one in said] or [
        _("No check says which tables are used: nothing here is known to be unused.")
    ]
