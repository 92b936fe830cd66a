"""Named views: the filters of a screen's address under a name, for oneself or for everybody who may see the mission.

A view is a way of looking, not data: whoever may see a mission may name views of it, and none shows more than its
reader may see. The caller checks rights in the same transaction (`core.auth.rights.require`).
"""

from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode

import sqlalchemy as sa

from core.errors import InputInvalid, NotAllowed
from core.i18n import _
from core.store import changes
from core.store.schema import people, saved_views

LONGEST = 100
_ENTITY = "view"


@dataclass(frozen=True)
class View:
    """A named view. `query` is the address's part behind the question mark."""

    id: int
    mission: str
    owner_id: int
    owner: str
    name: str
    query: str
    shared: bool
    version: int

    @property
    def params(self) -> dict[str, str]:
        """The address's parameters."""
        return dict(parse_qsl(self.query))


def seen_by(connection: sa.Connection, mission: str, person_id: int) -> list[View]:
    """A person's views of a mission and those that others share, by name."""
    mine = saved_views.c.owner_id == person_id
    rows = connection.execute(
        sa.select(saved_views, people.c.display_name.label("owner"))
        .join_from(saved_views, people)
        .where(saved_views.c.mission == mission, sa.or_(mine, saved_views.c.shared))
        .order_by(sa.func.lower(saved_views.c.name), saved_views.c.id)
    )
    return [View(**row) for row in rows.mappings()]


def save(
    connection: sa.Connection, mission: str, owner_id: int, name: str, params: dict[str, str], *, shared: bool, who: str
) -> None:
    """Keep a view; the owner's view of that name becomes this one. Raises InputInvalid without a name."""
    name = " ".join(name.split())
    if not name or len(name) > LONGEST:
        raise InputInvalid(_("Give the view a name of at most {n} characters.").format(n=LONGEST))
    values = {"query": urlencode(sorted(params.items())), "shared": shared}
    this = {"mission": mission, "owner_id": owner_id, "name": name}
    row = connection.execute(sa.select(saved_views).filter_by(**this)).mappings().first()
    if row is None:
        connection.execute(sa.insert(saved_views).values(**this, **values, version=1))
        _note(connection, who, mission, name, "add", None, values)
        return
    before = {field: row[field] for field in values}
    changes.update(
        connection, saved_views, {"id": row["id"]}, row["version"], values, sentence=_("The view changed meanwhile.")
    )
    _note(connection, who, mission, name, "change", before, values)


def remove(connection: sa.Connection, view_id: int, owner_id: int, *, who: str) -> None:
    """Take a view away; nothing where it is gone. Raises NotAllowed where it is somebody else's."""
    row = connection.execute(sa.select(saved_views).filter_by(id=view_id)).mappings().first()
    if row is None:
        return
    if row["owner_id"] != owner_id:
        raise NotAllowed(_("This view belongs to somebody else."))
    connection.execute(sa.delete(saved_views).filter_by(id=view_id))
    before = {"query": row["query"], "shared": row["shared"]}
    _note(connection, who, row["mission"], row["name"], "remove", before, None)


def _note(
    connection: sa.Connection,
    who: str,
    mission: str,
    name: str,
    action: str,
    before: dict[str, Any] | None,
    after: dict[str, Any] | None,
) -> None:
    changes.record(
        connection, who=who, entity=_ENTITY, key=f"{mission}: {name}", action=action, before=before, after=after
    )
