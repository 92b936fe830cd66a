"""Accounts: who may sign in, as what. Every change is audited, and a change of rights ends the person's sessions."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from core.base import addresses, clock
from core.base.errors import InputInvalid
from core.base.i18n import LANGUAGES, _
from core.base.settings import settings
from core.people import passwords
from core.people.person import Person, Role
from core.store import changes
from core.store.schema import people, sessions

NAME = re.compile(r"[\w.@+-]{1,100}")
HOUSE = frozenset({"vigie", "declarations", "backup", "start", "oidc", "demo"})
"""Names that Vigie writes under itself: no new account bears one. One that does since before goes on working."""
LONGEST_SHOWN = 100
ENTITY = "account"
FIRST_PASSWORD_LIVES = timedelta(days=1)
"""How long a password that somebody else made opens the account, to be changed."""
AUDITED = ("display_name", "email", "role", "squads", "expires_at", "closed_at", "demo")


@dataclass(frozen=True)
class Account:
    """A row of `people`: the person, and what only account keeping needs. Never the password's hash."""

    person: Person
    version: int
    closed_at: datetime | None
    seen_at: datetime | None
    by_oidc: bool

    def active(self, now: datetime) -> bool:
        """Whether the account may be used: not closed, not past its end, and no demo account where there is no demo."""
        ends = self.person.expires_at
        if self.person.demo and not settings().demo:
            return False
        return self.closed_at is None and (ends is None or now < ends)


def normal(name: str) -> str:
    """The account name as it is stored and compared: trimmed, lower case."""
    return name.strip().casefold()


def person(row: sa.RowMapping) -> Person:
    """A person from a row of `people`."""
    return Person(
        id=row["id"],
        name=row["name"],
        display_name=row["display_name"],
        role=Role(row["role"]),
        squads=frozenset(row["squads"]),
        language=row["language"],
        email=row["email"],
        expires_at=row["expires_at"],
        demo=row["demo"],
        toured=row["tour_closed_at"] is not None,
        columns=row["columns"] or {},
        first_password=row["password_until"] is not None,
    )


def find(connection: sa.Connection, name: str) -> Account | None:
    """The account of that name, closed ones too."""
    row = connection.execute(sa.select(people).where(people.c.name == normal(name))).mappings().first()
    return of(row) if row else None


def everyone(connection: sa.Connection) -> list[Account]:
    """Every account, closed ones too, by name."""
    return [of(row) for row in connection.execute(sa.select(people).order_by(people.c.name)).mappings()]


def names(connection: sa.Connection) -> dict[str, str]:
    """What people are called, by the names of their accounts, closed ones too."""
    rows = connection.execute(sa.select(people.c.name, people.c.display_name))
    return {row.name: row.display_name for row in rows}


def add(
    connection: sa.Connection,
    *,
    who: str,
    name: str,
    role: Role,
    display_name: str = "",
    email: str | None = None,
    squads: Iterable[str] = (),
    expires_at: datetime | None = None,
    password: str | None = None,
    chosen: bool = False,
    oidc_subject: str | None = None,
    demo: bool = False,
) -> Account:
    """Make an account; `who` is named in the audit. Without a password it signs in by OpenID Connect alone. One that
    its person has not `chosen` has to be changed at first use, within a day.

    Raises InputInvalid when the name is taken, Vigie's own or not one, the address is none, an inspector has no end
    date, or the password is refused.
    """
    if not NAME.fullmatch(normal(name)):
        raise InputInvalid(_("A name holds letters, digits and . @ + - _ only, at most 100."))
    if normal(name) in HOUSE:
        raise InputInvalid(
            _("Vigie writes under the name {name} itself: choose another one.").format(name=normal(name))
        )
    if find(connection, name):
        raise InputInvalid(_("There is an account named {name} already.").format(name=normal(name)))
    values = {
        "display_name": _shown(display_name) or name.strip(),
        "email": email or None,
        "role": role.value,
        "squads": sorted(set(squads)),
        "expires_at": expires_at,
        "demo": demo,
    }
    _check(values)
    row = {
        **values,
        "name": normal(name),
        **_password(password, [name, display_name], chosen=chosen or demo, judged=not demo),
        "oidc_subject": oidc_subject,
    }
    connection.execute(sa.insert(people).values(row))
    changes.record(connection, who=who, entity=ENTITY, key=normal(name), action="add", after=values)
    return existing(connection, name)


def change(
    connection: sa.Connection,
    *,
    who: str,
    name: str,
    version: int,
    why: str | None = None,
    **values: Any,
) -> Account:
    """Change `display_name`, `email`, `role`, `squads` or `expires_at` of the account that still has this version.

    A change of role, squads or end ends the person's sessions. Raises InputInvalid as `add` does, or when nobody
    would be left to administrate; Conflict when somebody changed the account meanwhile.
    """
    before = _state(connection, name)
    if "display_name" in values:
        values["display_name"] = _shown(values["display_name"]) or before["display_name"]
    if "role" in values:
        values["role"] = Role(values["role"]).value
    if "squads" in values:
        values["squads"] = sorted(set(values["squads"]))
    after = {**before, **values}
    _check(after)
    sentence = _("Somebody changed this account meanwhile: look at it again.")
    changes.update(connection, people, {"name": normal(name)}, version, values, sentence=sentence)
    changes.record(
        connection, who=who, entity=ENTITY, key=normal(name), action="change", before=before, after=after, why=why
    )
    if any(before[field] != after[field] for field in ("role", "squads", "expires_at")):
        _end_sessions(connection, name)
    _keep_an_administrator(connection, before)
    return existing(connection, name)


def close(connection: sa.Connection, *, who: str, name: str, why: str | None = None) -> None:
    """Close an account and end its sessions. Raises InputInvalid when nobody would be left to administrate."""
    before = _set_closed(connection, who, name, "close", clock.now(), why)
    _end_sessions(connection, name)
    _keep_an_administrator(connection, before)


def reopen(connection: sa.Connection, *, who: str, name: str, why: str | None = None) -> None:
    """Open a closed account again."""
    _set_closed(connection, who, name, "reopen", None, why)


def set_password(connection: sa.Connection, *, who: str, name: str, password: str) -> None:
    """Set an account's password and end its sessions. One that somebody else sets has to be changed at first use,
    within a day. Raises InputInvalid when it is refused, or is the one before."""
    person = existing(connection, name).person
    this = people.c.name == person.name
    before = connection.scalar(sa.select(people.c.password_hash).where(this))
    if passwords.matches(password, before):
        raise InputInvalid(_("This is the password of before: choose another one."))
    values = _password(password, [person.name, person.display_name], chosen=normal(who) == person.name)
    connection.execute(sa.update(people).where(this).values(**values, version=people.c.version + 1))
    changes.record(connection, who=who, entity=ENTITY, key=normal(name), action="password")
    _end_sessions(connection, name)


def speak(connection: sa.Connection, person_id: int, language: str) -> None:
    """Keep the language a person chose. Raises ValueError when it is none of ours."""
    if language not in LANGUAGES:
        raise ValueError(language)
    connection.execute(sa.update(people).where(people.c.id == person_id).values(language=language))


def close_tour(connection: sa.Connection, person_id: int, now: datetime | None) -> None:
    """Keep that a person needs the tour of the first visit no more, from now on; or again (None)."""
    connection.execute(sa.update(people).where(people.c.id == person_id).values(tour_closed_at=now))


def keep_columns(connection: sa.Connection, person_id: int, table: str, columns: Sequence[str]) -> None:
    """Keep which columns of a table a person wants to see, in their order; none: all of them, as they come."""
    mine = people.c.id == person_id
    kept = connection.execute(sa.select(people.c.columns).where(mine)).scalar_one() or {}
    others = {key: names for key, names in kept.items() if key != table}
    wanted = {**others, table: list(columns)} if columns else others
    connection.execute(sa.update(people).where(mine).values(columns=wanted or None))


def existing(connection: sa.Connection, name: str) -> Account:
    """The account of that name. Raises InputInvalid when there is none."""
    account = find(connection, name)
    if account is None:
        raise InputInvalid(_("There is no account named {name}.").format(name=normal(name)))
    return account


def _shown(name: str) -> str:
    """A shown name as one line of signs that are seen, none of which turns the writing around."""
    seen = "".join(sign if sign.isprintable() else " " for sign in name)
    return " ".join(seen.split())[:LONGEST_SHOWN].strip()


def _password(password: str | None, names: Iterable[str], *, chosen: bool, judged: bool = True) -> dict[str, Any]:
    """The columns of a password. Raises InputInvalid when it is refused."""
    if password is None:
        return {"password_hash": None, "password_until": None}
    made = passwords.hashed(password, names) if judged else passwords.hashed_unjudged(password)
    return {"password_hash": made, "password_until": None if chosen else clock.now() + FIRST_PASSWORD_LIVES}


def of(row: sa.RowMapping) -> Account:
    """An account from a row of `people`."""
    return Account(person(row), row["version"], row["closed_at"], row["seen_at"], row["oidc_subject"] is not None)


def _state(connection: sa.Connection, name: str) -> dict[str, Any]:
    """The audited fields of an account as they are stored. Raises InputInvalid when there is none."""
    existing(connection, name)
    columns = (people.c[field] for field in AUDITED)
    return dict(connection.execute(sa.select(*columns).where(people.c.name == normal(name))).mappings().one())


def _check(values: Mapping[str, Any]) -> None:
    if values["role"] == Role.INSPECTOR.value and values["expires_at"] is None:
        raise InputInvalid(_("An inspector's access needs an end date."))
    if values["email"] and not addresses.one(values["email"]):
        raise InputInvalid(_("{text} is no mail address.").format(text=values["email"]))


def _set_closed(
    connection: sa.Connection, who: str, name: str, action: str, moment: datetime | None, why: str | None
) -> dict[str, Any]:
    before = _state(connection, name)
    connection.execute(
        sa.update(people).where(people.c.name == normal(name)).values(closed_at=moment, version=people.c.version + 1)
    )
    after = {**before, "closed_at": moment}
    changes.record(
        connection, who=who, entity=ENTITY, key=normal(name), action=action, before=before, after=after, why=why
    )
    return before


def _end_sessions(connection: sa.Connection, name: str) -> None:
    theirs = sa.select(people.c.id).where(people.c.name == normal(name)).scalar_subquery()
    connection.execute(
        sa.update(sessions)
        .where(sessions.c.person_id == theirs, sessions.c.ended_at.is_(None))
        .values(ended_at=clock.now())
    )


def _keep_an_administrator(connection: sa.Connection, before: Mapping[str, Any]) -> None:
    """Undo, by raising, a change of an administrator's account after which nobody administrates."""
    now = clock.now()
    left = [one for one in everyone(connection) if one.person.role is Role.ADMIN and one.active(now)]
    if before["role"] == Role.ADMIN and not left:
        raise InputInvalid(_("At least one open administrator's account must remain."))
