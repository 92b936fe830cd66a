"""What each person wants to be told of the night, within what they may see."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

import sqlalchemy as sa

from core.base.errors import InputInvalid, NotAllowed
from core.base.i18n import _
from core.mission.discovery import warehouse
from core.people.person import Person, Role
from core.people.rights import require
from core.store import changes
from core.store.schema import alert_choices
from core.tell.elsewhere import EVERYBODY, places
from pages.pipelines import MISSION
from pages.pipelines.headline import to_the_minute
from pages.pipelines.night import board_of
from pages.pipelines.rules import Mail, Rules, Window
from pages.pipelines.thresholds import WORKING


@dataclass(frozen=True)
class Choice:
    """`families`: keys; none: all that the person sees. `failures` and `unknown`: what is KO, and what is not known.
    `place`: the group in whose place it is told; "": by mail."""

    families: tuple[str, ...] = ()
    failures: bool = False
    unknown: bool = False
    working_hours: bool = False
    place: str = ""


def choice(connection: sa.Connection, person_id: int) -> Choice:
    """What a person chose; nothing, where they chose nothing."""
    row = connection.execute(sa.select(alert_choices).filter_by(person_id=person_id)).first()
    if row is None:
        return Choice()
    return Choice(tuple(row.families), row.failures, row.unknown, row.working_hours, row.place)


def choose(connection: sa.Connection, person: Person, chosen: Choice, seen: Iterable[str]) -> None:
    """Keep what a person wants to be told. Raises InputInvalid without an address, of a family not among `seen`, or in
    a place that is not open to them."""
    if chosen.place and chosen.place not in places(person):
        raise InputInvalid(_("Choose a place of a group of yours."))
    if not chosen.place and not person.email:
        raise InputInvalid(_("Your account has no mail address."))
    if not set(chosen.families) <= set(seen):
        raise InputInvalid(_("Choose among the families that you see."))
    before = choice(connection, person.id)
    connection.execute(sa.delete(alert_choices).filter_by(person_id=person.id))
    values = {**vars(chosen), "families": list(chosen.families)}
    if chosen.failures or chosen.unknown:
        connection.execute(sa.insert(alert_choices).values(person_id=person.id, **values))
    was = {**vars(before), "families": list(before.families)}
    changes.record(
        connection, who=person.name, entity="alerts", key=person.name, action="choose", before=was, after=values
    )


def chosen(connection: sa.Connection, rules: Rules, now: datetime) -> Iterator[Mail]:
    """The rule of each person who chose something, of what they may see now: in a place of a group, of what everybody
    of the group may see. Where the place is open to them no more, they are told by mail. Raises QueryFailed."""
    for person_id in connection.scalars(sa.select(alert_choices.c.person_id).order_by(alert_choices.c.person_id)):
        try:
            person = require(connection, person_id, MISSION, act=False)
        except NotAllowed:
            continue
        wanted = choice(connection, person_id)
        place = places(person).get(wanted.place)
        if place and wanted.place != EVERYBODY:
            person = replace(person, role=Role.SQUAD, squads=frozenset({wanted.place}))
        families = _seen(person, rules, now) if wanted.families or not person.scope.everything else None
        if families is not None and wanted.families:
            families &= set(wanted.families)
        to = place or person.email
        if not to or families == set():
            continue
        yield Mail(
            to=to,
            families=tuple(sorted(families or ())),
            failures=wanted.failures,
            unknown=wanted.unknown,
            hours=Window.model_validate({"from": WORKING[0], "to": WORKING[1]}) if wanted.working_hours else None,
            working_days=wanted.working_hours,
        )


def _seen(person: Person, rules: Rules, now: datetime) -> set[str]:
    reader = warehouse().reader(person.scope)
    board = board_of(reader, rules, rules.night_at(now), to_the_minute(now), replay=False)
    return {family.family.key for family in board.families}
