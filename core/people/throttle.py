"""Against guessing: after some failures, a name or an address waits. Counted in the store, for every process."""

from datetime import datetime, timedelta

import sqlalchemy as sa

from core.base.errors import NotAllowed
from core.base.i18n import _, show_time
from core.people.sessions import digest
from core.store.schema import attempts

WINDOW = timedelta(minutes=15)
PER_NAME_AND_ADDRESS = 6
PER_NAME = 20
PER_ADDRESS = 100


def enter(connection: sa.Connection, name: str, address: str, now: datetime) -> None:
    """Count an attempt before its password is looked at, so that parallel guesses count too.

    Raises NotAllowed, saying when to try again, when the name or the address had too many. The limit for a name at one
    address comes first: a stranger's guesses elsewhere do not soon lock the person out.
    """
    connection.execute(sa.delete(attempts).where(attempts.c.at < now - WINDOW))
    same_name = attempts.c.name_hash == digest(name)
    same_address = attempts.c.address == address
    free_at = max(
        _free_at(connection, sa.and_(same_name, same_address), PER_NAME_AND_ADDRESS, now),
        _free_at(connection, same_name, PER_NAME, now),
        _free_at(connection, same_address, PER_ADDRESS, now),
    )
    if free_at > now:
        # Rounded up to the minute that the sentence shows: trying then works.
        shown = free_at if free_at.second == 0 else free_at + timedelta(minutes=1)
        raise NotAllowed(_("Too many attempts. Try again at {time}.").format(time=show_time(shown)))
    connection.execute(sa.insert(attempts).values(name_hash=digest(name), address=address, at=now))


def forgive(connection: sa.Connection, name: str, address: str) -> None:
    """Forget the attempts of a name at an address after a success there."""
    connection.execute(sa.delete(attempts).where(attempts.c.name_hash == digest(name), attempts.c.address == address))


def _free_at(connection: sa.Connection, whose: sa.ColumnElement[bool], limit: int, now: datetime) -> datetime:
    """When the oldest of the last `limit` attempts leaves the window; `now` when there were fewer."""
    times = connection.scalars(sa.select(attempts.c.at).where(whose).order_by(attempts.c.at.desc()).limit(limit)).all()
    return times[-1] + WINDOW if len(times) == limit else now
