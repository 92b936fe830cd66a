"""What the calendar does, called by `python -m core.run.notify`: no screen imports this."""

from datetime import datetime

from core.mission.discovery import warehouse
from core.people.person import EVERYTHING
from core.store.engine import store
from pages.jira import rules
from pages.jira.acts.freeze import due, keep

CLOCK = "vigie"
"""Who freezes what is due by the calendar."""


def freeze(now: datetime) -> None:
    """Freeze the month that is due, once. Raises QueryFailed, RulesInvalid and StoreFailed."""
    measured = due(warehouse().reader(EVERYTHING), rules.in_force(), now)
    if measured:
        with store().write() as connection:
            keep(connection, measured, who=CLOCK)
