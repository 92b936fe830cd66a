"""Which role and squads a provider's claims stand for."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from core.base.errors import NotAllowed, SettingInvalid
from core.base.settings import settings
from core.people import accounts, oidc
from core.people.person import Role
from core.store.engine import Store

NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    ("claimed", "role", "squads"),
    [
        (["duty"], Role.DUTY, set()),
        (["squad:Sud", "squad", "squad:Téléphonie"], Role.SQUAD, {"Sud", "Téléphonie"}),
        (["inspector", "lead"], Role.LEAD, set()),
        (["squad", "squad:Sud", "admin"], Role.ADMIN, set()),
        ("compliance", Role.COMPLIANCE, set()),
        (["unknown", "inspector"], Role.INSPECTOR, set()),
    ],
)
def test_a_claim_names_a_role_and_squads(claimed: Any, role: Role, squads: set[str]) -> None:
    assert oidc.rights(claimed) == (role, squads)


@pytest.mark.parametrize("claimed", [[], (), "", None, ["Admin"], ["gardener"], ["squad:Sud"], {"admin": 1}, 7])
def test_without_a_known_role_there_is_no_access(claimed: Any) -> None:
    with pytest.raises(NotAllowed):
        oidc.rights(claimed)


def test_every_role_has_its_place() -> None:
    assert set(oidc.PRECEDENCE) == set(Role)


def claims(**values: Any) -> dict[str, Any]:
    return {"iss": "https://login.example", "sub": "1", "iat": NOW.timestamp(), "roles": ["duty"], **values}


def test_an_inspector_by_claim_reads_for_thirty_days(made: Store) -> None:
    with made.write() as connection:
        person = oidc.admit(connection, claims(roles=["inspector"], email="i@corp.example"), NOW)
    assert (person.name, person.expires_at) == ("i@corp.example", NOW + timedelta(days=30))
    at_the_end = NOW + timedelta(days=30)
    with made.write() as connection, pytest.raises(NotAllowed):
        oidc.admit(connection, claims(roles=["inspector"], iat=at_the_end.timestamp()), at_the_end)


def test_one_subject_keeps_one_account_when_its_name_changes(made: Store) -> None:
    with made.write() as connection:
        first = oidc.admit(connection, claims(preferred_username="ana.roy"), NOW)
        second = oidc.admit(connection, claims(preferred_username="ana.leroy"), NOW)
        other = oidc.admit(connection, claims(preferred_username="ana.leroy", sub="2"), NOW)
    assert first.id == second.id != other.id


@pytest.mark.parametrize("minutes", [-11, 11])
def test_claims_are_fresh(made: Store, minutes: int) -> None:
    issued = (NOW + timedelta(minutes=minutes)).timestamp()
    with made.write() as connection, pytest.raises(NotAllowed):
        oidc.admit(connection, claims(iat=issued), NOW)


def test_a_refused_sign_in_makes_no_account(made: Store) -> None:
    with made.write() as connection, pytest.raises(NotAllowed):
        oidc.admit(connection, claims(roles=["gardener"]), NOW)
    with made.read() as connection:
        assert accounts.everyone(connection) == []


def test_without_a_provider_streamlit_gets_no_secrets(data: Path) -> None:
    assert oidc.secrets() == {}


def test_each_lacking_setting_is_named(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given = {
        "VIGIE_OIDC_ISSUER": "https://login.example/tenant/v2.0/",
        "VIGIE_OIDC_CLIENT_ID": "vigie",
        "VIGIE_OIDC_CLIENT_SECRET": "secret",
        "VIGIE_BASE_URL": "https://vigie.example/",
        "VIGIE_COOKIE_SECRET": "0123456789abcdef0123456789abcdef",
    }
    names = list(given)
    for name, following in pairwise(names):
        monkeypatch.setenv(name, given[name])
        settings.cache_clear()
        with pytest.raises(SettingInvalid, match=f"^{following}: "):
            oidc.secrets()
    monkeypatch.setenv(names[-1], given[names[-1]])
    settings.cache_clear()
    assert oidc.secrets()["auth"] == {
        "redirect_uri": "https://vigie.example/oauth2callback",
        "cookie_secret": "0123456789abcdef0123456789abcdef",
        "client_id": "vigie",
        "client_secret": "secret",
        "server_metadata_url": "https://login.example/tenant/v2.0/.well-known/openid-configuration",
    }
