"""A person names a view and subscribes to it: told what is missing first, then has it, and ends it in their corner."""

import re
from collections.abc import Callable

from playwright.sync_api import expect

from core.notes import subscriptions, views
from core.people import accounts
from core.people.person import Role
from tests.browsing import Visit
from tests.servers import Server

NAME = "Remove Nord"
"""Streamlit's own words for taking something away, which the house's script says in French: a person's stay."""


def test_a_view_is_named_subscribed_to_and_ended(server: Server, visit: Callable[..., Visit]) -> None:
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
    page.get_by_role("button", name="S’abonner").click()
    expect(page.get_by_text("Votre compte n’a pas d’adresse de courriel")).to_be_visible()
    with here.write() as connection:
        version = accounts.existing(connection, "duty").version
        accounts.change(connection, who="test", name="duty", version=version, email="nadia.benali@example.fr")

    one.go("/jira")
    page.get_by_role("button", name="Vues").click()
    page.get_by_test_id("stPopoverBody").get_by_role("button", name=NAME).first.click()
    expect(page).to_have_url(re.compile("period=months-3"))
    one.settle()
    page.get_by_role("button", name="S’abonner").click()
    body = page.get_by_test_id("stPopoverBody")
    expect(body.get_by_role("combobox", name="Quoi")).to_have_value(NAME)
    body.get_by_role("button", name="S’abonner").click()
    expect(page.get_by_text(f"Vous êtes abonné à {NAME}.")).to_be_visible()
    assert one.grave_findings() == []
    with here.read() as connection:
        (asked,) = subscriptions.everyone(connection)
        assert asked.view_id is not None
        seen = views.find(connection, asked.view_id, asked.person_id)
        assert seen is not None
        assert (seen.name, seen.params["period"], asked.every) == (NAME, "months-3", "day")

    one.go("/jira")
    page.get_by_text("account_circle").click()
    page.get_by_role("button", name="Mes abonnements").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text(f"Activité Jira · {NAME}")).to_be_visible()
    assert one.grave_findings() == []
    dialog.get_by_role("button", name="Y mettre fin").click()
    one.settle()
    with here.read() as connection:
        assert subscriptions.everyone(connection) == []
