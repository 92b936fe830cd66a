"""Rules that change on the screen: a draft, its trial, the second person who decides; and the way from nothing."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.base import clock
from core.base.i18n import speaking
from core.base.settings import settings
from core.base.status import LOOKS, Verdict
from core.facts.lake import lake
from core.facts.reads import READS
from core.mission.discovery import warehouse
from core.people import accounts
from core.people.person import Role
from core.store.engine import store
from pages.pipelines import demo, rules
from pages.pipelines.facts import PIPELINE_RUNS
from pages.pipelines.headline import headline
from pages.pipelines.tests.landed import land_reads, land_runs, run
from tests.app.test_pipelines import last_whole_night, shown, table, words
from tests.conftest import housed

SignIn = Callable[[Role], None]
FAILED, LATE, WELL = (LOOKS[verdict].severity for verdict in (Verdict.KO, Verdict.WARNING, Verdict.OK))
"""What tables are told of a verdict: its rank."""


@pytest.fixture(scope="module")
def once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder whose lake holds forty nights of the demo."""
    reads, runs = demo.story(7, clock.now(), length=40)
    with housed(tmp_path_factory.mktemp("told")) as folder:
        lake().land(READS, reads)
        lake().land(PIPELINE_RUNS, runs)
    return folder


@pytest.fixture
def told(data: Path, once: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """These nights, and the demo's rules."""
    monkeypatch.setenv("VIGIE_DEMO", "1")
    settings.cache_clear()
    shutil.copytree(once / "lake", data / "lake")


def press(app: AppTest, label: str) -> AppTest:
    [button] = [one for one in app.button if one.label == label]
    button.click().run()
    assert not app.exception
    return app


def fill(app: AppTest, label: str, text: str) -> None:
    [field] = [one for one in (*app.text_input, *app.text_area) if one.label == label]
    field.set_value(text)


def waiting() -> list[tuple[str, str | None]]:
    """What home tells the lead to do in the night, and the version that each line leads to."""
    with store().read() as connection:
        lead = accounts.existing(connection, Role.LEAD.value).person
    with speaking("fr"):
        told = headline(warehouse().reader(lead.scope), lead, clock.now(), None)
    return [(one.text.replace("\u202f", " "), one.params.get("version")) for one in told.tasks]


@pytest.mark.usefixtures("told")
def test_a_rule_changed_in_the_form_is_tried_put_in_force_by_a_second_person_and_the_board_follows(
    sign_in: SignIn,
) -> None:
    sign_in(Role.DUTY)
    night = last_whole_night()
    app = shown(night=night, tab="change", rule="family telephonie")
    fill(app, "Fenêtre, à", "25:00")
    press(app, "Garder cette famille dans mon brouillon")
    [error] = app.error
    assert "families[0].window.to" in error.value.replace("\\", "")
    fill(app, "Fenêtre, à", "02:30")
    press(app, "Garder cette famille dans mon brouillon")
    assert not app.error

    app = shown(night=night, tab="rules")
    differences, tried = (one.value for one in app.dataframe)
    assert differences["after"].tolist() == ["de 00:00 à 02:30"]
    last = tried[tried["day"].astype(str).str.startswith(night)]
    assert last[["name", "before", "after"]].values.tolist() == [
        ["Téléphonie", LATE, WELL], ["Appels et décrochés du jour", LATE, WELL],
    ]  # fmt: skip
    fill(app, "Pourquoi", "Le chargement finit plus tard.")
    press(app, "Proposer à une seconde personne")
    assert "Mettre en vigueur" not in [button.label for button in app.button]
    assert "Une seconde personne la met en vigueur : vous l’avez écrite." in words(app)

    sign_in(Role.LEAD)
    assert ("Nadia Benali propose de changer les règles de la nuit : Le chargement finit plus tard.", "1") in waiting()
    app = press(shown(night=night, tab="rules"), "Mettre en vigueur")
    assert [one.value for one in app.success] == ["En vigueur\u202f\\: le tableau la suit désormais\\."]
    families = table(shown(night=night), "families")
    assert families[families["family"] == "Téléphonie"]["verdict"].tolist() == [WELL]


@pytest.mark.usefixtures("told")
def test_a_draft_whose_rules_changed_meanwhile_is_taken_up_again_before_it_is_proposed(sign_in: SignIn) -> None:
    sign_in(Role.DUTY)
    night = last_whole_night()
    app = shown(night=night, tab="change", rule="family telephonie")
    fill(app, "Contact", "astreinte@exemple.fr")
    press(app, "Garder cette famille dans mon brouillon")
    rules.RULES.keep(rules.RULES.text(rules.in_force().model_copy(update={"data_sets": ()})))
    app = shown(night=night, tab="rules")
    [warning] = app.warning
    assert "Les règles en vigueur ont changé" in warning.value
    fill(app, "Pourquoi", "Un contact.")
    press(app, "Proposer à une seconde personne")
    assert len(app.error) == 1
    press(app, "La reprendre comme brouillon")
    assert not app.warning
    fill(app, "Pourquoi", "Un contact.")
    press(app, "Proposer à une seconde personne")
    assert not app.error


@pytest.mark.usefixtures("told")
@pytest.mark.parametrize("role", [Role.SQUAD, Role.COMPLIANCE])
def test_whoever_may_not_act_reads_the_rules_and_changes_none(sign_in: SignIn, role: Role) -> None:
    sign_in(role)
    app = shown(night=last_whole_night(), tab="rules")
    assert "Famille · Téléphonie" in words(app)
    assert ("Famille · Solaris" in words(app)) == (role is not Role.SQUAD)
    assert [tab.label for tab in app.tabs][-1] == "Règles"
    assert not {button.label for button in app.button} & {"Mettre en vigueur", "La reprendre comme brouillon"}


def test_without_rules_the_screen_leads_to_families_guessed_from_the_past_and_judges_by_them(
    sign_in: SignIn,
) -> None:
    for day in range(16, 21):
        land_runs(
            run("ventes_master", f"2026-11-{day} 00:10", f"2026-11-{day} 00:50"),
            run("paie_export", f"2026-11-{day} 02:05", f"2026-11-{day} 02:20", "SUCCEEDED" if day < 20 else "FAILED"),
        )
        if day < 20:
            land_runs(run("stock_export", f"2026-11-{day} 03:05", f"2026-11-{day} 03:10"))
    land_runs(run("bilan_annuel", "2026-11-18 03:00", "2026-11-18 03:10"))
    land_reads("08:00")
    sign_in(Role.ADMIN)
    with store().write() as connection:
        for name in ("duty", "lead"):
            accounts.close(connection, who="test", name=name)
    assert "2 pipelines ont tourné cette nuit et ne sont encore dans aucune famille" in words(shown())
    assert next(iter(tab.label for tab in shown().tabs)) == "Hors famille (2)"
    app = press(shown(), "Les ranger dans ces familles")
    assert [one.value for one in app.error] == []
    app = shown(tab="rules")
    assert "vous pouvez mettre vous-même cette première version en vigueur" in words(app)
    assert "Rien de ce brouillon ne vaut" not in words(app)
    press(app, "Mettre en vigueur")
    assert "Famille · Ventes" in words(app), "the tab stays open though the one before it counts otherwise now"
    found = table(shown(), "families")[["family", "verdict"]].values.tolist()
    assert found == [["Paie", FAILED], ["Stock", FAILED], ["Ventes", WELL]]
    windows = {m.pipeline: m.window for family in rules.in_force().families for m in family.members}
    assert {name: (f"{one.from_:%H:%M}", f"{one.to:%H:%M}") for name, one in windows.items() if one} == {
        "ventes_master": ("01:00", "02:00"), "paie_export": ("03:00", "03:30"), "stock_export": ("04:00", "04:15"),
    }  # fmt: skip
