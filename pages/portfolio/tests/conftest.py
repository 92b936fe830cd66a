"""A store with a lead who keeps the portfolio, and somebody on duty who only reads it."""

import pytest

from core.people import accounts
from core.people.person import Role
from core.store.engine import Store

People = dict[str, int]


@pytest.fixture
def people(house: Store) -> People:
    """Ids by name."""
    roles = {"paul": Role.LEAD, "ines": Role.COMPLIANCE, "ivan": Role.DUTY}
    with house.write() as connection:
        return {name: accounts.add(connection, who="t", name=name, role=role).person.id for name, role in roles.items()}


@pytest.fixture(autouse=True)
def _said_in_english(english: None) -> None:
    """What these tests read is said in English."""
