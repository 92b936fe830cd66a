"""Messages of the night: each incident once to whoever the rules name or chose it, again where it gets worse, one when
it is over, and a digest in the morning. What is held back is kept with its reason.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import cache

import sqlalchemy as sa

from core.base.i18n import _, local, show_date, show_moment, speaking
from core.base.settings import settings
from core.base.status import Verdict, word
from core.facts.query import Reader
from core.mission.discovery import warehouse
from core.people.person import EVERYTHING
from core.store.engine import store
from core.store.schema import outbox
from core.tell.outbox import Channel, Notice, Reason, State
from pages.pipelines import rules
from pages.pipelines.acts.choices import chosen
from pages.pipelines.acts.desk import follow
from pages.pipelines.board import Board, Incident
from pages.pipelines.desk import Action, Desk, Standing, desk_at, is_one, key_of, kind_words, scope_words
from pages.pipelines.facts import PIPELINE_RUNS
from pages.pipelines.headline import board_before, counts, last_night, to_the_minute
from pages.pipelines.night import board_of
from pages.pipelines.rules import Mail, Rules
from pages.pipelines.thresholds import Case, Shares, held, wants
from pages.pipelines.why import sentence
from pages.pipelines.words import error_of

LANGUAGE = "fr"
"""Addresses of the rules are no accounts of Vigie: their language is not known."""
INCIDENT, OVER = "pipelines.incident", "over"
JUDGED = (Verdict.OK, Verdict.WARNING, Verdict.KO)


def notices(connection: sa.Connection, now: datetime) -> Iterable[Notice]:
    """What is to be told of the night by now, after the desk was brought up to it. Raises QueryFailed and
    RulesInvalid."""
    told, reader = rules.in_force(), warehouse().reader(EVERYTHING)
    if reader.fresh(PIPELINE_RUNS) is None:
        return []
    board = board_of(reader, told, told.night.at(now), to_the_minute(now), replay=False)
    desk = follow(connection, board, frozenset(family.key for family in told.families), now)
    wanted = [*told.mails, *chosen(connection, told, now)]
    with speaking(LANGUAGE):
        return [
            *_incidents(desk, board, told, wanted, _shares(reader, told, board, now)),
            *_overs(connection, desk, board, wanted),
            *_digests(reader, told, now),
        ]


def _incidents(desk: Desk, board: Board, told: Rules, wanted: list[Mail], shares: Shares) -> Iterator[Notice]:
    """Each open incident to whoever is to be told of it. What one rule holds back and another sends is sent."""
    on_board = {key_of(one): one for one in board.incidents if is_one(one)}
    families = {family.key: family for family in told.on(board.night.day).families}
    found: list[Notice] = []
    for key, standing in desk.open.items():
        case = Case(standing, on_board.get(key), families.get(standing.family), told, desk, desk.at)
        worse = sum(step.action is Action.WORSE for step in standing.steps)
        for mail in wanted:
            if wants(mail, case):
                found.append(
                    Notice(
                        what=f"{INCIDENT}:{standing.id}",
                        step=f"worse {worse}" if worse else "opened",
                        to=mail.to,
                        subject=_subject(standing, board),
                        text="\n".join(_told(case, board, mail, shares)) + "\n",
                        channel=channel(mail.to),
                        held=held(mail, case, shares),
                    )
                )
    yield from sorted(found, key=lambda one: one.held is None)


def _overs(connection: sa.Connection, desk: Desk, board: Board, wanted: list[Mail]) -> Iterator[Notice]:
    """One message when an incident is over, to those who were told of it and want that; what was held back is told to
    nobody any more."""
    silent = {mail.to for mail in wanted if not mail.over}
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
        for to in sorted({row.recipient for row in rows if row.state == State.SENT and row.step != OVER} - silent):
            name = scope_words(standing.scope, board)
            lines = [
                _("{name}: back to normal at {moment}, after {kind}.").format(
                    name=name, moment=show_moment(ended), kind=kind_words(standing.kind)
                ),
                *(f"{step.who}: {step.note}" for step in standing.notes),
            ]
            subject = _("Over: {name}").format(name=name)
            yield Notice(f"{INCIDENT}:{standing.id}", OVER, to, subject, "\n".join(lines) + "\n", channel(to))


def recheck(notice: Notice, now: datetime) -> Reason | None:
    """Whether an incident is still to be told at the moment of sending: it may be over, or silenced since."""
    if notice.step == OVER:
        return None
    number = int(notice.what.partition(":")[2])
    with store().read() as connection:
        desk = desk_at(connection, (family.key for family in rules.in_force().families), now)
    standing = next((one for one in desk.open.values() if one.id == number), None)
    if standing is None:
        return Reason.RECOVERED
    return Reason.SILENCE if desk.silence(standing.scope) else None


def channel(to: str) -> Channel:
    """By which way a recipient is told."""
    return Channel.TEAMS if to.startswith("${") else Channel.MAIL


def _shares(reader: Reader, told: Rules, board: Board, now: datetime) -> Shares:
    """In how many of the last nights a scope was KO, and how many of them were judged; the present night is one."""

    @cache
    def verdicts(night: int) -> dict[str, Verdict]:
        its = board if night == 0 else board_before(reader, told, board.night, night, now)
        found = {one.family.key: one.verdict for one in its.families}
        return found | {f"{one.family.key}/{one.member.pipeline}": one.judged.verdict for one in its.members}

    def share(standing: Standing, nights: int) -> tuple[int, int]:
        seen = [verdicts(night).get(standing.scope) for night in range(nights)]
        return seen.count(Verdict.KO), sum(verdict in JUDGED for verdict in seen)

    return share


def _subject(standing: Standing, board: Board) -> str:
    name, _slash, pipeline = standing.scope.partition("/")
    known = {"name": pipeline or scope_words(name, board), "day": show_date(board.night.day)}
    if standing.verdict is Verdict.UNKNOWN:
        return _("{name}: not known, its source was not read in time").format(**known)
    if standing.verdict is Verdict.WARNING:
        return _("{name} not as expected in the night of {day}").format(**known)
    return _("{name} failed in the night of {day}").format(**known)


def _told(case: Case, board: Board, mail: Mail, shares: Shares) -> Iterator[str]:
    """The lines of a message about an incident."""
    standing = case.standing
    if case.incident:
        yield from _lines(case.incident)
    else:
        name = scope_words(standing.scope, board)
        since = show_moment(standing.opened_at)
        yield _("{verdict} {name}: {kind}, since {moment}").format(
            verdict=word(standing.verdict), name=name, kind=kind_words(standing.kind), moment=since
        )
    if mail.share:
        bad, judged = shares(standing, mail.share.nights)
        yield _("KO in {bad} of the last {judged} judged nights.").format(bad=bad, judged=judged)
    if base := settings().base_url.rstrip("/"):
        yield ""
        yield f"{base}/pipelines?night={board.night.day}&family={standing.family}&tab=duty"


def _digests(reader: Reader, told: Rules, now: datetime) -> Iterator[Notice]:
    """One mail a night and address, from the address's hour on."""
    night = told.night.of(last_night(now))
    wanting = [mail for mail in told.mails if mail.morning is not None and local(now).time() >= mail.morning]
    board = board_of(reader, told, night, to_the_minute(now), replay=False) if wanting else None
    for mail in wanting:
        assert board is not None
        lines = [line for one in _of(mail, board) for line in (*_lines(one), "")] or [_("No incident.")]
        yield Notice(
            what="pipelines.digest",
            step=str(night.day),
            to=mail.to,
            channel=channel(mail.to),
            subject=_("Night of {day}: {counts}").format(day=show_date(night.day), counts=counts(board)),
            text="\n".join(lines).rstrip() + "\n",
        )


def _of(mail: Mail, board: Board) -> list[Incident]:
    return [one for one in board.incidents if not mail.families or one.family.key in mail.families]


def _lines(incident: Incident) -> Iterator[str]:
    yield f"{word(incident.verdict)} {incident.family.name}{f' · {incident.pipeline}' if incident.pipeline else ''}"
    yield sentence(incident.why)
    if error := error_of(incident.judged.failed if incident.judged else None):
        yield error
    if incident.family.runbook:
        yield incident.family.runbook
