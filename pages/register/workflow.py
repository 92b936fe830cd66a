"""The way of a record from draft to archive, and who may take each step: pure rules.

    draft → in review → validated → to be reviewed → (in review again)
    any of them → archived → draft

Editing makes a draft of whatever is not archived, while the version that was validated last stays published. Validating
is a right of its own: it needs a complete record and somebody who changed nothing of it since it was last validated.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from core.base.i18n import N_, _
from core.base.periods import months_later
from core.people.person import Person

VALIDATE = "register.validate"
"""The right to validate, given to a person beside the role (`core.people.grants`)."""
REVIEW_MONTHS = 12
"""A validated record is looked at again after this many months, where it names no later day."""


class State(StrEnum):
    """Where a record stands."""

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    VALIDATED = "validated"
    TO_REVIEW = "to_review"
    ARCHIVED = "archived"


STATE_NAMES: dict[State, str] = {
    State.DRAFT: N_("draft"),
    State.IN_REVIEW: N_("in review"),
    State.VALIDATED: N_("validated"),
    State.TO_REVIEW: N_("to be reviewed"),
    State.ARCHIVED: N_("archived"),
}
LIVE = tuple(state for state in State if state is not State.ARCHIVED)


class Action(StrEnum):
    """What somebody does to a record. The first five only write its content, the others move it."""

    ADD = "add"
    DUPLICATE = "duplicate"
    IMPORT = "import"
    SAVE = "save"
    SHIP = "ship"
    SUBMIT = "submit"
    SEND_BACK = "send_back"
    VALIDATE = "validate"
    CALL = "call"
    ARCHIVE = "archive"
    RESTORE = "restore"


ACTION_NAMES: dict[Action, str] = {
    Action.ADD: N_("added"),
    Action.DUPLICATE: N_("added as a copy"),
    Action.IMPORT: N_("imported"),
    Action.SAVE: N_("changed"),
    Action.SHIP: N_("came with Vigie"),
    Action.SUBMIT: N_("submitted for review"),
    Action.SEND_BACK: N_("sent back"),
    Action.VALIDATE: N_("validated"),
    Action.CALL: N_("called for review"),
    Action.ARCHIVE: N_("archived"),
    Action.RESTORE: N_("restored"),
}


@dataclass(frozen=True)
class Step:
    """One step: from which states to which, on a button that says `label`. `reason`: it must be given."""

    action: Action
    sources: tuple[State, ...]
    target: State
    label: str
    reason: bool = False


STEPS: dict[Action, Step] = {
    step.action: step
    for step in (
        Step(Action.SUBMIT, (State.DRAFT, State.TO_REVIEW), State.IN_REVIEW, N_("Submit for review")),
        Step(Action.SEND_BACK, (State.IN_REVIEW,), State.DRAFT, N_("Send back"), reason=True),
        Step(Action.VALIDATE, (State.IN_REVIEW,), State.VALIDATED, N_("Validate")),
        Step(Action.CALL, (State.VALIDATED,), State.TO_REVIEW, N_("Call for review")),
        Step(Action.ARCHIVE, LIVE, State.ARCHIVED, N_("Archive"), reason=True),
        Step(Action.RESTORE, (State.ARCHIVED,), State.DRAFT, N_("Restore"), reason=True),
    )
}


@dataclass(frozen=True)
class Situation:
    """What decides about a step: the record's state, who changed it since it was last validated (account names), how
    many things it lacks, and whether the person (account name) holds the right to validate."""

    state: State
    writers: frozenset[str]
    missing: int
    person: str
    may_validate: bool


def offered(situation: Situation) -> list[Step]:
    """The steps that the person may take now, in the order of the way; a reason is asked afterwards."""
    return [step for step in STEPS.values() if refusal(step, situation, why="asked later") is None]


def refusal(step: Step, now: Situation, *, why: str = "") -> str | None:
    """Why the person may not take a step, in a sentence; None when they may."""
    if now.state not in step.sources:
        return _("This cannot be done to a record that is {state}.").format(state=_(STATE_NAMES[now.state]))
    if step.reason and not why.strip():
        return _("Say why: the reason is kept in the history.")
    return _refusal_to_validate(now) if step.action is Action.VALIDATE else None


def _refusal_to_validate(now: Situation) -> str | None:
    if not now.may_validate:
        return _("Validating needs a right of its own, which an administrator gives.")
    if now.person in now.writers:
        return _("Whoever changed it since it was last validated cannot validate it: another person must.")
    if now.missing:
        return _("The record is not complete yet: {n} answers are missing.").format(n=now.missing)
    return None


def deadlock(holders: Sequence[Person]) -> str | None:
    """What keeps validation from working when fewer than two people hold the right; None when it can work."""
    if not holders:
        return _("Nobody holds the right to validate: ask an administrator to give it to two persons.")
    if len(holders) == 1:
        sentence = _("Only {name} may validate, and nobody validates their own draft: ask for a second person.")
        return sentence.format(name=holders[0].display_name)
    return None


def next_review(asked: date | None, today: date) -> date:
    """When a record that is validated today must be looked at again: the day it names, if that is still to come."""
    if asked and asked > today:
        return asked
    return months_later(today, REVIEW_MONTHS)
