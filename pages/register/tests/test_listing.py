"""The list and its figures: read once until somebody changes the register, and exact from then on."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from core.base import clock
from core.base.i18n import speaking
from core.records import acts, frames, listing, records
from core.records.records import Wanted
from core.store.engine import Store
from pages.register.collection import TREATMENTS
from pages.register.tests.conftest import People
from pages.register.tests.samples import WHOLE
from pages.register.workflow import Action

NOW = datetime(2026, 11, 21, 8, tzinfo=UTC)
EVERYTHING = Wanted()


def names(house: Store, wanted: Wanted = EVERYTHING, offset: int = 0) -> list[str]:
    with house.read() as connection:
        found = listing.lines(connection, "treatment", wanted, "title", descending=False, offset=offset, limit=2)
        return [line.title for line in found]


def add(house: Store, people: People, **said: Any) -> records.Record:
    with house.write() as connection:
        return acts.add(connection, TREATMENTS, people["lea"], said)


def test_a_page_is_read_once_and_afresh_when_something_changed(
    house: Store, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("C", "A", "B"):
        add(house, people, name=name)
    asked = []
    find = records.find
    monkeypatch.setattr(records, "find", lambda *a, **k: asked.append(1) or find(*a, **k))
    assert [names(house), names(house), names(house, offset=2)] == [["A", "B"], ["A", "B"], ["C"]]
    assert len(asked) == 2
    add(house, people, name="AA")
    assert names(house) == ["A", "AA"]
    with house.read() as connection:
        assert listing.total(connection, "treatment", EVERYTHING) == 4
        assert listing.total(connection, "treatment", Wanted("aa")) == 1


def test_counts_hold_for_the_register_as_it_is_now(house: Store, people: People) -> None:
    record = add(house, people, name="A", squad="RH")
    with house.read() as connection:
        assert listing.counts(connection, "treatment", "squad", EVERYTHING) == {"RH": 1}
    with house.write() as connection:
        acts.save(connection, TREATMENTS, people["lea"], record.id, 1, {**record.data, "squad": "DAF"})
    with house.read() as connection:
        assert listing.counts(connection, "treatment", "squad", EVERYTHING) == {"DAF": 1}


def test_only_the_most_frequent_values_are_offered(
    house: Store, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "OFFERED", 2)
    for squad in ("a", "b", "b", "c", "c", "c"):
        add(house, people, name="x", squad=squad)
    with house.read() as connection:
        assert listing.counts(connection, "treatment", "squad", EVERYTHING) == {"c": 3, "b": 2}


def test_the_figures_of_the_register(house: Store, people: People) -> None:
    with clock.at(NOW - timedelta(days=90)):
        add(house, people, **{**WHOLE, "name": "Old"})
        add(house, people, name="Late", review_on="2026-11-20")
        add(house, people, name="Today", review_on="2026-11-21")
    with clock.at(NOW - timedelta(days=1)), house.write() as connection:
        whole = acts.add(connection, TREATMENTS, people["ines"], {**WHOLE, "name": "Published"})
        whole = acts.step(connection, TREATMENTS, people["ines"], whole.id, 1, Action.SUBMIT)
        acts.step(connection, TREATMENTS, people["hugo"], whole.id, 2, Action.VALIDATE)
        gone = acts.add(connection, TREATMENTS, people["ines"], {**WHOLE, "name": "Gone", "review_on": "2020-01-01"})
        acts.step(connection, TREATMENTS, people["ines"], gone.id, 1, Action.ARCHIVE, why="over")
    with house.read() as connection:
        found = listing.figures(connection, TREATMENTS, NOW)
        percents = [line.completeness for line in records.find(connection, "treatment", TREATMENTS.live).lines]
    assert (found.live.published, found.overdue, found.changed) == (1, 1, 1)
    assert (found.live.records, found.live.whole) == (4, 2)
    assert found.live.percent == sum(percents) // 4


def test_treatments_are_counted_by_completeness(house: Store, people: People) -> None:
    add(house, people, **{**WHOLE, "name": "Whole"})
    add(house, people, **{**WHOLE, "name": "Nearly", "transfers": None})
    add(house, people, name="Begun")
    add(house, people, name="Begun too")
    with house.read() as connection:
        counted = listing.counts(connection, "treatment", "completeness", TREATMENTS.live)
    with speaking("en"):
        frame = frames.completeness(counted)
    assert list(frame.itertuples(index=False, name=None)) == [
        ("100%", 1),
        ("75 to 99%", 1),
        ("50 to 74%", 0),
        ("25 to 49%", 0),
        ("under 25%", 2),
    ]


CHINA = {"recipient": "Nimbus", "country": "CN", "guarantee": "clauses", "document": "contrat 12"}
FILLED = {
    **WHOLE,
    "name": "Arrêts de travail",
    "squad": "RH",
    "sensitive_data": [{"category": "health", "description": "Durée des arrêts", "retention": "5 ans"}],
    "transfers": [CHINA],
    "zones_read": ["ZA"],
    "ended_on": "2026-01-01",
    "storage": [{"medium": "paper", "write_mode": "append", "place": "Armoire bleue"}],
    "sources": [{"name": "Caisse primaire", "detail": "par courrier recommandé"}],
    "aipd_criteria": ["sensitive", "vulnerable"],
}


@pytest.mark.parametrize(
    ("facet", "value"),
    [
        ("transfer", "some"),
        ("country", "CN"),
        ("guarantee", "clauses"),
        ("sensitive", "some"),
        ("sensitive_data", "health"),
        ("nir", "some"),
        ("basis", "legal_obligation"),
        ("zone", "ZA"),
        ("course", "ended"),
        ("persons", "employees"),
        ("recipient_type", "internal"),
        ("measure", "access"),
        ("category", "identity"),
        ("criterion", "vulnerable"),
        ("write_mode", "append"),
        ("lacks", "aipd_departs"),
    ],
)
def test_records_are_filtered_by_what_they_answer(house: Store, people: People, facet: str, value: str) -> None:
    add(house, people, **FILLED)
    add(house, people, name="Vide")
    with house.read() as connection:
        lists = TREATMENTS.lists(connection)
        assert facet in listing.filtered(TREATMENTS)
        wanted = listing.wanted(TREATMENTS, {facet: [value]}, NOW, lists)
        assert [line.title for line in records.find(connection, "treatment", wanted).lines] == ["Arrêts de travail"]
        [offered] = [one for code, one in options(connection, facet).items() if code == value]
        assert offered.endswith(" (1)")


def options(connection: Any, facet: str) -> dict[str, str]:
    return listing.options(connection, TREATMENTS, facet, EVERYTHING, TREATMENTS.lists(connection))


@pytest.mark.parametrize(
    "words",
    [
        "Chine", "china", "Santé", "sante", "health", "durée arrêts", "5 ans", "obligation légale", "caisse recommande",
        "armoire", "contrat 12", "dpo@assurance.example", "clauses contractuelles", "RH", "versement de la paie",
        "chine santé nimbus", "papier",
    ],
)  # fmt: skip
def test_records_are_found_by_all_that_they_say(house: Store, people: People, words: str) -> None:
    add(house, people, **FILLED)
    add(house, people, name="Vide")
    with house.read() as connection:
        wanted = listing.wanted(TREATMENTS, {"words": words}, NOW, TREATMENTS.lists(connection))
        assert [line.title for line in records.find(connection, "treatment", wanted).lines] == ["Arrêts de travail"]
        nothing = listing.wanted(TREATMENTS, {"words": f"{words} martien"}, NOW, TREATMENTS.lists(connection))
        assert records.find(connection, "treatment", nothing).total == 0


def test_what_a_record_lacks_is_named_as_its_form_does(house: Store, people: People) -> None:
    add(house, people, name="Vide", purposes=[{"name": "Payer"}])
    with speaking("fr"), house.read() as connection:
        offered = options(connection, "lacks")
        assert offered["purposes.legal_bases"] == "Finalités › Base légale (1)"
        assert offered["transfers"] == "Transferts (1)"
