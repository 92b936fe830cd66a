"""Figures that were published: frozen for good, for the house and for each squad, read through a scope as facts are.

One record holds what a kind of publication said of one period for one squad, or for the house where it names no squad:
with everything in scope. A squad's people find what was published for their squads, and nothing of the house; so do
they of what was published before squads were told apart, which names none. Every publication of months follows one
calendar (`Day`), and has words beside its figures that may change.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from hashlib import sha256
from typing import Any, Literal

import sqlalchemy as sa

from core.base.calendar import to_moment, working_days
from core.base.i18n import local
from core.base.periods import Grain
from core.base.settings import settings
from core.people.person import Scope
from core.records import records
from core.records.records import Record, Summary, Wanted
from core.store.schema import records as table

FROZEN = "frozen"
"""The one state of such a record; later versions only comment on it."""

Origin = Literal["scheduled", "late"]
"""Whether a month was frozen on its day, or later."""


@dataclass(frozen=True)
class Day:
    """When a month is frozen: on a working day of the month after, from an hour on of the screens' clock."""

    working_day: int
    department: str = ""
    hour: time = time()

    def on(self, month: date) -> date:
        """The day on which a month is frozen."""
        return working_days(Grain.MONTH.moved(month, 1), self.department)[self.working_day - 1]

    def at(self, month: date) -> datetime:
        """The moment (UTC) from which it is."""
        return to_moment(self.on(month), self.hour, settings().timezone)

    def due(self, now: datetime) -> date | None:
        """The month before this one, once its moment has come."""
        month = Grain.MONTH.moved(local(now).date(), -1)
        return month if now >= self.at(month) else None

    def waiting(self, frozen: Collection[date], now: datetime, *, first: int = 1) -> list[date]:
        """The months that are to be frozen by now and are not, oldest first: every one that is over since the oldest
        frozen one; where none is, the last `first`."""
        last = self.due(now)
        if last is None:
            if not frozen:
                return []
            last = Grain.MONTH.moved(local(now).date(), -2)
        month, months = min(frozen, default=Grain.MONTH.moved(last, 1 - first)), []
        while month <= last:
            if month not in frozen:
                months.append(month)
            month = Grain.MONTH.moved(month, 1)
        return months

    def origin(self, month: date, now: datetime) -> Origin:
        """Whether a month that is frozen now is so on its day, or late."""
        return "scheduled" if local(now).date() == self.on(month) else "late"


@dataclass(frozen=True)
class Published:
    """One publication: of a period, as `2026-10`, for a squad; None for the house. `what` names it among several of one
    kind, at most 30 letters, digits and `_`."""

    period: str
    squad: str | None
    what: str = ""

    @classmethod
    def of(cls, month: date, squad: str | None, what: str = "") -> "Published":
        """The publication of a month."""
        return cls(f"{month:%Y-%m}", squad, what)

    @property
    def month(self) -> date:
        """The first day of the month that it is of."""
        return date.fromisoformat(f"{self.period}-01")


def published(connection: sa.Connection, kind: str, scope: Scope) -> list[Published]:
    """Every publication in a scope: the newest period first, the house before squads, these by name."""
    query = sa.select(table.c.title, table.c.squad, table.c.ref).where(table.c.kind == kind, _visible(scope))
    figures = [_of(*row) for row in connection.execute(query)]
    by_squad = sorted(figures, key=lambda figure: (figure.squad is not None, figure.squad or ""))
    return sorted(by_squad, key=lambda figure: figure.period, reverse=True)


def get(connection: sa.Connection, kind: str, wanted: Published, scope: Scope) -> Record | None:
    """What was published, with its comments; None where nothing was, or not within the scope."""
    this = sa.and_(table.c.kind == kind, table.c.ref == _reference(wanted), _visible(scope))
    number = connection.scalar(sa.select(table.c.id).where(this))
    return None if number is None else records.get(connection, kind, number)


def contents(connection: sa.Connection, kind: str, scope: Scope) -> dict[Published, Record]:
    """Every publication in a scope with its content, by reference."""
    every = records.contents(connection, kind, Wanted(squads=scope.squads))
    return {
        _of(record.title, record.squad, record.ref): record
        for record in every
        if scope.squads is None or record.squad in scope.squads
    }


def keep(
    connection: sa.Connection, kind: str, contents: Mapping[Published, Mapping[str, Any]], *, who: str
) -> list[Published]:
    """Freeze what was not frozen yet, and return it. Within `Store.write`; the caller has checked the right."""
    held = records.refs(connection, kind)
    new = [figure for figure in contents if _reference(figure) not in held]
    made = [
        (
            Summary(ref=_reference(figure), title=figure.period, completeness=100, search="", squad=figure.squad),
            contents[figure],
        )
        for figure in new
    ]
    if made:
        records.add(connection, kind, made, who=who, state=FROZEN, action="freeze")
    return new


def words(record: Record) -> str:
    """What somebody says beside the figures; reviews that are older call it `comment`."""
    return str(record.data.get("words", record.data.get("comment", "")))


def write(connection: sa.Connection, record: Record, words: str, *, who: str) -> None:
    """Write words beside frozen figures, of a record as the person read it; the caller has checked the right. Raises
    Conflict."""
    now = records.get(connection, record.kind, record.id)
    data = {**now.data, "words": words.strip()}
    records.save(connection, now, version=record.version, who=who, action="comment", state=FROZEN, keys={}, data=data)


def _visible(scope: Scope) -> sa.ColumnElement[bool]:
    return sa.true() if scope.squads is None else table.c.squad.in_(scope.squads)


def _reference(figure: Published) -> str:
    """A squad's name may be longer than a reference."""
    of = f"{figure.period}.{figure.what}" if figure.what else figure.period
    return of if figure.squad is None else f"{of}/{sha256(figure.squad.encode()).hexdigest()[:16]}"


def _of(period: str, squad: str | None, reference: str) -> Published:
    """The publication that a record is."""
    return Published(period, squad, reference.partition("/")[0].removeprefix(period).removeprefix("."))
