"""The outbox on a real mail server: what is told is sent once, tried again when put off, and never when refused."""

import os
import re
import signal
import subprocess
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
import sqlalchemy as sa
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from core.base import clock
from core.base.errors import NotifyFailed, SettingInvalid
from core.base.settings import read
from core.run import audit as audit_command
from core.store import changes, guards
from core.store.engine import Store, store
from core.store.schema import outbox
from core.tell import mail as mails
from core.tell.mail import Mail, message
from core.tell.outbox import Attached, Channel, Letter, Notice, Reason, again, send, tell, waiting
from tests.conftest import forget
from tests.mailbox import Inbox
from tests.moments import python
from tests.postgres import BINARIES, postgres
from tests.servers import free_port

NOW = datetime(2026, 11, 20, 7, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
KILLS = 10


@pytest.fixture(scope="module")
def shared() -> Iterator[str | None]:
    """The URL of a PostgreSQL server; None where there is none."""
    if not BINARIES:
        yield None
        return
    with postgres() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def kept(request: pytest.FixtureRequest, data: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    """An empty store of either kind."""
    if request.param == "postgresql":
        url = request.getfixturevalue("shared")
        if url is None:
            pytest.skip("needs Debian's package postgresql")
        monkeypatch.setenv("VIGIE_STORE", url)
        forget()
        with store().engine.begin() as connection:
            connection.exec_driver_sql("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    store().upgrade()
    return store()


@pytest.fixture
def here(data: Path) -> Store:
    store().upgrade()
    return store()


def notice(number: int = 1, to: str = "dpo@example.fr") -> Notice:
    return Notice(f"m.review:{number}", "opened", to, f"Révision n° {number}", "Bonjour,\nà revoir.\n")


def told(some: Sequence[Notice], at: datetime = NOW) -> list[Notice]:
    with clock.at(at), store().write() as connection:
        return tell(connection, some)


def text(mail: EmailMessage) -> str:
    part = mail.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def send_all(settings: dict[str, str], at: datetime = NOW, **makers: Callable[..., Letter | Reason]) -> list[str]:
    """Sends what is due at a moment; gives what went wrong with each message, "" where nothing did."""
    made = {f"m.{kind}": maker for kind, maker in makers.items()}
    with clock.at(at):
        sent = send(store(), Channel.MAIL, Mail(read(settings)), made)
        return [failure.sentence if failure else "" for _notice, failure in sent]


def rows(*columns: str) -> list[tuple[object, ...]]:
    with store().read() as connection:
        found = connection.execute(sa.select(*(outbox.c[name] for name in columns)).order_by(outbox.c.id))
        return [tuple(row) for row in found]


def test_what_is_told_is_sent_once(kept: Store, server: dict[str, str], inbox: Inbox) -> None:
    assert told([notice()]) == [notice()]
    assert send_all(server) == [""]
    assert told([notice()], LATER) == []
    assert send_all(server, LATER) == []
    assert [(mail["To"], mail["Subject"]) for mail in inbox.mails] == [("dpo@example.fr", "Révision n° 1")]
    assert text(inbox.mails[0]).splitlines() == ["Bonjour,", "à revoir."]
    assert rows("state", "attempts", "unsure", "sent_at") == [("sent", 1, 0, NOW)]


def test_a_subject_that_is_too_long_is_cut_and_keeps_no_other_from_being_told(kept: Store) -> None:
    told([replace(notice(1), subject=f"a\nb {'c' * 400}"), notice(2)])
    assert rows("subject") == [(f"a b {'c' * 296}",), ("Révision n° 2",)]


def test_nothing_is_told_where_the_deciding_transaction_is_undone(here: Store) -> None:
    with suppress(RuntimeError), store().write() as connection:
        tell(connection, [notice()])
        raise RuntimeError
    assert rows("id") == []


def test_what_waits_of_one_kind_for_one_person_is_one_mail(here: Store, server: dict[str, str], inbox: Inbox) -> None:
    told([notice(number) for number in range(45)] + [notice(99, "other@example.fr")])
    told([Notice("m.other", "1", "dpo@example.fr", "Autre chose", "Bonjour.\n")])
    assert send_all(server) == ["", "", ""]
    assert [(mail["To"], mail["Subject"]) for mail in inbox.mails] == [
        ("dpo@example.fr", "Révision n° 0 (+ 44)"),
        ("other@example.fr", "Révision n° 99"),
        ("dpo@example.fr", "Autre chose"),
    ]
    assert text(inbox.mails[0]).count("à revoir.") == 45
    assert waiting(store()) == []


def test_what_is_held_is_kept_with_its_reason_and_goes_once_nothing_holds_it(
    kept: Store, server: dict[str, str], inbox: Inbox
) -> None:
    held = Notice(**{**vars(notice()), "held": Reason.PARENT})
    told([held])
    assert send_all(server) == []
    assert rows("state", "reason") == [("held", "parent")]
    assert told([notice()]) == [notice()]
    assert send_all(server) == [""]
    assert rows("state", "reason") == [("sent", None)]
    assert told([held]) == []


def test_what_is_due_later_waits(here: Store, server: dict[str, str]) -> None:
    told([Notice(**{**vars(notice()), "due_at": LATER})])
    assert send_all(server) == []
    assert send_all(server, LATER) == [""]


def test_what_is_over_at_the_moment_of_sending_is_not_sent(here: Store, server: dict[str, str], inbox: Inbox) -> None:
    told([notice(1), notice(2)])
    recovered: Callable[..., Letter | Reason] = lambda one, _now: (  # noqa: E731
        Reason.RECOVERED if one.what == "m.review:1" else Letter(one)
    )
    assert send_all(server, review=recovered) == [""]
    assert [mail["Subject"] for mail in inbox.mails] == ["Révision n° 2"]
    assert rows("state", "reason") == [("held", "recovered"), ("sent", None)]


def test_a_message_that_cannot_be_made_keeps_no_other_back(here: Store, server: dict[str, str], inbox: Inbox) -> None:
    told([notice(1), notice(2)])

    def making(one: Notice, _now: datetime) -> Letter:
        if one.what == "m.review:1":
            raise ValueError
        return Letter(one)

    assert send_all(server, review=making) == [
        "Le message à dpo@example.fr n’a pas pu être composé\u202f; il sera retenté plus tard.",
        "",
    ]
    assert rows("state") == [("due",), ("sent",)]


@pytest.mark.parametrize("to", ["a@b.fr, evil@e.fr", "Ana <a@b.fr>", "a@b.fr evil@e.fr", ""])
def test_a_mail_goes_to_one_address_or_to_none(here: Store, server: dict[str, str], inbox: Inbox, to: str) -> None:
    told([notice(1, to)])
    assert send_all(server) == [f"{to} n’est pas une adresse de courriel\u202f: rien n’y a été envoyé."]
    assert inbox.mails == []


def test_a_link_in_a_mail_is_one_that_stands_on_a_line_of_its_own() -> None:
    said = Notice(
        "k", "", "a@b.fr", "s", "La vue « voyez http://evil.example » est là.\n\nhttps://vigie.example/jira?a=1\n"
    )
    html = message(Letter(said, pictures=(Attached("p.png", "image/png", b"", "p"),), id="1"), "vigie@b.fr").get_body(
        ("html",)
    )
    assert html is not None
    assert re.findall(r'<a href="([^"]*)"', html.get_content()) == ["https://vigie.example/jira?a=1"]


def test_an_address_that_is_refused_gets_nothing_any_more_until_somebody_says_so(
    kept: Store, server: dict[str, str], inbox: Inbox
) -> None:
    told([notice(1, "gone@example.fr"), notice(2)])
    inbox.refused.add("gone@example.fr")
    refused = "Le serveur de messagerie refuse le courriel à gone@example.fr (550)\u202f: il n’est pas retenté."
    assert send_all(server) == [refused, ""]
    told([notice(3, "gone@example.fr")], LATER)
    assert send_all(server, LATER) == []
    assert rows("state", "reason") == [("failed", "address"), ("sent", None), ("held", "address")]
    inbox.refused.clear()
    with clock.at(LATER):
        assert again(store(), "gone@example.fr") == 2
    assert send_all(server, LATER) == ["", ""]
    assert [mail["To"] for mail in inbox.mails] == ["dpo@example.fr", "gone@example.fr", "gone@example.fr"]


@pytest.mark.parametrize("at", ["RCPT", "DATA"])
def test_what_is_put_off_is_tried_again_after_a_while(
    here: Store, server: dict[str, str], inbox: Inbox, at: str
) -> None:
    told([notice()])
    inbox.says[at] = ["451 greylisted"]
    put_off = "Le serveur de messagerie diffère le courriel à dpo@example.fr (451)\u202f; il sera retenté plus tard."
    assert send_all(server) == [put_off]
    assert send_all(server, NOW + timedelta(minutes=4)) == []
    assert send_all(server, NOW + timedelta(minutes=5)) == [""]
    assert rows("state", "attempts", "unsure") == [("sent", 2, 0)]
    assert len(inbox.mails) == 1


def test_a_content_that_is_refused_fails_and_the_address_stays_good(
    here: Store, server: dict[str, str], inbox: Inbox
) -> None:
    told([notice(1)])
    inbox.says["DATA"] = ["554 no"]
    assert len(send_all(server)) == 1
    told([notice(2)], LATER)
    assert send_all(server, LATER) == [""]
    assert rows("state", "reason") == [("failed", None), ("sent", None)]


def test_a_server_that_dies_after_the_content_may_get_it_twice_which_is_counted(
    here: Store, server: dict[str, str], inbox: Inbox, caplog: pytest.LogCaptureFixture
) -> None:
    told([notice(1, "a@example.fr"), notice(2)])
    inbox.dies.add("a@example.fr")
    broke = "Le serveur de messagerie a rompu au courriel à a@example.fr\u202f; il sera retenté plus tard."
    assert send_all(server) == [broke, ""]
    told([notice(3, "a@example.fr")], LATER)
    assert send_all(server, LATER) == ["", ""]
    assert rows("state", "attempts", "unsure") == [("sent", 2, 1), ("sent", 1, 0), ("sent", 1, 0)]
    first, _other, second, third = inbox.mails
    assert first["Message-ID"] == second["Message-ID"] != third["Message-ID"]
    assert "m.review:1: the connection ended before the answer: perhaps twice" in caplog.text


def test_an_answer_to_the_content_that_is_none_leaves_unknown_whether_it_was_taken(
    here: Store, server: dict[str, str], inbox: Inbox
) -> None:
    told([notice()])
    inbox.says["DATA"] = ["hello"]
    assert len(send_all(server)) == 1
    assert rows("state", "unsure") == [("due", 1)]


class _Failing:
    """A way to send that fails as nobody foresaw, with the address in its words, at one message."""

    def __init__(self) -> None:
        self.sent: list[str] = []

    def send(self, letter: Letter) -> None:
        if letter.notice.what == "m.review:1":
            raise RuntimeError("https://teams.example/?sig=s3cret")
        self.sent.append(letter.notice.what)


def test_what_nobody_foresaw_at_one_message_keeps_no_other_back(here: Store, caplog: pytest.LogCaptureFixture) -> None:
    told([notice(1, "a@example.fr"), notice(2)])
    post = _Failing()
    with clock.at(NOW):
        said = [failure.sentence if failure else "" for _one, failure in send(store(), Channel.MAIL, nullcontext(post))]
    assert said == ["Le message à a@example.fr n’a pas pu être envoyé\u202f; il sera retenté plus tard.", ""]
    assert (post.sent, rows("state", "unsure")) == (["m.review:2"], [("due", 1), ("sent", 0)])
    assert "m.review:1 could not be sent: RuntimeError" in caplog.text
    assert "s3cret" not in caplog.text


def test_a_server_that_is_slow_is_left_and_asked_again(
    here: Store, server: dict[str, str], inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mails, "PATIENCE", 0.2)
    told([notice()])
    inbox.slow = 0.5
    assert len(send_all(server)) == 1
    inbox.slow = 0.0
    assert send_all(server, LATER) == [""]
    assert rows("state", "unsure") == [("sent", 1)]


def test_a_message_that_never_goes_has_failed_in_the_end(here: Store, server: dict[str, str], inbox: Inbox) -> None:
    told([notice()])
    inbox.says["RCPT"] = ["451 no"] * 20
    assert sum(len(send_all(server, NOW + timedelta(hours=4 * n))) for n in range(20)) == 16
    assert rows("state", "attempts") == [("failed", 16)]


def killed(settings: dict[str, str], at: datetime, when: str) -> None:
    """A sender in a process of its own, killed `before` its first message goes, `after` it went, or `between` two."""
    child = os.fork()
    if not child:
        me = os.getpid()
        store().engine.dispose(close=False)
        with clock.at(at), Mail(read(settings)) as post:
            real = post.send

            def sending(letter: Letter) -> None:
                if when == "before":
                    os.kill(me, signal.SIGKILL)
                real(letter)
                if when == "after":
                    os.kill(me, signal.SIGKILL)

            post.send = sending  # type: ignore[method-assign]
            for _message in send(store(), Channel.MAIL, post):
                os.kill(me, signal.SIGKILL)
    assert os.waitpid(child, 0)[1] == signal.SIGKILL


def test_senders_killed_between_two_messages_send_nobody_twice_and_forget_nobody(
    kept: Store, server: dict[str, str], inbox: Inbox
) -> None:
    everybody = [f"p{number}@example.fr" for number in range(KILLS + 2)]
    told([notice(number, to) for number, to in enumerate(everybody)])
    for _kill in range(KILLS):
        killed(server, NOW, "between")
    assert send_all(server) == ["", ""]
    assert sorted(mail["To"] for mail in inbox.mails) == sorted(everybody)
    assert rows("state", "attempts", "unsure") == [("sent", 1, 0)] * len(everybody)


@pytest.mark.parametrize(("when", "arrived"), [("before", 1), ("after", 2)])
def test_what_a_killed_sender_had_begun_is_taken_up_after_the_lease(
    here: Store, server: dict[str, str], inbox: Inbox, when: str, arrived: int
) -> None:
    told([notice()])
    killed(server, NOW, when)
    assert send_all(server, NOW + timedelta(minutes=15)) == []
    assert send_all(server, NOW + timedelta(minutes=16)) == [""]
    assert rows("state", "attempts", "unsure") == [("sent", 2, 1)]
    assert [len(inbox.mails), len({mail["Message-ID"] for mail in inbox.mails})] == [arrived, 1]


def test_two_senders_at_once_send_each_notice_once(kept: Store, server: dict[str, str], inbox: Inbox) -> None:
    told([notice(number, f"p{number}@example.fr") for number in range(20)])
    with ThreadPoolExecutor() as pool:
        first, second = (one.result() for one in [pool.submit(send_all, server) for _sender in range(2)])
    assert [*first, *second] == [""] * 20
    assert sorted(mail["Subject"] for mail in inbox.mails) == sorted(f"Révision n° {number}" for number in range(20))


def test_a_line_break_in_a_subject_adds_no_header() -> None:
    forged = Notice("k", "", "a@example.fr", "x\nBcc: b@example.fr", "")
    with pytest.raises(ValueError, match="linefeed"):
        message(Letter(forged, id="1"), "vigie@example.fr")


def test_a_mail_server_that_does_not_answer_is_one_sentence_without_the_password(
    here: Store, server: dict[str, str]
) -> None:
    told([notice()])
    closed = {**server, "VIGIE_SMTP_PORT": str(free_port()), "VIGIE_SMTP_USER": "u", "VIGIE_SMTP_PASSWORD": "s3cret"}
    with pytest.raises(NotifyFailed, match=r"127\.0\.0\.1") as failure:
        send_all(closed)
    assert "s3cret" not in failure.value.sentence + failure.value.detail
    assert rows("state", "attempts") == [("due", 0)]


def test_a_wrong_password_is_told_and_nothing_is_lost(here: Store, inbox: Inbox) -> None:
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
        told([notice()])
        settings = {
            "VIGIE_SMTP_HOST": "127.0.0.1",
            "VIGIE_SMTP_PORT": str(controller.port),
            "VIGIE_SMTP_SECURITY": "none",
            "VIGIE_SMTP_USER": "u",
            "VIGIE_SMTP_PASSWORD": "s3cret",
            "VIGIE_MAIL_FROM": "vigie@example.fr",
        }
        with pytest.raises(NotifyFailed) as failure:
            send_all(settings)
        assert "s3cret" not in failure.value.sentence + failure.value.detail
        assert rows("state", "attempts") == [("due", 0)]
    finally:
        controller.stop()


def test_without_a_mail_server_the_command_says_which_setting_is_missing() -> None:
    with pytest.raises(SettingInvalid, match="VIGIE_SMTP_HOST"):
        Mail(read({}))


def test_the_command_shows_without_sending(data: Path) -> None:
    done = subprocess.run(
        python("-m", "core.run.notify", "--show"), capture_output=True, text=True, check=False, timeout=60
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
    line = next(line for line in text(mail).splitlines() if line.startswith("{"))
    assert (mail["To"], line) == ("dpo@example.fr", capsys.readouterr().out.strip())
    (data / "mailed").write_text(line + "\n", encoding="utf-8")
    assert audit_command.main(["verify", "--heads", str(data / "mailed")]) == 0
    with store().write() as connection, guards.lifted(connection):
        connection.exec_driver_sql("DELETE FROM audit WHERE id = 2")
    assert audit_command.main(["verify", "--heads", str(data / "mailed")]) == 1
