"""Fixtures that every test has, those beside their mission (`pages/*/tests`) too; see `tests/conftest.py`."""

from tests.conftest import _main, data

__all__ = ["_main", "data"]
