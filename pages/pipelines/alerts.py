"""Messages of the night: each incident once to whoever the rules name or chose it, what gets worse as an incident of
its own, one when it is over, and what the night was in the morning. What is held back is kept with its reason.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import sqlalchemy as sa

from core.base.calendar import is_working_day
from core.base.i18n import _, local, show_date, show_moment, speaking
from core.base.settings import settings
from core.base.status import Verdict, word
from core.facts.query import Reader
from core.mission.discovery import warehouse
from core.people import accounts
from core.people.person import EVERYTHING, Person, Role
from core.show import filters, images
from core.store.engine import store
from core.store.schema import morning_messages, outbox
from core.tell.outbox import Attached, Channel, Letter, Notice, Reason, State
from pages.pipelines import rules
from pages.pipelines.acts import morning
from pages.pipelines.acts.choices import chosen
from pages.pipelines.acts.desk import follow
from pages.pipelines.acts.morning import LANGUAGE, channel
from pages.pipelines.availability import BACK, availabilities
from pages.pipelines.board import Board
from pages.pipelines.desk import VIGIE, Desk, Standing, desk_at, is_one, key_of, scope_words
from pages.pipelines.facts import PIPELINE_RUNS
from pages.pipelines.figures.timeline import TIMELINE
from pages.pipelines.headline import last_night, shares, to_the_minute
from pages.pipelines.look import Opening
from pages.pipelines.night import board_of, ends_before
from pages.pipelines.rules import Mail, Rules
from pages.pipelines.thresholds import WORKING, Case, Shares, held, wants

INCIDENT, OVER = "pipelines.incident", "over"
CARD, LOST_CARD = "pipelines.card", "pipelines.card-lost"
NEWS = timedelta(days=28)
"""An incident is told so long after it opened: that it was told is forgotten with the message, a month after it."""
NOBODY = Person(0, VIGIE, VIGIE, Role.ADMIN, frozenset())
"""Whose look a picture for the recipients of the rules is made of."""


def notices(connection: sa.Connection, now: datetime) -> Iterable[Notice]:
    """What is to be told of the night by now, after the desk was brought up to it. Raises QueryFailed and
    RulesInvalid."""
    in_force, reader = rules.in_force(), warehouse().reader(EVERYTHING)
    if reader.fresh(PIPELINE_RUNS) is None:
        return []
    board = board_of(reader, in_force, in_force.night_at(now), to_the_minute(now), replay=False)
    desk = follow(connection, board, frozenset(family.key for family in in_force.families), now, in_force.called)
    wanted = [*in_force.on(board.night.day).mails, *chosen(connection, in_force, now)]
    with speaking(LANGUAGE):
        _mornings(connection, reader, in_force, now)
        return [
            *_incidents(desk, board, in_force, wanted, shares(reader, in_force, board, now)),
            *_overs(connection, desk, board, in_force, wanted),
            *_cards(connection, wanted, now),
        ]


def _incidents(desk: Desk, board: Board, in_force: Rules, wanted: list[Mail], counted: Shares) -> Iterator[Notice]:
    """Each open incident to whoever is to be told of it. What one rule holds back and another sends is sent."""
    on_board = {key_of(incident): incident for incident in board.incidents if is_one(incident)}
    families = {family.key: family for family in in_force.on(board.night.day).families}
    notices: list[Notice] = []
    for key, standing in desk.open.items():
        if standing.opened_at < desk.at - NEWS:
            continue
        case = Case(standing, on_board.get(key), families.get(standing.family), in_force, desk, desk.at)
        for mail in wanted:
            if wants(mail, case):
                notices.append(
                    Notice(
                        what=f"{INCIDENT}:{standing.id}",
                        step="opened",
                        to=mail.to,
                        subject=_subject(standing, board),
                        text="\n".join(_told(case, board, mail, counted)) + "\n",
                        channel=channel(mail.to),
                        held=held(mail, case, counted),
                    )
                )
    yield from sorted(notices, key=lambda notice: notice.held is None)


def _overs(
    connection: sa.Connection, desk: Desk, board: Board, in_force: Rules, wanted: list[Mail]
) -> Iterator[Notice]:
    """One message when an incident is over, to those who were told of it, but where no rule by which they are wants
    that; what was held back is told to nobody any more."""
    names = cache(lambda: accounts.names(connection))
    for standing in desk.incidents:
        ended = standing.closed_at
        if ended is None:
            continue
        rows = connection.execute(sa.select(outbox).filter_by(what=f"{INCIDENT}:{standing.id}")).all()
        for row in rows:
            if row.state == State.HELD and row.reason != Reason.ADDRESS:
                yield Notice(
                    row.what, row.step, row.recipient, row.subject, row.text, Channel(row.channel), Reason.RECOVERED
                )
        mine = [mail for mail in wanted if wants(mail, Case(standing, None, None, in_force, desk, desk.at))]
        silent = {mail.to for mail in mine} - {mail.to for mail in mine if mail.over}
        for to in sorted({row.recipient for row in rows if row.state == State.SENT and row.step != OVER} - silent):
            name = scope_words(standing.scope, board)
            lines = [
                _("{name}: back to normal at {moment}, after {kind}.").format(
                    name=name, moment=show_moment(ended), kind=desk.words(standing.kind)
                ),
                *(f"{names().get(step.who, step.who)}: {step.note}" for step in standing.notes),
            ]
            subject = _("Over: {name}").format(name=name)
            yield Notice(f"{INCIDENT}:{standing.id}", OVER, to, subject, "\n".join(lines) + "\n", channel(to))


def _cards(connection: sa.Connection, wanted: list[Mail], now: datetime) -> Iterator[Notice]:
    """A card each working day to every place in Teams that the rules name, for a flow dies with its owner's account and
    nobody sees that; and a mail to those whom they name by address where it was not taken."""
    there = local(now)
    if there.time() < WORKING[0] or not is_working_day(there.date()):
        return
    day = there.date().isoformat()
    for to in sorted({mail.to for mail in wanted if channel(mail.to) is Channel.TEAMS}):
        text = _("This place is reached: what goes wrong in the night is told here.")
        yield Notice(f"{CARD}:{to}", day, to, _("Vigie: the test of the day"), text + "\n", Channel.TEAMS)
    this = sa.select(outbox).where(outbox.c.what.startswith(f"{CARD}:"), outbox.c.step == day)
    for row in connection.execute(this.where(outbox.c.state == State.FAILED)).all():
        for to in sorted({mail.to for mail in wanted if channel(mail.to) is Channel.MAIL}):
            subject = _("Teams does not take what is told to {place}").format(place=row.recipient)
            yield Notice(f"{LOST_CARD}:{row.recipient}", day, to, subject, f"{row.last_error or subject}\n")


def letter(notice: Notice, _now: datetime) -> Letter | Reason:
    """The morning message with the board as a picture, as it stood when the message was written; drawn once, then kept.

    Raises QueryFailed.
    """
    number = int(notice.what.partition(":")[2])
    with store().read() as connection:
        row = connection.execute(sa.select(morning_messages).filter_by(id=number)).first()
    if row is None:
        return Reason.GONE
    drawn = row.picture
    if drawn is None:
        with speaking(LANGUAGE):
            drawn = _picture(row)
        with store().write() as connection:
            this = sa.update(morning_messages).where(morning_messages.c.id == number)
            connection.execute(this.values(picture=drawn))
    words = _("The board of the night of {day}").format(day=show_date(row.night))
    return Letter(notice, pictures=(Attached("board.png", "image/png", drawn, words),) if drawn else ())


def _picture(row: Any) -> bytes:
    """The families of an audience and what each night lately was; nothing where there is none."""
    in_force, reader = rules.in_force(), warehouse().reader(EVERYTHING)
    opening = Opening(reader, NOBODY, row.as_of, in_force)
    hour = {"night": row.night.isoformat()}
    look = opening.look(filters.read(opening.filters, {**hour, "family": row.audience} if row.audience else hour))
    look = replace(look, board=board_of(reader, in_force, look.night, to_the_minute(row.as_of), replay=True))
    frame = TIMELINE.frame(look)
    if frame.empty:
        return b""
    return images.png(TIMELINE.drawing(look, frame), title=row.subject, notes=[])


def recheck(notice: Notice, now: datetime) -> Reason | None:
    """Whether an incident is still to be told at the moment of sending: it may be over, or silenced since."""
    if notice.step == OVER:
        return None
    number = int(notice.what.partition(":")[2])
    with store().read() as connection:
        in_force = rules.in_force()
        desk = desk_at(connection, (family.key for family in in_force.families), now, called=in_force.called)
    standing = next((incident for incident in desk.open.values() if incident.id == number), None)
    if standing is None:
        return Reason.RECOVERED
    return Reason.SILENCE if desk.silence(standing.scope) else None


def _subject(standing: Standing, board: Board) -> str:
    name, _slash, pipeline = standing.scope.partition("/")
    known = {"name": pipeline or scope_words(name, board), "day": show_date(board.night.day)}
    if standing.verdict is Verdict.UNKNOWN:
        return _("{name}: not known, its source was not read in time").format(**known)
    if standing.verdict is Verdict.WARNING:
        return _("{name} not as expected in the night of {day}").format(**known)
    return _("{name} failed in the night of {day}").format(**known)


def _told(case: Case, board: Board, mail: Mail, counted: Shares) -> Iterator[str]:
    """The lines of a message about an incident."""
    standing = case.standing
    if case.incident:
        yield from morning.lines(case.incident)
    else:
        name = scope_words(standing.scope, board)
        since = show_moment(standing.opened_at)
        yield _("{verdict} {name}: {kind}, since {moment}").format(
            verdict=word(standing.verdict), name=name, kind=case.desk.words(standing.kind), moment=since
        )
    if mail.share:
        bad, judged = counted(standing, mail.share.nights)
        yield _("KO in {bad} of the last {judged} judged nights.").format(bad=bad, judged=judged)
    if base := settings().base_url.rstrip("/"):
        yield ""
        yield f"{base}/pipelines?night={board.night.day}&family={standing.family}&tab=duty"


def _mornings(connection: sa.Connection, reader: Reader, in_force: Rules, now: datetime) -> None:
    """The morning message to whoever's hour has come and who was not told by a person; with that person's words where
    they wrote some."""
    due = morning.due(in_force, now)
    if not due:
        return
    night = in_force.night_of(last_night(now))
    board = board_of(reader, in_force, night, to_the_minute(now), replay=False)
    available = list(availabilities(board, ends_before(reader, in_force, night, BACK)))
    desk = desk_at(connection, (family.family.key for family in board.families), now, called=in_force.called)
    for audience in dict.fromkeys(map(morning.audience_of, due)):
        kept = morning.message(connection, night.day, audience)
        if kept is None:
            subject, text = morning.composed(board, available, desk, audience)
            kept = morning.keep(connection, night.day, audience, subject, text, who=VIGIE, now=now)
        morning.send(connection, kept, due, who=VIGIE, now=now)
