"""Sessions: a random id in the browser's cookie, its hash in the store, and whom it stands for."""

import hashlib
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from core.base.errors import StoreFailed
from core.base.settings import settings
from core.people import accounts
from core.people.person import Person
from core.store.engine import Store
from core.store.schema import people, sessions

VISIT = timedelta(hours=4)
"""A person seen again after this long begins a new visit."""
SEEN_EVERY = timedelta(minutes=5)
SEEN_PATIENCE = 0.2
"""Seconds to wait for the store to note it."""
KEPT = timedelta(days=90)


@dataclass(frozen=True)
class Session:
    """A valid session. `previous_visit_at` (UTC): when the person was last seen before this visit, None at first."""

    id_hash: str
    person: Person
    created_at: datetime
    expires_at: datetime
    oidc: bool
    seen_at: datetime | None
    previous_visit_at: datetime | None


def new_id() -> str:
    """A random id of 256 bits, as the cookie holds it."""
    return secrets.token_urlsafe(32)


def digest(secret: str) -> str:
    """What the store keeps of a secret that the browser holds: its SHA-256, as hex."""
    return hashlib.sha256(secret.encode()).hexdigest()


def open_session(connection: sa.Connection, person_id: int, now: datetime, *, oidc: bool = False) -> str:
    """Open a session and begin a visit; the id is returned once and never stored."""
    session_id = new_id()
    connection.execute(sa.delete(sessions).where(sessions.c.expires_at < now - KEPT))
    connection.execute(
        sa.insert(sessions).values(
            id_hash=digest(session_id),
            person_id=person_id,
            created_at=now,
            expires_at=now + timedelta(hours=settings().session_hours),
            oidc=oidc,
        )
    )
    connection.execute(
        sa.update(people).where(people.c.id == person_id).values(previous_visit_at=people.c.seen_at, seen_at=now)
    )
    return session_id


def find(connection: sa.Connection, session_id: str, now: datetime) -> Session | None:
    """The session of a cookie, if it is valid: not ended nor expired, its person's account open and not expired."""
    return next(_valid(connection, now, _ONE, id=digest(session_id)), None)


def opened(connection: sa.Connection, now: datetime) -> list[Session]:
    """Every valid session, the newest first."""
    return sorted(_valid(connection, now, _VALID), key=lambda session: session.created_at, reverse=True)


def end(connection: sa.Connection, session_id: str, now: datetime) -> None:
    """End a session everywhere."""
    connection.execute(
        sa.update(sessions)
        .where(sessions.c.id_hash == digest(session_id), sessions.c.ended_at.is_(None))
        .values(ended_at=now)
    )


def seen(store: Store, session: Session, now: datetime) -> Session:
    """Note that the person is here, at most every few minutes; after a long pause a new visit begins. While somebody
    else writes it is noted the next time: nobody's screen waits for it."""
    if session.seen_at is not None and now - session.seen_at < SEEN_EVERY:
        return session
    begins = session.seen_at is None or now - session.seen_at > VISIT
    values = {"seen_at": now, **({"previous_visit_at": session.seen_at} if begins else {})}
    try:
        with store.write(SEEN_PATIENCE) as connection:
            connection.execute(sa.update(people).where(people.c.id == session.person.id).values(values))
            row = connection.execute(
                sa.select(people.c.previous_visit_at).where(people.c.id == session.person.id)
            ).scalar_one()
    except StoreFailed:
        return session
    return Session(**{**vars(session), "seen_at": now, "previous_visit_at": row})


# Built once: the gate and the screen ask them at every act.
_NOW = sa.bindparam("now", type_=sessions.c.expires_at.type)
_VALID = (
    sa.select(
        people,
        sessions.c.id_hash,
        sessions.c.created_at,
        sessions.c.expires_at.label("session_expires_at"),
        sessions.c.oidc,
    )
    .join(sessions, sessions.c.person_id == people.c.id)
    .where(
        sessions.c.ended_at.is_(None),
        sessions.c.expires_at > _NOW,
        people.c.closed_at.is_(None),
        sa.or_(people.c.expires_at.is_(None), people.c.expires_at > _NOW),
        sa.or_(sa.bindparam("demo", type_=people.c.demo.type), people.c.demo.is_(False)),
    )
)
_ONE = _VALID.where(sessions.c.id_hash == sa.bindparam("id"))


def _valid(connection: sa.Connection, now: datetime, which: sa.Select[Any], **more: str) -> Iterator[Session]:
    for row in connection.execute(which, {"now": now, "demo": settings().demo, **more}).mappings():
        ends = [moment for moment in (row["session_expires_at"], row["expires_at"]) if moment]
        yield Session(
            id_hash=row["id_hash"],
            person=accounts.person(row),
            created_at=row["created_at"],
            expires_at=min(ends),
            oidc=row["oidc"],
            seen_at=row["seen_at"],
            previous_visit_at=row["previous_visit_at"],
        )
