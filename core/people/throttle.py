"""Against guessing: after some failures a name waits at an address, longer each time, never for long.

Counted in the store, for every process. A wait belongs to a name *and* an address: whoever guesses a name elsewhere
does not make its person wait, and no wait is so long that a stranger could keep a person out. Where an address guesses
many names, each of them has fewer tries there.
"""

import ipaddress
from datetime import datetime, timedelta

import sqlalchemy as sa

from core.base.i18n import _, local, show_moment, show_time
from core.people.sessions import digest
from core.store.schema import attempts

WINDOW = timedelta(minutes=15)
"""Failures older than this are forgotten."""
FREE = 6
"""Tries of a name at an address before it waits."""
FIRST_WAIT = timedelta(seconds=5)
LONGEST_WAIT = timedelta(minutes=1)
BUSY_ADDRESS = 100
"""Failures at an address after which every name has one try there before it waits."""


def enter(connection: sa.Connection, name: str, address: str, now: datetime) -> datetime | None:
    """Count an attempt before its password is looked at, so that parallel guesses count too.

    Gives the moment to try again when the name has to wait at this address; the transaction is to be kept all the same.
    """
    connection.execute(sa.delete(attempts).where(attempts.c.at < now - WINDOW))
    # The clock was put back: what it wrote in the meantime counts as of now, so that nobody waits for tomorrow.
    connection.execute(sa.update(attempts).where(attempts.c.at > now).values(at=now))
    at_address = attempts.c.address == network(address)
    same = sa.and_(at_address, attempts.c.name_hash == digest(name))
    count, last = connection.execute(sa.select(sa.func.count(), sa.func.max(attempts.c.at)).where(same)).one()
    everybodys = connection.scalar(sa.select(sa.func.count()).where(at_address)) or 0
    free_at = last + wait(count, free=1 if everybodys >= BUSY_ADDRESS else FREE) if last else now
    if free_at > now:
        return free_at
    connection.execute(sa.insert(attempts).values(name_hash=digest(name), address=network(address), at=now))
    return None


def told(free_at: datetime, now: datetime) -> str:
    """The sentence for somebody who has to wait, rounded up to the minute that it shows: trying then works."""
    shown = free_at if free_at.second == free_at.microsecond == 0 else free_at + timedelta(minutes=1)
    time = show_time(shown) if local(shown).date() == local(now).date() else show_moment(shown)
    return _("Too many attempts. Try again at {time}.").format(time=time)


def forgive(connection: sa.Connection, name: str, address: str) -> None:
    """Forget the attempts of a name at an address after a success there."""
    same = sa.and_(attempts.c.name_hash == digest(name), attempts.c.address == network(address))
    connection.execute(sa.delete(attempts).where(same))


def wait(failures: int, *, free: int = FREE) -> timedelta:
    """How long a name waits after so many failures at an address: twice as long each time, up to the longest."""
    over = failures - free
    return timedelta() if over < 0 else min(FIRST_WAIT * 2 ** min(over, 10), LONGEST_WAIT)


def network(address: str) -> str:
    """What counts as one address: of IPv6 the network of 64 bits that one household is given."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address[:64]
    if found.version == 4:
        return str(found)
    return str(found.ipv4_mapped or ipaddress.ip_network((found, 64), strict=False))
