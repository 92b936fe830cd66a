"""The way of a record through its states, as a mission declares it, and who may take each step: pure rules.

States and actions are codes that the store keeps for good; their words are source strings. A step may need a right of
its own, another person than those who wrote the content (four eyes), a complete record, a reason.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cached_property
from typing import Any

from core.base.i18n import N_, _
from core.people.person import Person


class Written(StrEnum):
    """What is done to a record's content, whatever its workflow."""

    ADD = "add"
    DUPLICATE = "duplicate"
    IMPORT = "import"
    RENEW = "renew"
    """Nobody wrote: a version of Vigie shows it otherwise in lists (`core.records.renew`)."""
    SAVE = "save"
    TAKE_BACK = "take_back"
    """An import of it was taken back (`core.records.importing.back`)."""
    SHIP = "ship"


WRITTEN: Mapping[str, str] = {
    Written.ADD: N_("added"),
    Written.DUPLICATE: N_("added as a copy"),
    Written.IMPORT: N_("imported"),
    Written.RENEW: N_("listed anew by a version of Vigie"),
    Written.SAVE: N_("changed"),
    Written.TAKE_BACK: N_("import taken back"),
    Written.SHIP: N_("came with Vigie"),
}


@dataclass(frozen=True)
class State:
    """Where a record stands: its code, its name, the colour of its badge."""

    code: str
    name: str
    colour: str = "gray"


@dataclass(frozen=True)
class Step:
    """One step: from which states to which, on a button that says `label`; `done` says that it was taken.

    `reason`: it must be given. `right`: held beside the role. `others`: by somebody who changed nothing of
    it since it was last published.
    `whole`: nothing may be missing, nor contradict. `condition`: what else must hold, of the typed content and the
    person: a sentence why it does not, "" where it does. `publishes`: the version is frozen and counts from then on.
    `then` makes the content that the step leaves, of the content and the day.
    """

    action: str
    sources: tuple[str, ...]
    target: str
    label: str
    done: str
    reason: bool = False
    right: str = ""
    others: bool = False
    whole: bool = False
    condition: Callable[[Any, Person], str] | None = None
    publishes: bool = False
    then: Callable[[Any, date], Any] | None = None


@dataclass(frozen=True)
class Workflow:
    """The states in their order, the first for whatever is new, and the steps between them.

    In a `closed` state a record is out of sight of its list and is not changed. `edited` is the state that a changed
    content leads to; without it a change leaves the state. `held` names the field of the content that holds the state,
    where there is one: imports bring it, steps write it.
    """

    states: tuple[State, ...]
    steps: tuple[Step, ...]
    closed: tuple[str, ...] = ()
    edited: str = ""
    held: str = ""

    @cached_property
    def begins(self) -> str:
        """The state of a new record."""
        return self.states[0].code

    @cached_property
    def names(self) -> Mapping[str, str]:
        """States in words (source strings)."""
        return {state.code: state.name for state in self.states}

    @cached_property
    def done(self) -> Mapping[str, str]:
        """What the history says of each action (source strings)."""
        return {**WRITTEN, **{step.action: step.done for step in self.steps}}

    @cached_property
    def publishes(self) -> bool:
        """Whether a step freezes versions that count."""
        return any(step.publishes for step in self.steps)

    def state(self, code: str) -> State:
        """The state of a code; one that was given up since then reads as its code."""
        return next((state for state in self.states if state.code == code), State(code, code))

    def step(self, action: str) -> Step:
        """The step of an action. Raises KeyError."""
        return {step.action: step for step in self.steps}[action]

    def after(self, content: Any, before: str = "") -> str:
        """The state that a written content has, where it was in a state `before`."""
        if self.held and getattr(content, self.held):
            return str(getattr(content, self.held))
        return (self.edited or before) if before else self.begins


@dataclass(frozen=True)
class Situation:
    """What decides about a step: the record's state, who changed it since it was last published (account names), how
    many things it lacks, the person (account name), the rights that they hold beside the role, what in it contradicts,
    in sentences, and why the condition of a step does not hold, which is asked last."""

    state: str
    writers: frozenset[str]
    missing: int
    person: str
    rights: frozenset[str] = frozenset()
    doubts: tuple[str, ...] = ()
    unmet: Callable[[Step], str] = lambda step: ""


def offered(workflow: Workflow, situation: Situation) -> list[Step]:
    """The steps that the person may take now, in the order of the way; a reason is asked afterwards."""
    return [step for step in workflow.steps if refusal(workflow, step, situation, why="asked later") is None]


def refusal(workflow: Workflow, step: Step, now: Situation, *, why: str = "") -> str | None:
    """Why the person may not take a step, in a sentence; None when they may."""
    if now.state not in step.sources:
        return _("This cannot be done to a record that is {state}.").format(state=_(workflow.state(now.state).name))
    if step.reason and not why.strip():
        return _("Say why: the reason is kept in the history.")
    return _refusal(step, now)


def _refusal(step: Step, now: Situation) -> str | None:
    pattern = None
    if step.right and step.right not in now.rights:
        pattern = _("“{step}” needs a right of its own, which an administrator gives.")
    elif step.others and now.person in now.writers:
        pattern = _("“{step}”: whoever changed it since it was last published cannot do it, another person must.")
    elif step.whole and now.missing:
        pattern = _("The record is not complete yet: {n} answers are missing.")
    elif step.whole and now.doubts:
        pattern = _("The record contradicts itself. {doubts}")
    if pattern is None:
        return now.unmet(step) or None
    return pattern.format(step=_(step.label), n=now.missing, doubts=" ".join(now.doubts))


def deadlock(step: Step, holders: Sequence[Person]) -> str | None:
    """What keeps a step from working that needs a right and another person, when fewer than two people hold the right;
    None when it can work."""
    if not (step.right and step.others) or len(holders) > 1:
        return None
    if not holders:
        pattern = _("Nobody holds the right to “{step}”: ask an administrator to give it to two persons.")
        return pattern.format(step=_(step.label))
    pattern = _("Only {name} may “{step}”, and nobody does so with their own draft: ask for a second person.")
    return pattern.format(step=_(step.label), name=holders[0].display_name)
