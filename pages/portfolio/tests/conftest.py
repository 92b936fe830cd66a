"""A store with a lead who keeps the portfolio, and somebody on duty who only reads it."""

from pathlib import Path

import pytest

from core.base.i18n import speaking
from core.people import accounts
from core.people.person import Role
from core.store.engine import Store, store

People = dict[str, int]


@pytest.fixture
def house(data: Path) -> Store:
    store().upgrade()
    return store()


@pytest.fixture
def people(house: Store) -> People:
    """Ids by name."""
    roles = {"paul": Role.LEAD, "ines": Role.COMPLIANCE, "ivan": Role.DUTY}
    with house.write() as connection:
        return {name: accounts.add(connection, who="t", name=name, role=role).person.id for name, role in roles.items()}


@pytest.fixture(autouse=True)
def english() -> object:
    with speaking("en"):
        yield
