"""The demo accounts: one a role, with passwords that the sign-in screen shows. They exist with demo data alone."""

from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from core.base import clock
from core.people import accounts
from core.people.person import Role
from core.store.schema import people

SQUADS = frozenset({"Téléphonie"})
"""The squads of the demo's squad member."""

PASSWORDS = {role: f"vigie-demo-{role.value}" for role in Role}

DISPLAY_NAMES = {
    Role.SQUAD: "Camille Roux",
    Role.DUTY: "Nadia Benali",
    Role.LEAD: "Hugo Lefèvre",
    Role.COMPLIANCE: "Inès Moreau",
    Role.INSPECTOR: "Paul Girard",
    Role.ADMIN: "Sofia Lambert",
}


def ensure(connection: sa.Connection) -> None:
    """Make the demo accounts that are missing, each named like its role."""
    for role in Role:
        if accounts.find(connection, role.value) is None:
            accounts.add(connection, who="demo", password=PASSWORDS[role], demo=True, **described(role))


def described(role: Role) -> dict[str, Any]:
    """Whose account stands for a role: what `accounts.add` is told of it."""
    return {
        "name": role.value,
        "role": role,
        "display_name": DISPLAY_NAMES[role],
        "squads": SQUADS if role is Role.SQUAD else (),
        "expires_at": clock.now() + timedelta(days=30) if role is Role.INSPECTOR else None,
    }


def present(connection: sa.Connection) -> list[tuple[str, Role, str]]:
    """Name, role and password of the open demo accounts, in the roles' order."""
    is_open = sa.and_(people.c.demo, people.c.closed_at.is_(None))
    names = set(connection.scalars(sa.select(people.c.name).where(is_open)))
    return [(role.value, role, PASSWORDS[role]) for role in Role if role.value in names]
