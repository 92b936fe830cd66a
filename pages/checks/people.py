"""Rows of checks name people where the declared tables do that they are read from: by the same treatment."""

from collections.abc import Collection
from dataclasses import replace

from core.declared.extracts import Extract
from core.declared.files import declared
from core.mission.contract import Mission, People
from core.mission.discovery import missions
from core.people.person import Role

TOLD = frozenset({Role.LEAD})


def with_people(mission: Mission, _taken: Collection[str]) -> Mission:
    """The mission with who is told people, while declared tables name any."""
    named = any(one.table.personal for one in declared(Extract, "extracts").things)
    return replace(mission, people=People(TOLD, _treatment)) if named else mission


def _treatment() -> str:
    people = missions()["extracts"].people
    return people.treatment() if people else ""
