"""What a person does on the activity's screen beside filtering: look a request up, open a month, comment on it."""

from collections.abc import Iterator
from datetime import date

import pytest
from streamlit.testing.v1 import AppTest

from core.base import clock
from core.base.i18n import local
from core.base.periods import Grain
from core.base.settings import ROOT
from core.mission.discovery import warehouse
from core.people.person import EVERYTHING
from core.records import freeze
from core.records.freeze import Published
from core.store.engine import store
from core.ui import session
from core.ui.words import plain
from pages.jira import demo, review, rules
from pages.jira.figures.review import measure
from tests import people
from tests.conftest import housed, signed_in

PAGE = str(ROOT / "pages" / "jira" / "page.py")
NOW = clock.now()
BEFORE, LAST = (Grain.MONTH.moved(local(NOW).date(), back) for back in (-2, -1))


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The demo, whose last two months are frozen."""
    with housed(tmp_path_factory.mktemp("house")):
        store().upgrade()
        demo.make(3, NOW)
        figures = measure(warehouse().reader(EVERYTHING), rules.in_force(), [BEFORE, LAST])
        with store().write() as connection:
            people.ensure(connection)
            freeze.keep(
                connection, review.KIND, {Published.of(of, None): _content(figures[of]) for of in figures}, who="x"
            )
        yield


def _content(figures: dict[str, object]) -> dict[str, object]:
    return {"figures": figures, "frozen_at": NOW.isoformat(), "words": ""}


@pytest.fixture
def app(house: None, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    lead = signed_in(store(), "lead")
    monkeypatch.setattr(session, "browser_id", lambda: lead)
    return AppTest.from_file(PAGE, default_timeout=60)


def opened(app: AppTest, part: str) -> AppTest:
    if part not in [tab.label for tab in app.tabs]:
        app.run()
    app.session_state["jira.part"] = part
    app.run()
    assert not app.exception
    assert [error.value for error in app.error] == []
    return app


def heads(app: AppTest) -> list[str]:
    return [header.value for header in app.header]


def commented(month: date) -> str:
    with store().read() as connection:
        found = review.read(connection, month, None, EVERYTHING)
    assert found is not None
    return found.comment


def test_a_typed_key_shows_its_request_and_stands_in_the_address(app: AppTest) -> None:
    opened(app, "Une demande")
    assert any(one.value.startswith("Tapez la clé d’une demande") for one in app.caption)
    app.text_input(key="jira.key").set_value(" dex-12 ").run()
    assert app.query_params["behind"] == "kind=key&value=DEX-12"
    assert [head for head in heads(app) if head.startswith(plain("DEX-12 · "))]
    assert "Historique" in heads(app)


def test_a_key_that_no_request_has_is_told(app: AppTest) -> None:
    opened(app, "Une demande").text_input(key="jira.key").set_value("DEX-99999").run()
    assert plain("DEX-99999") in "".join(one.value for one in app.info)
    assert "Historique" not in heads(app)


def test_the_month_of_the_review_is_chosen_where_it_stands_and_kept_in_the_address(app: AppTest) -> None:
    opened(app, "Revue mensuelle")
    newest = app.dataframe[0].value["published"].tolist()
    app.selectbox(key="jira.month.box").select(BEFORE.isoformat()).run()
    assert app.query_params["month"] == BEFORE.isoformat()
    assert app.dataframe[0].value["published"].tolist() != newest
    opened(app, "Clients")
    opened(app, "Revue mensuelle")
    assert app.selectbox(key="jira.month.box").value == BEFORE.isoformat()


def test_what_somebody_else_wrote_meanwhile_is_told_before_anything_is_kept(app: AppTest) -> None:
    opened(app, "Revue mensuelle").text_area[0].set_value("Le mien")
    with store().write() as connection:
        theirs = review.read(connection, LAST, None, EVERYTHING)
        assert theirs is not None
        freeze.write(connection, theirs.record, "Le leur", who="admin")
    keep = next(button for button in app.button if button.label == "Garder le commentaire")
    keep.click().run()
    assert [warning.value for warning in app.warning if plain("entre-temps") in warning.value]
    assert (app.text_area[0].value, commented(LAST)) == ("Le mien", "Le leur")
    next(button for button in app.button if button.label == "Garder le commentaire").click().run()
    assert commented(LAST) == "Le mien"
    assert app.success[0].value == plain("Le commentaire est gardé.")
