"""`python -m core.run.accounts`, as typed."""

import re
from datetime import UTC, datetime

import pytest

from core.base import clock
from core.people import accounts, credentials, grants, sessions
from core.people.person import Role
from core.run.accounts import main
from core.store.engine import Store


@pytest.fixture(autouse=True)
def no_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin.isatty", lambda: False, raising=False)


def account(made: Store, name: str = "ana") -> accounts.Account:
    with made.read() as connection:
        return accounts.existing(connection, name)


def test_a_new_account_gets_a_password_printed_once(made: Store, capsys: pytest.CaptureFixture[str]) -> None:
    main(["add", "Ana", "--role", "squad", "--squad", "Sud", "--squad", "Nord", "--display", "Ana Roy"])
    told = re.search(r": (\S{20,})\n", capsys.readouterr().out)
    assert told
    person = credentials.check(made, "ana", told[1], "here", clock.now())
    assert (person.role, person.squads, person.display_name) == (Role.SQUAD, {"Sud", "Nord"}, "Ana Roy")


def test_a_typed_password_is_asked_twice_and_never_printed(
    made: Store, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    typed = iter(["a long enough secret"] * 2)
    monkeypatch.setattr("getpass.getpass", lambda _asked: next(typed))
    main(["add", "ana", "--role", "duty"])
    assert "secret" not in capsys.readouterr().out
    assert credentials.check(made, "ana", "a long enough secret", "here", clock.now()).name == "ana"


def test_two_different_passwords_make_nothing(made: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    typed = iter(["a long enough secret", "another one entirely"])
    monkeypatch.setattr("getpass.getpass", lambda _asked: next(typed))
    with pytest.raises(SystemExit, match="diffèrent"):
        main(["add", "ana", "--role", "duty"])
    with made.read() as connection:
        assert accounts.everyone(connection) == []


def test_the_last_day_of_access_is_whole_in_paris(made: Store) -> None:
    main(["add", "ana", "--role", "inspector", "--expires", "2027-01-31"])
    assert account(made).person.expires_at == datetime(2027, 1, 31, 23, tzinfo=UTC)


def test_an_inspector_without_an_end_is_refused_in_one_sentence(made: Store) -> None:
    with pytest.raises(SystemExit, match="L’accès d’un inspecteur demande une date de fin"):
        main(["add", "ana", "--role", "inspector"])


def test_an_account_is_changed_closed_and_opened_again(made: Store) -> None:
    main(["add", "ana", "--role", "duty"])
    main(["change", "ana", "--role", "lead"])
    assert account(made).person.role is Role.LEAD
    main(["close", "ana"])
    assert account(made).closed_at is not None
    main(["reopen", "ana"])
    assert account(made).closed_at is None


def test_accounts_and_sessions_are_listed(made: Store, capsys: pytest.CaptureFixture[str]) -> None:
    main(["add", "ana", "--role", "duty"])
    with made.write() as connection:
        sessions.open_session(connection, account(made).person.id, clock.now())
    capsys.readouterr()
    for command in ("list", "sessions"):
        main([command])
        assert "ana" in capsys.readouterr().out


def test_an_unknown_name_ends_with_its_sentence(made: Store) -> None:
    with pytest.raises(SystemExit, match="Aucun compte ne se nomme zoe"):
        main(["close", "zoe"])


def test_a_right_is_given_and_taken_back(made: Store) -> None:
    main(["add", "ana", "--role", "compliance", "--generate"])
    main(["give", "ana", "register.validate"])
    with made.read() as connection:
        assert [one.name for one in grants.holders(connection, "register.validate")] == ["ana"]
    main(["take", "ana", "register.validate"])
    with made.read() as connection:
        assert grants.holders(connection, "register.validate") == []
