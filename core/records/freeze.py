"""Figures that were published: frozen for good, for the house and for each squad, read through a scope as facts are.

One record holds what a kind of publication said of one period for one squad, or for the house where it names no squad:
with everything in scope. A squad's people find what was published for their squads, and nothing of the house; so do
they of what was published before squads were told apart, which names none.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import sqlalchemy as sa

from core.people.person import Scope
from core.records import records
from core.records.records import Record, Summary, Wanted
from core.store.schema import records as table

FROZEN = "frozen"
"""The one state of such a record; later versions only comment on it."""


@dataclass(frozen=True)
class Published:
    """One publication: of a period, as `2026-10`, for a squad; None for the house. `what` names it among several of one
    kind, at most 30 letters, digits and `_`."""

    period: str
    squad: str | None
    what: str = ""


def published(connection: sa.Connection, kind: str, scope: Scope) -> list[Published]:
    """Every publication in a scope: the newest period first, the house before squads, these by name."""
    query = sa.select(table.c.title, table.c.squad, table.c.ref).where(table.c.kind == kind, _visible(scope))
    found = [_of(*row) for row in connection.execute(query)]
    by_squad = sorted(found, key=lambda one: (one.squad is not None, one.squad or ""))
    return sorted(by_squad, key=lambda one: one.period, reverse=True)


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
    new = [one for one in contents if _reference(one) not in held]
    made = [
        (Summary(ref=_reference(one), title=one.period, completeness=100, search="", squad=one.squad), contents[one])
        for one in new
    ]
    if made:
        records.add(connection, kind, made, who=who, state=FROZEN, action="freeze")
    return new


def _visible(scope: Scope) -> sa.ColumnElement[bool]:
    return sa.true() if scope.squads is None else table.c.squad.in_(scope.squads)


def _reference(one: Published) -> str:
    """A squad's name may be longer than a reference."""
    of = f"{one.period}.{one.what}" if one.what else one.period
    return of if one.squad is None else f"{of}/{sha256(one.squad.encode()).hexdigest()[:16]}"


def _of(period: str, squad: str | None, reference: str) -> Published:
    """The publication that a record is."""
    return Published(period, squad, reference.partition("/")[0].removeprefix(period).removeprefix("."))
