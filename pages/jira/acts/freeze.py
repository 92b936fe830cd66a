"""Freezing a month: with everything in scope for the house, and with a squad's rows for each squad.

The calendar does it (`pages.jira.acts.scheduled`), or the lead, by a button; never whoever looks.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from core.base.periods import Grain
from core.facts.query import Reader
from core.facts.squads import squads
from core.people.person import EVERYTHING
from core.records import freeze, records
from core.records.freeze import FROZEN, Published
from core.records.records import Record
from core.store.engine import store
from pages.jira import queries, review
from pages.jira.facts import ISSUES
from pages.jira.review import KIND
from pages.jira.rules import Rules

Measured = Mapping[Published, Mapping[str, Any]]


def due(reader: Reader, told: Rules, now: datetime) -> Measured:
    """What is to be frozen by now: the month that is due, and the one before it where nothing was ever frozen; empty
    where it is frozen already. `reader` sees everything."""
    with store().read() as connection:
        months = review.months(connection, EVERYTHING)
    month = review.due(told, now)
    if not reader.scope.everything:
        raise ValueError("a month is frozen with everything in scope")
    if month is None or month in months or reader.fresh(*queries.UNFILLED.tables) is None:
        return {}
    wanted = [month] if months else [Grain.MONTH.moved(month, -1), month]
    return {
        Published(review.reference(one), squad): _content(review.of_squad(reader, squad), told, one, now)
        for one in wanted
        for squad in (None, *squads(reader, [ISSUES]))
    }


def keep(connection: sa.Connection, measured: Measured, *, who: str) -> None:
    """Freeze what `due` measured, once; the caller has checked the right."""
    freeze.keep(connection, KIND, measured, who=who)


def comment(connection: sa.Connection, record: Record, text: str, *, who: str) -> None:
    """Write a comment beside the frozen figures of a record as the person read it. Raises Conflict."""
    now = records.get(connection, KIND, record.id)
    data = {**now.data, "comment": text.strip()}
    records.save(connection, now, version=record.version, who=who, action="comment", state=FROZEN, keys={}, data=data)


def _content(reader: Reader, told: Rules, month: date, now: datetime) -> Mapping[str, Any]:
    return {"figures": review.measure(reader, told, month), "frozen_at": now.isoformat(), "comment": ""}
