"""How records moved through the states of their workflow: when, by whom, why, and how long they stayed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import Any

import sqlalchemy as sa

from core.records.collection import Collection
from core.store.kept import until_changed
from core.store.schema import record_versions, records

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Stay:
    """A record in a state: since when (UTC), who brought it there and why, and until when; None while it is there."""

    record_id: int
    state: str
    since: datetime
    who: str
    why: str | None
    until: datetime | None

    def days(self, now: datetime) -> float:
        """How long it is or was there, in days of 24 hours."""
        return ((self.until or now) - self.since) / DAY


@dataclass(frozen=True)
class Phase:
    """A state in figures: records in it now, that ever were in it, that went on from it to a later state, and the
    median of the ended stays in days; None while none has ended."""

    state: str
    now: int
    entered: int
    went_on: int
    ended: int
    days: float | None


def stays(connection: sa.Connection, collection: Collection) -> list[Stay]:
    """Every stay of every record, by record and time; read once until the store changes."""

    def read() -> list[Stay]:
        columns = (record_versions.c[name] for name in ("record_id", "state", "at", "who", "why"))
        query = (
            sa.select(*columns)
            .join(records, records.c.id == record_versions.c.record_id)
            .where(records.c.kind == collection.kind)
            .order_by(record_versions.c.record_id, record_versions.c.version)
        )
        return _stays(tuple(row) for row in connection.execute(query))

    return until_changed(connection, ("stays", collection.kind), read)


def _stays(versions: Iterable[tuple[Any, ...]]) -> list[Stay]:
    stays: list[Stay] = []
    for number, state, at, who, why in versions:
        last = stays[-1] if stays and stays[-1].record_id == number else None
        if last and last.state == state:
            continue
        if last:
            stays[-1] = Stay(last.record_id, last.state, last.since, last.who, last.why, at)
        stays.append(Stay(number, state, at, who, why, None))
    return stays


def current(stays: Iterable[Stay]) -> dict[int, Stay]:
    """Where each record is, by record."""
    return {stay.record_id: stay for stay in stays if stay.until is None}


def phases(order: Sequence[str], closed: Sequence[str], stays: Iterable[Stay]) -> list[Phase]:
    """Each state in figures. `order` are the states in the order of the way; a `closed` one is no way on."""
    place = {state: number for number, state in enumerate(order)}
    by_record: dict[int, list[Stay]] = {}
    for stay in stays:
        by_record.setdefault(stay.record_id, []).append(stay)
    return [_phase(state, place, closed, by_record) for state in order]


def _phase(
    state: str, place: Mapping[str, int], closed: Sequence[str], by_record: Mapping[int, Sequence[Stay]]
) -> Phase:
    now = entered = went_on = 0
    ended: list[float] = []
    for stays_ in by_record.values():
        here = [number for number, stay in enumerate(stays_) if stay.state == state]
        if not here:
            continue
        entered += 1
        now += stays_[-1].state == state
        ended += [stay.days(stay.until) for stay in stays_ if stay.state == state and stay.until]
        later = {stay.state for stay in stays_[here[0] + 1 :] if stay.state not in closed}
        went_on += any(place.get(phase, -1) > place[state] for phase in later)
    return Phase(state, now, entered, went_on, len(ended), median(ended) if ended else None)
