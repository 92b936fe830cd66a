"""What is to be told, to whom, and that it is told once.

A mission's `notices` names everything that is due at a moment; a notice's key says what makes it the same one. It is
kept in the store when it first falls due, sent, and marked. A sending that broke off is tried again; the Message-ID is
made of the key, so a mail server or reader that gets one twice shows it once.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

import sqlalchemy as sa

from core.errors import NotifyFailed
from core.mission import missions
from core.store.engine import Store
from core.store.schema import notices

RETRY = timedelta(minutes=15)
"""A notice that somebody began to send is left to them for this long."""


@dataclass(frozen=True)
class Notice:
    """One message to one address, already in the recipient's language.

    `key` is the same whenever the same thing is due again, e.g. `register.review:T-012:2026-12-01:dpo@example.fr`.
    """

    key: str
    to: str
    subject: str
    text: str


class Post(Protocol):
    """A way to send."""

    def send(self, notice: Notice) -> None:
        """Hand one notice over. Raises NotifyFailed."""
        ...


def keep_due(store: Store, now: datetime) -> list[Notice]:
    """Ask every mission what is due at `now` (UTC), keep what is new, and return it."""
    new: list[Notice] = []
    with store.write() as connection:
        known = set(connection.scalars(sa.select(notices.c.key)))
        for mission in missions().values():
            for notice in mission.notices(connection, now) if mission.notices else ():
                if notice.key not in known:
                    known.add(notice.key)
                    new.append(notice)
        if new:
            connection.execute(sa.insert(notices), [vars(notice) | {"due_at": now} for notice in new])
    return new


def waiting(store: Store) -> list[Notice]:
    """What is kept and not sent yet, the oldest first."""
    with store.read() as connection:
        return [_notice(row) for row in connection.execute(_unsent().order_by(notices.c.id)).mappings()]


def send(
    store: Store, post: AbstractContextManager[Post], now: datetime
) -> Iterator[tuple[Notice, NotifyFailed | None]]:
    """Send what waits, each marked as soon as it is handed over.

    Two senders at once share the work: each claims a notice before it sends it.
    """
    with post as open_post:
        while True:
            with store.write() as connection:
                free = sa.or_(notices.c.claimed_at.is_(None), notices.c.claimed_at < now - RETRY)
                row = connection.execute(_unsent().where(free).order_by(notices.c.id).limit(1)).mappings().first()
                if row is None:
                    return
                this = notices.c.id == row["id"]
                connection.execute(sa.update(notices).where(this).values(claimed_at=now))
            notice, failure = _notice(row), None
            try:
                open_post.send(notice)
            except NotifyFailed as error:
                failure = error
            with store.write() as connection:
                connection.execute(
                    sa.update(notices)
                    .where(this)
                    .values(sent_at=None if failure else now, error=failure.sentence if failure else None)
                )
            yield notice, failure


def _unsent() -> sa.Select[tuple[object, ...]]:
    return sa.select(notices).where(notices.c.sent_at.is_(None))


def _notice(row: sa.RowMapping) -> Notice:
    return Notice(key=row["key"], to=row["to"], subject=row["subject"], text=row["text"])
