"""What the register says of things that other missions show: treatments that a pipeline feeds, whom they reach."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa

from core.base.i18n import _, language
from core.facts.query import Reader
from core.mission.contract import Related, Thing
from core.people.person import Person
from core.records import records
from core.records.records import Line
from core.store.engine import store
from pages.register.listing import once
from pages.register.workflow import State

FACETS = {"pipeline": "pipeline", "table": "table", "jira_component": "jira"}
"""Kind of thing → the facet of treatments that holds its name."""


def related(
    reader: Reader, person: Person, now: datetime, things: frozenset[Thing]
) -> Mapping[Thing, Sequence[Related]]:
    """The treatments that name each thing, archived ones left out, with their recipients."""
    with store().read() as connection:
        return once(connection, ("related", things, language()), lambda: _read(connection, things))


def _read(connection: sa.Connection, things: frozenset[Thing]) -> Mapping[Thing, Sequence[Related]]:
    found: dict[Thing, list[Related]] = {}
    for kind, facet in FACETS.items():
        names = [name for one, name in things if one == kind]
        lines = records.having(connection, "treatment", facet, names) if names else {}
        reached = records.values(connection, "recipient", {line.id for all_ in lines.values() for line in all_})
        for name, treatments in lines.items():
            live = [line for line in treatments if line.state != State.ARCHIVED]
            found[kind, name] = [_told(line, tuple(reached.get(line.id, ()))) for line in live]
    return found


def _told(line: Line, reaches: tuple[str, ...]) -> Related:
    text = _("{ref}, {name}").format(ref=line.ref, name=line.title)
    return Related(text, reaches=reaches, address=("register", {"record": line.ref}))
