"""Mails of the night: each failure once to whoever the rules name, and a digest in the morning."""

from collections.abc import Iterable, Iterator
from datetime import datetime

import sqlalchemy as sa

from core.base.i18n import _, local, show_date, speaking
from core.base.status import Verdict, word
from core.facts.query import Reader
from core.mission.discovery import warehouse
from core.people.person import EVERYTHING
from core.tell.outbox import Notice
from pages.pipelines import rules
from pages.pipelines.acts.desk import follow
from pages.pipelines.board import Board, Incident
from pages.pipelines.facts import PIPELINE_RUNS
from pages.pipelines.headline import counts, last_night, to_the_minute
from pages.pipelines.night import board_of
from pages.pipelines.rules import Mail, Rules
from pages.pipelines.why import sentence
from pages.pipelines.words import error_of

LANGUAGE = "fr"
"""Addresses of the rules are no accounts of Vigie: their language is not known."""


def notices(connection: sa.Connection, now: datetime) -> Iterable[Notice]:
    """What is to be told of the night by now, after the desk was brought up to it. Raises QueryFailed and
    RulesInvalid."""
    told, reader = rules.in_force(), warehouse().reader(EVERYTHING)
    if reader.fresh(PIPELINE_RUNS) is None:
        return []
    board = board_of(reader, told, told.night.at(now), to_the_minute(now), replay=False)
    follow(connection, board, frozenset(family.key for family in told.families), now)
    with speaking(LANGUAGE):
        return [*_failures(board, told), *_digests(reader, told, now)]


def _failures(board: Board, told: Rules) -> Iterator[Notice]:
    """One mail a pipeline, night and address, however often it fails in that night."""
    night = board.night
    for mail in told.mails if board.incidents else ():
        for one in _of(mail, board):
            if mail.failures and one.verdict is Verdict.KO:
                name = one.pipeline or one.family.name
                yield Notice(
                    what=f"pipelines.failure:{night.day}:{one.family.key}",
                    step=one.pipeline or "",
                    to=mail.to,
                    subject=_("{pipeline} failed in the night of {day}").format(
                        pipeline=name, day=show_date(night.day)
                    ),
                    text="\n".join(_lines(one)) + "\n",
                )


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
