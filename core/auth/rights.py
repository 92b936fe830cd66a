"""Who may see and do what. A mission says it by role; every write asks here, and the store answers."""

from datetime import UTC, datetime

import sqlalchemy as sa

from core.auth import accounts
from core.auth.people import Person
from core.errors import NotAllowed
from core.i18n import _
from core.mission import Mission, missions
from core.store.schema import people


def may_see(person: Person, mission: Mission) -> bool:
    """Whether the person's role reads the mission. Whoever may act there may see it."""
    return person.role in mission.see or may_act(person, mission)


def may_act(person: Person, mission: Mission) -> bool:
    """Whether the person's role writes in the mission."""
    return person.role in mission.act


def require(connection: sa.Connection, person_id: int, mission_key: str, *, act: bool) -> Person:
    """The person as the store knows them now, if they may see the mission, or act in it.

    Call it in the transaction that writes. Raises NotAllowed when the account is closed or over, or the role may not.
    """
    row = connection.execute(sa.select(people).where(people.c.id == person_id)).mappings().first()
    if row is None or row["closed_at"] or (row["expires_at"] and row["expires_at"] <= datetime.now(UTC)):
        raise NotAllowed(_("Your access has ended."))
    person = accounts.person(row)
    mission = missions()[mission_key]
    if not may_see(person, mission) or (act and not may_act(person, mission)):
        raise NotAllowed(_("Your role does not allow this."))
    return person
