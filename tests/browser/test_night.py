"""The night, walked by two people: a failure from its past to the mail that tells of it; a rule from a bad streak to
the board that follows."""

import os
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from email.message import EmailMessage

import pytest
from playwright.sync_api import Locator, Page, expect

from core.base import clock
from core.base.settings import read
from core.people.person import Role
from core.run.notify import letters, rechecks
from core.store.engine import store
from core.tell.mail import Mail
from core.tell.outbox import Channel, send
from tests.browsing import Visit
from tests.conftest import housed
from tests.mailbox import Inbox, mail_server
from tests.servers import Server

TO = "direction@demo.example"


@pytest.fixture(autouse=True)
def _told(server: Server) -> Iterator[None]:
    """Somebody is told of the morning; afterwards the rules are those of the demo again."""
    own = server.data / "pipelines_rules.yml"
    own.write_text(f'mails: [{{to: {TO}, failures: false, morning: "23:00"}}]\n', encoding="utf-8")
    yield
    own.unlink()


def form(page: Page, button: str) -> Locator:
    """The form that a button ends."""
    return page.get_by_test_id("stForm").filter(has=page.get_by_role("button", name=button, exact=True))


def sent(server: Server) -> list[EmailMessage]:
    """What the sender hands over a little later, as the mail server received it: two processes' clocks differ."""
    inbox = Inbox()
    with housed(server.data), mail_server(inbox) as named, clock.at(clock.now() + timedelta(hours=1)):
        here = Mail(read({**os.environ, **named}))
        assert [
            failure for _notice, failure in send(store(), Channel.MAIL, here, letters(), rechecks()) if failure
        ] == []
    return [mail for mail in inbox.mails if mail["To"] == TO]


def test_a_failure_is_read_taken_told_received_and_replayed(server: Server, visit: Callable[..., Visit]) -> None:
    one = visit()
    page = one.sign_in(Role.DUTY, "/pipelines")
    expect(page.get_by_text("Personne ne l’a encore pris en charge.").first).to_be_visible()
    expect(page.get_by_text("Fichier arrivé sous un autre nom")).to_be_visible()
    page.get_by_role("tab", name="Astreinte").click()

    take = form(page, "Prendre en charge")
    expect(take.get_by_role("combobox", name="Incident")).to_have_value(re.compile("indem_paiements_master"))
    take.get_by_label("Note").fill("disque plein, en cours")
    take.get_by_role("button", name="Prendre en charge").click()
    one.settle()
    page.get_by_role("tab", name="Incidents").click()
    expect(
        page.get_by_text(re.compile("Pris en charge par Nadia Benali.*disque plein, en cours")).first
    ).to_be_visible()

    one.go("/pipelines?tab=morning")
    write = form(page, "Garder ou envoyer")
    text = write.get_by_label("Message du matin")
    expect(text).to_have_value(re.compile("Pris en charge par Nadia Benali"))
    text.fill(f"Bonjour, les règlements auront une heure de retard.\n\n{text.input_value()}")
    write.get_by_text("L’envoyer maintenant").click()
    write.get_by_role("button", name="Garder ou envoyer").click()
    expect(page.get_by_text("Le message part à 1 destinataire.")).to_be_visible()
    expect(write).to_have_count(0)

    [mail] = sent(server)
    parts = {part.get_content_type(): part for part in mail.walk()}
    assert parts["text/plain"].get_content().startswith("Bonjour, les règlements auront une heure de retard.")
    assert "disque plein" not in parts["text/plain"].get_content()
    assert parts["image/png"].get_content().startswith(b"\x89PNG")
    assert sent(server) == []

    one.go("/pipelines?tab=duty&known=01:15")
    expect(page.get_by_text("Pris en charge par")).to_have_count(0)
    expect(page.get_by_role("button", name="Prendre en charge")).to_have_count(0)
    assert one.grave_findings() == []


def test_a_bad_streak_leads_to_a_rule_that_two_people_put_in_force_and_the_board_follows(
    visit: Callable[..., Visit],
) -> None:
    duty = visit()
    page = duty.sign_in(Role.DUTY, "/pipelines?tab=history&night=2026-11-05")
    expect(page.get_by_role("heading", name="Ce qui revient")).to_be_visible()
    duty.go("/pipelines?tab=time&night=2026-11-05")
    expect(page.get_by_role("heading", name="Types d’erreurs, sur 90 jours")).to_be_visible()

    duty.go("/pipelines")
    expect(page.get_by_text(re.compile(r"2\s▲\sWARNING")).first).to_be_visible()
    duty.go("/pipelines?tab=change&rule=family telephonie")
    page.get_by_label("Fenêtre, à").fill("02:30")
    page.get_by_role("button", name="Garder cette famille dans mon brouillon").click()
    duty.settle()
    duty.go("/pipelines?tab=rules")
    expect(page.get_by_text("de 00:00 à 02:30").first).to_be_attached()
    expect(
        page.get_by_text(re.compile(r"3\sdes\s30\snuits jusqu’à celle du .* auraient été jugées autrement"))
    ).to_be_visible()
    page.get_by_label("Pourquoi").fill("Le chargement finit plus tard.")
    page.get_by_role("button", name="Proposer à une seconde personne").click()
    expect(page.get_by_text("Une seconde personne la met en vigueur\u202f: vous l’avez écrite")).to_be_visible()
    expect(page.get_by_role("button", name="Mettre en vigueur")).to_have_count(0)
    assert duty.grave_findings() == []

    lead = visit()
    other = lead.sign_in(Role.LEAD, "/pipelines?tab=rules")
    other.get_by_role("button", name="Mettre en vigueur").click()
    expect(other.get_by_text("le tableau la suit désormais")).to_be_visible()
    duty.go("/pipelines")
    expect(page.get_by_text(re.compile(r"1\s▲\sWARNING")).first).to_be_visible()
