"""What last night says of a pipeline, to other missions' screens."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from core.facts.query import Reader
from core.mission.contract import Related, Thing
from core.people.person import Person
from pages.pipelines import rules
from pages.pipelines.facts import PIPELINE_RUNS
from pages.pipelines.headline import last_night, to_the_minute
from pages.pipelines.night import board_of
from pages.pipelines.why import sentence


def related(
    reader: Reader, person: Person, now: datetime, things: frozenset[Thing]
) -> Mapping[Thing, Sequence[Related]]:
    """The verdict on each pipeline that is in a family the person sees. Raises QueryFailed, RulesInvalid."""
    if reader.fresh(PIPELINE_RUNS) is None:
        return {}
    in_force = rules.in_force()
    night = in_force.night_of(last_night(now))
    board = board_of(reader, in_force, night, to_the_minute(now), replay=False)
    address = ("pipelines", {"night": night.day.isoformat()})
    return {
        ("pipeline", member.member.pipeline): [
            Related(sentence(member.judged.told), verdict=member.judged.verdict, address=address)
        ]
        for member in board.members
        if ("pipeline", member.member.pipeline) in things
    }
