"""The register's screen when its store is locked or gone: a sentence, and nothing that was entered is lost."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.base.settings import ROOT
from core.people import accounts
from core.people.person import Role
from core.records import drafts, records
from core.store.engine import store
from pages.register.acts.ship import ship

PAGE = str(ROOT / "pages/register/page.py")
NAME = "Nom du traitement"
SignIn = Callable[[Role], None]


@pytest.fixture
def opened(sign_in: SignIn, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    """A record as a compliance officer has it open; nobody waits long for the store."""
    monkeypatch.setattr("core.store.engine.BUSY_SECONDS", 0.05)
    store().upgrade()
    ship()
    sign_in(Role.COMPLIANCE)
    store().close()
    page = AppTest.from_file(PAGE, default_timeout=120)
    page.query_params["record"] = "VIGIE-COMPTES"
    page.query_params["section"] = "identity"
    return page.run()


@contextmanager
def locked(data: Path) -> Iterator[None]:
    """Somebody else writes, and does not end."""
    with closing(sqlite3.connect(data / "vigie.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


def enter(page: AppTest, words: str) -> AppTest:
    [field] = [one for one in page.text_input if one.label.startswith(NAME)]
    return field.set_value(words).run()


def entered(page: AppTest) -> str:
    [field] = [one for one in page.text_input if one.label.startswith(NAME)]
    return str(field.value)


def draft() -> str | None:
    with store().read() as connection:
        person = accounts.existing(connection, "compliance").person.id
        record = records.named(connection, "treatment", "VIGIE-COMPTES")
        found = drafts.find(connection, person, [record.id]).get(record.id)
        return found and found.data["name"]


def said(page: AppTest) -> str:
    return " ".join(one.value for one in page.error)


def test_what_is_entered_while_the_store_is_locked_is_told_and_stays_on_the_screen(opened: AppTest, data: Path) -> None:
    with locked(data):
        page = enter(opened, "Comptes et droits")
        assert not page.exception
        assert "réessayez" in said(page)
        assert "reste sur cet écran" in said(page)
        assert (entered(page), draft()) == ("Comptes et droits", None)
        page = page.run()
        assert entered(page) == "Comptes et droits"
    [again] = [one for one in page.button if one.label == "Conserver maintenant"]
    page = again.click().run()
    assert not page.error
    assert (entered(page), draft()) == ("Comptes et droits", "Comptes et droits")


def test_what_could_not_be_kept_is_kept_with_the_next_entry(opened: AppTest, data: Path) -> None:
    with locked(data):
        page = enter(opened, "Comptes et droits")
    page = enter(page, "Comptes, droits")
    assert not page.error
    assert (entered(page), draft()) == ("Comptes, droits", "Comptes, droits")


def test_a_save_while_the_store_is_locked_keeps_the_draft(opened: AppTest, data: Path) -> None:
    page = enter(opened, "Comptes et droits")
    with locked(data):
        page = page.button(key="register.save").click().run()
        assert not page.exception
        assert "réessayez" in said(page)
    assert draft() == "Comptes et droits"
    page = page.button(key="register.save").click().run()
    assert not page.error
    with store().read() as connection:
        record = records.named(connection, "treatment", "VIGIE-COMPTES")
    assert (record.title, record.version, draft()) == ("Comptes et droits", 2, None)


def test_records_that_are_gone_are_a_sentence_and_come_back_with_everything(opened: AppTest, data: Path) -> None:
    page = enter(opened, "Comptes et droits")
    with closing(sqlite3.connect(data / "vigie.db", isolation_level=None)) as keeper:
        keeper.execute("ALTER TABLE records RENAME TO away")
        page = page.run()
        assert not page.exception
        assert "ne répond pas" in said(page)
        keeper.execute("ALTER TABLE away RENAME TO records")
    assert not page.run().error
    assert draft() == "Comptes et droits"
