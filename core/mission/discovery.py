"""How the house finds its missions: the folders of `pages/`, their tables, and the warehouse over all of them."""

import importlib
from functools import lru_cache

from core.base.settings import ROOT
from core.facts.lake import lake
from core.facts.query import Warehouse
from core.mission.contract import Mission


@lru_cache(maxsize=1)
def missions() -> dict[str, Mission]:
    """Every mission found under `pages/`, by key, in menu order."""
    found: list[Mission] = []
    for file in sorted((ROOT / "pages").glob("*/__init__.py")):
        found.append(importlib.import_module(f"pages.{file.parent.name}").MISSION)
    return {mission.key: mission for mission in sorted(found, key=lambda m: (m.section, m.order, m.key))}


def rights() -> dict[str, str]:
    """Every right that a person may hold beside the role, with what it lets somebody do (source string)."""
    return {right: told for mission in missions().values() for right, told in mission.rights.items()}


@lru_cache(maxsize=1)
def warehouse() -> Warehouse:
    """The warehouse of this process, over its lake and the tables of every mission."""
    return Warehouse(lake(), {mission.key: mission.tables for mission in missions().values()})
