"""Whether figures per person are shown: to the lead alone, and only while the register holds their validated treatment.

The law asks for the treatment to be declared before it begins. Everything that names people goes through here.
"""

import sqlalchemy as sa

from core.base.errors import InputInvalid
from core.people.person import Person, Role
from core.records import records

TREATMENTS = "treatment"
"""Kind of the register's treatments among the records."""
ARCHIVED = "archived"


def validated(connection: sa.Connection, reference: str) -> bool:
    """Whether the register holds the treatment of that reference with a validated version, and has not archived it."""
    try:
        treatment = records.named(connection, TREATMENTS, reference)
    except InputInvalid:
        return False
    return treatment.published is not None and treatment.state != ARCHIVED


def may_name(connection: sa.Connection, person: Person, reference: str) -> bool:
    """Whether this person may see other people's names and figures."""
    return person.role is Role.LEAD and validated(connection, reference)
