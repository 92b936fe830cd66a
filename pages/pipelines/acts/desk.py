"""What happens at the duty desk: incidents open and end with the board, people take, note, silence and close them."""

from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from core.base.errors import InputInvalid
from core.base.i18n import _
from core.base.status import Verdict
from core.store import changes
from core.store.schema import incident_steps, incidents, silences
from pages.pipelines.board import Board
from pages.pipelines.decisions import Called, as_written
from pages.pipelines.desk import VIGIE, Action, Desk, Key, Silence, Standing, desk_at, is_one, key_of

LONGEST = timedelta(days=31)
"""A silence, or an incident that somebody takes, has an end within that time."""
_ENTITY = "incident"


def follow(
    connection: sa.Connection,
    board: Board,
    families: frozenset[str],
    now: datetime,
    called: Called = as_written,
) -> Desk:
    """Bring the desk up to a board of the night that goes on, judged over all rows: what is new opens, what is well
    again is over, what lasts another night is noted. What gets worse is of another kind: an incident of its own.
    `families` are the keys of all that there are.

    An incident that a person closed stays closed for the night in which they did. Gives the desk as it then stands.
    """
    before = desk_at(connection, _of(connection) | families, now, called=called)
    seen: dict[Key, Verdict] = {}
    for incident in filter(is_one, board.incidents):
        seen.setdefault(key_of(incident), incident.verdict)
    for key, verdict in seen.items():
        standing = before.open.get(key)
        if standing is None:
            if not before.closed(key, board.night):
                _open(connection, key, verdict, board.night.day, VIGIE, now)
        elif all(step.night != board.night.day for step in standing.steps):
            _step(connection, standing.id, Action.AGAIN, VIGIE, now, night=board.night.day)
    for key, standing in before.open.items():
        if key not in seen and _over(standing, board, families):
            _end(connection, standing, Action.RECOVERED, VIGIE, now, "")
    return desk_at(connection, families, now, called=called)


def _of(connection: sa.Connection) -> frozenset[str]:
    """Families of the incidents that are open, those that the rules know no longer among them."""
    scopes = connection.scalars(sa.select(incidents.c.scope).where(incidents.c.closed_at.is_(None)))
    return frozenset(scope.partition("/")[0] for scope in scopes)


def _over(standing: Standing, board: Board, families: frozenset[str]) -> bool:
    """Whether what an incident is about is well again, or gone. What has not run yet, or runs, is neither."""
    if standing.family not in families:
        return True
    name = standing.scope.partition("/")[2]
    family = next((judged for judged in board.families if judged.family.key == standing.family), None)
    if family is None:
        return False
    verdicts = [member.judged.verdict for member in family.members if member.member.pipeline == name] if name else []
    verdict = (verdicts or [family.verdict])[0]
    if standing.kind in ("source", "unknown"):
        return verdict is not Verdict.UNKNOWN
    return verdict in (Verdict.OK, Verdict.WARNING)


def take(
    connection: sa.Connection, key: Key, verdict: Verdict, night: date, owner: str, until: datetime, note: str,
    *, who: str, now: datetime,
) -> None:  # fmt: skip
    """Say who is on an incident and until when (UTC); it opens where nothing did yet. Raises InputInvalid."""
    if not owner.strip():
        raise InputInvalid(_("Say who takes it."))
    number = _number(connection, key)
    if number is None:
        number = _open(connection, key, verdict, night, who, now)
    _step(connection, number, Action.TAKEN, who, now, owner=owner.strip(), until=_ending(until, now), note=note)
    _audit(connection, who, "take", key, {"owner": owner.strip(), "until": until, "note": note}, now)


def note(connection: sa.Connection, incident: Standing, text: str, *, who: str, now: datetime, close: bool) -> None:
    """Write a note on an incident, open or over; with `close` it ends. Raises InputInvalid without a text."""
    if not text.strip():
        raise InputInvalid(_("Write what was found or done."))
    if close and incident.closed_at is None:
        _end(connection, incident, Action.CLOSED, who, now, text.strip())
    else:
        _step(connection, incident.id, Action.NOTED, who, now, note=text.strip())
    _audit(connection, who, "close" if close else "note", incident.key, {"note": text.strip()}, now)


def silence(connection: sa.Connection, scope: str, until: datetime, why: str, *, who: str, now: datetime) -> None:
    """Tell nobody of a scope until a moment (UTC). Raises InputInvalid without a reason or an end."""
    if not why.strip():
        raise InputInvalid(_("Say why nobody is to be told."))
    values = {"scope": scope, "since": now, "until": _ending(until, now), "who": who, "why": why.strip()}
    connection.execute(sa.insert(silences).values(**values))
    _audit(connection, who, "silence", (scope, ""), {"until": until, "why": why.strip()}, now)


def end_silence(connection: sa.Connection, silence: Silence, *, who: str, now: datetime) -> None:
    """End a silence before its time; nothing where it ended already."""
    still = sa.update(silences).where(silences.c.id == silence.id, silences.c.ended_at.is_(None))
    if connection.execute(still.values(ended_at=now)).rowcount:
        _audit(connection, who, "tell again", (silence.scope, ""), {"why": silence.why}, now)


def _ending(until: datetime, now: datetime) -> datetime:
    if not now < until <= now + LONGEST:
        raise InputInvalid(_("Give an end within {n} days.").format(n=LONGEST.days))
    return until


def _number(connection: sa.Connection, key: Key) -> int | None:
    still = sa.select(incidents.c.id).where(incidents.c.closed_at.is_(None))
    return connection.scalar(still.filter_by(scope=key[0], kind=key[1]))


def _open(connection: sa.Connection, key: Key, verdict: Verdict, night: date, who: str, now: datetime) -> int:
    made = connection.execute(sa.insert(incidents).values(scope=key[0], kind=key[1], opened_at=now))
    assert made.inserted_primary_key is not None
    number = int(made.inserted_primary_key[0])
    _step(connection, number, Action.OPENED, who, now, verdict=verdict, night=night)
    _audit(connection, who, "open", key, {"verdict": verdict}, now)
    return number


def _end(connection: sa.Connection, incident: Standing, action: Action, who: str, now: datetime, text: str) -> None:
    connection.execute(sa.update(incidents).where(incidents.c.id == incident.id).values(closed_at=now))
    _step(connection, incident.id, action, who, now, note=text)
    if action is Action.RECOVERED:
        _audit(connection, who, "recover", incident.key, {}, now)


def _step(connection: sa.Connection, number: int, action: Action, who: str, now: datetime, **more: Any) -> None:
    values = {"incident_id": number, "action": action, "who": who, "at": now, "note": "", **more}
    connection.execute(sa.insert(incident_steps).values(**values))


def _audit(connection: sa.Connection, who: str, action: str, key: Key, after: dict[str, Any], now: datetime) -> None:
    name = " ".join(filter(None, key))[:200]
    changes.record(connection, who=who, entity=_ENTITY, key=name, action=action, after=after, at=now)
