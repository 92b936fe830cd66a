"""Demo data of all missions lie in one house."""

import importlib

from core.mission.discovery import missions


def test_each_missions_demo_data_are_a_source_of_their_own() -> None:
    """Every mission that lands facts and tells a story says which source is the story's."""
    told = [mission for mission in missions().values() if mission.demo and mission.tables]
    sources = {mission.key: importlib.import_module(f"{mission.package}.demo").SOURCE for mission in told}
    assert sources == {key: f"demo-{key}" for key in sources}
    assert sources.keys() >= {"jira", "pipelines", "reroutes"}


def test_every_mission_that_lands_facts_can_be_fed() -> None:
    assert [
        mission.key
        for mission in missions().values()
        if mission.tables and not (mission.connectors or mission.freeze or mission.landed)
    ] == []
