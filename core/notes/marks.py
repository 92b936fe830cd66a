"""Marked events: what people note on a mission's charts, such as a new version or an incident; everybody's, or a
squad's, read through a scope as facts are.

Every change is versioned and in the audit; a removed mark is kept there. The caller checks rights in the same
transaction (`core.people.rights.require`).
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from core.base.errors import InputInvalid
from core.base.i18n import _
from core.people.person import Scope
from core.store import changes
from core.store.kept import until_changed
from core.store.schema import marks

LONGEST = 100
_ENTITY = "mark"


@dataclass(frozen=True)
class Mark:
    """One event, on a local day."""

    id: int
    mission: str
    day: date
    title: str
    note: str
    author: str
    version: int
    squad: str | None = None


def of_mission(connection: sa.Connection, mission: str, scope: Scope) -> tuple[Mark, ...]:
    """The marks of a mission that stand, everybody's and those of the squads in a scope, by day."""
    return until_changed(connection, ("marks", mission, scope.squads), lambda: _read(connection, mission, scope))


def _read(connection: sa.Connection, mission: str, scope: Scope) -> tuple[Mark, ...]:
    mine = sa.true() if scope.squads is None else sa.or_(marks.c.squad.is_(None), marks.c.squad.in_(scope.squads))
    rows = connection.execute(
        sa.select(marks)
        .where(marks.c.mission == mission, sa.not_(marks.c.removed), mine)
        .order_by(marks.c.day, marks.c.id)
    ).mappings()
    return tuple(Mark(**{name: row[name] for name in Mark.__dataclass_fields__}) for row in rows)


def add(
    connection: sa.Connection, mission: str, day: date, title: str, note: str, *, who: str, squad: str | None = None
) -> int:
    """Mark an event, of a squad or for everybody; gives its id. Raises InputInvalid without a title."""
    values = {"day": day, "title": _title(title), "note": note.strip(), "squad": squad}
    made = connection.execute(sa.insert(marks).values(mission=mission, author=who, removed=False, version=1, **values))
    assert made.inserted_primary_key is not None
    number = int(made.inserted_primary_key[0])
    _note(connection, who, mission, number, "add", None, values)
    return number


def change(
    connection: sa.Connection,
    mark: Mark,
    day: date,
    title: str,
    note: str,
    *,
    who: str,
    squad: str | None = None,
) -> None:
    """Change a mark that still is as it was read. Raises Conflict, or InputInvalid without a title."""
    values = {"day": day, "title": _title(title), "note": note.strip(), "squad": squad}
    _update(connection, mark, values)
    before = {"day": mark.day, "title": mark.title, "note": mark.note, "squad": mark.squad}
    _note(connection, who, mark.mission, mark.id, "change", before, values)


def remove(connection: sa.Connection, mark: Mark, *, who: str) -> None:
    """Take away a mark that still is as it was read. Raises Conflict."""
    _update(connection, mark, {"removed": True})
    before = {"day": mark.day, "title": mark.title, "note": mark.note, "squad": mark.squad}
    _note(connection, who, mark.mission, mark.id, "remove", before, None)


def _title(text: str) -> str:
    title = " ".join(text.split())
    if not title or len(title) > LONGEST:
        raise InputInvalid(_("Say in at most {n} characters what happened.").format(n=LONGEST))
    return title


def _update(connection: sa.Connection, mark: Mark, values: dict[str, Any]) -> None:
    sentence = _("Somebody changed this event meanwhile: look at it again.")
    changes.update(connection, marks, {"id": mark.id, "removed": False}, mark.version, values, sentence=sentence)


def _note(
    connection: sa.Connection,
    who: str,
    mission: str,
    number: int,
    action: str,
    before: dict[str, Any] | None,
    after: dict[str, Any] | None,
) -> None:
    changes.record(
        connection, who=who, entity=_ENTITY, key=f"{mission}: {number}", action=action, before=before, after=after
    )
