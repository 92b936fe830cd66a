"""The nine criteria: two or more call for an assessment; departing needs a reason and an opinion."""

from itertools import combinations
from typing import Any

import pytest

from pages.register.lists import shipped
from pages.register.model import Treatment
from pages.register.screening import SCREENING_NAMES, Screening, needs_aipd, screen

CRITERIA = list(shipped().values["aipd_criteria"])
TWO = {"aipd_criteria": CRITERIA[:2]}


def screened(**said: Any) -> Screening:
    return screen(Treatment.model_validate({"aipd_listed": [] if said else None, **said}))


def test_there_are_nine_criteria() -> None:
    assert len(CRITERIA) == 9


def test_one_criterion_or_none_calls_for_nothing() -> None:
    assert screened(aipd_criteria=[]) is Screening.NOT_NEEDED
    assert {screened(aipd_criteria=[one]) for one in CRITERIA} == {Screening.NOT_NEEDED}


def test_the_same_criterion_twice_is_one() -> None:
    assert screened(aipd_criteria=[CRITERIA[0]] * 2) is Screening.NOT_NEEDED


def test_a_treatment_on_the_list_of_the_cnil_calls_for_an_assessment_whatever_criteria_are_met() -> None:
    for one in shipped().values["aipd_list"]:
        assert screened(aipd_listed=[one], aipd_criteria=[]) is Screening.CALLED_FOR
    assert len(shipped().values["aipd_list"]) == 14


def test_nothing_is_said_not_to_be_needed_before_list_and_criteria_were_looked_at() -> None:
    assert screened(aipd_listed=None, aipd_criteria=[]) is Screening.UNANSWERED
    assert screened(aipd_listed=[], aipd_criteria=None) is Screening.UNANSWERED
    assert screened(aipd_listed=[], aipd_criteria=[]) is Screening.NOT_NEEDED
    assert screened(aipd_listed=None, **TWO) is Screening.CALLED_FOR


def test_any_two_criteria_call_for_an_assessment() -> None:
    for pair in combinations(CRITERIA, 2):
        assert needs_aipd(Treatment.model_validate({"aipd_criteria": pair}))


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({}, Screening.UNANSWERED),
        (TWO, Screening.CALLED_FOR),
        ({**TWO, "aipd_departs": False, "aipd_on": "2026-01-01"}, Screening.CALLED_FOR),
        ({**TWO, "aipd_departs": False, "aipd_on": "2026-01-01", "aipd_link": "x"}, Screening.DONE),
        ({**TWO, "aipd_departs": True, "aipd_reason": "x"}, Screening.DEPARTURE_UNFOUNDED),
        ({**TWO, "aipd_departs": True, "aipd_opinion": "x"}, Screening.DEPARTURE_UNFOUNDED),
        ({**TWO, "aipd_departs": True, "aipd_reason": "x", "aipd_opinion": "x"}, Screening.DEPARTED),
    ],
)
def test_where_a_treatment_stands(said: dict[str, Any], expected: Screening) -> None:
    assert screened(**said) is expected


def test_every_standing_has_a_name() -> None:
    assert set(SCREENING_NAMES) == set(Screening)
