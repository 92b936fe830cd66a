"""Demo data: three lots of a migration. The first waits for its reconciliation, the second grew while it was moved and
bears a total that its days contradict, the third has begun."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

import sqlalchemy as sa

from core.base import clock
from core.base.calendar import is_working_day, start_of
from core.base.i18n import local
from core.people import accounts
from core.people.person import Role
from core.records import acts, records
from core.store.engine import store
from pages.migration.collection import LOTS
from pages.migration.model import TOTAL
from pages.migration.plan import WEEKDAYS

BACK = 5
"""Whole weeks before now on which the story begins; each lot lasts two of them."""
STORY = (
    {"name": "Contrats et quittances", "squad": "", "wrong": 0, "grows": 0},
    {"name": "Sinistres", "squad": "", "wrong": 11, "grows": 9},
    {"name": "Téléphonie et courriers", "squad": "Téléphonie", "wrong": 0, "grows": 0},
)
Row = dict[str, Any]


def demo(seed: int, until: datetime) -> None:
    """Tell the story up to a moment (UTC), once: nothing where lots are kept already."""
    today = local(until).date()
    monday = today - timedelta(days=today.weekday(), weeks=BACK)
    with store().write() as connection:
        if records.find(connection, LOTS.kind, limit=0).total:
            return
        lead = accounts.existing(connection, Role.LEAD.value).person.id
        linked = [line.ref for line in records.find(connection, "treatment", limit=3).lines]
        for number, said in enumerate(STORY):
            first = monday + timedelta(weeks=2 * number)
            chance = Random(seed + number)  # noqa: S311 - a story, not a secret
            _tell(connection, lead, said, list(_days(chance, first, today)), first, linked[number : number + 1])


def _tell(connection: sa.Connection, lead: int, said: Row, days: list[Row], first: date, linked: list[str]) -> None:
    """A lot that was planned, then begun, then filled in day by day up to now."""
    expected = sum(row["expected"] or 0 for row in days)
    planned = [{name: value for name, value in row.items() if name not in ("treated", "minutes")} for row in days]
    lot = {
        "name": said["name"],
        "squad": said["squad"],
        "check": "migration_contrats",
        "first_monday": first.isoformat(),
        "treatments": linked or None,
    }
    scope = [{"day": first.isoformat(), "treatments": expected, "why": "Inventaire de départ."}]
    with clock.at(start_of(first) + timedelta(hours=8)):
        record = acts.add(connection, LOTS, lead, {**lot, "scope": scope, "days": planned})
        record = acts.step(connection, LOTS, lead, record.id, record.version, "start")
    if said["grows"]:
        later, why = (first + timedelta(days=8)).isoformat(), "Tables oubliées à l’inventaire."
        scope = [*scope, {"day": later, "treatments": expected + said["grows"], "why": why}]
    if said["wrong"]:
        treated = sum(row["treated"] or 0 for row in days)
        days = [*days, {"weekday": TOTAL, "expected": expected, "treated": treated + said["wrong"]}]
    acts.save(connection, LOTS, lead, record.id, record.version, {**record.data, "scope": scope, "days": days})


def _days(chance: Random, first: date, today: date) -> Iterator[Row]:
    """Two weeks of days, those after today without a figure of what was treated; what was not treated on the day it was
    expected is on the next one."""
    behind = 0
    for number in range(10):
        week, weekday = divmod(number, len(WEEKDAYS))
        day, row = first + timedelta(weeks=week, days=weekday), {"week": week + 1, "weekday": WEEKDAYS[weekday]}
        if not is_working_day(day):
            yield {**row, "expected": None, "treated": None, "minutes": None}
            continue
        expected = chance.randint(5, 9)
        behind += expected
        treated = behind if number == 9 else min(behind, chance.randint(3, 10))
        behind -= treated
        filled = {"treated": treated, "minutes": treated * chance.randint(26, 44)} if day < today else {}
        yield {**row, "expected": expected, "treated": None, "minutes": None, **filled}
