"""Rights that a person holds beside the role: given and taken by name, audited, read from the store at every use.

A mission names its rights in `MISSION.rights`, and its own code asks for them by name.
"""

import sqlalchemy as sa

from core.base import clock
from core.people import accounts
from core.people.person import Person
from core.store import changes
from core.store.schema import grants

ENTITY = "account"


def give(connection: sa.Connection, *, who: str, name: str, right: str, why: str | None = None) -> None:
    """Give a right to an account; giving it twice changes nothing. Raises InputInvalid when there is no such account.

    The caller has checked that `who` keeps accounts.
    """
    person = accounts.existing(connection, name).person
    if right not in of(connection, person.id):
        connection.execute(sa.insert(grants).values(person_id=person.id, right=right))
        changes.record(
            connection, who=who, entity=ENTITY, key=person.name, action="give", after={"right": right}, why=why
        )


def take(connection: sa.Connection, *, who: str, name: str, right: str, why: str | None = None) -> None:
    """Take a right back; taking what is not held changes nothing. Raises InputInvalid when there is no such account."""
    person = accounts.existing(connection, name).person
    mine = sa.and_(grants.c.person_id == person.id, grants.c.right == right)
    if connection.execute(sa.delete(grants).where(mine)).rowcount:
        changes.record(
            connection, who=who, entity=ENTITY, key=person.name, action="take", before={"right": right}, why=why
        )


def of(connection: sa.Connection, person_id: int) -> frozenset[str]:
    """The rights that a person was given."""
    return frozenset(connection.scalars(sa.select(grants.c.right).where(grants.c.person_id == person_id)))


def holders(connection: sa.Connection, right: str) -> list[Person]:
    """Whoever was given the right and whose account is open, by name."""
    ids = set(connection.scalars(sa.select(grants.c.person_id).where(grants.c.right == right)))
    now = clock.now()
    return [one.person for one in accounts.everyone(connection) if one.person.id in ids and one.active(now)]
