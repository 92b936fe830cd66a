"""The way of a record, and who may take each step."""

from datetime import date

import pytest

from core.base.i18n import speaking
from core.people.person import Person, Role
from pages.register.workflow import (
    ACTION_NAMES,
    STATE_NAMES,
    STEPS,
    Action,
    Situation,
    State,
    deadlock,
    next_review,
    offered,
    refusal,
)


def now(
    state: State,
    *,
    writers: tuple[str, ...] = ("ines",),
    person: str = "hugo",
    missing: int = 0,
    may_validate: bool = True,
) -> Situation:
    return Situation(state, frozenset(writers), missing, person, may_validate)


def person(name: str) -> Person:
    return Person(1, name, name.title(), Role.COMPLIANCE, frozenset())


@pytest.mark.parametrize(
    ("state", "steps"),
    [
        (State.DRAFT, [Action.SUBMIT, Action.ARCHIVE]),
        (State.IN_REVIEW, [Action.SEND_BACK, Action.VALIDATE, Action.ARCHIVE]),
        (State.VALIDATED, [Action.CALL, Action.ARCHIVE]),
        (State.TO_REVIEW, [Action.SUBMIT, Action.ARCHIVE]),
        (State.ARCHIVED, [Action.RESTORE]),
    ],
)
def test_each_state_offers_its_steps(state: State, steps: list[Action]) -> None:
    assert [step.action for step in offered(now(state))] == steps


def test_a_step_from_another_state_is_refused_in_words() -> None:
    with speaking("en"):
        said = refusal(STEPS[Action.VALIDATE], now(State.DRAFT))
    assert said == "This cannot be done to a record that is draft."


@pytest.mark.parametrize("action", [Action.SEND_BACK, Action.ARCHIVE])
def test_some_steps_need_a_reason(action: Action) -> None:
    assert refusal(STEPS[action], now(State.IN_REVIEW), why="  ")
    assert refusal(STEPS[action], now(State.IN_REVIEW), why="parce que") is None


@pytest.mark.parametrize(
    "situation",
    [
        now(State.IN_REVIEW, may_validate=False),
        now(State.IN_REVIEW, writers=("hugo", "ines")),
        now(State.IN_REVIEW, missing=1),
    ],
)
def test_validating_needs_the_right_another_author_and_a_complete_record(situation: Situation) -> None:
    assert refusal(STEPS[Action.VALIDATE], situation) is not None
    assert refusal(STEPS[Action.VALIDATE], now(State.IN_REVIEW)) is None


def test_nothing_is_deleted() -> None:
    assert {step.target for step in STEPS.values()} <= set(State)
    assert STEPS[Action.RESTORE].sources == (State.ARCHIVED,)


def test_every_state_and_action_has_a_name() -> None:
    assert set(STATE_NAMES) == set(State)
    assert set(ACTION_NAMES) == set(Action)


def test_fewer_than_two_validators_are_a_problem_with_a_name() -> None:
    assert deadlock([person("ines"), person("hugo")]) is None
    with speaking("fr"):
        assert "« Ines »" in (deadlock([person("ines")]) or "").replace("\u202f", " ").replace("\xa0", " ")
    assert deadlock([]) is not None


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (None, date(2027, 2, 28)),
        (date(2026, 5, 1), date(2026, 5, 1)),
        (date(2026, 2, 28), date(2027, 2, 28)),
        (date(2020, 1, 1), date(2027, 2, 28)),
    ],
)
def test_the_next_review_is_a_year_away_unless_a_later_day_is_named(asked: date | None, expected: date) -> None:
    assert next_review(asked, date(2026, 2, 28)) == expected
