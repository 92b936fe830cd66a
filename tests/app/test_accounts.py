"""The screen of accounts: one is added, picked by its address, changed; the history says what changed."""

from collections.abc import Callable

from streamlit.testing.v1 import AppTest

from core.base.settings import ROOT
from core.people import accounts
from core.people.person import Role
from core.store.engine import store

SignIn = Callable[[Role], None]


def test_an_account_is_added_picked_changed_closed_and_opened_again(sign_in: SignIn) -> None:
    sign_in(Role.ADMIN)
    app = AppTest.from_file(ROOT / "pages/accounts/page.py", default_timeout=120).run()
    assert "Identifiant de connexion" not in [field.label for field in app.text_input], "built before it is opened"
    app.session_state["accounts.adding"] = True
    app.run()
    app.text_input(key="accounts.add.name").set_value("zoe")
    next(button for button in app.button if button.label == "Ajouter").click().run()
    assert "Compte `zoe` créé." in app.success[0].value
    app.session_state["accounts.account"] = {"account": "zoe"}
    app.run()
    assert app.query_params["account"] == "account=zoe"
    app.text_input(key="accounts.zoe.1.display").set_value("Zoé")
    app.text_input(key="accounts.zoe.1.why").set_value("Son nom")
    next(button for button in app.button if button.label == "Enregistrer").click().run()
    app.button(key="accounts.zoe.2.close").click().run()
    app.button(key="accounts.zoe.3.reopen").click().run()
    assert not app.exception
    listed, changed = (table.value for table in app.dataframe)
    assert listed[["name", "display_name"]].to_numpy().tolist()[-1] == ["zoe", "Zoé"]
    assert changed["action"].to_list()[:4] == ["compte rouvert", "compte fermé", "compte modifié", "compte créé"]
    with store().read() as connection:
        assert accounts.existing(connection, "zoe").closed_at is None


def test_an_administrator_sees_what_settings_and_sources_open_once_the_panel_is_opened(sign_in: SignIn) -> None:
    sign_in(Role.ADMIN)
    app = AppTest.from_file(ROOT / "pages/accounts/page.py", default_timeout=120).run()
    assert len(app.dataframe) == 2
    app.session_state["doors"] = True
    app.run()
    assert not app.exception
    doors = app.dataframe[2].value.set_index("name")["opens"]
    assert doors["VIGIE_DEMO"] == "Les comptes de démonstration ne peuvent pas se connecter."
