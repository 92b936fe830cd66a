"""The person's corner: what is their own is changed by whoever may still be here."""

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from core.base.settings import ROOT
from core.people import accounts
from core.people.person import Role
from core.store.engine import store
from core.ui import language

SignIn = Callable[[Role], None]


@pytest.mark.parametrize(("closed", "kept"), [(False, "en"), (True, None)])
def test_a_language_is_kept_for_whoever_may_still_be_here(sign_in: SignIn, closed: bool, kept: str | None) -> None:
    sign_in(Role.LEAD)
    app = AppTest.from_file(ROOT / "core" / "ui" / "script.py", default_timeout=120).run()
    if closed:
        with store().write() as connection:
            accounts.close(connection, who="test", name="lead")
    app.radio(key=language.KEY).set_value("en").run()
    assert not app.exception
    with store().read() as connection:
        assert accounts.existing(connection, "lead").person.language == kept
