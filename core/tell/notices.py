"""What is to be told, to whom, and that it is told once.

A mission's `notices` names everything that is due at a moment; a notice's key says what makes it the same one. It is
kept in the store when it first falls due, sent, and marked. A sending that broke off is tried again; the Message-ID is
made of the key, so a mail server or reader that gets one twice shows it once.

Pictures and files are never kept: for notices of some kinds (the key's part before the first colon) a maker is asked
for the letter at the moment of sending, and may say that there is none to send any more.
"""

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Protocol

import sqlalchemy as sa

from core.base.errors import NotifyFailed, VigieError
from core.base.i18n import _
from core.store.engine import Store
from core.store.schema import notices

log = logging.getLogger("vigie.notify")

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


@dataclass(frozen=True)
class Attached:
    """A picture or a file. `mime` is e.g. `image/png`; `told` says what a picture shows, to whoever does not see it."""

    name: str
    mime: str
    data: bytes
    told: str = ""


@dataclass(frozen=True)
class Letter:
    """A notice as it is sent. Pictures stand below the text, files are attached."""

    notice: Notice
    pictures: tuple[Attached, ...] = ()
    files: tuple[Attached, ...] = ()


LetterMaker = Callable[[Notice, datetime], Letter | None]
"""(notice as kept, now in UTC) → what to send for it; None where it is no longer to be sent. Raises VigieError."""


NoticeMaker = Callable[["sa.Connection", datetime], "Iterable[Notice]"]
"""(store, now in UTC) → everything that people have to be told by mail at that moment, told before or not."""


class Post(Protocol):
    """A way to send."""

    def send(self, letter: Letter) -> None:
        """Hand one letter over. Raises NotifyFailed."""
        ...


def keep_due(store: Store, now: datetime, makers: Iterable[NoticeMaker]) -> list[Notice]:
    """Ask the makers what is due at `now` (UTC), keep what is new, and return it."""
    new: list[Notice] = []
    with store.write() as connection:
        known = set(connection.scalars(sa.select(notices.c.key)))
        for due in makers:
            for notice in due(connection, now):
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


def made(notice: Notice, now: datetime, makers: Mapping[str, LetterMaker]) -> Letter | None:
    """What is to be sent for a notice; None where it is no longer to be sent. Raises NotifyFailed with a sentence."""
    maker = makers.get(_kind(notice.key))
    if maker is None:
        return Letter(notice)
    sentence = _("The mail to {to} could not be made; it is tried again at the next sending.").format(to=notice.to)
    try:
        return maker(notice, now)
    except VigieError as error:
        raise NotifyFailed(f"{sentence} {error.sentence}", detail=error.detail) from error
    except Exception as error:  # one mail that cannot be made keeps no other back
        log.exception("the mail %s could not be made", notice.key)
        raise NotifyFailed(sentence, detail=repr(error)) from error


def send(
    store: Store, post: AbstractContextManager[Post], now: datetime, makers: Mapping[str, LetterMaker] | None = None
) -> Iterator[tuple[Notice, NotifyFailed | None]]:
    """Send what waits, each marked as soon as it is handed over. What is no longer to be sent is kept no longer.

    What waits of one kind for one address is one mail. Two senders at once share the work: each claims notices before
    it sends them. `makers` are those of letters, by the kind of notice, which go one by one.
    """
    with post as open_post:
        while True:
            with store.write() as connection:
                rows = _claimable(connection, now, makers or {})
                if not rows:
                    return
                these = notices.c.id.in_([row["id"] for row in rows])
                connection.execute(sa.update(notices).where(these).values(claimed_at=now))
            notice, failure = gathered([_notice(row) for row in rows]), None
            try:
                letter = made(notice, now, makers or {})
                if letter is None:
                    log.info("the mail %s is no longer to be sent", notice.key)
                    with store.write() as connection:
                        connection.execute(sa.delete(notices).where(these))
                    continue
                open_post.send(letter)
            except NotifyFailed as error:
                failure = error
            with store.write() as connection:
                connection.execute(
                    sa.update(notices)
                    .where(these)
                    .values(sent_at=None if failure else now, error=failure.sentence if failure else None)
                )
            yield notice, failure


def gathered(some: list[Notice]) -> Notice:
    """Notices of one kind for one address as one: the first says what it is about, and all texts follow each other."""
    first, *others = some
    if not others:
        return first
    keys = sha256("\n".join(sorted(one.key for one in some)).encode()).hexdigest()
    return Notice(
        key=f"{_kind(first.key)}:{keys}",
        to=first.to,
        subject=f"{first.subject} (+ {len(others)})",
        text="\n".join(one.text for one in some),
    )


def _kind(key: str) -> str:
    return key.partition(":")[0]


def _claimable(connection: sa.Connection, now: datetime, makers: Mapping[str, LetterMaker]) -> Sequence[sa.RowMapping]:
    """The oldest notice that nobody is sending, with all others of its kind for its address."""
    free = sa.or_(notices.c.claimed_at.is_(None), notices.c.claimed_at < now - RETRY)
    waiting = _unsent().where(free).order_by(notices.c.id)
    first = connection.execute(waiting.limit(1)).mappings().first()
    if first is None or _kind(first["key"]) in makers:
        return [first] if first else []
    alike = notices.c.key.startswith(f"{_kind(first['key'])}:", autoescape=True)
    return connection.execute(waiting.where(notices.c.to == first["to"], alike)).mappings().all()


def _unsent() -> sa.Select[tuple[object, ...]]:
    return sa.select(notices).where(notices.c.sent_at.is_(None))


def _notice(row: sa.RowMapping) -> Notice:
    return Notice(key=row["key"], to=row["to"], subject=row["subject"], text=row["text"])
