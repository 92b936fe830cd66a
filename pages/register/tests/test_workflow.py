"""The way of a record, and who may take each step."""

from datetime import date

import pytest

from core.base.i18n import speaking
from core.people.person import Person, Role
from core.records import workflow
from core.records.workflow import Situation, deadlock, offered
from pages.register.workflow import (
    ARCHIVE,
    RESTORE,
    SEND_BACK,
    VALIDATE,
    VALIDATION,
    WORKFLOW,
    Action,
    State,
    next_review,
)


def now(
    state: State,
    *,
    writers: tuple[str, ...] = ("ines",),
    person: str = "hugo",
    missing: int = 0,
    may_validate: bool = True,
) -> Situation:
    return Situation(state, frozenset(writers), missing, person, frozenset({VALIDATE} if may_validate else ()))


def refusal(step: workflow.Step, situation: Situation, why: str = "") -> str | None:
    return workflow.refusal(WORKFLOW, step, situation, why=why)


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
    assert [step.action for step in offered(WORKFLOW, now(state))] == steps


def test_a_step_from_another_state_is_refused_in_words() -> None:
    with speaking("en"):
        said = refusal(VALIDATION, now(State.DRAFT))
    assert said == "This cannot be done to a record that is draft."


@pytest.mark.parametrize("step", [SEND_BACK, ARCHIVE], ids=lambda step: step.action)
def test_some_steps_need_a_reason(step: workflow.Step) -> None:
    assert refusal(step, now(State.IN_REVIEW), why="  ")
    assert refusal(step, now(State.IN_REVIEW), why="parce que") is None


@pytest.mark.parametrize(
    "situation",
    [
        now(State.IN_REVIEW, may_validate=False),
        now(State.IN_REVIEW, writers=("hugo", "ines")),
        now(State.IN_REVIEW, missing=1),
    ],
)
def test_validating_needs_the_right_another_author_and_a_complete_record(situation: Situation) -> None:
    assert refusal(VALIDATION, situation) is not None
    assert refusal(VALIDATION, now(State.IN_REVIEW)) is None


def test_nothing_is_deleted() -> None:
    assert {step.target for step in WORKFLOW.steps} <= set(State)
    assert RESTORE.sources == (State.ARCHIVED,)


def test_every_state_and_action_has_a_name() -> None:
    assert set(WORKFLOW.names) == set(State)
    assert set(WORKFLOW.done) == {*workflow.Written, *Action}


def test_fewer_than_two_validators_are_a_problem_with_a_name() -> None:
    assert deadlock(VALIDATION, [person("ines"), person("hugo")]) is None
    with speaking("fr"):
        assert "« Ines »" in (deadlock(VALIDATION, [person("ines")]) or "").replace("\u202f", " ").replace("\xa0", " ")
    assert deadlock(VALIDATION, []) is not None


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
