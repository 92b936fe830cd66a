"""A store of one's own."""

from pathlib import Path

import pytest

from core.store.engine import Store, store


@pytest.fixture
def house(data: Path) -> Store:
    store().upgrade()
    return store()
