"""How the house finds its missions: the folders of `pages/`, their tables, and the warehouse over all of them."""

import importlib
from functools import lru_cache

from core.base.declarations import State, state
from core.base.settings import ROOT
from core.facts.lake import lake
from core.facts.query import Warehouse
from core.facts.reads import READS
from core.mission.contract import Mission


def missions() -> dict[str, Mission]:
    """Every mission found under `pages/`, by key, in menu order, with what is declared now."""
    return _missions(state(), lake().stamp)


@lru_cache(maxsize=1)
def _missions(_declared: State, _landed: int | None) -> dict[str, Mission]:
    folders = sorted((ROOT / "pages").glob("*/__init__.py"))
    coded: list[Mission] = [importlib.import_module(f"pages.{file.parent.name}").MISSION for file in folders]
    taken = frozenset(table.name for mission in coded for table in mission.tables) | {READS.name}
    with_declared = [mission.declared(mission, taken) if mission.declared else mission for mission in coded]
    return {mission.key: mission for mission in sorted(with_declared, key=lambda m: (m.section, m.order, m.key))}


def rights() -> dict[str, str]:
    """Every right that a person may hold beside the role, with what it lets somebody do (source string)."""
    return {right: meaning for mission in missions().values() for right, meaning in mission.rights.items()}


def warehouse() -> Warehouse:
    """The warehouse of this process, over its lake and the tables of every mission; another one once what is declared
    changes."""
    return _warehouse(state(), lake().stamp)


@lru_cache(maxsize=1)
def _warehouse(_declared: State, _landed: int | None) -> Warehouse:
    return Warehouse(lake(), {mission.key: mission.holding for mission in missions().values()})
