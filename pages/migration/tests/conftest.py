"""A store with a lead who keeps the plan, somebody on duty who reads it, and somebody of one squad."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from core.base.i18n import speaking
from core.people import accounts
from core.people.person import Person, Role
from core.store.engine import Store, store

People = dict[str, Person]


@pytest.fixture
def house(data: Path) -> Store:
    store().upgrade()
    return store()


@pytest.fixture
def people(house: Store) -> People:
    with house.write() as connection:
        return {
            name: accounts.add(connection, who="t", name=name, role=role, squads=squads).person
            for name, role, squads in (("paul", Role.LEAD, ()), ("ivan", Role.DUTY, ()), ("cam", Role.SQUAD, ("Auto",)))
        }


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with speaking("en"):
        yield
