"""Named views: the filters of a screen's address under a name, for oneself or shared with others.

A view is a way of looking, not data: whoever may see a mission may name views of it, and none shows more than its
reader may see. But its name and its filters may name what rows hold: what a squad's people share reaches those who see
all of their rows, what the house's people share reaches everybody. The caller checks rights in the same transaction
(`core.people.rights.require`).

Whoever sees a view may have it mailed each month (`core.tell.view_mails`), until they end it, the view goes, or its
owner shares it no more.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode

import sqlalchemy as sa

from core.base import clock
from core.base.errors import InputInvalid, NotAllowed
from core.base.i18n import _
from core.base.settings import settings
from core.people.person import Person, Role, Scope
from core.store import changes
from core.store.schema import people, saved_views, view_mails

LONGEST = 100
_ENTITY, _MAIL = "view", "view mail"


@dataclass(frozen=True)
class View:
    """A named view, as one person sees it. `query` is the address's part behind the question mark, `mailed`: it is
    mailed to this person each month, `wider`: its owner sees rows that this person does not."""

    id: int
    mission: str
    owner_id: int
    owner: str
    name: str
    query: str
    shared: bool
    version: int
    mailed: bool
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
    theirs = sa.and_(view_mails.c.view_id == saved_views.c.id, view_mails.c.person_id == person_id)
    rows = connection.execute(
        sa.select(
            saved_views,
            people.c.display_name.label("owner"),
            people.c.role,
            people.c.squads,
            view_mails.c.view_id.is_not(None).label("mailed"),
        )
        .join_from(saved_views, people)
        .join(view_mails, theirs, isouter=True)
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
    """Keep a view; the owner's view of that name becomes this one. Raises InputInvalid without a name.

    A view that is shared no more is mailed to its owner alone.
    """
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
    if not shared:
        _end_mails(connection, row, sa.and_(view_mails.c.view_id == row["id"], people.c.id != owner_id), who)


def remove(connection: sa.Connection, view_id: int, owner_id: int, *, who: str) -> None:
    """Take a view away; nothing where it is gone. Raises NotAllowed where it is somebody else's."""
    row = connection.execute(sa.select(saved_views).filter_by(id=view_id)).mappings().first()
    if row is None:
        return
    if row["owner_id"] != owner_id:
        raise NotAllowed(_("This view belongs to somebody else."))
    _end_mails(connection, row, view_mails.c.view_id == view_id, who)
    connection.execute(sa.delete(saved_views).filter_by(id=view_id))
    before = {"query": row["query"], "shared": row["shared"]}
    _note(connection, who, row["mission"], row["name"], "remove", before, None)


def why_not_mailed(email: str | None) -> str:
    """Why nothing can be mailed to a person, and what to do, in a sentence; "" where it can."""
    if not settings().smtp_host or not settings().mail_from:
        return _("No mail server is set: once VIGIE_SMTP_HOST and VIGIE_MAIL_FROM are filled, views can be mailed.")
    if not email:
        whom = settings().contact or _("an administrator of Vigie")
        return _("Your account has no mail address: ask {contact} for one, then a view can be mailed to you.").format(
            contact=whom
        )
    return ""


def mail(connection: sa.Connection, view_id: int, person: Person) -> None:
    """Have a view mailed each month to a person who sees it; nothing where it is so already.

    Raises NotAllowed where they do not see it, InputInvalid where nothing can be mailed to them.
    """
    view = find(connection, view_id, person.id)
    if view is None:
        raise NotAllowed(_("This view is gone, or shared no more."))
    if view.mailed:
        return
    if why_not := why_not_mailed(person.email):
        raise InputInvalid(why_not)
    connection.execute(sa.insert(view_mails).values(view_id=view_id, person_id=person.id, since=clock.now()))
    _note_mail(connection, person.name, view.mission, view.name, "add", person.name)


def mail_no_more(connection: sa.Connection, view_id: int, person: Person) -> None:
    """End the mails of a view to a person; nothing where there are none."""
    row = connection.execute(sa.select(saved_views).filter_by(id=view_id)).mappings().first()
    if row is not None:
        this = sa.and_(view_mails.c.view_id == view_id, people.c.id == person.id)
        _end_mails(connection, row, this, person.name)


def mails(connection: sa.Connection) -> list[tuple[int, int, datetime]]:
    """Every view that is mailed: its id, the person's, since when."""
    rows = connection.execute(sa.select(view_mails).order_by(view_mails.c.view_id, view_mails.c.person_id))
    return [(row.view_id, row.person_id, row.since) for row in rows]


def _end_mails(connection: sa.Connection, view: sa.RowMapping, which: sa.ColumnElement[bool], who: str) -> None:
    """`which` is said of `view_mails` and of the `people` who get them."""
    found = connection.execute(
        sa.select(view_mails.c.person_id, people.c.name).join_from(view_mails, people).where(which)
    ).all()
    for person_id, name in found:
        connection.execute(sa.delete(view_mails).filter_by(view_id=view["id"], person_id=person_id))
        _note_mail(connection, who, view["mission"], view["name"], "remove", name)


def _note_mail(connection: sa.Connection, who: str, mission: str, view: str, action: str, to: str) -> None:
    state = {"to": to}
    before, after = (None, state) if action == "add" else (state, None)
    changes.record(
        connection, who=who, entity=_MAIL, key=f"{mission}: {view}", action=action, before=before, after=after
    )


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
