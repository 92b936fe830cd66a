"""Whether figures per person are shown: to the lead alone, and only while the register holds their validated treatment.

The law asks for the treatment to be declared before it begins. Everything that names people goes through here.
"""

import sqlalchemy as sa

from core.auth.people import Person, Role
from core.store import records
from core.store.records import Wanted

TREATMENTS = "treatment"
"""Kind of the register's treatments among the records."""
ARCHIVED = "archived"


def validated(connection: sa.Connection, reference: str) -> bool:
    """Whether the register holds the treatment of that reference with a validated version, and has not archived it."""
    number = records.refs(connection, TREATMENTS).get(reference)
    if number is None:
        return False
    found = records.find(connection, TREATMENTS, Wanted(without_states=(ARCHIVED,)))
    return any(line.id == number and line.published is not None for line in found.lines)


def may_name(connection: sa.Connection, person: Person, reference: str) -> bool:
    """Whether this person may see other people's names and figures."""
    return person.role is Role.LEAD and validated(connection, reference)
