"""A store of the test's own."""

from pathlib import Path

import pytest

from core.store.engine import Store, store


@pytest.fixture
def house(data: Path) -> Store:
    """The store, up to date."""
    store().upgrade()
    return store()
