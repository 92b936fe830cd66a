"""Every mission whose facts name people: the treatment that allows it ships, and its retention is enforced."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from core.facts.lake import lake
from core.mission.contract import EVERYONE
from core.mission.discovery import missions
from core.records import records
from core.records.naming import naming
from core.run import expire
from core.store.engine import store
from tests import two_squads

NOW = datetime(2026, 11, 20, 7, tzinfo=UTC)
NAMING = [mission for mission in missions().values() if mission.people]


def test_missions_with_personal_columns_declare_who_is_told_them_and_by_which_treatment() -> None:
    assert {mission.key for mission in NAMING} == {"jira", "reroutes"}
    # Rows of checks name people only where declared tables do, and nobody is told them before.
    assert {mission.key for mission in missions().values() if naming(mission.tables)} == {"jira", "reroutes", "checks"}
    for mission in NAMING:
        assert mission.people is not None
        assert mission.people.roles < EVERYONE


def test_the_treatment_ships_as_a_draft_and_says_how_long(data: Path) -> None:
    store().upgrade()
    for mission in missions().values():
        if mission.ship:
            mission.ship()
    allowing = [mission.people.treatment() for mission in NAMING if mission.people]
    with store().read() as connection:
        drafts = {reference: records.named(connection, "treatment", reference).state for reference in allowing}
        months = [mission.kept(connection, allowing) for mission in missions().values() if mission.kept]
    assert drafts == {"VIGIE-KPI": "draft", "VIGIE-ROUTAGE": "draft"}
    assert {name: found for some in months for name, found in some.items() if name in allowing} == {
        "VIGIE-KPI": 24,
        "VIGIE-ROUTAGE": 12,
    }


def test_past_the_retention_no_personal_column_of_any_mission_holds_anything(data: Path) -> None:
    store().upgrade()
    two_squads.land(NOW)
    allowing = {mission.people.treatment(): 12 for mission in NAMING if mission.people}
    done = expire.forget(missions().values(), allowing, NOW + timedelta(days=366))
    assert done["facts"] > 0
    for mission in NAMING:
        for table in naming(mission.tables).values():
            always = [column.name for column in table.personal if column.personal is True]
            rows = lake().read(table, [*table.key, *always])
            assert len(rows) == 2 * two_squads.ROWS
            assert [name for name in always if rows[name].null_count < len(rows)] == [], table.name
    again = expire.forget(missions().values(), allowing, NOW + timedelta(days=366))
    assert again == {"facts": 0, "files": 0}
