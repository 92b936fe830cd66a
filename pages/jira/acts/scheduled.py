"""What the calendar does, called by `python -m core.run.notify`: no screen imports this."""

from datetime import datetime

from core.mission.discovery import warehouse
from core.people.person import EVERYTHING
from core.records.freeze import keep
from core.store.engine import store
from pages.jira import rules
from pages.jira.figures.review import measured
from pages.jira.review import KIND

CLOCK = "vigie"
"""Who freezes what is due by the calendar."""


def freeze(now: datetime) -> None:
    """Freeze the months that are over and known whole, once. Raises QueryFailed, RulesInvalid and StoreFailed."""
    figures = measured(warehouse().reader(EVERYTHING), rules.in_force(), now)
    if figures:
        with store().write() as connection:
            keep(connection, KIND, figures, who=CLOCK)
