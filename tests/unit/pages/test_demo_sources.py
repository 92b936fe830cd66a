"""Demo data of all missions lie in one house."""

import importlib

from core.mission.discovery import missions


def test_each_missions_demo_data_are_a_source_of_their_own() -> None:
    modules = [importlib.import_module(f"{mission.package}.demo") for mission in missions().values() if mission.demo]
    sources = [module.SOURCE for module in modules if hasattr(module, "SOURCE")]
    assert sorted(sources) == ["demo-jira", "demo-pipelines", "demo-reroutes"]
