"""Rows of checks name people where declared tables do that they are read from: by the same treatments, as long."""

from collections.abc import Collection
from dataclasses import replace

from core.declared.standing import TOLD, extracts
from core.mission.contract import Mission, People


def with_people(mission: Mission, taken: Collection[str]) -> Mission:
    """The mission with who is told people: its rows go by all treatments of declared tables that name any, and by the
    shortest of their retentions. Tables that were declared and are no more count: rows may have been read from them."""
    declared = extracts(taken)
    naming = [table.whole for table in (*declared.things, *declared.gone) if table.people]
    treatments = tuple(dict.fromkeys(reference for table in naming for reference in table.treatments))
    kept = min((table.kept for table in naming if table.kept), default=None)
    tables = (replace(table, treatments=treatments, kept=kept) if table.personal else table for table in mission.tables)
    return replace(mission, tables=tuple(tables), people=People(TOLD)) if naming else mission
