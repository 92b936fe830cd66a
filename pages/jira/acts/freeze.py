"""Freezing a month: with everything in scope for the house, and with a squad's rows for each squad.

The calendar does it (`pages.jira.acts.scheduled`), or the lead, by a button; never whoever looks.
"""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from core.records import freeze, records
from core.records.freeze import FROZEN, Published
from core.records.records import Record
from pages.jira.review import KIND

Measured = Mapping[Published, Mapping[str, Any]]
"""What is to be frozen, as `pages.jira.figures.review.measured` gives it."""


def keep(connection: sa.Connection, measured: Measured, *, who: str) -> None:
    """Freeze what was measured, once; the caller has checked the right."""
    freeze.keep(connection, KIND, measured, who=who)


def comment(connection: sa.Connection, record: Record, text: str, *, who: str) -> None:
    """Write a comment beside the frozen figures of a record as the person read it. Raises Conflict."""
    now = records.get(connection, KIND, record.id)
    data = {**now.data, "comment": text.strip()}
    records.save(connection, now, version=record.version, who=who, action="comment", state=FROZEN, keys={}, data=data)
