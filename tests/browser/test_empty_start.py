"""From nothing to a judged board: an administrator alone, a log that is dropped, no YAML, few clicks."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from core.base import clock
from core.base.i18n import local
from core.base.settings import settings
from core.people import accounts
from core.people.person import Role
from tests.browsing import Profiles
from tests.servers import Server, serving

MOST = 12


@pytest.fixture
def empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """A Vigie without demo data, on the machine's time, where nobody else may act."""
    monkeypatch.delenv("VIGIE_NOW", raising=False)
    settings.cache_clear()
    with serving(tmp_path) as running:
        with running.store.write() as connection:
            for name in ("duty", "lead"):
                accounts.close(connection, who="test", name=name)
        yield running
    monkeypatch.undo()
    settings.cache_clear()


def log(folder: Path) -> Path:
    """A week of two flows, as schedulers export it; the second failed last night."""
    rows = ["PipelineName;StartTime;Status;EndTime;Error_msg"]
    today = local(clock.machine()).date()
    for age in range(7, -1, -1):
        day = f"{today - timedelta(days=age):%d/%m/%Y}"
        rows.append(f"ventes_master;{day} 00:10:00;SUCCESS;{day} 00:50:00;")
        word, said = ("SUCCESS", "") if age else ("FAILED", "quota atteint")
        rows.append(f"paie_export;{day} 00:20:00;{word};{day} 00:25:00;{said}")
    file = folder / "journal.csv"
    file.write_text("\n".join(rows), encoding="utf-8")
    return file


def test_an_administrator_comes_from_home_to_a_judged_night_with_a_log_that_is_dropped(
    empty: Server, profiles: Profiles, tmp_path: Path
) -> None:
    with profiles.visiting(empty) as one:
        page, clicks = one.sign_in(Role.ADMIN), 0

        def click(what: Locator) -> None:
            nonlocal clicks
            what.click()
            clicks += 1
            one.settle()

        click(page.get_by_test_id("stSidebar").get_by_role("link", name="Sources"))
        page.get_by_test_id("stFileUploader").locator("input").set_input_files(log(tmp_path))
        clicks += 1
        one.settle()
        expect(button(page, "Retirer journal.csv")).to_be_visible()
        expect(page.get_by_test_id("stFileChip")).to_contain_text(re.compile(r"\d\u00a0k?o"))
        click(button(page, "Intégrer les lignes"))
        click(one.main.get_by_role("link", name=re.compile("Voir la nuit du")))
        expect(one.main.get_by_text("2 pipelines ont tourné cette nuit")).to_be_visible()
        click(page.get_by_role("tab", name=re.compile("Hors famille")))
        click(button(page, "Les ranger dans ces familles"))
        click(page.get_by_role("tab", name="Règles", exact=True))
        click(button(page, "Mettre en vigueur"))
        click(page.get_by_role("tab", name="Pipelines", exact=True))
        expect(one.main.get_by_text(re.compile("1\u00a0✖\u00a0KO, 1\u00a0✔\u00a0OK"))).to_be_visible()
        expect(one.main.get_by_test_id("stAlertContentError")).to_have_count(0)
        assert clicks <= MOST
    with profiles.browser.new_context(locale="fr-FR") as elsewhere:
        page = elsewhere.new_page()
        page.goto(empty.url)
        page.wait_for_selector("h1")
        empty.process.kill()
        expect(page.get_by_text("Connexion perdue")).to_be_visible()
        expect(page.get_by_text("Streamlit").filter(visible=True)).to_have_count(0)


def button(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=name)
