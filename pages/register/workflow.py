"""The way of a record of the register from draft to archive.

    draft → in review → validated → to be reviewed → (in review again)
    any of them → archived → draft

Editing makes a draft of whatever is not archived, while the version that was validated last stays published. Validating
is a right of its own: it needs a complete record and somebody who changed nothing of it since it was last validated.
"""

from datetime import date
from enum import StrEnum
from typing import Any

from core.base.i18n import N_
from core.base.periods import months_later
from core.records import workflow
from core.records.workflow import Step, Workflow

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


LIVE = tuple(state for state in State if state is not State.ARCHIVED)


class Action(StrEnum):
    """What moves a record."""

    SUBMIT = "submit"
    SEND_BACK = "send_back"
    VALIDATE = "validate"
    CALL = "call"
    ARCHIVE = "archive"
    RESTORE = "restore"


def reviewed_again(content: Any, today: date) -> Any:
    """The content of a record that is validated today, with the day on which it must be looked at again."""
    return content.model_copy(update={"review_on": next_review(content.review_on, today)})


def next_review(asked: date | None, today: date) -> date:
    """When a record that is validated today must be looked at again: the day it names, if that is still to come."""
    if asked and asked > today:
        return asked
    return months_later(today, REVIEW_MONTHS)


SUBMIT = Step(
    Action.SUBMIT,
    (State.DRAFT, State.TO_REVIEW),
    State.IN_REVIEW,
    N_("Submit for review"),
    N_("submitted for review"),
)
SEND_BACK = Step(Action.SEND_BACK, (State.IN_REVIEW,), State.DRAFT, N_("Send back"), N_("sent back"), reason=True)
VALIDATION = Step(
    Action.VALIDATE,
    (State.IN_REVIEW,),
    State.VALIDATED,
    N_("Validate"),
    N_("validated"),
    right=VALIDATE,
    others=True,
    whole=True,
    publishes=True,
    then=reviewed_again,
)
CALL = Step(Action.CALL, (State.VALIDATED,), State.TO_REVIEW, N_("Call for review"), N_("called for review"))
ARCHIVE = Step(Action.ARCHIVE, LIVE, State.ARCHIVED, N_("Archive"), N_("archived"), reason=True)
RESTORE = Step(Action.RESTORE, (State.ARCHIVED,), State.DRAFT, N_("Restore"), N_("restored"), reason=True)

WORKFLOW = Workflow(
    states=(
        workflow.State(State.DRAFT, N_("draft"), "gray"),
        workflow.State(State.IN_REVIEW, N_("in review"), "blue"),
        workflow.State(State.VALIDATED, N_("validated"), "green"),
        workflow.State(State.TO_REVIEW, N_("to be reviewed"), "orange"),
        workflow.State(State.ARCHIVED, N_("archived"), "gray"),
    ),
    steps=(SUBMIT, SEND_BACK, VALIDATION, CALL, ARCHIVE, RESTORE),
    closed=(State.ARCHIVED,),
    edited=State.DRAFT,
)
