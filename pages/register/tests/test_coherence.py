"""What a record may not say at once is told with its article, and keeps it from being validated."""

from datetime import date
from typing import Any

import pytest

from core.base.errors import InputInvalid, NotAllowed
from core.records import acts, check, records
from core.records.records import Wanted
from core.store.engine import Store
from pages.register import coherence
from pages.register.collection import TREATMENTS
from pages.register.lists import shipped
from pages.register.model import PROCESSING, TREATMENT, Processing, Treatment
from pages.register.tests.conftest import People
from pages.register.tests.samples import WHOLE
from pages.register.workflow import Action

TODAY = date(2026, 11, 20)
HEALTH = [{"category": "health", "description": "Arrêts", "retention": "5 ans"}]


pytestmark = pytest.mark.usefixtures("english")


def transfer(country: str, guarantee: str) -> dict[str, Any]:
    return {"transfers": [{"recipient": "Nimbus", "country": country, "guarantee": guarantee}]}


def told(changed: dict[str, Any], today: date = TODAY) -> list[tuple[str, str, bool]]:
    record = Treatment.model_validate({**WHOLE, "persons": [{"category": "clients"}], **changed})
    return [(one.sentence, one.basis, one.blocks) for one in coherence.treatment(record, today)]


@pytest.mark.parametrize(
    ("changed", "sentence", "basis"),
    [
        (transfer("CN", "adequacy"), "China: no adequacy decision of the European Commission.", "45"),
        (transfer("IN", "adequacy"), "India: no adequacy decision of the European Commission.", "45"),
        (
            transfer("US", "adequacy"),
            "United States: adequate for organisations certified under the Data Privacy Framework alone: name it.",
            "45",
        ),
        (transfer("CN", "dpf"), "China: the Data Privacy Framework is for the United States alone.", "45"),
        (
            transfer("US", "privacy_shield"),
            "United States: the Privacy Shield was struck down on 16 July 2020 (C-311/18).",
            "45",
        ),
        (
            {"recipients": [{"name": "Nimbus", "type": "third_countries"}]},
            "“Nimbus” is a recipient in a third country, and the record says that there is no transfer.",
            "30.1.e",
        ),
        (
            {"sensitive_data": HEALTH},
            "Sensitive data are processed: the criterion “Sensitive or highly personal data” is met.",
            "35.1",
        ),
        (
            {"sensitive_data": [{"category": "offences"}], "aipd_criteria": ["scoring"]},
            "Sensitive data are processed: the criterion “Sensitive or highly personal data” is met.",
            "35.1",
        ),
        (
            {"aipd_on": "2026-11-21"},
            "The impact assessment is of Nov 21, 2026, a day to come: it has not been made yet.",
            "35.1",
        ),
    ],
)
def test_what_contradicts_is_told_with_its_article(changed: dict[str, Any], sentence: str, basis: str) -> None:
    assert told(changed) == [(sentence, basis, True)]


@pytest.mark.parametrize(
    "changed",
    [
        {},
        transfer("JP", "adequacy"),
        transfer("US", "dpf"),
        transfer("CN", "clauses"),
        transfer("", "adequacy"),
        {"recipients": [{"name": "Nimbus", "type": "third_countries"}], **transfer("IN", "clauses")},
        {"recipients": [{"name": "Nimbus", "type": "third_countries"}], "transfers": None},
        {"sensitive_data": HEALTH, "aipd_criteria": ["sensitive"]},
        {"sensitive_data": HEALTH, "aipd_criteria": None},
        {"aipd_on": "2026-11-20"},
    ],
)
def test_what_fits_is_not_doubted(changed: dict[str, Any]) -> None:
    assert told(changed) == []


def test_a_decision_holds_between_its_days() -> None:
    britain = transfer("GB", "adequacy")
    assert told(britain, date(2021, 6, 28)) == told(britain, date(2031, 12, 27)) == []
    [(before, _basis, _blocks)] = told(britain, date(2021, 6, 27))
    [(after, _basis, _blocks)] = told(britain, date(2031, 12, 28))
    assert before == "United Kingdom: the adequacy decision holds from Jun 28, 2021 on."
    assert after == "United Kingdom: the adequacy decision ended on Dec 27, 2031."


def test_every_country_is_adequate_or_doubted() -> None:
    countries = {code: one for code, one in shipped().values["countries"].items() if not one.retired}
    sure = {code for code in countries if told(transfer(code, "adequacy")) == []}
    assert sure == {code for code, one in countries.items() if one.facts["adequate"]} - {"US"}


def test_persons_hint_at_a_criterion_and_keep_nobody_from_validating() -> None:
    assert told({"persons": [{"category": "employees"}, {"category": "minors"}]}) == [
        ("Employees, Minors: is the criterion “Vulnerable persons (patients, minors, employees…)” met?", "35.1", False)
    ]
    assert told({"persons": [{"category": "minors"}], "aipd_criteria": ["vulnerable"]}) == []


def test_a_processor_register_denies_no_transfer_that_it_tells() -> None:
    record = Processing.model_validate({"subprocessors": [{"name": "N", "type": "third_countries"}], "transfers": []})
    assert [one.code for one in coherence.processing(record, TODAY)] == ["no_transfer"]


def test_every_rule_has_a_name() -> None:
    found = [transfer("CN", "adequacy"), {"aipd_on": "2027-01-01"}, {"sensitive_data": HEALTH}]
    contents = [Treatment.model_validate({**WHOLE, **said}) for said in found]
    codes = {one.code for record in contents for one in coherence.treatment(record, TODAY)}
    assert codes <= set(coherence.NAMES)


def test_a_record_that_contradicts_itself_is_not_validated(house: Store, people: People) -> None:
    with house.write() as connection:
        record = acts.add(connection, TREATMENTS, people["lea"], {**WHOLE, **transfer("CN", "adequacy")})
        record = acts.step(connection, TREATMENTS, people["lea"], record.id, record.version, Action.SUBMIT)
        assert record.completeness == 100
        with pytest.raises(NotAllowed) as refused:
            acts.step(connection, TREATMENTS, people["ines"], record.id, record.version, Action.VALIDATE)
        found = records.find(connection, "treatment", Wanted(facets={"coherence": ["adequacy"]}))
        assert [line.ref for line in found.lines] == [record.ref]
        record = acts.save(
            connection, TREATMENTS, people["lea"], record.id, record.version,
            {**record.data, **transfer("CN", "clauses")},
        )  # fmt: skip
        record = acts.step(connection, TREATMENTS, people["lea"], record.id, record.version, Action.SUBMIT)
        assert acts.step(connection, TREATMENTS, people["ines"], record.id, record.version, Action.VALIDATE).published
    assert refused.value.sentence == (
        "The record contradicts itself. China: no adequacy decision of the European Commission. (GDPR, article 45)"
    )


def test_a_treatment_does_not_end_before_it_starts() -> None:
    with pytest.raises(InputInvalid) as refused:
        check.read(TREATMENT, {"name": "x", "started_on": "2026-03-02", "ended_on": "2026-03-01"}, shipped())
    assert refused.value.sentence == "Treatment ended on: Mar 1, 2026 is before “Treatment started on”, Mar 2, 2026."
    assert check.read(TREATMENT, {"name": "x", "started_on": "2026-03-02", "ended_on": "2026-03-02"}, shipped())
    assert check.read(PROCESSING, {"name": "x"}, shipped())


def test_whoever_wrote_a_part_since_the_last_validation_does_not_validate(house: Store, people: People) -> None:
    with house.write() as connection:
        record = acts.add(connection, TREATMENTS, people["ines"], WHOLE)
        data = {**record.data, "notes": ","}
        record = acts.save(connection, TREATMENTS, people["lea"], record.id, record.version, data)
        record = acts.step(connection, TREATMENTS, people["lea"], record.id, record.version, Action.SUBMIT)
        with pytest.raises(NotAllowed, match="whoever changed it since it was last published"):
            acts.step(connection, TREATMENTS, people["ines"], record.id, record.version, Action.VALIDATE)
        assert acts.step(connection, TREATMENTS, people["hugo"], record.id, record.version, Action.VALIDATE).published
