"""From the sign-in form to a new cookie, without ever trusting the cookie that was there before.

The form runs over a websocket, which cannot set a cookie. On success it stores a ticket for this browser and sends the
browser to `/signed-in` with it; there the ticket is used up, a fresh session id is set as cookie, and the browser goes
on to the link that was asked for. Whoever planted or read the cookie of before gets nothing: the ticket is needed too,
and the id that is authorised is a new one.
"""

import re
from datetime import datetime, timedelta

import sqlalchemy as sa

from core.base.settings import settings
from core.people import sessions
from core.people.sessions import digest
from core.store.schema import sign_ins

TICKET_LIVES = timedelta(minutes=2)
PROVIDER_LIVES = timedelta(minutes=15)
"""How long somebody may take at the OpenID Connect provider."""

_LOCAL = re.compile(r"/(?![/\\])[^\\\x00-\x20\x7f]*")


def local(link: str) -> str:
    """The link if it stays in Vigie (a path, with its query), else the home page."""
    home = settings().base_path + "/"
    stays = _LOCAL.fullmatch(link) and (link + "/").startswith(home) and len(link) <= 4000
    return link if stays else home


def begin(connection: sa.Connection, browser_id: str, link: str, now: datetime) -> None:
    """Remember the link a browser asked for while its person signs in at the provider."""
    _put(connection, browser_id, now, link=local(link), expires_at=now + PROVIDER_LIVES)


def back(connection: sa.Connection, browser_id: str, now: datetime) -> str | None:
    """The link of a sign-in at the provider that this browser began a short while ago, told once; else None."""
    return connection.scalar(
        sa.delete(sign_ins)
        .where(
            sign_ins.c.browser_hash == digest(browser_id),
            sign_ins.c.ticket_hash.is_(None),
            sign_ins.c.expires_at > now,
        )
        .returning(sign_ins.c.link)
    )


def grant(
    connection: sa.Connection, browser_id: str, person_id: int, link: str, now: datetime, *, oidc: bool = False
) -> str:
    """A ticket by which this browser, and no other, opens a session once."""
    ticket = sessions.new_id()
    _put(
        connection,
        browser_id,
        now,
        link=local(link),
        ticket_hash=digest(ticket),
        person_id=person_id,
        oidc=oidc,
        expires_at=now + TICKET_LIVES,
    )
    return ticket


def redeem(connection: sa.Connection, browser_id: str, ticket: str, now: datetime) -> tuple[str, str] | None:
    """Use a ticket up: the id of a new session and the link asked for; None when it is not this browser's, or late."""
    row = connection.execute(
        sa.delete(sign_ins)
        .where(
            sign_ins.c.browser_hash == digest(browser_id),
            sign_ins.c.ticket_hash == digest(ticket),
            sign_ins.c.expires_at > now,
        )
        .returning(sign_ins)
    ).first()
    if row is None:
        return None
    return sessions.open_session(connection, row.person_id, now, oidc=row.oidc), row.link


def _put(connection: sa.Connection, browser_id: str, now: datetime, **values: object) -> None:
    """One sign-in under way a browser: the last one counts."""
    browser_hash = digest(browser_id)
    connection.execute(
        sa.delete(sign_ins).where(sa.or_(sign_ins.c.browser_hash == browser_hash, sign_ins.c.expires_at < now))
    )
    connection.execute(sa.insert(sign_ins).values(browser_hash=browser_hash, **values))
