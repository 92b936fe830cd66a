"""Notices are kept when due, sent once to a real mail server, and tried again when refused."""

import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from core.base.errors import NotifyFailed, SettingInvalid
from core.base.settings import read
from core.run import audit as audit_command
from core.run import notify
from core.store import changes, guards
from core.store.engine import Store, store
from core.tell import notices
from core.tell.mail import Mail, message
from core.tell.notices import Attached, Letter, Notice
from tests.conftest import forget
from tests.mailbox import Inbox
from tests.servers import free_port

NOW = datetime(2026, 11, 20, 7, tzinfo=UTC)


@pytest.fixture
def due(data: Path, monkeypatch: pytest.MonkeyPatch) -> list[Notice]:
    """What a mission says is due; a test fills it."""
    found: list[Notice] = []
    mission = SimpleNamespace(notices=lambda _connection, _now: found)
    monkeypatch.setattr(notify, "missions", lambda: {"m": mission})
    store().upgrade()
    return found


def notice(number: int = 1, to: str = "dpo@example.fr") -> Notice:
    return Notice(f"m.review:{number}", to, f"Révision n° {number}", "Bonjour,\nà revoir.\n")


def send_all(here: Store, settings: dict[str, str], now: datetime = NOW) -> list[NotifyFailed | None]:
    return [failure for _notice, failure in notices.send(here, Mail(read(settings)), now)]


def test_what_is_due_is_sent_once(due: list[Notice], server: dict[str, str], inbox: Inbox) -> None:
    due.append(notice())
    for _morning in range(2):
        notices.keep_due(store(), NOW, notify.makers())
        send_all(store(), server)
    assert [(mail["To"], mail["Subject"]) for mail in inbox.mails] == [("dpo@example.fr", "Révision n° 1")]
    assert inbox.mails[0].get_content().splitlines() == ["Bonjour,", "à revoir."]


def test_what_waits_of_one_kind_for_one_person_is_one_mail(
    due: list[Notice], server: dict[str, str], inbox: Inbox
) -> None:
    due += [notice(number) for number in range(45)] + [notice(99, "other@example.fr")]
    due.append(Notice("m.other:1", "dpo@example.fr", "Autre chose", "Bonjour.\n"))
    notices.keep_due(store(), NOW, notify.makers())
    assert send_all(store(), server) == [None, None, None]
    assert [(mail["To"], mail["Subject"]) for mail in inbox.mails] == [
        ("dpo@example.fr", "Révision n° 0 (+ 44)"),
        ("other@example.fr", "Révision n° 99"),
        ("dpo@example.fr", "Autre chose"),
    ]
    assert inbox.mails[0].get_content().count("à revoir.") == 45
    assert notices.waiting(store()) == []


@pytest.mark.parametrize("to", ["a@b.fr, evil@e.fr", "Ana <a@b.fr>", "a@b.fr evil@e.fr", ""])
def test_a_mail_goes_to_one_address_or_to_none(
    due: list[Notice], server: dict[str, str], inbox: Inbox, to: str
) -> None:
    due.append(notice(1, to))
    notices.keep_due(store(), NOW, notify.makers())
    [failure] = send_all(store(), server)
    assert failure is not None
    assert failure.sentence == f"{to} n’est pas une adresse de courriel\u202f: rien n’y a été envoyé."
    assert inbox.mails == []


def test_a_link_in_a_mail_is_one_that_stands_on_a_line_of_its_own() -> None:
    said = Notice(
        "k", "a@b.fr", "s", "La vue « voyez http://evil.example » est là.\n\nhttps://vigie.example/jira?a=1\n"
    )
    html = message(Letter(said, pictures=(Attached("p.png", "image/png", b"", "p"),)), "vigie@b.fr").get_body(("html",))
    assert html is not None
    assert re.findall(r'<a href="([^"]*)"', html.get_content()) == ["https://vigie.example/jira?a=1"]


def test_a_refused_mail_keeps_no_other_back_and_is_tried_again(
    due: list[Notice], server: dict[str, str], inbox: Inbox
) -> None:
    due.extend([notice(1, "gone@example.fr"), notice(2)])
    inbox.refused.add("gone@example.fr")
    notices.keep_due(store(), NOW, notify.makers())
    failures = send_all(store(), server)
    assert [failure and failure.sentence for failure in failures] == [
        "Le courriel à gone@example.fr a été refusé\u202f; il sera retenté au prochain envoi.",
        None,
    ]
    inbox.refused.clear()
    assert send_all(store(), server, NOW + timedelta(hours=1)) == [None]
    assert [mail["To"] for mail in inbox.mails] == ["dpo@example.fr", "gone@example.fr"]


def test_one_key_is_one_message_for_every_mail_reader() -> None:
    first, again = (message(Letter(notice(1)), "vigie@example.fr") for _time in range(2))
    assert first["Message-ID"] == again["Message-ID"] != message(Letter(notice(2)), "vigie@example.fr")["Message-ID"]


def test_a_line_break_in_a_subject_adds_no_header() -> None:
    forged = Notice("k", "a@example.fr", "x\nBcc: b@example.fr", "")
    with pytest.raises(ValueError, match="linefeed"):
        message(Letter(forged), "vigie@example.fr")


def test_a_mail_server_that_does_not_answer_is_one_sentence_without_the_password(
    due: list[Notice], server: dict[str, str]
) -> None:
    due.append(notice())
    notices.keep_due(store(), NOW, notify.makers())
    closed = {**server, "VIGIE_SMTP_PORT": str(free_port()), "VIGIE_SMTP_USER": "u", "VIGIE_SMTP_PASSWORD": "s3cret"}
    with pytest.raises(NotifyFailed, match=r"127\.0\.0\.1") as failure:
        send_all(store(), closed)
    assert "s3cret" not in failure.value.sentence + failure.value.detail
    assert notices.waiting(store()) == [notice()]


def test_a_wrong_password_is_told_and_nothing_is_lost(due: list[Notice], inbox: Inbox) -> None:
    controller = Controller(
        inbox,
        hostname="127.0.0.1",
        port=free_port(),
        authenticator=lambda *_: AuthResult(success=False, handled=False),
        auth_required=True,
        auth_require_tls=False,
    )
    controller.start()
    try:
        due.append(notice())
        notices.keep_due(store(), NOW, notify.makers())
        settings = {
            "VIGIE_SMTP_HOST": "127.0.0.1",
            "VIGIE_SMTP_PORT": str(controller.port),
            "VIGIE_SMTP_SECURITY": "none",
            "VIGIE_SMTP_USER": "u",
            "VIGIE_SMTP_PASSWORD": "s3cret",
            "VIGIE_MAIL_FROM": "vigie@example.fr",
        }
        with pytest.raises(NotifyFailed) as failure:
            send_all(store(), settings)
        assert "s3cret" not in failure.value.sentence + failure.value.detail
        assert notices.waiting(store()) == [notice()]
    finally:
        controller.stop()


def test_without_a_mail_server_the_command_says_which_setting_is_missing() -> None:
    with pytest.raises(SettingInvalid, match="VIGIE_SMTP_HOST"):
        Mail(read({}))


def test_two_senders_at_once_send_each_notice_once(due: list[Notice], server: dict[str, str], inbox: Inbox) -> None:
    due.extend(notice(number, f"p{number}@example.fr") for number in range(20))
    notices.keep_due(store(), NOW, notify.makers())
    first = notices.send(store(), Mail(read(server)), NOW)
    next(first)
    assert len(send_all(store(), server)) + 1 + len(list(first)) == 20
    assert sorted(mail["Subject"] for mail in inbox.mails) == sorted(f"Révision n° {number}" for number in range(20))


def test_the_command_shows_without_sending(data: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "core.run.notify", "--show"], capture_output=True, text=True, check=False, timeout=60
    )
    assert (done.returncode, done.stdout) == (0, "")


def test_the_head_of_the_audit_leaves_by_mail_and_shows_a_forgery(
    server: dict[str, str],
    inbox: Inbox,
    data: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for name, value in server.items():
        monkeypatch.setenv(name, value)
    forget()
    store().upgrade()
    for number in range(2):
        with store().write() as connection:
            changes.record(connection, who="ana", entity="thing", key=str(number), action="change", after={"n": number})
    assert audit_command.main(["head", "--mail", "dpo@example.fr"]) == 0
    [mail] = inbox.mails
    line = next(line for line in mail.get_content().splitlines() if line.startswith("{"))
    assert (mail["To"], line) == ("dpo@example.fr", capsys.readouterr().out.strip())
    (data / "mailed").write_text(line + "\n", encoding="utf-8")
    assert audit_command.main(["verify", "--heads", str(data / "mailed")]) == 0
    with store().write() as connection, guards.lifted(connection):
        connection.exec_driver_sql("DELETE FROM audit WHERE id = 2")
    assert audit_command.main(["verify", "--heads", str(data / "mailed")]) == 1
