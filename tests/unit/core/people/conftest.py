"""A store of the test's own."""

from pathlib import Path

import pytest

from core.store.engine import Store, store


@pytest.fixture
def made(data: Path) -> Store:
    store().upgrade()
    return store()
