"""Fixtures that every tier shares."""

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

CACHED = (
    ("core.settings", "settings"),
    ("core.store.engine", "store"),
    ("core.facts.lake", "lake"),
    ("core.query", "warehouse"),
)


def forget() -> None:
    """Empty the process-wide caches, so that the next call reads the settings again."""
    for module, name in CACHED:
        getattr(importlib.import_module(module), name).cache_clear()


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A data folder of the test's own; every part of Vigie uses it until the test ends."""
    monkeypatch.setenv("VIGIE_DATA", str(tmp_path))
    monkeypatch.delenv("VIGIE_STORE", raising=False)
    forget()
    yield tmp_path
    forget()


@pytest.fixture(autouse=True)
def _main() -> Iterator[None]:
    """A page that Streamlit's AppTest ran stays `__main__`, and a process spawned later would run it again."""
    main = sys.modules["__main__"]
    yield
    sys.modules["__main__"] = main
