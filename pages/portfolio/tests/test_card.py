"""The identity card: its impact with the formula, what it lacks, and its phases with who, when and why."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from core.base import clock
from core.base.errors import InputInvalid, NotAllowed
from core.records import acts, moves, records
from core.records.completeness import judge
from core.records.moves import Phase
from core.records.records import Record
from core.store.engine import Store
from pages.portfolio.collection import USE_CASES, WAY
from pages.portfolio.impact import formula
from pages.portfolio.model import USE_CASE, UseCase
from pages.portfolio.tests.conftest import People

EXPERTISES = {"cases": 100, "gain": 8_000, "checks": 1_600, "check_cost": 300}
"""1,600 expertises at 300 €, of which 100 are abuses at 8 k€."""
START = datetime(2026, 1, 5, 9, tzinfo=UTC)


def added(house: Store, people: People, **card: Any) -> Record:
    with house.write() as connection:
        return acts.add(connection, USE_CASES, people["paul"], {"name": "Abus", "department": "Sinistres", **card})


def moved(house: Store, person: int, record: Record, action: str, why: str = "Le métier y croit.") -> Record:
    with house.write() as connection:
        return acts.step(connection, USE_CASES, person, record.id, record.version, action, why=why)


def test_the_net_impact_is_computed_and_shows_its_formula() -> None:
    [told] = formula(UseCase.model_validate(EXPERTISES))
    assert told == "Net impact: 100 × 8,000 € − 1,600 × 300 € = 320,000 €"
    [told] = formula(UseCase.model_validate({**EXPERTISES, "cases_low": 80, "cases_high": 120}))
    assert told.endswith("= 320,000 € (from 160,000 € to 480,000 €)")


def test_an_impact_that_cannot_be_computed_is_not_shown_as_nought() -> None:
    assert formula(UseCase.model_validate({"cases": 100})) == ()
    assert formula(UseCase.model_validate({**EXPERTISES, "check_cost": None})) == ()


def test_what_a_card_lacks_is_named() -> None:
    card = UseCase.model_validate({"name": "Abus", "department": "Sinistres", **EXPERTISES, "check_cost": None})
    assert [one.path for one in judge(USE_CASE, card).missing] == [
        "description",
        "cost_item",
        "recurrence",
        "check_cost",
        "strategic_value",
        "resources",
        "business_access",
        "data_access",
        "sponsor",
        "team",
        "treatments",
    ]


def test_phases_are_dated_with_who_and_why_and_a_stopped_case_keeps_its_reason(house: Store, people: People) -> None:
    with clock.at(START):
        record = added(house, people)
    assert (record.ref, record.state, record.data["phase"]) == ("UC-0001", "idea", "idea")
    with pytest.raises(NotAllowed, match="Say why"):
        moved(house, people["paul"], record, "explore", why=" ")
    with pytest.raises(NotAllowed):
        moved(house, people["ivan"], record, "explore")
    with clock.at(START + timedelta(days=10)):
        record = moved(house, people["paul"], record, "explore")
    with clock.at(START + timedelta(days=40)):
        record = moved(house, people["ines"], record, "stop", "Données trop chères.")
    assert (record.state, record.data["phase"]) == ("stopped", "stopped")
    with house.read() as connection:
        found = moves.stays(connection, USE_CASES)
    assert [(one.state, one.since, one.who, one.why) for one in found] == [
        ("idea", START, "paul", None),
        ("exploration", START + timedelta(days=10), "paul", "Le métier y croit."),
        ("stopped", START + timedelta(days=40), "ines", "Données trop chères."),
    ]
    assert moves.phases([*WAY, "stopped"], ("stopped",), found)[:2] == [
        Phase("idea", now=0, entered=1, went_on=1, ended=1, days=10.0),
        Phase("exploration", now=0, entered=1, went_on=0, ended=1, days=30.0),
    ]


def test_a_form_cannot_change_the_phase_without_a_step(house: Store, people: People) -> None:
    record = added(house, people)
    forged = {**record.data, "phase": "run"}
    with house.write() as connection, pytest.raises(InputInvalid) as refused:
        acts.save(connection, USE_CASES, people["paul"], record.id, record.version, forged)
    assert refused.value.sentence == "Phase changes by a step, not in the form."
    with house.write() as connection:
        saved = acts.save(connection, USE_CASES, people["ines"], record.id, 1, {**record.data, "sponsor": "DSI"})
    assert (saved.state, saved.author, moved(house, people["paul"], saved, "run").author) == ("idea", "ines", "ines")


def test_a_link_leads_to_a_treatment_that_exists(house: Store, people: People) -> None:
    with pytest.raises(InputInvalid) as refused:
        added(house, people, treatments=["T-0001"])
    assert refused.value.sentence == "Treatments of personal data: there is no record T-0001."
    with house.read() as connection:
        assert records.find(connection, USE_CASES.kind).total == 0
