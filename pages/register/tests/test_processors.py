"""A processor is one record with its contract, used by many treatments and shown from both ends."""

from datetime import date
from typing import Any

import pytest

from core.base import clock
from core.base.errors import InputInvalid
from core.base.i18n import speaking
from core.facts.query import Reader
from core.mission.discovery import missions, warehouse
from core.mission.related import related
from core.people import accounts
from core.people.person import EVERYTHING
from core.records import acts, completeness, listing, records
from core.records.records import NOTHING
from core.store.engine import Store
from pages.register.collection import TREATMENTS
from pages.register.processors import PROCESSOR, PROCESSORS, Processor, coherent
from pages.register.tests.conftest import People

NIMBUS: dict[str, Any] = {
    "name": "Nimbus",
    "description": "Impression des relevés",
    "country": "DE",
    "contract_on": "2025-01-02",
    "contract_link": "GED/2025/12",
    "subprocessors": [],
    "measures": [{"type": "encryption"}],
}


def missing(**changed: Any) -> list[str]:
    record = Processor.model_validate({**NIMBUS, **changed})
    return [one.path for one in completeness.judge(PROCESSOR, record).missing]


def test_a_processor_asks_for_its_contract_and_for_a_guarantee_outside_of_the_area() -> None:
    assert missing() == []
    assert missing(contract_on=None, contract_link="À compléter") == ["contract_on", "contract_link"]
    assert missing(country="IN") == ["guarantee"]
    assert missing(country="IN", guarantee="clauses") == []
    further = {"name": "Print SA", "country": "CN"}
    assert missing(subprocessors=None) == ["subprocessors"]
    assert missing(subprocessors=[further]) == ["subprocessors[0].guarantee"]
    assert missing(subprocessors=[{**further, "country": "FR"}]) == []


def test_a_contract_that_ended_is_told() -> None:
    record = Processor.model_validate({**NIMBUS, "contract_until": "2026-01-01"})
    with speaking("en"):
        assert [one.sentence for one in coherent(record, date(2026, 1, 2))] == ["The contract ended on Jan 1, 2026."]
    assert list(coherent(record, date(2026, 1, 1))) == []


@pytest.fixture
def used(house: Store, people: People) -> str:
    """A processor that two treatments use."""
    with house.write() as connection:
        ref = acts.add(connection, PROCESSORS, people["ines"], NIMBUS).ref
        for name in ("Paie", "Relevés"):
            acts.add(connection, TREATMENTS, people["ines"], {"name": name, "processors": [ref]})
        acts.add(connection, TREATMENTS, people["ines"], {"name": "Badges", "processors": []})
    return ref


def told(house: Store, thing: tuple[str, str]) -> list[tuple[str, Any]]:
    reader: Reader = warehouse().reader(EVERYTHING)
    with house.read() as connection:
        person = accounts.existing(connection, "ines").person
    with speaking("en"):
        found = related(missions()["register"], reader, person, clock.now(), [thing])
    return [(one.text, one.address) for _mission, one in found.get(thing, ())]


def test_a_processor_is_shown_from_both_ends(house: Store, people: People, used: str) -> None:
    assert told(house, ("processor", used)) == [
        ("T-0001, Paie", ("register", {"record": "T-0001"})),
        ("T-0002, Relevés", ("register", {"record": "T-0002"})),
        (f"{used}, Nimbus: engaged", ("register", {"kind": "processor", "record": used})),
    ]
    with house.read() as connection:
        assert listing.counts(connection, "treatment", "processor", NOTHING) == {used: 2}


def test_a_treatment_names_no_processor_that_is_not_kept(house: Store, people: People) -> None:
    with house.write() as connection, speaking("en"), pytest.raises(InputInvalid, match="there is no record ST-0009"):
        acts.add(connection, TREATMENTS, people["ines"], {"name": "x", "processors": ["ST-0009"]})


def test_one_that_is_no_longer_engaged_leaves_the_list(house: Store, people: People, used: str) -> None:
    with house.write() as connection:
        record = records.named(connection, "processor", used)
        acts.step(connection, PROCESSORS, people["ines"], record.id, 1, "end", why="contrat rompu")
        assert records.find(connection, "processor", PROCESSORS.live).total == 0
