"""A name and a password: whose are they?"""

import logging
from datetime import datetime

import sqlalchemy as sa

from core.base.errors import NotAllowed
from core.base.i18n import _, show_moment
from core.people import accounts, passwords, throttle
from core.people.person import Person
from core.store.engine import Store
from core.store.schema import people

log = logging.getLogger("vigie.auth")


def check(store: Store, name: str, password: str, address: str, now: datetime) -> Person:
    """The person of a name and a password typed at an address.

    Raises NotAllowed with one sentence: it is the same, after the same time, for a wrong password, a name that does
    not exist and a closed account; another one tells when too many attempts may go on, or when an access ended.
    """
    name = accounts.normal(name)
    with store.write() as connection:
        throttle.enter(connection, name, address, now)
    with store.read() as connection:
        account = accounts.find(connection, name)
        password_hash = connection.scalar(sa.select(people.c.password_hash).where(people.c.name == name))
    same = passwords.matches(password, password_hash)
    if not same or account is None or account.closed_at is not None:
        log.warning("sign-in refused", extra={"account": name if account else "unknown", "address": address})
        raise NotAllowed(_("The name or the password is wrong."))
    ends = account.person.expires_at
    if ends is not None and ends <= now:
        raise NotAllowed(_("Your access ended on {moment}.").format(moment=show_moment(ends)))
    with store.write() as connection:
        throttle.forgive(connection, name, address)
    return account.person
