"""What the screen of the declared data shows, in its order."""

from typing import Any

from core.show.figure import Note, Part, Tab
from pages.extracts.figures.columns import COLUMNS
from pages.extracts.figures.landed import EMPTY, LANDED
from pages.extracts.figures.tables import TABLES
from pages.extracts.look import ExtractsLook

PROBLEMS: Note[ExtractsLook] = Note(lambda look: look.found.problems, tone="warning")
SCREEN: tuple[Part[Any] | Tab[Any], ...] = (PROBLEMS, TABLES, LANDED, EMPTY, COLUMNS)


def screen() -> tuple[Part[Any] | Tab[Any], ...]:
    """For the mission's declaration."""
    return SCREEN
