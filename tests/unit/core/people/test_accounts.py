"""Account keeping: what is refused, what is audited, what ends sessions."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from core.base import clock
from core.base.errors import Conflict, InputInvalid
from core.people import accounts, sessions
from core.people.accounts import Account
from core.people.person import Role
from core.store.engine import Store
from core.store.schema import audit

NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)


def add(made: Store, name: str = "ana", role: Role = Role.DUTY, **values: Any) -> Account:
    with made.write() as connection:
        return accounts.add(connection, who="root", name=name, role=role, **values)


def change(made: Store, name: str = "ana", version: int = 1, **values: Any) -> Account:
    with made.write() as connection:
        return accounts.change(connection, who="root", name=name, version=version, **values)


def close(made: Store, name: str) -> None:
    with made.write() as connection:
        accounts.close(connection, who="root", name=name)


def has_session(made: Store, account: Account, act: Any) -> bool:
    """Whether a session of the account outlives what `act` does."""
    now = clock.now()
    with made.write() as connection:
        session_id = sessions.open_session(connection, account.person.id, now)
    act()
    with made.read() as connection:
        return sessions.find(connection, session_id, now) is not None


def entries(made: Store) -> list[tuple[str, str, str, Any, Any]]:
    with made.read() as connection:
        columns = (audit.c.who, audit.c.key, audit.c.action, audit.c.before, audit.c.after)
        return [tuple(row) for row in connection.execute(sa.select(*columns).order_by(audit.c.id))]


def test_an_account_is_found_by_its_name_in_any_case(made: Store) -> None:
    add(made, " Ana@Corp.example ", squads=["Sud", "Nord", "Sud"])
    with made.read() as connection:
        account = accounts.existing(connection, "ANA@corp.EXAMPLE")
    assert (account.person.name, account.person.display_name) == ("ana@corp.example", "Ana@Corp.example")
    assert account.person.squads == {"Sud", "Nord"}


@pytest.mark.parametrize("name", ["", "a b", "a\nb", "<b>", "x" * 101])
def test_what_is_no_name_is_refused(made: Store, name: str) -> None:
    with pytest.raises(InputInvalid):
        add(made, name)


def test_a_name_is_given_once(made: Store) -> None:
    add(made)
    with pytest.raises(InputInvalid, match="ana"):
        add(made, "ANA")


@pytest.mark.parametrize("name", ["vigie", "Declarations", "oidc", "backup"])
def test_nobody_is_named_as_what_vigie_writes_itself(made: Store, name: str) -> None:
    with pytest.raises(InputInvalid, match=f"nom {name.lower()}\u202f: choisissez"):
        add(made, name)


def test_an_account_that_bears_such_a_name_since_before_goes_on_working(
    made: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as before:
        before.setattr(accounts, "HOUSE", frozenset())
        add(made, "vigie")
    assert change(made, "vigie", role=Role.LEAD).person.role is Role.LEAD
    close(made, "vigie")


def test_an_inspector_needs_an_end(made: Store) -> None:
    with pytest.raises(InputInvalid):
        add(made, role=Role.INSPECTOR)
    add(made, role=Role.INSPECTOR, expires_at=NOW)
    with pytest.raises(InputInvalid):
        change(made, expires_at=None)


def test_every_change_is_audited_and_never_the_hash(made: Store) -> None:
    add(made, password="a long enough secret")
    change(made, role=Role.LEAD)
    with made.write() as connection:
        accounts.set_password(connection, who="root", name="ana", password="another long secret")
    close(made, "ana")
    with made.write() as connection:
        accounts.reopen(connection, who="root", name="ana")
    told = entries(made)
    assert [(who, key, action) for who, key, action, _, _ in told] == [
        ("root", "ana", action) for action in ("add", "change", "password", "close", "reopen")
    ]
    assert (told[1][3], told[1][4]) == ({"role": "duty"}, {"role": "lead"})
    assert "$2b$" not in str(told)


def test_a_refused_change_leaves_no_trace(made: Store) -> None:
    add(made)
    with pytest.raises(InputInvalid):
        change(made, role=Role.INSPECTOR)
    assert len(entries(made)) == 1


def test_two_people_changing_one_account_meet_in_a_conflict(made: Store) -> None:
    add(made)
    change(made, display_name="Ana")
    with pytest.raises(Conflict) as raised:
        change(made, display_name="Anne")
    assert raised.value.current == {"display_name": "Ana"}


@pytest.mark.parametrize(
    "values", [{"role": Role.LEAD}, {"squads": ["Sud"]}, {"expires_at": NOW + timedelta(days=3650)}]
)
def test_a_change_of_rights_ends_the_sessions(made: Store, values: dict[str, Any]) -> None:
    account = add(made)
    assert not has_session(made, account, lambda: change(made, **values))


def test_a_change_of_the_shown_name_does_not(made: Store) -> None:
    account = add(made)
    assert has_session(made, account, lambda: change(made, display_name="Ana"))


def test_closing_ends_the_sessions_of_that_account_alone(made: Store) -> None:
    ana, _bob = add(made), add(made, "bob")
    assert has_session(made, ana, lambda: close(made, "bob"))
    assert not has_session(made, ana, lambda: close(made, "ana"))


def test_the_last_administrator_stays(made: Store) -> None:
    add(made, "root", Role.ADMIN)
    for act in (lambda: close(made, "root"), lambda: change(made, "root", role=Role.LEAD)):
        with pytest.raises(InputInvalid, match="administrateur"):
            act()
    add(made, "other", Role.ADMIN)
    close(made, "root")


def test_without_any_administrator_others_are_still_kept(made: Store) -> None:
    add(made)
    close(made, "ana")


def test_a_shown_name_is_one_line_of_signs_that_are_seen(made: Store) -> None:
    shown = "  Ana\r\nBcc: evil@e.fr\u202e\u200b\x00 " + "x" * 300
    account = add(made, display_name=shown)
    assert account.person.display_name == ("Ana Bcc: evil@e.fr " + "x" * 300)[:100]
    assert change(made, display_name=" \n ").person.display_name == account.person.display_name
    with pytest.raises(InputInvalid, match=r"a@b\.fr, evil@e\.fr"):
        add(made, "bob", email="a@b.fr, evil@e.fr")


def test_an_unknown_name_is_told(made: Store) -> None:
    with pytest.raises(InputInvalid, match="zoe"):
        close(made, "zoe")


def test_a_language_is_one_of_ours(made: Store) -> None:
    account = add(made)
    with made.write() as connection:
        accounts.speak(connection, account.person.id, "en")
        assert accounts.existing(connection, "ana").person.language == "en"
        with pytest.raises(ValueError, match="xx"):
            accounts.speak(connection, account.person.id, "xx")
