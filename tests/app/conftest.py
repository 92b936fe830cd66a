"""Screens run without a browser: everything is real but the cookie, which AppTest cannot send."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.auth import accounts, demo, sessions
from core.auth.people import Role
from core.store.engine import store
from core.ui import session


@pytest.fixture
def sign_in(data: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[Role], None]:
    """Open a session for the demo account of a role; the scripts run from here on are that person's."""
    store().upgrade()
    with store().write() as connection:
        demo.ensure(connection)

    def as_role(role: Role) -> None:
        with store().write() as connection:
            person = accounts.existing(connection, role.value).person
            session_id = sessions.open_session(connection, person.id, datetime.now(UTC))
        monkeypatch.setattr(session, "browser_id", lambda: session_id)

    return as_role
