"""Screens run without a browser: everything is real but the cookie, which AppTest cannot send."""

from collections.abc import Callable
from pathlib import Path

import pytest

from core.people.person import Role
from core.store.engine import store
from core.ui import session
from tests import people
from tests.conftest import signed_in


@pytest.fixture
def sign_in(data: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[Role], None]:
    """Open a session for the account of a role; the scripts run from here on are that person's."""
    store().upgrade()
    with store().write() as connection:
        people.ensure(connection)

    def as_role(role: Role) -> None:
        session_id = signed_in(store(), role.value)
        monkeypatch.setattr(session, "browser_id", lambda: session_id)

    return as_role
