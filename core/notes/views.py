"""Named views: the filters of a screen's address under a name, for oneself or shared with others.

A view is a way of looking, not data: whoever may see a mission may name views of it, and none shows more than its
reader may see. But its name and its filters may name what rows hold: what a squad's people share reaches those who see
all of their rows, what the house's people share reaches everybody. The caller checks rights in the same transaction
(`core.people.rights.require`).

Whoever sees a view may subscribe to it (`core.notes.subscriptions`).
"""

from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode

import sqlalchemy as sa

from core.base.errors import InputInvalid, NotAllowed
from core.base.i18n import _
from core.people.person import Role, Scope
from core.store import changes
from core.store.schema import people, saved_views, subscriptions

LONGEST = 100
MOST = 100
"""Views of one person of one mission."""
LONGEST_QUERY = 20_000
"""Signs of the filters that are kept, of a view or a subscription: a browser can send what no screen offers."""
_ENTITY = "view"


@dataclass(frozen=True)
class View:
    """A named view, as one person sees it. `query` is the address's part behind the question mark, `wider`: its owner
    sees rows that this person does not."""

    id: int
    mission: str
    owner_id: int
    owner: str
    name: str
    query: str
    shared: bool
    version: int
    wider: bool = False

    @property
    def params(self) -> dict[str, str]:
        """The address's parameters."""
        return dict(parse_qsl(self.query))


def seen_by(connection: sa.Connection, mission: str, person_id: int) -> list[View]:
    """A person's views of a mission and those that others share with them, by name."""
    return _seen(connection, person_id, saved_views.c.mission == mission)


def find(connection: sa.Connection, view_id: int, person_id: int) -> View | None:
    """A view that a person sees; None where it is gone, or is somebody else's and not shared."""
    found = _seen(connection, person_id, saved_views.c.id == view_id)
    return found[0] if found else None


def _seen(connection: sa.Connection, person_id: int, which: sa.ColumnElement[bool]) -> list[View]:
    mine = saved_views.c.owner_id == person_id
    rows = connection.execute(
        sa.select(saved_views, people.c.display_name.label("owner"), people.c.role, people.c.squads)
        .join_from(saved_views, people)
        .where(which, sa.or_(mine, saved_views.c.shared))
        .order_by(sa.func.lower(saved_views.c.name), saved_views.c.id)
    )
    reader = connection.execute(sa.select(people.c.role, people.c.squads).where(people.c.id == person_id)).one()
    own, found = _scope(reader.role, reader.squads), []
    for row in rows.mappings():
        values = dict(row)
        owners = _scope(values.pop("role"), values.pop("squads"))
        view = View(**values, wider=not own.sees(owners))
        if view.owner_id == person_id or not view.wider or owners.everything:
            found.append(view)
    return found


def _scope(role: str, squads: list[str]) -> Scope:
    return Scope(frozenset(squads) if role == Role.SQUAD else None)


def save(
    connection: sa.Connection, mission: str, owner_id: int, name: str, params: dict[str, str], *, shared: bool, who: str
) -> None:
    """Keep a view; the owner's view of that name becomes this one. Raises InputInvalid without a name, where its
    filters say too much, or where the owner has MOST of them."""
    name = " ".join(name.split())
    if not name or len(name) > LONGEST:
        raise InputInvalid(_("Give the view a name of at most {n} characters.").format(n=LONGEST))
    values = {"query": checked(urlencode(sorted(params.items()))), "shared": shared}
    this = {"mission": mission, "owner_id": owner_id, "name": name}
    row = connection.execute(sa.select(saved_views).filter_by(**this)).mappings().first()
    if row is None:
        mine = sa.select(sa.func.count()).select_from(saved_views).filter_by(mission=mission, owner_id=owner_id)
        if (connection.scalar(mine) or 0) >= MOST:
            raise InputInvalid(_("You have {n} views of this screen: remove one first.").format(n=MOST))
        connection.execute(sa.insert(saved_views).values(**this, **values, version=1))
        _note(connection, who, mission, name, "add", None, values)
        return
    before = {field: row[field] for field in values}
    changes.update(
        connection, saved_views, {"id": row["id"]}, row["version"], values, sentence=_("The view changed meanwhile.")
    )
    _note(connection, who, mission, name, "change", before, values)


def checked(query: str) -> str:
    """The filters of an address where they can be kept. Raises InputInvalid."""
    if len(query) > LONGEST_QUERY:
        raise InputInvalid(_("These filters say too much to be kept: choose fewer values."))
    return query


def remove(connection: sa.Connection, view_id: int, owner_id: int, *, who: str) -> None:
    """Take a view away; nothing where it is gone. Raises NotAllowed where it is somebody else's.

    Subscriptions to it stay without a view: there is nothing to see by them, and their people are told.
    """
    row = connection.execute(sa.select(saved_views).filter_by(id=view_id)).mappings().first()
    if row is None:
        return
    if row["owner_id"] != owner_id:
        raise NotAllowed(_("This view belongs to somebody else."))
    connection.execute(sa.update(subscriptions).filter_by(view_id=view_id).values(view_id=None, mission=""))
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
