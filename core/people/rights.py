"""Who may see and do what. A mission says it by role; every write asks here, and the store answers."""

import logging
from typing import Protocol

import sqlalchemy as sa

from core.base import clock
from core.base.errors import NotAllowed
from core.base.i18n import _
from core.people import accounts
from core.people.person import Person, Role
from core.store.schema import people

log = logging.getLogger("vigie.rights")


class Guarded(Protocol):
    """What says by role who reads it and who writes in it: a mission."""

    @property
    def key(self) -> str: ...

    @property
    def see(self) -> frozenset[Role]: ...

    @property
    def act(self) -> frozenset[Role]: ...


def may_see(person: Person, mission: Guarded) -> bool:
    """Whether the person's role reads the mission. Whoever may act there may see it."""
    return person.role in mission.see or may_act(person, mission)


def may_act(person: Person, mission: Guarded) -> bool:
    """Whether the person's role writes in the mission."""
    return person.role in mission.act


def require(connection: sa.Connection, person_id: int, mission: Guarded, *, act: bool) -> Person:
    """The person as the store knows them now, if they may see the mission, or act in it.

    Call it in the transaction that writes. Raises NotAllowed when the account is closed or over, or the role may not.
    """
    row = connection.execute(sa.select(people).where(people.c.id == person_id)).mappings().first()
    if row is None:
        raise NotAllowed(_("Your access has ended."))
    account = accounts.of(row)
    return permitted(account.person, mission, act=act, active=account.active(clock.now()))


def permitted(person: Person, mission: Guarded, *, act: bool, active: bool = True) -> Person:
    """The person, whom the store told a moment ago, if they may see the mission, or act in it. For what is drawn: what
    writes asks `require`. Raises NotAllowed."""
    if not active:
        sentence = _("Your access has ended.")
    elif person.first_password:
        sentence = _("Change your first password before anything else.")
    elif not may_see(person, mission) or (act and not may_act(person, mission)):
        sentence = _("Your role does not allow this.")
    else:
        return person
    log.warning("right refused", extra={"account": person.name, "mission": mission.key, "act": act})
    raise NotAllowed(sentence)
