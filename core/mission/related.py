"""What other missions know of the things that a screen shows: the treatments that a failed pipeline touches, the state
of a treatment's pipelines. Missions import nothing of each other: each says it in `MISSION.related`, this carries it.
"""

import logging
from collections.abc import Iterable, Iterator
from datetime import datetime

from core.base.errors import VigieError
from core.facts.query import Reader
from core.mission.contract import Mission, Related, Thing
from core.mission.discovery import missions
from core.people.person import Person
from core.people.rights import may_see

log = logging.getLogger("vigie.related")


def related(
    asking: Mission, reader: Reader, person: Person, now: datetime, things: Iterable[Thing]
) -> dict[Thing, list[tuple[Mission, Related]]]:
    """What the other missions that the person may see say of some things, in menu order; the asking one too of its own
    records, which may name each other.

    A mission that cannot answer says nothing: the screen that asks is about something else.
    """
    asked = frozenset(things)
    answers_by_thing: dict[Thing, list[tuple[Mission, Related]]] = {}
    for mission, answers in _answers(asking, reader, person, now, asked) if asked else ():
        for thing, relations in answers.items():
            answers_by_thing.setdefault(thing, []).extend((mission, relation) for relation in relations)
    return answers_by_thing


def _answers(
    asking: Mission, reader: Reader, person: Person, now: datetime, things: frozenset[Thing]
) -> Iterator[tuple[Mission, dict[Thing, list[Related]]]]:
    for mission in missions().values():
        kept = {collection.kind for collection in mission.collections}
        asked = frozenset(thing for thing in things if thing[0] in kept) if mission.key == asking.key else things
        if mission.related is None or not asked or not may_see(person, mission):
            continue
        try:
            answers = mission.related(reader, person, now, asked)
        except VigieError as error:
            log.warning("%s: %s", mission.key, error.detail or error.sentence)
            continue
        yield mission, {thing: list(relations) for thing, relations in answers.items()}
