"""Records are read and written through the person's scope, as facts are: where a mission lets a squad's people in, they
find their squads' records and nothing of another's."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from core.base import clock
from core.base.errors import InputInvalid, NotAllowed
from core.base.i18n import speaking
from core.facts.query import Reader
from core.mission.discovery import missions, warehouse
from core.people import accounts
from core.people.person import EVERYTHING, Person, Role
from core.records import acts, listing, records
from core.records.exporting import files
from core.records.exporting.files import JSON, Order
from core.records.fill import How
from core.records.importing.apply import apply
from core.store.engine import Store
from pages.register import organisation
from pages.register.collection import TREATMENTS
from pages.register.headline import headline
from pages.register.tests.conftest import People
from pages.register.tests.samples import WHOLE
from pages.register.workflow import Action


@pytest.fixture(autouse=True)
def opened(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The register as if squads' people contributed to it."""
    register = missions()["register"]
    roles = {name: getattr(register, name) | {Role.SQUAD} for name in ("see", "act")}
    monkeypatch.setitem(missions(), "register", replace(register, **roles))
    with speaking("en"):
        yield


@pytest.fixture
def ours(house: Store, people: People) -> Person:
    """Somebody of the squad RH, beside a record of RH and one of DAF."""
    with house.write() as connection:
        for squad in ("RH", "DAF"):
            said = {**WHOLE, "name": f"{squad} 1", "squad": squad, "pipelines": [f"{squad}_master"]}
            acts.add(connection, TREATMENTS, people["ines"], said)
        return accounts.add(connection, who="t", name="remi", role=Role.SQUAD, squads=["RH"]).person


def test_a_list_its_counts_and_its_files_hold_the_squads_records_alone(house: Store, ours: Person) -> None:
    with house.read() as connection:
        lists = TREATMENTS.lists(connection)
        wanted = listing.wanted(TREATMENTS, {}, clock.now(), lists, ours.scope.squads)
        assert [line.title for line in records.find(connection, "treatment", wanted).lines] == ["RH 1"]
        assert listing.options(connection, TREATMENTS, "squad", wanted, lists) == {"RH": "RH (1)"}
        assert listing.options(connection, TREATMENTS, "pipeline", wanted, lists) == {"RH_master": "RH_master (1)"}
        assert listing.figures(connection, TREATMENTS, clock.now(), ours.scope.squads).live.records == 1
        told = acts.as_of(connection, TREATMENTS, clock.now(), published=False, squads=ours.scope.squads)
        assert [entry.name for _version, entry in told] == ["RH 1"]
    made = files.make(JSON, Order(ours.id, "en", TREATMENTS, clock.now(), published=False))
    assert [one["data"]["name"] for one in json.loads(made)["records"]] == ["RH 1"]
    card = headline(warehouse().reader(ours.scope), ours, clock.now(), None)
    assert card.number == "1"


def test_another_squads_record_does_not_exist_for_them(house: Store, people: People, ours: Person) -> None:
    with house.read() as connection:
        theirs = records.named(connection, "treatment", "T-0002")
    asked = Order(ours.id, "en", TREATMENTS, clock.now(), published=False, record_id=theirs.id)
    with pytest.raises(InputInvalid, match="does not exist"):
        files.make(JSON, asked)
    ids = [(theirs.id, theirs.version)]
    writes: list[Any] = [
        lambda c: acts.save(c, TREATMENTS, ours.id, theirs.id, 1, {**theirs.data, "squad": "RH"}),
        lambda c: acts.save_many(c, TREATMENTS, ours.id, [(theirs.id, 1, {**theirs.data, "notes": "x"})]),
        lambda c: acts.answer_many(c, TREATMENTS, ours.id, ids, "squad", "RH", How.REPLACE),
        lambda c: acts.step(c, TREATMENTS, ours.id, theirs.id, 1, Action.SUBMIT),
        lambda c: acts.step_many(c, TREATMENTS, ours.id, ids, Action.SUBMIT),
        lambda c: acts.duplicate(c, TREATMENTS, ours.id, theirs.id),
    ]
    for write in writes:
        with pytest.raises(InputInvalid, match="does not exist"), house.write() as connection:
            write(connection)
    with house.read() as connection:
        assert records.get(connection, "treatment", theirs.id).version == 1


def test_they_write_for_their_own_squads_alone(house: Store, ours: Person) -> None:
    with house.write() as connection:
        record = acts.add(connection, TREATMENTS, ours.id, {"name": "RH 2", "squad": "RH"})
        record = acts.save(connection, TREATMENTS, ours.id, record.id, 1, {**record.data, "notes": "x"})
        assert acts.step(connection, TREATMENTS, ours.id, record.id, 2, Action.SUBMIT).state == "in_review"
    refused: list[Any] = [
        lambda c: acts.add(c, TREATMENTS, ours.id, {"name": "x", "squad": "DAF"}),
        lambda c: acts.add(c, TREATMENTS, ours.id, {"name": "x"}),
        lambda c: acts.save(c, TREATMENTS, ours.id, record.id, 3, {**record.data, "squad": "DAF"}),
    ]
    for write in refused:
        with pytest.raises(NotAllowed, match="your own squads alone: name one of RH"), house.write() as connection:
            write(connection)
    for write in (
        lambda c: apply(c, TREATMENTS, ours.id, [], TREATMENTS.lists(c)),
        lambda c: organisation.save(c, ours.id, 0, {}),
    ):
        with pytest.raises(NotAllowed, match="Your role does not allow this"), house.write() as connection:
            write(connection)


def test_other_missions_tell_them_of_their_own_records_alone(house: Store, people: People, ours: Person) -> None:
    things = frozenset({("pipeline", "RH_master"), ("pipeline", "DAF_master"), ("treatment", "T-0002")})
    reader: Reader = warehouse().reader(EVERYTHING)
    related = missions()["register"].related
    assert related is not None

    def told(person: Person) -> set[str]:
        found = related(reader, person, clock.now(), things)
        return {one.text for said in found.values() for one in said}

    with house.read() as connection:
        officer = accounts.existing(connection, "ines").person
    assert told(ours) == {"T-0001, RH 1"}
    assert told(officer) == {"T-0001, RH 1", "T-0002, DAF 1", "T-0002, DAF 1: draft"}
