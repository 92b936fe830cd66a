"""Accounts and their changes, as the screen shows them."""

from datetime import UTC, datetime, timedelta

from core.base.i18n import speaking
from core.people.accounts import Account
from core.people.person import Person, Role
from pages.accounts.figures.accounts import accounts
from pages.accounts.figures.changes import changes

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def account(closed_at: datetime | None = None, expires_at: datetime | None = None) -> Account:
    person = Person(1, "zoe", "Zoé", Role.INSPECTOR, frozenset({"B", "A"}), expires_at=expires_at)
    return Account(person, 1, closed_at, None, by_oidc=False)


def test_an_account_is_open_closed_or_over() -> None:
    with speaking("fr"):
        found = accounts([account(), account(closed_at=NOON), account(expires_at=NOON - timedelta(days=1))], NOON)
    assert found["state"].tolist() == ["ouvert", "fermé", "échu"]
    assert found["squads"].tolist() == ["A, B"] * 3


def test_a_change_tells_each_field_before_and_after() -> None:
    entry = {
        "at": NOON,
        "who": "admin",
        "key": "zoe",
        "action": "change",
        "before": {"role": "squad", "squads": []},
        "after": {"role": "lead", "squads": ["A"]},
    }
    with speaking("fr"):
        found = changes([entry])
    assert found["detail"].tolist() == ["Rôle\u202f: Membre de squad → Responsable d’équipe ; Squads\u202f: – → A"]


def test_a_right_that_was_given_is_told_in_words() -> None:
    entry = {"at": NOON, "who": "a", "key": "zoe", "action": "give", "before": None}
    with speaking("fr"):
        found = changes([{**entry, "after": {"right": "register.validate"}}])
    assert found["action"].tolist() == ["droit accordé"]
    assert found["detail"].tolist() == ["Droit\u202f: Valider des traitements du registre"]


def test_no_account_makes_an_empty_list_with_its_columns() -> None:
    assert accounts([], NOON).columns.tolist() == [
        "name",
        "display_name",
        "role",
        "squads",
        "state",
        "seen_at",
        "expires_at",
    ]
