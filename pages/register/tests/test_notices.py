"""Reviews that are due: called once, told once to each who has an address."""

from datetime import UTC, datetime

import sqlalchemy as sa

from core.base import clock
from core.people import accounts
from core.records import acts, records
from core.run.notify import makers
from core.store import schema
from core.store.engine import Store
from core.tell.outbox import Notice, tell_due
from pages.register.acts.ship import ship
from pages.register.collection import TREATMENTS
from pages.register.kept import kept
from pages.register.tests.conftest import People
from pages.register.tests.samples import WHOLE
from pages.register.workflow import Action, State

BEFORE, DUE = datetime(2027, 1, 31, 8, tzinfo=UTC), datetime(2027, 2, 1, 8, tzinfo=UTC)


def due(house: Store, at: datetime) -> list[Notice]:
    with clock.at(at):
        return tell_due(house, makers())


def validated(house: Store, people: People) -> int:
    with house.write() as connection:
        record = acts.add(connection, TREATMENTS, people["ines"], {**WHOLE, "review_on": "2027-02-01"})
        for person, action in (("ines", Action.SUBMIT), ("hugo", Action.VALIDATE)):
            record = acts.step(connection, TREATMENTS, people[person], record.id, record.version, action)
        for name in ("ines", "hugo"):
            this = schema.people.c.id == people[name]
            connection.execute(sa.update(schema.people).where(this).values(email=f"{name}@example.fr"))
        return record.id


def test_author_and_validators_are_told_on_the_day_and_once(house: Store, people: People) -> None:
    number = validated(house, people)
    assert due(house, BEFORE) == []
    told = due(house, DUE)
    assert [one.to for one in told] == ["ines@example.fr", "hugo@example.fr"]
    assert told[0].subject == "À revoir\u202f: T-0001"
    assert "1 févr. 2027" in told[0].text
    with house.read() as connection:
        assert records.get(connection, "treatment", number).state == State.TO_REVIEW
    assert due(house, DUE) == []


def test_whoever_left_or_has_no_address_is_not_written_to(house: Store, people: People) -> None:
    validated(house, people)
    with house.write() as connection:
        accounts.close(connection, who="t", name="ines")
        connection.execute(sa.update(schema.people).where(schema.people.c.name == "hugo").values(email=None))
    assert due(house, DUE) == []


def test_retention_is_what_the_register_declares(house: Store, people: People) -> None:
    with house.read() as connection:
        assert kept(connection, ["VIGIE-KPI"]) == {
            "accounts": 12,
            "connections": 1,
            "audit": 60,
            "desk": 12,
            "VIGIE-KPI": 24,
        }
    ship()
    with house.write() as connection:
        record = records.named(connection, "treatment", "VIGIE-COMPTES")
        rows = [{**record.data["data_categories"][0], "retention_months": 6}]
        acts.save(connection, TREATMENTS, people["ines"], record.id, 1, {**record.data, "data_categories": rows})
        assert kept(connection, ())["accounts"] == 6
