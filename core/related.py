"""What other missions know of the things that a screen shows: the treatments that a failed pipeline touches, the state
of a treatment's pipelines. Missions import nothing of each other: each says it in `MISSION.related`, this carries it.
"""

import logging
from collections.abc import Iterable, Iterator
from datetime import datetime

from core.auth.people import Person
from core.auth.rights import may_see
from core.errors import VigieError
from core.mission import Mission, Related, Thing, missions
from core.query import Reader

log = logging.getLogger("vigie.related")


def related(
    asking: Mission, reader: Reader, person: Person, now: datetime, things: Iterable[Thing]
) -> dict[Thing, list[tuple[Mission, Related]]]:
    """What the other missions that the person may see say of some things, in menu order.

    A mission that cannot answer says nothing: the screen that asks is about something else.
    """
    asked = frozenset(things)
    found: dict[Thing, list[tuple[Mission, Related]]] = {}
    for mission, answers in _answers(asking, reader, person, now, asked) if asked else ():
        for thing, said in answers.items():
            found.setdefault(thing, []).extend((mission, one) for one in said)
    return found


def _answers(
    asking: Mission, reader: Reader, person: Person, now: datetime, things: frozenset[Thing]
) -> Iterator[tuple[Mission, dict[Thing, list[Related]]]]:
    for mission in missions().values():
        if mission.related is None or mission.key == asking.key or not may_see(person, mission):
            continue
        try:
            answers = mission.related(reader, person, now, things)
        except VigieError as error:
            log.warning("%s: %s", mission.key, error.detail or error.sentence)
            continue
        yield mission, {thing: list(said) for thing, said in answers.items()}
