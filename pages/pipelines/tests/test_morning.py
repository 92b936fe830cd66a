"""The morning message: from the board, amended, sent once to each, by itself on working days, kept as it went."""

import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from PIL import Image

from core.base import clock
from core.base.errors import Conflict, InputInvalid
from core.base.i18n import speaking
from core.base.settings import read
from core.base.status import Verdict
from core.run.notify import letters, rechecks
from core.store.engine import store
from core.store.schema import audit, morning_messages, outbox
from core.tell.mail import Mail
from core.tell.outbox import Channel, send, tell_due
from pages.pipelines import alerts
from pages.pipelines.acts.desk import take
from pages.pipelines.figures import morning as figures
from pages.pipelines.rules import RULES, Rules
from pages.pipelines.tests.landed import DEMO, land_reads, land_runs, utc
from pages.pipelines.tests.test_alerts import A, B, failed, family, rerun, ruled
from pages.pipelines.tests.test_desk import acted, looked
from tests.mailbox import Inbox, mail_server

LEAD = {"to": A, "failures": False, "morning": "07:30"}
TWO = (family("f"), family("g"))


@pytest.fixture(autouse=True)
def _night(data: Path) -> None:
    """A night in which `f` failed and `g` did well, read at 07:00 in Paris."""
    assert data.is_dir()
    store().upgrade()
    land_runs(failed("f"), rerun("g"))
    land_reads("06:00")


def passed(at: str) -> None:
    with clock.at(utc(at)):
        tell_due(store(), [alerts.notices])


def told() -> list[tuple[str, str, str]]:
    with store().read() as connection:
        rows = connection.execute(sa.select(outbox).order_by(outbox.c.recipient))
        return [(row.recipient, plain(row.subject), row.text) for row in rows]


def plain(text: str) -> str:
    return text.replace("\u202f", " ").replace("\u00a0", " ")


def write(at: str, **values: str) -> str:
    given: Mapping[str, Any] = values
    return acted(figures.WRITE, at, given)


def test_it_goes_by_itself_at_its_hour_once() -> None:
    ruled(LEAD, families=TWO)
    passed("06:29")
    assert told() == []
    for at in ("06:30", "06:35"):
        passed(at)
    [(to, subject, text)] = told()
    assert (to, subject) == (A, "Nuit du 20 nov. 2026 : 1 ✖ KO, 1 ✔ OK")
    assert text.splitlines()[0] == "✖ KO F · f_master"


def test_what_was_sent_stands_on_the_screen_at_once() -> None:
    ruled(LEAD, families=TWO)
    with clock.at(utc("06:40")):
        before = figures.SENT.frame(looked("06:40"))["sent"].notna().tolist()
        write("06:40", then="send")
        after = figures.SENT.frame(looked("06:40"))["sent"].notna().tolist()
    assert (before, after) == ([], [True])


@pytest.mark.parametrize("at", ["2026-11-21 09:00", "2026-11-11 09:00"])
def test_it_does_not_go_on_holidays_and_weekends(at: str) -> None:
    """The 21st is a Saturday, the 11th a holiday."""
    ruled(LEAD, families=TWO)
    passed(at)
    assert told() == []


def test_it_says_what_is_ready_expected_or_not_and_who_is_on_it() -> None:
    sets = [{"name": "Ventes", "pipelines": ["f_master"]}, {"name": "Paie", "pipelines": ["g_master"]}]
    rules = {"night": DEMO.night, "families": TWO, "data_sets": sets, "mails": [LEAD]}
    RULES.keep(RULES.text(Rules.model_validate(rules)))
    with store().write() as connection:
        key, now = ("f/f_master", "E42 · no space"), utc("06:10")
        take(connection, key, Verdict.KO, now.date(), "Ana", utc("08:00"), "", who="ana", now=now)
    passed("06:30")
    [(_to, _subject, text)] = told()
    assert plain(text).splitlines() == [
        "Prêtes :",
        "- Paie : prêt depuis le 20 nov. 2026, 01:25",
        "",
        "Indisponibles :",
        "- Ventes : indisponible",
        "",
        "✖ KO F · f_master",
        "démarré à 01:05 ; échec à 01:10",
        "E42: no space",
        "Pris en charge par Ana jusqu’au 20 nov. 2026, 09:00",
    ]


def test_a_duty_person_amends_and_sends_it_and_it_does_not_go_again() -> None:
    ruled(LEAD, {**LEAD, "to": B, "morning": "09:00"}, families=TWO)
    assert write("06:10", text="All is well again soon.\n", then="send") == "The message goes to 2 recipients."
    for at in ("06:30", "09:30"):
        passed(at)
    assert [(to, text) for to, _subject, text in told()] == [
        (A, "All is well again soon.\n"),
        (B, "All is well again soon.\n"),
    ]
    assert figures.WRITE.when is not None
    assert not figures.WRITE.when(looked("06:30"))
    with store().write() as connection, pytest.raises(Conflict):
        figures.WRITE.run(connection, looked("06:30"), {"subject": "s", "text": "again", "then": "keep"})


def test_what_is_kept_goes_at_the_hour_with_the_words_of_the_person() -> None:
    ruled(LEAD, families=TWO)
    assert write("06:10", text="Ours.\n") == "The message is kept."
    assert told() == []
    passed("06:30")
    assert [text for _to, _subject, text in told()] == ["Ours.\n"]
    with pytest.raises(InputInvalid):
        write("2026-11-21 06:10", text=" ")


def test_each_audience_is_told_of_its_own_families() -> None:
    ruled(LEAD, {**LEAD, "to": B, "families": ["g"]}, families=TWO)
    passed("06:30")
    assert [(to, subject) for to, subject, _text in told()] == [
        (A, "Nuit du 20 nov. 2026 : 1 ✖ KO, 1 ✔ OK"),
        (B, "Nuit du 20 nov. 2026 : 1 ✔ OK"),
    ]
    assert "f_master" not in told()[1][2]


def test_the_mail_has_text_html_and_the_board_as_it_was_which_is_kept() -> None:
    ruled(LEAD, families=TWO)
    write("06:10", text="Bonjour.\n", then="send")
    land_runs(failed("f"), rerun("f", "06:12", "06:14"), rerun("g"))
    inbox = Inbox()
    with mail_server(inbox) as server, clock.at(utc("06:20")):
        list(send(store(), Channel.MAIL, Mail(read(server)), letters(), rechecks()))
    [mail] = inbox.mails
    parts = {part.get_content_type(): part for part in mail.walk()}
    assert parts["text/plain"].get_content().splitlines() == ["Bonjour."]
    assert 'src="cid:board.png"' in parts["text/html"].get_content()
    picture = parts["image/png"].get_content()
    assert Image.open(io.BytesIO(picture)).width > 800
    with store().read() as connection:
        assert connection.scalar(sa.select(morning_messages.c.picture)) == picture
        actions = connection.scalars(sa.select(audit.c.action).filter_by(entity="morning message")).all()
    assert list(actions) == ["write", "send"]


def test_the_screen_lists_the_messages_as_they_went() -> None:
    ruled(LEAD, families=TWO)
    write("06:10", text="Bonjour.\n", then="send")
    with speaking("en"):
        frame = figures.SENT.frame(looked("09:00"))
    assert frame[["who", "families", "text"]].to_dict("records") == [
        {"who": "camille", "families": "all", "text": "Bonjour.\n"}
    ]
