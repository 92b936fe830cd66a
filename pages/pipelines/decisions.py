"""What people decide of the night beside its rules: a duration that is normal from a night on, the name of a kind of
error, kinds that are one. Each decision is a row; the last of a subject counts, so an undo is one more row, and how it
stood at any moment can be told again.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from core.base.errors import StoreFailed
from core.store import changes
from core.store.engine import store
from core.store.kept import until_changed
from core.store.schema import night_decisions as table
from pages.pipelines.errors import Kinds


class What(StrEnum):
    """What is decided: from which night on a pipeline's duration is normal (a date); what a kind of error is called (a
    text); of which kind a kind of error is (that kind)."""

    NORMAL = "normal"
    NAME = "name"
    INTO = "into"


@dataclass(frozen=True)
class Decision:
    """The last word on a subject; `value` is "" where it was undone."""

    subject: str
    value: str
    who: str
    at: datetime
    why: str


Called = Callable[[str, datetime], str]
"""A pipeline and the moment (UTC) at which something was said of it → its name of now."""


def as_written(pipeline: str, _at: datetime) -> str:
    """Where no name changed."""
    return pipeline


Decisions = dict[str, Decision]
"""Subject → what counts of it; one that was undone is not there."""


def known(connection: sa.Connection, what: What, at: datetime, called: Called = as_written) -> Decisions:
    """What counted at a moment (UTC); of pipelines, by the names that they are `called` by now."""
    last = {called(decision.subject, decision.at): decision for decision in reversed(every(connection, what, at))}
    return {subject: decision for subject, decision in last.items() if decision.value}


def decide(
    connection: sa.Connection, what: What, subject: str, value: str, why: str, *, who: str, now: datetime
) -> None:
    """Decide, or with an empty value undo what was decided."""
    before = known(connection, what, now).get(subject)
    row: dict[str, Any] = {"what": what, "subject": subject, "value": value, "who": who, "at": now, "why": why}
    connection.execute(sa.insert(table).values(**row))
    changes.record(
        connection,
        who=who,
        entity="night",
        key=f"{what} {subject}"[:200],
        action="decide" if value else "undo",
        before={"value": before.value if before else ""},
        after={"value": value},
        why=why or None,
        at=now,
    )


def kinds_at(connection: sa.Connection, at: datetime) -> Kinds:
    """What had been decided of kinds of error by a moment (UTC)."""
    names, into = (
        {subject: decision.value for subject, decision in known(connection, what, at).items()}
        for what in (What.NAME, What.INTO)
    )
    return Kinds(names, into)


def every(connection: sa.Connection, what: What, at: datetime | None = None) -> list[Decision]:
    """All that was ever decided, by a moment (UTC) where one is given, the newest first; an empty value is an undo."""
    decisions = until_changed(connection, ("night decisions", what), lambda: _read(connection, what))
    return [decision for decision in decisions if at is None or decision.at <= at]


def _read(connection: sa.Connection, what: What) -> tuple[Decision, ...]:
    asked = sa.select(table).where(table.c.what == what).order_by(table.c.id.desc())
    return tuple(Decision(row.subject, row.value, row.who, row.at, row.why) for row in connection.execute(asked))


def normal_since(at: datetime, decided: Sequence[Decision], called: Called = as_written) -> dict[str, date]:
    """Pipeline → the night from which on its duration is normal, as known at a moment (UTC)."""
    last = {
        called(decision.subject, decision.at): decision.value for decision in reversed(decided) if decision.at <= at
    }
    return {subject: date.fromisoformat(value) for subject, value in last.items() if value}


def of_durations() -> list[Decision]:
    """All that was ever decided of durations, the newest first.

    Facts stand without the store: where it cannot be read, durations are held against all that came before.
    """
    try:
        with store().read() as connection:
            return every(connection, What.NORMAL)
    except StoreFailed:
        return []
