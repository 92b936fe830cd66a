"""A duty person's morning, on the screen: a failure, what was noted the last time, who is on it, the message of the
morning as it is received, and the night as it was known at 01:15."""

from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.base.status import Verdict
from core.people.person import Role
from core.run import notify
from core.store.engine import store
from pages.pipelines.acts.desk import take
from pages.pipelines.tests.landed import land_reads, land_runs, utc
from pages.pipelines.tests.test_alerts import A, failed, passed, rerun, ruled
from tests.app.test_pipelines import shown, words
from tests.app.test_rules import fill, press
from tests.conftest import forget, standing
from tests.mailbox import Inbox, mail_server

SignIn = Callable[[Role], None]
BEFORE = "2026-11-19"


def owners(app: AppTest) -> list[object]:
    """Who is on each incident that the desk lists."""
    [desk] = [one.value for one in app.dataframe if "owner" in one.value.columns]
    return list(desk["owner"])


def test_a_failure_is_read_taken_told_received_and_replayed(
    sign_in: SignIn, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_in(Role.DUTY)
    ruled({"to": A, "failures": False, "morning": "11:00"})
    land_runs(failed("f", f"{BEFORE} 00:05", f"{BEFORE} 00:10"))
    land_reads(f"{BEFORE} 00:12")
    with store().write() as connection:
        now = utc(f"{BEFORE} 00:13")
        key, until = ("f/f_master", "E42 · no space"), utc(f"{BEFORE} 04:00")
        take(connection, key, Verdict.KO, now.date(), "Ana", until, "vidé /tmp, relancé", who="ana", now=now)
    land_runs(failed("f", f"{BEFORE} 00:05", f"{BEFORE} 00:10"), rerun("f", f"{BEFORE} 00:20", f"{BEFORE} 00:25"))
    passed(f"{BEFORE} 00:30")
    land_runs(failed())
    passed("00:12")
    land_reads("08:00")

    app = shown(night="2026-11-20")
    assert "E42: no space" in [one.value for one in app.code]
    assert "Personne ne l’a encore pris en charge." in words(app)
    assert "La même erreur le 19 nov. 2026 : vidé /tmp, relancé" in words(app)

    app = shown(night="2026-11-20", tab="duty")
    assert owners(app) == [None]
    assert list(app.code) == []
    assert "**Prendre en charge**" in [one.value for one in app.markdown], "a form says what it does"
    fill(app, "Qui s’en occupe", "Nadia")
    [note] = [one for one in app.text_area if "desk-take" in str(one.key)]
    note.set_value("disque plein")
    with standing(utc("2026-11-20 08:30")):
        press(app, "Prendre en charge")
    assert "Pris en charge par Nadia jusqu’au 20 nov. 2026, 13:30" in words(shown(night="2026-11-20"))
    app = shown(night="2026-11-20", tab="duty")
    assert owners(app) == ["Nadia"]

    app = shown(night="2026-11-20", tab="morning")
    [text] = [one for one in app.text_area if one.label == "Message du matin"]
    assert text.value.splitlines()[0] == "✖ KO F · f_master"
    text.set_value(f"Bonjour, retard d’une heure.\n\n{text.value}")
    [then] = [one for one in app.radio if one.label == "Ensuite"]
    then.set_value("send")
    press(app, "Garder ou envoyer")
    assert [one.label for one in app.button if one.label == "Garder ou envoyer"] == []

    inbox = Inbox()
    with mail_server(inbox) as server:
        for name, value in server.items():
            monkeypatch.setenv(name, value)
        forget()
        assert notify.main([]) == 0
        assert notify.main([]) == 0
    [mail] = inbox.mails
    parts = {part.get_content_type(): part for part in mail.walk()}
    assert mail["To"] == A
    assert parts["text/plain"].get_content().startswith("Bonjour, retard d’une heure.")
    assert "disque plein" not in parts["text/plain"].get_content()
    assert parts["image/png"].get_content().startswith(b"\x89PNG")

    assert "Personne ne l’a encore pris en charge." in words(shown(night="2026-11-20", known="01:15"))
    app = shown(night="2026-11-20", tab="duty", known="01:15")
    assert owners(app) == [None]
    assert [one.label for one in app.button if one.label == "Prendre en charge"] == []
