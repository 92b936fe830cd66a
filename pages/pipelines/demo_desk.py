"""The demo's duty desk: what the nights of `demo` left there, acted by the demo's people.

A failure of last night that came before, with what was noted then; one that is silenced for a while, one that was
closed; the morning message of the night before, as it went. Told anew with each story: what people did at the demo's
desk goes with the old one.
"""

from collections.abc import Sequence
from datetime import datetime, time, timedelta

import sqlalchemy as sa

from core.base import clock
from core.base.i18n import speaking
from core.base.status import LOOKS, Verdict
from core.mission.discovery import warehouse
from core.people.person import EVERYTHING, Role
from core.store.engine import store
from core.store.schema import incident_steps, incidents, morning_messages, outbox, silences
from core.tell.outbox import Notice, Reason, State, tell
from pages.pipelines import MISSION, demo, rules
from pages.pipelines.acts import morning
from pages.pipelines.acts.desk import follow, note, silence
from pages.pipelines.availability import BACK, availabilities
from pages.pipelines.board import Board
from pages.pipelines.desk import VIGIE, Action, Desk, Key, desk_at
from pages.pipelines.headline import last_night
from pages.pipelines.night import board_of, ends_before

WHO, OWNER = Role.DUTY.value, "Nadia Benali"
BEFORE = (
    (13, "Dépôt en retard chez le partenaire, fichier redemandé ; relancé à 06:10."),
    (34, "Fichier arrivé sous un autre nom : renommé, puis relancé."),
    (61, "Dépôt absent : le partenaire l’a remis à 05:40, relancé aussitôt."),
)
"""Nights before the last one in which its gravest failure came too, and what was noted then."""
CALL = "astreinte@demo.example"


def make(seed: int, until: datetime) -> None:
    """Tell the nights, then the desk, up to a moment (UTC)."""
    demo.make(seed, until)
    in_force, reader = rules.in_force(), warehouse().reader(EVERYTHING)
    night = in_force.night_of(last_night(until))
    followed, sent = (min(until, night.moment(hour)) for hour in (time(6), time(7, 30)))
    board = board_of(reader, in_force, night, followed, replay=True)
    before = in_force.night_of(night.day - timedelta(days=1))
    kept_at = before.moment(time(7, 30))
    board_then = board_of(reader, in_force, before, kept_at, replay=True)
    available = list(availabilities(board_then, ends_before(reader, in_force, before, BACK)))
    keys = frozenset(family.key for family in in_force.families)
    with clock.at(sent), store().write() as connection:
        _empty(connection)
        worst = _worst(board, connection, keys, followed)
        for days, note in BEFORE:
            _past(connection, worst, night.moment(time(2, 15)) - timedelta(days=days), note)
        desk = desk_at(connection, keys, followed)
        _acted(connection, desk, worst, sent)
        _told(connection, desk, worst, sent)
        with speaking(morning.LANGUAGE):
            subject, text = morning.composed(board_then, available, desk_at(connection, keys, kept_at))
        kept = morning.keep(connection, before.day, morning.EVERYBODY, subject, text, who=WHO, now=kept_at)
        morning.send(connection, kept, (), who=WHO, now=kept_at)


def _empty(connection: sa.Connection) -> None:
    """Take away an older story."""
    for table in (incident_steps, incidents, silences, morning_messages):
        connection.execute(sa.delete(table))
    connection.execute(sa.delete(outbox).where(outbox.c.what.startswith(f"{MISSION.key}.", autoescape=True)))


def _worst(board: Board, connection: sa.Connection, keys: frozenset[str], at: datetime) -> Key | None:
    """Bring the desk up to the board; the gravest incident that is then open."""
    ranked = sorted(
        follow(connection, board, keys, at).open.values(),
        key=lambda incident: (-LOOKS[incident.verdict].severity, incident.scope),
    )
    return ranked[0].key if ranked else None


def _past(connection: sa.Connection, key: Key | None, at: datetime, note: str) -> None:
    """The same failure in an earlier night, taken, noted and over."""
    if key is None:
        return
    over = at + timedelta(hours=4)
    made = connection.execute(sa.insert(incidents).values(scope=key[0], kind=key[1], opened_at=at, closed_at=over))
    assert made.inserted_primary_key is not None
    steps: Sequence[tuple[timedelta, str, Action, str, str | None]] = (
        (timedelta(), VIGIE, Action.OPENED, "", None),
        (timedelta(minutes=25), WHO, Action.TAKEN, "", OWNER),
        (timedelta(hours=3), WHO, Action.NOTED, note, None),
        (timedelta(hours=4), VIGIE, Action.RECOVERED, "", None),
    )
    for after, who, action, text, owner in steps:
        values = {"incident_id": made.inserted_primary_key[0], "at": at + after, "who": who, "action": action}
        opened = {"night": at.date(), "verdict": Verdict.KO} if who == VIGIE else {}
        until = over if owner else None
        connection.execute(sa.insert(incident_steps).values(**values, **opened, note=text, owner=owner, until=until))


def _acted(connection: sa.Connection, desk: Desk, worst: Key | None, at: datetime) -> None:
    """Of the others that are open, one is closed and one silenced."""
    others = [standing for key, standing in sorted(desk.open.items()) if key != worst]
    for other in others[:1]:
        note(connection, other, "Relancé à la main, données complètes.", who=WHO, now=at, close=True)
    for standing in others[1:2]:
        silence(connection, standing.scope, at + timedelta(hours=8), "Bascule prévue ce matin.", who=WHO, now=at)


def _told(connection: sa.Connection, desk: Desk, worst: Key | None, at: datetime) -> None:
    """What was told of them, and held back; nothing of it is left to be sent."""
    quiet = {
        silence.scope
        for silence in desk_at(connection, {key.partition("/")[0] for key, _kind in desk.open}, at).silences
    }
    tell(
        connection,
        [
            Notice(
                f"{MISSION.key}.incident:{standing.id}",
                "opened",
                CALL,
                standing.scope.rpartition("/")[2],
                f"{desk.words(standing.kind)}\n",
                held=Reason.SILENCE if standing.scope in quiet else None,
            )
            for key, standing in desk.open.items()
            if key == worst or standing.scope in quiet
        ],
    )
    sent = sa.update(outbox).where(outbox.c.recipient == CALL, outbox.c.state == State.DUE)
    connection.execute(sent.values(state=State.SENT, sent_at=at))
