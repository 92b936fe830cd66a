"""Accounts that tests sign in with: one a role, named like it, with a password of its own."""

import sqlalchemy as sa

from core.people import accounts, demo
from core.people.person import Role


def password(name: str) -> str:
    """The password of the account of that name."""
    return f"only tests know {name}"


def ensure(connection: sa.Connection) -> None:
    """Make those that are missing, as the demo has them."""
    for role in Role:
        if accounts.find(connection, role.value) is None:
            accounts.add(connection, who="test", password=password(role.value), chosen=True, **demo.described(role))
