"""The one door through which Vigie tells people something.

Whatever decides that somebody is to be told writes it here in its own transaction (`tell`); another process sends it
(`python -m core.run.notify`, `send`). What is told, at which step, by which way and to whom is one row and never two:
telling it again changes nothing. Each row is due, being sent, sent, failed, or held with its reason.

A sender claims rows by one UPDATE, so two senders share the work. What a killed sender left is taken up after LEASE:
its message may then arrive twice, with the same Message-ID, and is counted as unsure. At the moment of sending the kind
(what stands before the first colon of `what`) may be asked again: by a recheck, whether it is still to be told, or by a
maker, for pictures and files, which are never kept.
"""

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import Protocol

import sqlalchemy as sa

from core.base import clock
from core.base.errors import NotifyFailed, VigieError
from core.base.i18n import N_, _, one_line
from core.store.engine import Store
from core.store.schema import outbox

log = logging.getLogger("vigie.notify")

LEASE = timedelta(minutes=15)
"""What somebody began to send is left to them for this long; it takes a mail five minutes at most."""
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=5), timedelta(hours=4)
"""What could not be sent is tried again after the first, then after twice as long each time, up to the longest."""
LONGEST_SUBJECT = 300
"""Signs that the store takes."""
MOST_ATTEMPTS = 16
"""A message that could not be sent so often has failed: that takes two days at least."""


class Channel(StrEnum):
    """A way to tell."""

    MAIL = "mail"
    TEAMS = "teams"


class State(StrEnum):
    """How far a row is."""

    DUE = "due"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    HELD = "held"


class Reason(StrEnum):
    """Why a row is held, or has failed for good."""

    PARENT = "parent"
    HOLIDAY = "holiday"
    HOURS = "hours"
    MAINTENANCE = "maintenance"
    SILENCE = "silence"
    THRESHOLD = "threshold"
    TAKEN = "taken"
    RECOVERED = "recovered"
    GONE = "gone"
    ADDRESS = "address"


REASONS = {
    Reason.PARENT: N_("what it depends on is down"),
    Reason.HOLIDAY: N_("no working day"),
    Reason.HOURS: N_("out of working hours"),
    Reason.MAINTENANCE: N_("maintenance"),
    Reason.SILENCE: N_("silenced"),
    Reason.THRESHOLD: N_("not often enough yet"),
    Reason.TAKEN: N_("somebody is on it"),
    Reason.RECOVERED: N_("back to normal meanwhile"),
    Reason.GONE: N_("no longer theirs to see, or no longer asked for"),
    Reason.ADDRESS: N_("the address was refused"),
}
"""Each reason in words."""


@dataclass(frozen=True)
class Notice:
    """One thing to tell one recipient by one way, already in their language.

    `what` and `step` say what makes it the same one, e.g. `register.review:T-012` and `2026-12-01`. `to` is a mail
    address, or for Teams the variable that holds the address of a place, as `${VIGIE_SECRET_TEAMS_NIGHT}`.
    `held`: why it is kept and not sent; `due_at` (UTC): when it is to be sent, now where it is None.
    """

    what: str
    step: str
    to: str
    subject: str
    text: str
    channel: Channel = Channel.MAIL
    held: Reason | None = None
    due_at: datetime | None = None

    @property
    def kind(self) -> str:
        """What kind of notice it is, e.g. `register.review`."""
        return self.what.partition(":")[0]

    @property
    def same(self) -> tuple[str, str, str, str]:
        """What makes it the same one."""
        return self.what, self.step, self.channel, self.to


@dataclass(frozen=True)
class Attached:
    """A picture or a file. `mime` is e.g. `image/png`; `told` says what a picture shows, to whoever does not see it."""

    name: str
    mime: str
    data: bytes
    told: str = ""


@dataclass(frozen=True)
class Letter:
    """A notice as it is sent. Pictures stand below the text, files are attached. `id` is the same at every attempt."""

    notice: Notice
    pictures: tuple[Attached, ...] = ()
    files: tuple[Attached, ...] = ()
    id: str = ""


LetterMaker = Callable[[Notice, datetime], Letter | Reason]
"""(notice as kept, now in UTC) → what to send for it, or why it is not to be sent any more. Raises VigieError."""


Recheck = Callable[[Notice, datetime], Reason | None]
"""(notice as kept, now in UTC) → why it is not to be sent any more; None where it is. Raises VigieError."""


NoticeMaker = Callable[["sa.Connection", datetime], "Iterable[Notice]"]
"""(store, now in UTC) → everything that people have to be told at that moment, told before or not."""


class TryLater(NotifyFailed):
    """It may go another time: after `wait`, where the other side said how long. `unsure`: it may have arrived."""

    def __init__(self, sentence: str, *, detail: str = "", wait: timedelta | None = None, unsure: bool = False) -> None:
        super().__init__(sentence, detail=detail)
        self.wait, self.unsure = wait, unsure


class Refused(NotifyFailed):
    """It will never go. `address`: nor will anything else to this recipient."""

    def __init__(self, sentence: str, *, detail: str = "", address: bool = False) -> None:
        super().__init__(sentence, detail=detail)
        self.address = address


class Unreachable(NotifyFailed):
    """The way itself is closed: nothing goes at present, to nobody."""


class Post(Protocol):
    """A way to send."""

    def send(self, letter: Letter) -> None:
        """Hand one letter over. Raises TryLater, Refused, or Unreachable."""
        ...


def tell(connection: sa.Connection, notices: Iterable[Notice]) -> list[Notice]:
    """Keep what is to be told, within the transaction (`Store.write`) that decides it; gives what is new.

    What was held is told once it comes without a reason. What was sent, or failed, stays as it is.
    """
    now = clock.now()
    every = {notice.same: notice for notice in notices}
    known = {
        (row.what, row.step, row.channel, row.recipient): row
        for some in _pieces(sorted({notice.what for notice in every.values()}))
        for row in connection.execute(sa.select(outbox).where(outbox.c.what.in_(some)))
    }
    new: list[Notice] = []
    for same, notice in every.items():
        values = {
            "state": State.HELD if notice.held else State.DUE,
            "reason": notice.held,
            # Longer than the store takes, one would keep all the others from being told.
            "subject": one_line(notice.subject)[:LONGEST_SUBJECT],
            "text": notice.text,
            "due_at": notice.due_at or now,
        }
        row = known.get(same)
        if row is None:
            this = {"what": notice.what, "step": notice.step, "channel": notice.channel, "recipient": notice.to}
            connection.execute(sa.insert(outbox).values(**this, **values, created_at=now))
        elif row.state == State.HELD and row.reason != notice.held and row.reason != Reason.ADDRESS:
            connection.execute(sa.update(outbox).where(outbox.c.id == row.id).values(**values))
        else:
            continue
        new.append(notice)
    return new


def _pieces(names: list[str], size: int = 500) -> Iterator[list[str]]:
    """A statement takes so many values."""
    return (names[at : at + size] for at in range(0, len(names), size))


def tell_due(store: Store, makers: Iterable[NoticeMaker]) -> list[Notice]:
    """Ask the makers what people have to be told by now, keep it, and return what is new."""
    now = clock.now()
    with store.write() as connection:
        return tell(connection, (notice for due in makers for notice in due(connection, now)))


def waiting(store: Store) -> list[Notice]:
    """What would be sent now, the oldest first."""
    with store.read() as connection:
        rows = connection.execute(sa.select(outbox).where(_free(clock.now())).order_by(*_OLDEST)).mappings()
        return [_notice(row) for row in rows]


def again(store: Store, to: str) -> int:
    """Let everything that failed for a recipient be tried once more; gives how many messages wait for that."""
    refused = sa.or_(outbox.c.state == State.FAILED, outbox.c.reason == Reason.ADDRESS)
    with store.write() as connection:
        values = {"state": State.DUE, "reason": None, "due_at": clock.now(), "attempts": 0}
        return connection.execute(sa.update(outbox).where(outbox.c.recipient == to, refused).values(**values)).rowcount


def made(notice: Notice, now: datetime, makers: Mapping[str, LetterMaker]) -> Letter | Reason:
    """What is to be sent for a notice, or why nothing is any more. Raises TryLater with a sentence."""
    maker = makers.get(notice.kind)
    if maker is None:
        return Letter(notice)
    sentence = _("The message to {to} could not be made; it is tried again later.").format(to=notice.to)
    try:
        return maker(notice, now)
    except VigieError as error:
        raise TryLater(f"{sentence} {error.sentence}", detail=error.detail) from error
    except Exception as error:  # one message that cannot be made keeps no other back
        log.exception("the message %s could not be made", notice.what)
        raise TryLater(sentence, detail=repr(error)) from error


def send(
    store: Store,
    channel: Channel,
    post: AbstractContextManager[Post],
    makers: Mapping[str, LetterMaker] | None = None,
    rechecks: Mapping[str, Recheck] | None = None,
) -> Iterator[tuple[Notice, NotifyFailed | None]]:
    """Send what is due by one way, each marked as soon as the other side answered.

    What waits of one kind for one recipient, and is still to be sent (`rechecks`, by kind), is one message; kinds that
    have a maker go one by one. Raises NotifyFailed where the way is closed: what was not sent then stays due.
    """
    with post as open_post:
        while claimed := _claimed(store, channel, makers or {}):
            rows = list(_standing(store, claimed, rechecks or {}))
            if not rows:
                continue
            notice, failure = gathered([_notice(row) for row in rows]), None
            try:
                letter = made(notice, clock.now(), makers or {})
                if isinstance(letter, Reason):
                    log.info("%s is not sent: %s", notice.what, letter)
                    _settle(store, rows, state=State.HELD, reason=letter)
                    continue
                _hand_over(open_post, _identified(letter, rows))
            except NotifyFailed as error:
                failure = error
            _settle(store, rows, **_outcome(rows, failure))
            if isinstance(failure, Unreachable):
                raise failure
            yield notice, failure


def _hand_over(post: Post, letter: Letter) -> None:
    """Send one letter; what nobody foresaw at it keeps no other back. Raises as `Post.send`."""
    try:
        post.send(letter)
    except NotifyFailed:
        raise
    except Exception as error:  # its words may hold the address: only its kind is kept
        kind, notice = type(error).__name__, letter.notice
        log.error("%s could not be sent: %s", notice.what, kind)
        sentence = _("The message to {to} could not be sent; it is tried again later.").format(to=notice.to)
        raise TryLater(sentence, detail=kind, unsure=True) from None


def _standing(store: Store, rows: list[sa.RowMapping], rechecks: Mapping[str, Recheck]) -> Iterator[sa.RowMapping]:
    """The rows that are still to be sent; the others are held. One that cannot be looked at is tried again later."""
    for row in rows:
        notice = _notice(row)
        try:
            reason = rechecks[notice.kind](notice, clock.now()) if notice.kind in rechecks else None
        except VigieError as error:
            log.warning("%s: %s", notice.what, error.detail or error.sentence)
            _settle(store, [row], **_outcome([row], TryLater(error.sentence)))
            continue
        if reason is None:
            yield row
        else:
            log.info("%s is not sent: %s", notice.what, reason)
            _settle(store, [row], state=State.HELD, reason=reason)


def gathered(some: list[Notice]) -> Notice:
    """Notices of one kind for one recipient as one: the first says what it is about, and all texts follow each
    other."""
    first, *others = some
    if not others:
        return first
    subject, text = f"{first.subject} (+ {len(others)})", "\n".join(notice.text for notice in some)
    return Notice(first.what, first.step, first.to, subject, text, first.channel)


_OLDEST = (outbox.c.due_at, outbox.c.id)


def _free(now: datetime) -> sa.ColumnElement[bool]:
    """Rows that a sender may claim at a moment."""
    return sa.or_(
        sa.and_(outbox.c.state == State.DUE, outbox.c.due_at <= now),
        sa.and_(outbox.c.state == State.SENDING, outbox.c.claimed_at < now - LEASE),
    )


def _claimed(store: Store, channel: Channel, makers: Mapping[str, LetterMaker]) -> list[sa.RowMapping]:
    """The oldest row that nobody is sending, with all others that go in the same message, claimed."""
    now, of = clock.now(), outbox.c.channel == channel
    with store.write() as connection:
        _hold_refused(connection, channel)
        first = connection.execute(sa.select(outbox).where(of, _free(now)).order_by(*_OLDEST).limit(1)).first()
        if first is None:
            return []
        kind = first.what.partition(":")[0]
        if first.message is not None:  # a message that is tried again is the same message, so that readers see one
            alike = outbox.c.message == first.message
        elif kind in makers:
            alike = outbox.c.id == first.id
        else:
            of_kind = sa.or_(outbox.c.what == kind, outbox.c.what.startswith(f"{kind}:", autoescape=True))
            alike = sa.and_(outbox.c.message.is_(None), outbox.c.recipient == first.recipient, of_kind)
        left = sa.case((outbox.c.state == State.SENDING, 1), else_=0)
        claim = (
            sa.update(outbox)
            .where(of, alike, _free(now))
            .values(
                state=State.SENDING,
                claimed_at=now,
                message=sa.func.coalesce(outbox.c.message, first.id),
                attempts=outbox.c.attempts + 1,
                unsure=outbox.c.unsure + left,
            )
            .returning(outbox)
        )
        rows = list(connection.execute(claim).mappings())
    if unsure := [row["what"] for row in rows if first.state == State.SENDING]:
        log.warning("%s: a sender ended before it said whether this was sent: perhaps twice", ", ".join(unsure))
    return sorted(rows, key=lambda row: int(row["id"]))


def _hold_refused(connection: sa.Connection, channel: Channel) -> None:
    """Hold what is due to a recipient who was refused for good."""
    refused = sa.select(outbox.c.recipient).where(
        outbox.c.channel == channel, outbox.c.state == State.FAILED, outbox.c.reason == Reason.ADDRESS
    )
    due = sa.and_(outbox.c.channel == channel, outbox.c.state == State.DUE, outbox.c.recipient.in_(refused))
    connection.execute(sa.update(outbox).where(due).values(state=State.HELD, reason=Reason.ADDRESS))


def _outcome(rows: list[sa.RowMapping], failure: NotifyFailed | None) -> dict[str, object]:
    """What a row becomes after an attempt to send it."""
    if failure is None:
        return {"state": State.SENT, "sent_at": clock.now(), "last_error": None}
    columns: dict[str, object] = {"last_error": failure.sentence}
    if isinstance(failure, Refused):
        return {**columns, "state": State.FAILED, "reason": Reason.ADDRESS if failure.address else None}
    if not isinstance(failure, TryLater):  # nobody was written to: no attempt of this message's
        return {**columns, "state": State.DUE, "attempts": outbox.c.attempts - 1}
    columns["unsure"] = outbox.c.unsure + int(failure.unsure)
    if failure.unsure:
        log.warning("%s: the connection ended before the answer: perhaps twice", rows[0]["what"])
    tried = max(row["attempts"] for row in rows)
    if tried >= MOST_ATTEMPTS:
        return {**columns, "state": State.FAILED}
    wait = max(min(FIRST_WAIT * 2 ** (tried - 1), LONGEST_WAIT), failure.wait or FIRST_WAIT)
    return {**columns, "state": State.DUE, "due_at": clock.now() + wait}


def _settle(store: Store, rows: list[sa.RowMapping], **values: object) -> None:
    """Mark what was claimed, unless somebody else took it up meanwhile."""
    mine = sa.and_(
        outbox.c.id.in_([row["id"] for row in rows]),
        outbox.c.state == State.SENDING,
        outbox.c.claimed_at == rows[0]["claimed_at"],
    )
    with store.write() as connection:
        connection.execute(sa.update(outbox).where(mine).values(**values))


def _identified(letter: Letter, rows: list[sa.RowMapping]) -> Letter:
    """The letter with the name that it has at every attempt."""
    carrying = next((row for row in rows if row["id"] == row["message"]), rows[0])
    same = "\n".join(_notice(carrying).same)
    return replace(letter, id=sha256(same.encode()).hexdigest()[:32])


def _notice(row: sa.RowMapping) -> Notice:
    return Notice(
        what=row["what"],
        step=row["step"],
        to=row["recipient"],
        subject=row["subject"],
        text=row["text"],
        channel=Channel(row["channel"]),
    )
