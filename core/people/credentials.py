"""A name and a password: whose are they?"""

import logging
from datetime import datetime

import sqlalchemy as sa

from core.base.errors import NotAllowed
from core.base.i18n import _, show_moment
from core.base.settings import settings
from core.people import accounts, passwords, throttle
from core.people.person import Person
from core.store.engine import Store
from core.store.schema import people

log = logging.getLogger("vigie.auth")


def check(store: Store, name: str, password: str, address: str, now: datetime) -> Person:
    """The person of a name and a password typed at an address.

    Raises NotAllowed with one sentence: it is the same, after the same time, for a wrong password, a name that does
    not exist, a closed account and a demo account where there is no demo; another one tells when too many attempts may
    go on, or when an access or a first password ended.
    """
    name = accounts.normal(name)
    with store.read() as connection:
        account = accounts.find(connection, name)
        hash_and_end = sa.select(people.c.password_hash, people.c.password_until).where(people.c.name == name)
        password_hash, password_until = connection.execute(hash_and_end).first() or (None, None)
    told = {"account": name if account else "unknown", "address": address}
    with store.write() as connection:
        free_at = throttle.enter(connection, name, address, now)
    if free_at is not None:
        log.warning("sign-in delayed", extra=told)
        raise NotAllowed(throttle.told(free_at, now))
    same = passwords.matches(password, password_hash)
    dead = account is None or account.closed_at is not None or (account.person.demo and not settings().demo)
    if not same or account is None or dead:
        log.warning("sign-in refused", extra=told)
        raise NotAllowed(_("The name or the password is wrong."))
    if password_until is not None and password_until <= now:
        log.warning("sign-in refused: the first password is over", extra=told)
        raise NotAllowed(_("This first password has ended: ask an administrator for a new one."))
    ends = account.person.expires_at
    if ends is not None and ends <= now:
        log.warning("sign-in refused: the access is over", extra=told)
        raise NotAllowed(_("Your access ended on {moment}.").format(moment=show_moment(ends)))
    with store.write() as connection:
        throttle.forgive(connection, name, address)
        if passwords.outdated(str(password_hash)):
            mine = sa.and_(people.c.name == name, people.c.password_hash == password_hash)
            anew = passwords.hashed_unjudged(password)
            connection.execute(sa.update(people).where(mine).values(password_hash=anew))
    return account.person
