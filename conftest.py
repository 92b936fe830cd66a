"""Fixtures that every test has, those beside their mission (`pages/*/tests`) too; see `tests/conftest.py`."""

from hypothesis import HealthCheck, settings

from core.base import clock, collector
from tests.conftest import (
    _components_known,
    _light_hashes,
    _main,
    _morning,
    _opened,
    _quick_stores,
    _ready_store,
    data,
    english,
    house,
)
from tests.moments import MORNING, running_on

__all__ = [
    "_components_known",
    "_light_hashes",
    "_main",
    "_morning",
    "_opened",
    "_quick_stores",
    "_ready_store",
    "data",
    "english",
    "house",
]

# Whether an example holds does not hang on how fast or busy the machine is. The same examples are tried at every run,
# so that a run proves something of the next one; `make fuzz` tries new ones.
settings.register_profile(
    "vigie", deadline=None, derandomize=True, max_examples=40, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("vigie")


def pytest_configure() -> None:
    """What a module asks of the clock while it is collected is the tests' morning too."""
    clock.machine = running_on(MORNING)


def pytest_collection_finish() -> None:
    """What was loaded and collected, a million objects, stays until the end: the collector need not walk it again."""
    collector.rarely()
