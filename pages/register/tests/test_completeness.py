"""Completeness: whatever is missing is named, filling it never lowers it, and everything filled is 100 %."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings

from core.records import check
from core.records.completeness import Completeness, Missing, judge
from core.records.fields import Form, Kind
from core.records.records import Tally
from pages.register.lists import shipped
from pages.register.model import PROCESSING, TREATMENT
from pages.register.tests.samples import ACTOR, FORMS, WHOLE, contents


def judged(content: dict[str, Any], form: Form = TREATMENT) -> Completeness:
    return judge(form, check.read(form, content, shipped()))


def missing(**changed: Any) -> list[str]:
    return [one.path for one in judged({**WHOLE, **changed}).missing]


def an_answer(one: Missing) -> Any:
    """A value that answers a field; rows come with nothing but what names them."""
    lists, field = shipped(), one.field
    code = lists.options(field.choices)[0] if field.choices else ""
    if field.kind is Kind.ROWS:
        return [{}]
    return {
        Kind.TEXT: "x",
        Kind.LONG: "x",
        Kind.NUMBER: 1,
        Kind.DAY: date(2026, 1, 1).isoformat(),
        Kind.FLAG: True,
        Kind.CHOICE: code,
        Kind.CODES: [code],
        Kind.CHOICES: [code],
        Kind.TAGS: ["x"],
    }[field.kind]


def filled(content: dict[str, Any], one: Missing) -> dict[str, Any]:
    """The content with one missing thing filled."""
    if "[" not in one.path:
        return {**content, one.path: an_answer(one)}
    name, _bracket, rest = one.path.partition("[")
    number, _bracket, column = rest.partition("].")
    rows = [dict(row) for row in content[name]]
    rows[int(number)][column] = an_answer(one)
    return {**content, name: rows}


def test_a_whole_record_is_complete() -> None:
    assert judged(WHOLE) == Completeness(100, ())


def test_an_empty_record_lacks_everything_that_the_law_asks_for() -> None:
    found = judged({})
    assert found.percent == 0
    assert [(one.path, one.basis) for one in found.missing] == [
        ("name", "30.1"),
        ("controller", "30.1.a"),
        ("joint_controllers", "30.1.a"),
        ("representative", "30.1.a"),
        ("dpo", "30.1.a"),
        ("purposes", "30.1.b"),
        ("data_categories", "30.1.c"),
        ("sensitive_data", "9.1"),
        ("nir", "30.1.c"),
        ("persons", "30.1.c"),
        ("recipients", "30.1.d"),
        ("transfers", "30.1.e"),
        ("measures", "30.1.g"),
        ("aipd_listed", "35.4"),
        ("aipd_criteria", "35.1"),
    ]


def test_unanswered_is_missing_where_none_is_an_answer() -> None:
    assert missing(transfers=None) == ["transfers"]
    assert missing(transfers=[]) == []
    assert missing(measures=[]) == ["measures"]


def test_what_a_row_lacks_is_named_with_its_row_and_article() -> None:
    rows = [*WHOLE["data_categories"], {"category": "economic", "description": "RIB"}]
    [one] = judged({**WHOLE, "data_categories": rows}).missing
    assert (one.path, one.basis) == ("data_categories[1].retention", "30.1.f")


def test_a_row_without_its_own_article_is_asked_for_by_the_one_of_its_field() -> None:
    [one] = judged({**WHOLE, "dpo": [{"name": "Claire"}]}).missing
    assert (one.path, one.basis) == ("dpo[0].email", "30.1.a")


def test_sensitive_data_call_for_a_condition_of_every_purpose() -> None:
    health = [{"category": "health", "description": "x", "retention": "x"}]
    assert missing(sensitive_data=health) == ["purposes[0].conditions"]
    offences = [{"category": "offences", "description": "x", "retention": "x"}]
    assert missing(sensitive_data=offences) == ["sensitive_data[0].ground"]
    assert missing(sensitive_data=[{**offences[0], "ground": "Loi Informatique et Libertés, article 46"}]) == []


def test_a_social_security_number_asks_for_its_ground() -> None:
    number = {"description": "x", "retention": "5 ans"}
    assert missing(nir=[number]) == ["nir[0].ground"]
    assert missing(nir=[{**number, "ground": "social_protection"}]) == []


def test_a_derogation_calls_for_its_documents() -> None:
    transfer = {"recipient": "x", "country": "IN", "guarantee": "derogation"}
    assert missing(transfers=[transfer]) == ["transfers[0].document"]
    assert missing(transfers=[{**transfer, "guarantee": "clauses"}]) == []


def test_two_criteria_call_for_an_assessment_or_a_founded_departure() -> None:
    two = {"aipd_criteria": ["scoring", "large_scale"]}
    assert missing(aipd_criteria=["scoring"]) == []
    assert missing(**two) == ["aipd_departs"]
    assert missing(**two, aipd_departs=False) == ["aipd_on", "aipd_link"]
    assert missing(**two, aipd_departs=True) == ["aipd_reason", "aipd_opinion"]
    assert missing(**two, aipd_departs=False, aipd_on="2026-01-01", aipd_link="x") == []


def test_the_processor_register_can_be_complete_too() -> None:
    content = {
        "name": "Hébergement",
        "processor": [ACTOR],
        "controllers": [ACTOR],
        "representative": [],
        "dpo": [ACTOR],
        "categories": [{"name": "Hébergement", "controller": "Filiale"}],
        "transfers": [],
        "measures": [{"type": "backup"}],
    }
    assert judged(content, PROCESSING).percent == 100
    assert [one.path for one in judged({**content, "categories": [{"name": "x"}]}, PROCESSING).missing] == [
        "categories[0].controller"
    ]


def test_a_register_is_complete_only_when_every_record_is() -> None:
    assert Tally(records=2, whole=2, points=200, published=0, newest=None).percent == 100
    assert Tally(records=2, whole=1, points=199, published=0, newest=None).percent == 99
    assert Tally(records=0, whole=0, points=0, published=0, newest=None).percent == 0


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_filling_whatever_is_missing_never_lowers_and_ends_at_100(form: Form) -> None:
    @settings(max_examples=60, deadline=None)
    @given(contents(form))
    def holds(content: dict[str, Any]) -> None:
        found = judged(content, form)
        for _turn in range(200):
            assert (found.percent == 100) == (found.missing == ())
            if found.whole:
                return
            for one in found.missing:
                assert judged(filled(content, one), form).percent >= found.percent, one.path
            content = filled(content, found.missing[0])
            found = judged(content, form)
        raise AssertionError("never complete")

    holds()


@settings(max_examples=60, deadline=None)
@given(contents(TREATMENT))
def test_taking_an_answer_away_is_always_missed_where_the_law_asks_for_it(content: dict[str, Any]) -> None:
    for field in TREATMENT.fields:
        if field.kind is Kind.ROWS and field.required(None, None):
            assert field.path in [one.path for one in judged({**content, field.name: None}).missing]
