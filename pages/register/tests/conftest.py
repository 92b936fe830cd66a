"""A store with people: two who may validate, and others who may not."""

import pytest

from core.people import accounts, grants
from core.people.person import Role
from core.store.engine import Store
from pages.register.workflow import VALIDATE

People = dict[str, int]


@pytest.fixture
def people(house: Store) -> People:
    """Ids by name: `ines` and `hugo` may validate, `lea` only writes, `sofia` reads, `squad` has nothing to do here."""
    roles = {
        "ines": Role.COMPLIANCE,
        "hugo": Role.LEAD,
        "lea": Role.COMPLIANCE,
        "sofia": Role.ADMIN,
        "squad": Role.SQUAD,
    }
    with house.write() as connection:
        made = {name: accounts.add(connection, who="t", name=name, role=role).person.id for name, role in roles.items()}
        for name in ("ines", "hugo"):
            grants.give(connection, who="t", name=name, right=VALIDATE)
    return made
