"""Who may see and act, as the store says at that moment."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from core.base import clock
from core.base.errors import NotAllowed
from core.mission.contract import Mission
from core.mission.discovery import missions
from core.people import accounts, rights
from core.people.person import Person, Role
from core.store.engine import Store
from core.store.schema import people

SEEN_BY_TWO = Mission("pages.x", "X", "", "", see=frozenset({Role.DUTY, Role.LEAD}), act=frozenset({Role.LEAD}))


def somebody(role: Role) -> Person:
    return Person(1, "ana", "Ana", role, frozenset())


@pytest.mark.parametrize("role", Role)
def test_a_mission_says_by_role_who_sees_and_who_acts(role: Role) -> None:
    assert rights.may_see(somebody(role), SEEN_BY_TWO) == (role in (Role.DUTY, Role.LEAD))
    assert rights.may_act(somebody(role), SEEN_BY_TWO) == (role is Role.LEAD)


@pytest.fixture
def ana(made: Store) -> int:
    with made.write() as connection:
        return accounts.add(connection, who="root", name="ana", role=Role.LEAD, squads=["Sud"]).person.id


def may(made: Store, person_id: int, *, act: bool) -> bool:
    try:
        with made.read() as connection:
            rights.require(connection, person_id, SEEN_BY_TWO, act=act)
    except NotAllowed:
        return False
    return True


def test_the_person_comes_from_the_store(made: Store, ana: int) -> None:
    with made.read() as connection:
        person = rights.require(connection, ana, SEEN_BY_TWO, act=True)
    assert (person.name, person.role, person.squads) == ("ana", Role.LEAD, {"Sud"})


def test_a_role_taken_away_counts_at_once(made: Store, ana: int) -> None:
    assert may(made, ana, act=True)
    with made.write() as connection:
        connection.execute(sa.update(people).values(role="duty"))
    assert not may(made, ana, act=True)
    assert may(made, ana, act=False)
    with made.write() as connection:
        connection.execute(sa.update(people).values(role="squad"))
    assert not may(made, ana, act=False)


@pytest.mark.parametrize("field", ["closed_at", "expires_at"])
def test_a_closed_or_ended_account_may_nothing(made: Store, ana: int, field: str) -> None:
    with made.write() as connection:
        connection.execute(sa.update(people).values({field: clock.now() - timedelta(seconds=1)}))
    assert not may(made, ana, act=False)


def test_nobody_may_nothing(made: Store, ana: int) -> None:
    assert not may(made, ana + 1, act=False)


def test_every_mission_lets_those_who_act_see() -> None:
    for mission in missions().values():
        assert mission.act <= mission.see
