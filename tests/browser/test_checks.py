"""The lead's morning and the lead's month, walked: a check gone red, its rows, a pattern tried, the mail received; a
month frozen, its drift, its slides with the values of the screen."""

import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage

import pyarrow as pa
import pytest
from playwright.sync_api import Page, expect

from core.base import clock
from core.base.settings import read
from core.facts.lake import lake
from core.mission.discovery import missions
from core.people.person import Role
from core.run import notify
from core.run.notify import letters, rechecks
from core.store.engine import store
from core.tell.mail import Mail
from core.tell.outbox import Channel, send
from pages.checks.acts.scheduled import run_due
from tests.browsing import Visit
from tests.conftest import housed
from tests.decks import slides_of
from tests.declaring import declare
from tests.mailbox import Inbox, mail_server
from tests.pdf_text import text_of
from tests.servers import Server

TO = "lead@demo.example"
CHECK = f"""
check: descriptions
title: Descriptions lues
meaning: Chaque description de facture dit si elle est payée ou rejetée.
kind: match
tables: [factures_imh]
of: {{table: factures_imh, where: "cree_le >= $start AND cree_le < $end"}}
key: [facture]
text: description
patterns:
  - {{name: rejet, pattern: 'Rejet paiement'}}
  - {{name: paiement, pattern: 'Paiement auto'}}
outcomes:
  - {{outcome: rejetee, title: dite rejetée, when: "matched = 'rejet'", ko_above: 0}}
  - {{outcome: payee, title: dite payée}}
schedule: {{after: [1], hour: "08:00"}}
tell: {{to: [{TO}]}}
"""
INDICATOR = """
indicator: cheques_suivis
title: Chèques suivis
meaning: Nombre de chèques émis dans le mois.
unit: chèques
tables: [paiements]
select: |
  SELECT date_trunc('month', timezone('Europe/Paris', issued_at)) AS period, count(*) AS value FROM paiements
  WHERE moyen = 'chèque' AND CAST(timezone('Europe/Paris', issued_at) AS DATE) BETWEEN $first AND $last GROUP BY ALL
"""


@contextmanager
def declared(server: Server, kind: str, name: str, text: str) -> Iterator[None]:
    """What the team declares beside the demo's, until the block ends."""
    declare(server.data, kind, name, text)
    try:
        yield
    finally:
        (server.data / "declarations" / kind / f"{name}.yml").unlink()


@pytest.fixture
def checked(server: Server) -> Iterator[None]:
    """A check that tells the lead, made by the calendar of this morning."""
    with declared(server, "checks", "descriptions", CHECK):
        with housed(server.data):
            run_due(clock.now())
        yield


@pytest.fixture
def counted(server: Server) -> Iterator[Callable[[], None]]:
    """An indicator that nobody published yet; the call lands a cheque of October that is known late."""
    row = {"source": "walk", "paiement": "W1", "issued_at": datetime(2026, 10, 30, 12, tzinfo=UTC), "moyen": "chèque"}

    def late() -> None:
        with housed(server.data):
            lake().land(payments, pa.Table.from_pylist([row], payments.schema))

    with declared(server, "indicators", "cheques_suivis", INDICATOR):
        with housed(server.data):
            [payments] = [table for table in missions()["extracts"].tables if table.name == "paiements"]
        yield late
    with housed(server.data):
        lake().remove(payments, source="walk")


def sent(server: Server) -> list[EmailMessage]:
    """What the calendar tells now, as the mail server received it."""
    inbox = Inbox()
    with housed(server.data), mail_server(inbox) as named, clock.at(clock.now() + timedelta(minutes=5)):
        notify.main([])
        here = Mail(read({**os.environ, **named}))
        list(send(store(), Channel.MAIL, here, letters(), rechecks()))
    return [mail for mail in inbox.mails if mail["To"] == TO]


def number(page: Page, label: str) -> int:
    """A number that stands above the tabs."""
    shown = page.get_by_test_id("stMetric").filter(has=page.get_by_text(label, exact=True))
    found = re.search(r"\d+", shown.get_by_test_id("stMetricValue").inner_text())
    assert found is not None
    return int(found[0])


def downloaded(page: Page, label: str) -> bytes:
    with page.expect_download() as file:
        page.get_by_role("button", name=label).click()
    return file.value.path().read_bytes()


def test_a_check_gone_red_is_read_to_its_rows_its_pattern_is_tried_and_the_mail_says_the_same(
    server: Server, checked: None, visit: Callable[..., Visit]
) -> None:
    one = visit()
    page = one.sign_in(Role.LEAD, "/checks")
    expect(page.get_by_text(re.compile(r"8 contrôles\s: 3 KO"))).to_be_visible()
    one.go("/checks?check=descriptions&tab=rows&outcome=rejetee")
    answer = page.get_by_text(re.compile(r"KO.*Descriptions lues\s: ")).first.inner_text()
    equation = page.get_by_text(re.compile(r"= \d+ dite rejetée")).first.inner_text()
    expect(page.get_by_role("heading", name="Lignes", exact=True)).to_be_visible()
    assert one.grave_findings() == []

    one.go("/checks?check=descriptions&tab=definition")
    draft = page.get_by_label("Le contrôle tel que vous le voulez")
    draft.fill(draft.input_value().replace("Rejet paiement", "Rejet paiement .*N° Soc"))
    page.get_by_role("button", name="L’essayer sur les deux dernières semaines").click()
    expect(page.get_by_text(re.compile(r"dite rejetée → aucun motif ne reconnaît\s: \d+"))).to_be_visible()

    [mail] = sent(server)
    assert mail["Subject"].startswith("Descriptions lues, 19 nov. 2026")
    body = mail.get_body(("plain",))
    assert body is not None
    said = body.get_content()
    assert answer.partition("\u202f: ")[2].strip() in said
    assert equation in said
    assert sent(server) == []


def test_a_month_is_frozen_its_drift_is_seen_and_its_slides_hold_the_values_of_the_screen(
    server: Server, counted: Callable[[], None], visit: Callable[..., Visit]
) -> None:
    one = visit()
    page = one.sign_in(Role.LEAD, "/indicators?indicator=cheques_suivis&tab=words")
    page.get_by_role("button", name="Publier octobre 2026 maintenant").click()
    expect(page.get_by_text("Publié\u202f: ces chiffres restent.")).to_be_visible()
    one.settle()
    published = number(page, "Publié")
    assert number(page, "À jour") == published

    counted()
    one.go("/indicators?indicator=cheques_suivis&tab=words")
    page.get_by_label("Pourquoi il est relevé à nouveau").fill("un chèque connu tard")
    page.get_by_role("button", name="Relever à nouveau aujourd’hui").click()
    expect(page.get_by_text(re.compile("les deux relevés sont gardés"))).to_be_visible()
    one.settle()
    assert (number(page, "Publié"), number(page, "À jour")) == (published, published + 1)

    [slide] = [
        slide
        for slide in slides_of(downloaded(page, "Diapositives du mois (.pptx)"))
        if slide.title.startswith("Chèques suivis")
    ]
    assert slide.title == f"Chèques suivis\u202f: {published}\u00a0chèques"
    assert slide.lines[0].values[-1] == published
    assert f"{published}" in text_of(downloaded(page, "Diapositives du mois (PDF)")).split()
    assert one.grave_findings() == []
