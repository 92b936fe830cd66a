"""The extracts that stand now, as tables, kinds of sources, and a treatment."""

from collections.abc import Collection
from dataclasses import replace

from core.base.i18n import _
from core.declared.extracts import Extract, Extracts, standing
from core.declared.files import declared
from core.facts.reads import READS
from core.mission.contract import Mission, People
from core.mission.discovery import missions
from core.people.person import Role

TOLD = frozenset({Role.LEAD})
"""Who is told the people that extracts name, while their treatment stands in the register."""


def extracts() -> Extracts:
    """The extracts that stand now, and what is wrong with others."""
    coded = {table.name for key, mission in missions().items() if key != "extracts" for table in mission.tables}
    return _checked({*coded, READS.name})


def with_tables(mission: Mission, taken: Collection[str]) -> Mission:
    """The mission with the tables and kinds of sources that are declared; `taken` are names of coded tables."""
    found = _checked(taken).extracts
    treatment = next((one.treatment for one in found if one.table.personal), "")
    return replace(
        mission,
        tables=tuple(one.table for one in found),
        connectors=tuple(connector for one in found for connector in one.tabular.connectors),
        people=People(TOLD, lambda: treatment) if treatment else None,
    )


def _checked(taken: Collection[str]) -> Extracts:
    files = declared(Extract, "extracts")
    found = standing(files.things, taken, files.problems)
    first = next((one.treatment for one in found.extracts if one.table.personal), "")
    other = [one for one in found.extracts if one.table.personal and one.treatment != first]
    said = _(
        "The extract {name} names the treatment {other}; those before it name {first}: one allows all people here."
    )
    problems = [said.format(name=one.extract, other=one.treatment, first=first) for one in other]
    return Extracts(tuple(one for one in found.extracts if one not in other), (*found.problems, *problems))
