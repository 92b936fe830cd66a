"""OpenID Connect: what Streamlit's sign-in needs to know, and whom a provider's claims stand for.

The `roles` claim (in Entra: app roles) holds one of Vigie's roles and, for a squad member, `squad:<name>` for each
squad. Of several roles the first of `PRECEDENCE` counts. The provider is asked at every sign-in: rights follow it.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from core.base.errors import NotAllowed, SettingInvalid
from core.base.i18n import _
from core.base.settings import settings
from core.people import accounts
from core.people.person import Person, Role
from core.store.schema import people

PRECEDENCE = (Role.ADMIN, Role.LEAD, Role.COMPLIANCE, Role.DUTY, Role.SQUAD, Role.INSPECTOR)
SQUAD_PREFIX = "squad:"
FRESH = timedelta(minutes=10)
"""Claims older than this open no session: the browser keeps them longer than Vigie trusts them."""
INSPECTION = timedelta(days=30)
"""How long an inspector made by the provider's claim may read; an administrator can change it."""


def configured() -> bool:
    """Whether people sign in at a provider."""
    return bool(settings().oidc_issuer)


def secrets() -> dict[str, Any]:
    """The `auth` section for `st.App(secrets=…)`; empty without a provider. Raises SettingInvalid, naming the lack."""
    held = settings()
    if not configured():
        return {}
    needed = {
        "VIGIE_OIDC_CLIENT_ID": held.oidc_client_id,
        "VIGIE_OIDC_CLIENT_SECRET": held.oidc_client_secret.get_secret_value(),
        "VIGIE_BASE_URL": held.base_url,
    }
    for name, value in needed.items():
        if not value:
            raise SettingInvalid(f"{name}: OpenID Connect needs it.")
    cookie_secret = held.cookie_secret.get_secret_value()
    if len(cookie_secret) < 32:
        raise SettingInvalid("VIGIE_COOKIE_SECRET: OpenID Connect needs 32 characters or more.")
    return {
        "auth": {
            "redirect_uri": f"{held.base_url.rstrip('/')}/oauth2callback",
            "cookie_secret": cookie_secret,
            "client_id": held.oidc_client_id,
            "client_secret": held.oidc_client_secret.get_secret_value(),
            "server_metadata_url": f"{held.oidc_issuer.rstrip('/')}/.well-known/openid-configuration",
        }
    }


def admit(connection: sa.Connection, claims: Mapping[str, Any], now: datetime) -> Person:
    """The person of verified claims: made at the first sign-in, their rights brought up to date at each.

    Raises NotAllowed with one sentence: no known role, a closed account, an access that ended, old claims, or a name
    that another account has.
    """
    issued = datetime.fromtimestamp(float(claims.get("iat", 0)), UTC)
    if not -FRESH <= now - issued <= FRESH:
        raise NotAllowed(_("This sign-in is too old: sign in again."))
    role, squads = rights(claims.get("roles", ()))
    subject = f"{claims['iss']}#{claims['sub']}"
    name = str(claims.get("preferred_username") or claims.get("email") or claims["sub"])
    row = connection.execute(sa.select(people.c.name).where(people.c.oidc_subject == subject)).first()
    if row is None:
        if accounts.find(connection, name):
            raise NotAllowed(_("Another account is named {name}: ask an administrator.").format(name=name))
        account = accounts.add(
            connection,
            who="oidc",
            name=name,
            display_name=str(claims.get("name", "")),
            role=role,
            squads=squads,
            expires_at=now + INSPECTION if role is Role.INSPECTOR else None,
            oidc_subject=subject,
        )
    else:
        account = accounts.existing(connection, row.name)
    if account.person.role is not role or account.person.squads != squads:
        ends = now + INSPECTION if role is Role.INSPECTOR else None
        account = accounts.change(
            connection,
            who="oidc",
            name=account.person.name,
            version=account.version,
            role=role,
            squads=squads,
            expires_at=account.person.expires_at or ends,
        )
    if not account.active(now):
        raise NotAllowed(_("Your access has ended."))
    return account.person


def rights(claimed: Any) -> tuple[Role, frozenset[str]]:
    """Role and squads of a `roles` claim. Raises NotAllowed when it holds no role of Vigie."""
    values = {str(value) for value in (claimed if isinstance(claimed, list | tuple) else [claimed])}
    role = next((role for role in PRECEDENCE if role.value in values), None)
    if role is None:
        raise NotAllowed(_("You are known, but have no role in Vigie: ask an administrator for one."))
    squads = {value.removeprefix(SQUAD_PREFIX) for value in values if value.startswith(SQUAD_PREFIX)}
    return role, frozenset(squads) if role is Role.SQUAD else frozenset()
