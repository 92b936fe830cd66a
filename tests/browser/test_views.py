"""A person has a view mailed each month: told what is missing first, then ticks it, and takes it back."""

import re
from collections.abc import Callable

from playwright.sync_api import expect

from core.notes import views
from core.people import accounts
from core.people.person import Role
from tests.browsing import Visit
from tests.servers import Server

NAME = "Revue du mois"


def test_a_view_is_asked_for_each_month_and_taken_back(server: Server, visit: Callable[..., Visit]) -> None:
    here = server.store
    one = visit()
    page = one.sign_in(Role.DUTY, "/jira")
    page.get_by_role("button", name="Vues").click()
    page.get_by_label("Nom de la vue").fill(NAME)
    page.get_by_test_id("stPopoverBody").get_by_role("combobox").click()
    page.get_by_role("option", name="Les 3 derniers mois écoulés").click()
    page.get_by_role("button", name="Garder ces filtres").click()
    expect(page.get_by_text(f"Vue {NAME} gardée.")).to_be_visible()

    one.go("/jira")
    page.get_by_role("button", name="Vues").click()
    tick = page.get_by_role("checkbox", name="Envoi mensuel")
    expect(tick).to_be_disabled()
    expect(page.get_by_text("Votre compte n’a pas d’adresse de courriel")).to_be_visible()
    with here.write() as connection:
        version = accounts.existing(connection, "duty").version
        accounts.change(connection, who="test", name="duty", version=version, email="nadia.benali@example.fr")

    one.go("/jira")
    page.get_by_role("button", name="Vues").click()
    expect(page.get_by_text("Votre compte n’a pas d’adresse de courriel")).to_have_count(0)
    page.get_by_text("Envoi mensuel").click()
    expect(page.get_by_text(f"Vue {NAME} envoyée chaque mois à nadia.benali@example.fr.")).to_be_visible()
    with here.read() as connection:
        ((view_id, person_id, _since),) = views.mails(connection)
        asked = views.find(connection, view_id, person_id)
        assert asked is not None
        assert (asked.name, asked.params["period"], asked.mailed) == (NAME, "months-3", True)

    one.go("/jira")
    page.get_by_role("button", name="Vues").click()
    page.get_by_role("button", name=NAME).first.click()
    expect(page).to_have_url(re.compile("period=months-3"))
    one.settle()
    expect(tick).to_be_checked()
    assert one.grave_findings() == []
    page.get_by_text("Envoi mensuel").click()
    expect(page.get_by_text(f"La vue {NAME} n’est plus envoyée.")).to_be_visible()
    with here.read() as connection:
        assert views.mails(connection) == []
