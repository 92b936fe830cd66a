"""The morning message: what a night was, for whom it concerns.

A duty person amends and sends it, or it goes by itself at the hours of the rules. What went is kept as it went.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa

from core.base.calendar import is_working_day
from core.base.errors import Conflict, InputInvalid
from core.base.i18n import N_, _, local, show_date, show_moment
from core.base.settings import settings
from core.base.status import word
from core.store import changes
from core.store.schema import morning_messages
from core.tell import outbox
from core.tell.outbox import Channel, Notice
from pages.pipelines.availability import Availability, State
from pages.pipelines.board import Board, Incident
from pages.pipelines.desk import VIGIE, Desk, key_of
from pages.pipelines.headline import counts
from pages.pipelines.rules import Mail, Rules
from pages.pipelines.why import sentence
from pages.pipelines.words import error_of

LANGUAGE = "fr"
"""Addresses of the rules are no accounts of Vigie: their language is not known."""
KIND = "pipelines.morning"
EVERYBODY = ""
"""The audience that is told of all families."""
HEADS = {
    State.READY: N_("Ready"),
    State.EXPECTED: N_("Expected"),
    State.UNAVAILABLE: N_("Unavailable"),
}


@dataclass(frozen=True)
class Message:
    """A message of one night to one audience. `sent_at` (UTC): None while it is only kept."""

    id: int
    night: date
    audience: str
    subject: str
    text: str
    who: str
    as_of: datetime
    sent_at: datetime | None


def audience_of(mail: Mail) -> str:
    """What a recipient is told of."""
    return ",".join(mail.families)


def composed(board: Board, available: Iterable[Availability], desk: Desk, audience: str = EVERYBODY) -> tuple[str, str]:
    """Subject and text for an audience: data ready, expected and unavailable, then the incidents and who is on them."""
    families = frozenset(filter(None, audience.split(",")))
    seen = [family for family in board.families if not families or family.family.key in families]
    pipelines = {member.member.pipeline for family in seen for member in family.members}
    subject = _("Night of {day}: {counts}").format(
        day=show_date(board.night.day), counts=counts([family.verdict for family in seen])
    )
    touched = [availability for availability in available if pipelines.issuperset(availability.data_set.pipelines)]
    incidents = [incident for incident in board.incidents if not families or incident.family.key in families]
    paragraphs = [*_ready(touched), *("\n".join(lines(incident, desk)) for incident in incidents)]
    paragraphs += [] if incidents else [_("No incident.")]
    if base := settings().base_url.rstrip("/"):
        paragraphs.append(f"{base}/pipelines?night={board.night.day}")
    return subject, "\n\n".join(paragraphs) + "\n"


def _ready(available: list[Availability]) -> Iterator[str]:
    """A paragraph for each of the three words that is said."""
    for state in State:
        if some := [availability for availability in available if availability.state is state]:
            sentences = [
                _("{label}: {value}").format(label=availability.data_set.name, value=availability.words)
                for availability in some
            ]
            yield "\n".join([_("{head}:").format(head=_(HEADS[state])), *(f"- {sentence}" for sentence in sentences)])


def lines(incident: Incident, desk: Desk | None = None) -> Iterator[str]:
    """An incident in a message: what, why, its error, who is on it, and what to do."""
    yield f"{word(incident.verdict)} {incident.family.name}{f' · {incident.pipeline}' if incident.pipeline else ''}"
    yield sentence(incident.why)
    if error := error_of(incident.judged.failed if incident.judged else None):
        yield error
    standing = desk.open.get(key_of(incident)) if desk else None
    if desk and standing and (taken := standing.taken(desk.at)) and taken.until:
        yield _("{owner} is on it until {moment}").format(owner=taken.owner, moment=show_moment(taken.until))
    if incident.family.runbook:
        yield incident.family.runbook


def message(connection: sa.Connection, night: date, audience: str = EVERYBODY) -> Message | None:
    """The message of a night to an audience, kept or sent."""
    row = connection.execute(sa.select(*_COLUMNS).filter_by(night=night, audience=audience)).first()
    return Message(*row) if row else None


def messages(connection: sa.Connection, until: date, most: int = 30) -> list[Message]:
    """The last messages up to a night, the newest first."""
    rows = sa.select(*_COLUMNS).where(morning_messages.c.night <= until)
    ordered = rows.order_by(morning_messages.c.night.desc(), morning_messages.c.audience).limit(most)
    return [Message(*row) for row in connection.execute(ordered)]


_COLUMNS = [morning_messages.c[name] for name in Message.__dataclass_fields__]


def keep(
    connection: sa.Connection, night: date, audience: str, subject: str, text: str, *, who: str, now: datetime
) -> Message:
    """Keep the text of a message that is not sent yet. Raises InputInvalid without a text, Conflict once sent."""
    if not text.strip():
        raise InputInvalid(_("Write what people are to be told."))
    before = message(connection, night, audience)
    if before and before.sent_at:
        raise Conflict(_("The message was sent meanwhile."), current={"text": before.text}, proposed={"text": text})
    values = {"subject": " ".join(subject.splitlines())[:300], "text": text, "who": who, "as_of": now}
    if before is None:
        connection.execute(sa.insert(morning_messages).values(night=night, audience=audience, **values))
    else:
        connection.execute(sa.update(morning_messages).where(morning_messages.c.id == before.id).values(**values))
    kept = message(connection, night, audience)
    assert kept is not None
    if who != VIGIE:
        _audit(connection, who, "write", kept, now)
    return kept


def send(connection: sa.Connection, kept: Message, mails: Iterable[Mail], *, who: str, now: datetime) -> int:
    """Tell a message to those of its audience, in the transaction that decides; gives to how many."""
    if kept.sent_at is None:
        connection.execute(sa.update(morning_messages).where(morning_messages.c.id == kept.id).values(sent_at=now))
        _audit(connection, who, "send", kept, now)
    to = sorted({mail.to for mail in mails if mail.morning is not None and audience_of(mail) == kept.audience})
    return len(outbox.tell(connection, [_notice(kept, address) for address in to]))


def channel(to: str) -> Channel:
    """By which way a recipient is told."""
    return Channel.TEAMS if to.startswith("${") else Channel.MAIL


def _notice(kept: Message, to: str) -> Notice:
    """A message as one recipient is told it."""
    return Notice(f"{KIND}:{kept.id}", str(kept.night), to, kept.subject, kept.text, channel(to))


def due(rules: Rules, now: datetime) -> list[Mail]:
    """The rules whose hour of the morning has come, on this working day."""
    there = local(now)
    return [
        mail
        for mail in rules.on(rules.night_at(now).day).mails
        if mail.morning is not None and there.time() >= mail.morning and is_working_day(there.date(), mail.holidays)
    ]


def _audit(connection: sa.Connection, who: str, action: str, kept: Message, now: datetime) -> None:
    key = f"{kept.night} {kept.audience}".strip()
    after = {"subject": kept.subject, "text": kept.text}
    changes.record(connection, who=who, entity="morning message", key=key, action=action, after=after, at=now)
