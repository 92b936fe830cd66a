"""What the organisation says of itself: taken over by new records, and by those that said what it said before."""

from typing import Any

import pytest

from core.base.errors import Conflict, NotAllowed
from core.records import acts, records
from core.store.engine import Store
from pages.register import organisation
from pages.register.collection import TREATMENTS
from pages.register.tests.conftest import People
from pages.register.workflow import Action


def actor(name: str) -> list[dict[str, str]]:
    return [{"name": name, "email": f"{name.lower()}@x.example"}]


def names(found: Any) -> list[str]:
    return [row["name"] for row in found or ()]


def test_a_new_record_begins_with_the_actors_of_the_organisation(house: Store, people: People) -> None:
    with house.write() as connection:
        organisation.save(connection, people["lea"], 0, {"dpo": actor("Claire"), "representative": []})
        made = acts.add(connection, TREATMENTS, people["lea"], {"name": "Paie"})
        own = acts.add(connection, TREATMENTS, people["lea"], {"name": "Badges", "dpo": actor("Ali")})
    assert names(made.data["dpo"]) == ["Claire"]
    assert made.data["representative"] == []
    assert made.data["controller"] is None
    assert names(own.data["dpo"]) == ["Ali"]


def test_records_that_said_the_same_or_nothing_are_brought_up_to_date(house: Store, people: People) -> None:
    with house.write() as connection:
        before = acts.add(connection, TREATMENTS, people["lea"], {"name": "Avant tout"})
        organisation.save(connection, people["lea"], 0, {"dpo": actor("Claire")})
        followed = acts.add(connection, TREATMENTS, people["lea"], {"name": "Paie"})
        own = acts.add(connection, TREATMENTS, people["lea"], {"name": "Badges", "dpo": actor("Ali")})
        gone = acts.add(connection, TREATMENTS, people["lea"], {"name": "Cantine"})
        acts.step(connection, TREATMENTS, people["lea"], gone.id, gone.version, Action.ARCHIVE, why="fini")
        organisation.save(connection, people["lea"], 1, {"dpo": actor("Zoé"), "joint_controllers": []})
    with house.write() as connection:
        found = organisation.behind(connection, TREATMENTS)
        assert [record.id for record, _content in found] == [before.id, followed.id, own.id]
        changes = [(record.id, record.version, content) for record, content in found]
        acts.save_many(connection, TREATMENTS, people["lea"], changes)
    with house.read() as connection:
        told = records.several(connection, "treatment", [before.id, followed.id, own.id])
        assert organisation.behind(connection, TREATMENTS) == []
    assert [names(one.data["dpo"]) for one in told.values()] == [["Zoé"], ["Zoé"], ["Ali"]]
    assert [one.data["joint_controllers"] for one in told.values()] == [[], [], []]


def test_nobody_overwrites_what_somebody_else_said(house: Store, people: People) -> None:
    with house.write() as connection:
        organisation.save(connection, people["lea"], 0, {"dpo": actor("Claire")})
        organisation.save(connection, people["ines"], 1, {"dpo": actor("Zoé")})
    with pytest.raises(Conflict), house.write() as connection:
        organisation.save(connection, people["lea"], 1, {"dpo": actor("Ali")})
    with pytest.raises(NotAllowed), house.write() as connection:
        organisation.save(connection, people["sofia"], 2, {"dpo": actor("Ali")})
    with house.read() as connection:
        merged = acts.reconcile(
            connection,
            organisation.COLLECTION,
            organisation.find(connection).id,  # type: ignore[union-attr]
            1,
            {"representative": []},
        )
    assert names(merged.data["dpo"]) == ["Zoé"]
