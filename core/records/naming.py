"""Whom a mission tells the people that its facts name: some roles, and only while the register holds the validated
treatment that allows it. The law asks for the treatment to be declared before it begins.

What follows from it lies in the views of the lake (`core.facts.views`): a reader without the right finds no names in
any answer, so no page, filter, chart, export or mail can tell them by carelessness.
"""

from collections.abc import Mapping
from itertools import chain

import sqlalchemy as sa

from core.base.errors import InputInvalid
from core.facts.tables import FactTable
from core.mission.contract import Mission
from core.people.person import Person, Scope
from core.records import records
from core.store.kept import until_changed

TREATMENTS = "treatment"
"""Kind of the register's treatments among the records."""
ARCHIVED = "archived"


def validated(connection: sa.Connection, reference: str) -> bool:
    """Whether the register holds the treatment of that reference with a validated version, and has not archived it."""
    return until_changed(connection, ("validated", reference), lambda: _stands(connection, reference))


def _stands(connection: sa.Connection, reference: str) -> bool:
    try:
        treatment = records.named(connection, TREATMENTS, reference)
    except InputInvalid:
        return False
    return treatment.published is not None and treatment.state != ARCHIVED


def may_be_told(connection: sa.Connection, person: Person, mission: Mission) -> bool:
    """Whether this person may be told the people that the mission's facts name."""
    people = mission.people
    return people is not None and person.role in people.roles and validated(connection, people.treatment())


def _told(connection: sa.Connection, person: Person, mission: Mission) -> frozenset[str]:
    """The tables whose people this person may be told: of those treatments that all stand."""
    people = mission.people
    if people is None or person.role not in people.roles:
        return frozenset()
    allowing = {name: people.treatments(table) for name, table in naming(mission.tables).items()}
    stand = {treatment for treatment in {*chain(*allowing.values())} if validated(connection, treatment)}
    return frozenset(name for name, references in allowing.items() if stand.issuperset(references))


def scope_of(connection: sa.Connection, person: Person, mission: Mission) -> Scope:
    """What the person sees of a mission's facts: rows by squad, people by role and treatment."""
    return Scope(person.scope.squads, _told(connection, person, mission))


def naming(tables: tuple[FactTable, ...]) -> Mapping[str, FactTable]:
    """The tables among some, and among their observations, that name people, by name."""
    both = [held for table in tables for held in ((table, table.observations) if table.observed else (table,))]
    return {table.name: table for table in both if table.personal}
