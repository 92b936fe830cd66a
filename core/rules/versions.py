"""Versions of a mission's rules: a draft that a person works on, what they propose, and what a second person decides.

What is in force is the file of one's own in the data folder (`RuleSet.own`); the store keeps who wished what, and when
it was put there. The caller checks rights in the same transaction (`core.people.rights.require`).
"""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, TypeVar

import sqlalchemy as sa

from core.base import clock
from core.base.errors import Conflict, InputInvalid, NotAllowed
from core.base.i18n import _
from core.people import accounts
from core.people.person import Person
from core.people.rights import Guarded, may_act
from core.rules.ruleset import Rule, RuleSet
from core.store import changes
from core.store.schema import rule_versions

R = TypeVar("R", bound=Rule)
Join = Callable[[R, R, date | None], R]
"""(rules in force, rules proposed, first day or None for always) → the rules that keep the past under those of then."""
_ENTITY = "rules"
LONGEST_WHY = 1_000
_log = logging.getLogger("vigie.rules")


class State(StrEnum):
    """How a version stands."""

    DRAFT = "draft"
    PROPOSED = "proposed"
    IN_FORCE = "in_force"
    REPLACED = "replaced"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True)
class Version:
    """One version. `changed_at` (UTC) is when it got the state it has; see `core.store.schema.rule_versions`."""

    id: int
    state: State
    base: str
    author_id: int
    author: str
    why: str
    changed_at: datetime
    decided_by: str | None
    since: date | None
    digest: str | None
    version: int


_TOLD = tuple(rule_versions.c[name] for name in Version.__dataclass_fields__)
_OF_MISSION = (
    sa.select(*_TOLD).where(rule_versions.c.mission == sa.bindparam("mission")).order_by(rule_versions.c.id.desc())
)


def of_mission(connection: sa.Connection, mission: str) -> list[Version]:
    """The versions of a mission's rules, the newest first; drafts too."""
    rows = connection.execute(_OF_MISSION, {"mission": mission}).mappings()
    return [_version(row) for row in rows]


def text(connection: sa.Connection, number: int) -> str:
    """What a version says. Raises Conflict where there is none any more."""
    written = connection.scalar(sa.select(rule_versions.c.text).where(rule_versions.c.id == number))
    if written is None:
        raise _gone()
    return str(written)


def draft(connection: sa.Connection, mission: str, person_id: int) -> Version | None:
    """What a person works on, if they do."""
    return next((version for version in of_mission(connection, mission) if _is_draft_of(version, person_id)), None)


def keep_draft(
    connection: sa.Connection, rules: RuleSet[R], mission: str, person: Person, proposal: str, read: int | None
) -> None:
    """Keep what a person works on, over the version of it that they `read` (None: they had none).

    Raises RulesInvalid where the text is wrong, with its line and its field, Conflict where another window of theirs
    changed it meanwhile.
    """
    rules.meant(proposal, _("proposal"))
    mine = draft(connection, mission, person.id)
    if (mine.version if mine else None) != read:
        raise Conflict(_("You changed your draft in another window: look at it again."), current={}, proposed={})
    values = {"text": proposal, "changed_at": clock.now()}
    if mine:
        _update(connection, mine, values)
        return
    new = {"mission": mission, "state": State.DRAFT, "base": rules.in_force().digest, "why": "", "version": 1}
    connection.execute(sa.insert(rule_versions).values(**new, **values, author_id=person.id, author=person.name))


def drop_draft(connection: sa.Connection, mission: str, person: Person) -> None:
    """Forget what a person works on: nobody else ever saw it."""
    connection.execute(
        sa.delete(rule_versions).where(
            rule_versions.c.mission == mission,
            rule_versions.c.author_id == person.id,
            rule_versions.c.state == State.DRAFT,
        )
    )


def propose(
    connection: sa.Connection, rules: RuleSet[R], mission: str, version: Version, person: Person, why: str
) -> None:
    """Lay a draft before the others; from here on nobody changes its text. Raises InputInvalid without a reason,
    Conflict where the rules in force are no longer those that it was made from, or it was changed meanwhile."""
    why = " ".join(why.split())
    if not why or len(why) > LONGEST_WHY:
        raise InputInvalid(_("Say in at most {n} characters why.").format(n=LONGEST_WHY))
    now = _now(connection, version, State.DRAFT)
    if now.author_id != person.id:
        raise _gone()
    _still_based(now, rules)
    _update(connection, now, {"state": State.PROPOSED, "why": why, "changed_at": clock.now()})
    _note(connection, person, mission, now, "propose", {"state": State.PROPOSED}, why=why)


def drop(connection: sa.Connection, mission: str, version: Version, person: Person) -> None:
    """Take a proposal off: its author withdraws it, anybody else refuses it. Raises Conflict where it was decided."""
    now = _now(connection, version, State.PROPOSED)
    state = State.WITHDRAWN if now.author_id == person.id else State.REFUSED
    _update(connection, now, {"state": state, "decided_by": person.name, "changed_at": clock.now()})
    _note(connection, person, mission, now, state.value, {"state": state})


def put_in_force(
    connection: sa.Connection,
    rules: RuleSet[R],
    mission: Guarded,
    version: Version,
    person: Person,
    *,
    since: date | None,
    join: Join[R],
) -> None:
    """Put a proposal in the place of the rules in force, from a day on, or always.

    Who wrote it is asked of the store here: the second person must be another one, but where `first_alone` says
    otherwise, then also a draft. Raises NotAllowed, Conflict where it was decided meanwhile or made from other rules,
    RulesInvalid where both together contradict each other.
    """
    may_alone = first_alone(connection, rules, mission, person)
    now = _now(connection, version, State.PROPOSED, *([State.DRAFT] if may_alone else []))
    if now.author_id == person.id and not may_alone:
        raise NotAllowed(_("A second person puts it in force: you wrote it."))
    _still_based(now, rules)
    joined = rules.text(join(rules.in_force(), rules.meant(text(connection, now.id), _("proposal")), since))
    for before in of_mission(connection, mission.key):
        if before.state is State.IN_FORCE:
            _update(connection, before, {"state": State.REPLACED})
    digest = rules.meant(joined).digest
    values = {"state": State.IN_FORCE, "decided_by": person.name, "since": since, "digest": digest}
    _update(connection, now, {**values, "changed_at": clock.now()})
    _note(connection, person, mission.key, now, "put in force", {**values, "author": now.author})
    rules.keep(joined)  # last: what the store refuses is not in force


def first_alone(connection: sa.Connection, rules: RuleSet[R], mission: Guarded, person: Person) -> bool:
    """Whether a person may put the first rules in force by themselves: the team has none yet, and nobody else may act
    on the mission."""
    if rules.own.exists() or any(version.digest for version in of_mission(connection, mission.key)):
        return False
    now = clock.now()
    others = (
        account for account in accounts.everyone(connection) if account.person.id != person.id and account.active(now)
    )
    return not any(may_act(other.person, mission) for other in others)


def _is_draft_of(version: Version, person_id: int) -> bool:
    return version.state is State.DRAFT and version.author_id == person_id


def _version(row: sa.RowMapping) -> Version:
    return Version(**{**row, "state": State(row["state"])})


def _now(connection: sa.Connection, version: Version, *states: State) -> Version:
    """A version as it stands, in one of some states and as it was read. Raises Conflict."""
    row = connection.execute(sa.select(*_TOLD).where(rule_versions.c.id == version.id)).mappings().first()
    if row is None or row["state"] not in states or row["version"] != version.version:
        raise _gone()
    return _version(row)


def _still_based(version: Version, rules: RuleSet[R]) -> None:
    if version.base != rules.in_force().digest:
        raise Conflict(
            _("The rules in force changed since this was written: take it up again as a draft, and look what differs."),
            current={},
            proposed={},
        )


def _gone() -> Conflict:
    return Conflict(_("Somebody decided on this version meanwhile: look at it again."), current={}, proposed={})


def _update(connection: sa.Connection, version: Version, values: Mapping[str, Any]) -> None:
    sentence = _("Somebody decided on this version meanwhile: look at it again.")
    changes.update(connection, rule_versions, {"id": version.id}, version.version, values, sentence=sentence)


def _note(
    connection: sa.Connection,
    person: Person,
    mission: str,
    version: Version,
    action: str,
    after: Mapping[str, Any],
    *,
    why: str | None = None,
) -> None:
    changes.record(
        connection, who=person.name, entity=_ENTITY, key=f"{mission}: {version.id}", action=action, after=after, why=why
    )
