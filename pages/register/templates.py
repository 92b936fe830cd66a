"""Templates: contents to begin a treatment with, and the treatments of Vigie itself. Their data: `templates.yml`."""

from functools import lru_cache
from pathlib import Path
from typing import Any

from core.sources.formats import documents

FILE = Path(__file__).with_name("templates.yml")


@lru_cache(maxsize=1)
def _said() -> dict[str, dict[str, dict[str, Any]]]:
    declared: dict[str, dict[str, dict[str, Any]]] = documents.yaml_file(FILE)
    return declared


def templates() -> dict[str, dict[str, Any]]:
    """Contents by key, each with its `name`: hand one to `acts.add`, once its person has looked at it."""
    return _said()["templates"]


def own() -> dict[str, dict[str, Any]]:
    """The treatments of Vigie itself, by key, each with a reference of its own."""
    return _said()["own"]
