"""What people have sent to them: a screen under some filters, a named view of it, or one of its figures; each working
day, week or month, or when a number of it passes a bound that they set.

A subscription is a wish, not a right: what is sent is read through its person's rights and scope at that moment
(`core.tell.subscribed`). Whoever may see a mission may subscribe to it; the caller checks that in the same transaction
(`core.people.rights.require`).
"""

from dataclasses import asdict, dataclass, fields
from datetime import datetime
from enum import StrEnum
from urllib.parse import parse_qsl

import sqlalchemy as sa

from core.base import clock
from core.base.errors import InputInvalid
from core.base.i18n import N_, _, one_line
from core.base.settings import settings
from core.notes.views import checked
from core.people.person import Person
from core.store import changes
from core.store.schema import subscriptions

MOST = 50
"""Subscriptions of one person."""
LONGEST = 150
"""Signs of a title: a mail's subject holds it beside the mission and the period, on one line."""
_ENTITY = "subscription"


class Every(StrEnum):
    """When it is sent."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    PASSES = "passes"


WORDS = {
    Every.DAY: N_("each working day"),
    Every.WEEK: N_("each week, on its first working day"),
    Every.MONTH: N_("each month, on its first working day"),
    Every.PASSES: N_("when a number passes a bound"),
}
"""Each in words."""


@dataclass(frozen=True)
class Wanted:
    """What a person wishes. `part` names a figure, or the number that is to pass a bound; "" is the whole screen.

    A view gives the filters where there is one, else `query` does, as an address's part behind the question mark.
    `title` is what it is called, in the person's language. `at_least` and `bound`: of a number, whether it is told once
    it is that much or more, or that much or less.
    """

    mission: str
    title: str
    every: Every
    query: str = ""
    view_id: int | None = None
    part: str = ""
    at_least: bool | None = None
    bound: float | None = None


@dataclass(frozen=True, kw_only=True)
class Subscription(Wanted):
    """One that is kept. Moments are UTC; `mission` is "" once the view that it was of is gone."""

    id: int
    person_id: int
    since: datetime
    told: str | None
    lost_at: datetime | None

    @property
    def params(self) -> dict[str, str]:
        """The address's parameters; a view has its own."""
        return dict(parse_qsl(self.query))


_WISH = [field.name for field in fields(Wanted) if field.name != "title"]


def everyone(connection: sa.Connection) -> list[Subscription]:
    """Every subscription, the oldest first."""
    return _read(connection, sa.true())


def of_person(connection: sa.Connection, person_id: int) -> list[Subscription]:
    """Those of one person, the oldest first."""
    return _read(connection, subscriptions.c.person_id == person_id)


def find(connection: sa.Connection, number: int) -> Subscription | None:
    """One of them; None where it ended."""
    rows = _read(connection, subscriptions.c.id == number)
    return rows[0] if rows else None


def _read(connection: sa.Connection, which: sa.ColumnElement[bool]) -> list[Subscription]:
    rows = connection.execute(sa.select(subscriptions).where(which).order_by(subscriptions.c.id)).mappings()
    return [Subscription(**{**row, "every": Every(row["every"])}) for row in rows]


def why_not(email: str | None) -> str:
    """Why nothing can be sent to a person, and what to do, in a sentence; "" where it can."""
    if not settings().smtp_host or not settings().mail_from:
        return _("No mail server is set: once VIGIE_SMTP_HOST and VIGIE_MAIL_FROM are filled, people can subscribe.")
    if not email:
        whom = settings().contact or _("an administrator of Vigie")
        return _("Your account has no mail address: ask {contact} for one, then you can subscribe.").format(
            contact=whom
        )
    return ""


def subscribe(connection: sa.Connection, person: Person, wanted: Wanted) -> None:
    """Keep what a person wishes; nothing where they have it already. Raises InputInvalid where nothing can be sent to
    them, without a time or a bound to pass, where its filters say too much, or where they have MOST of them."""
    if reason := why_not(person.email):
        raise InputInvalid(reason)
    if not isinstance(wanted.every, Every):  # a browser can send what no screen offers, and one such would stop all
        raise InputInvalid(_("Choose when it is sent."))
    if wanted.every is Every.PASSES and (wanted.bound is None or not wanted.part):
        raise InputInvalid(_("Choose a number and the bound that it is to pass."))
    mine = of_person(connection, person.id)
    if any(all(getattr(one, name) == getattr(wanted, name) for name in _WISH) for one in mine):
        return
    if len(mine) >= MOST:
        raise InputInvalid(_("You have {n} subscriptions: end one before you add another.").format(n=MOST))
    values = {**asdict(wanted), "query": checked(wanted.query), "title": one_line(wanted.title)[:LONGEST]}
    connection.execute(sa.insert(subscriptions).values(**values, person_id=person.id, since=clock.now()))
    changes.record(connection, who=person.name, entity=_ENTITY, key=_key(wanted), action="add", after=values)


def end(connection: sa.Connection, number: int, person: Person) -> None:
    """End a subscription of a person; nothing where it is not theirs, or ended."""
    one = find(connection, number)
    if one is None or one.person_id != person.id:
        return
    connection.execute(sa.delete(subscriptions).filter_by(id=number))
    before = {name: getattr(one, name) for name in ("title", *_WISH)}
    changes.record(connection, who=person.name, entity=_ENTITY, key=_key(one), action="remove", before=before)


def note(connection: sa.Connection, one: Subscription, *, told: str | None, lost_at: datetime | None) -> None:
    """Note what was told of one, and since when its person may see it no more."""
    if (told, lost_at) != (one.told, one.lost_at):
        connection.execute(sa.update(subscriptions).filter_by(id=one.id).values(told=told, lost_at=lost_at))


def _key(wanted: Wanted) -> str:
    return f"{wanted.mission}: {wanted.title}"[:200]
