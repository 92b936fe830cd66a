"""The screen of last night, run without a browser on landed facts."""

import shutil
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from core.base import clock
from core.base.i18n import local
from core.base.settings import ROOT, settings
from core.facts.lake import lake
from core.facts.reads import READS
from core.people.person import Role
from pages.pipelines import demo
from pages.pipelines.facts import PIPELINE_RUNS
from tests.conftest import housed

SignIn = Callable[[Role], None]


@pytest.fixture(scope="module")
def once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder whose lake holds the demo's nights."""
    reads, runs = demo.story(7, clock.now(), length=60)
    with housed(tmp_path_factory.mktemp("told")) as folder:
        lake().land(READS, reads)
        lake().land(PIPELINE_RUNS, runs)
    return folder


@pytest.fixture
def told(data: Path, once: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The demo's nights, in a lake of the test's own, and its rules."""
    monkeypatch.setenv("VIGIE_DEMO", "1")
    settings.cache_clear()
    shutil.copytree(once / "lake", data / "lake")


def shown(**address: str) -> AppTest:
    app = AppTest.from_file(ROOT / "pages" / "pipelines" / "page.py", default_timeout=120)
    app.query_params.update(address)
    return app.run()


def words(app: AppTest) -> str:
    elements: list[Any] = [*app.markdown, *app.caption, *app.info, *app.text, *app.error]
    return "\n".join(element.value for element in elements).replace("\\", "").replace("\u202f", " ")


def table(app: AppTest, key: str) -> Any:
    """The values below the words of a table."""
    [found] = [one for one in app.dataframe if one.key == f"pipelines.{key}"]
    return found.value


def last_whole_night() -> str:
    now = local(clock.now())
    return (now.date() - timedelta(days=int(now.hour < 7))).isoformat()


def test_before_any_reading_it_says_what_to_do(sign_in: SignIn) -> None:
    sign_in(Role.DUTY)
    app = shown()
    assert not app.exception
    assert "Aucune source d’exécutions n’a encore été lue." in words(app)


@pytest.mark.usefixtures("told")
@pytest.mark.parametrize("role", list(Role))
def test_every_role_sees_the_night(sign_in: SignIn, role: Role) -> None:
    sign_in(role)
    app = shown(night=last_whole_night())
    assert not app.exception
    assert not app.error
    said = words(app)
    whys = [why.replace("\u202f", " ") for why in table(app, "families")["why"]]
    assert "telephonie_master : démarré à 01:42, 12 min après la fenêtre ; terminé en succès" in whys
    assert ("indem_paiements_master" in said) == (role is not Role.SQUAD)
    assert app.title[0].value == "La nuit dernière"


@pytest.mark.usefixtures("told")
def test_a_family_in_the_address_is_shown_alone(sign_in: SignIn) -> None:
    sign_in(Role.DUTY)
    app = shown(night=last_whole_night(), family="telephonie")
    assert table(app, "families")["family"].tolist() == ["Téléphonie"]


@pytest.mark.usefixtures("told")
def test_each_family_has_its_last_fourteen_nights_beside_it(sign_in: SignIn) -> None:
    sign_in(Role.DUTY)
    night = date.fromisoformat(last_whole_night())
    families = table(shown(night=night.isoformat()), "families")
    nights = [(night - timedelta(days=age)).isoformat() for age in range(13, -1, -1)]
    assert [name for name in families.columns if name[:2] == "20"] == nights
    assert families[night.isoformat()].tolist() == families["verdict"].tolist()


@pytest.mark.usefixtures("told")
def test_no_family_that_passes_the_filters_is_said(sign_in: SignIn) -> None:
    sign_in(Role.DUTY)
    app = shown(night=last_whole_night(), family="solaris", status="KO")
    assert "Aucun pipeline ne correspond à ces filtres." in words(app)


@pytest.mark.usefixtures("told")
def test_hours_hold_for_incidents_too(sign_in: SignIn) -> None:
    sign_in(Role.DUTY)
    assert "indem_paiements_master" in words(shown(night=last_whole_night(), hours="01:30_03:00"))
    assert "indem_paiements_master" not in words(shown(night=last_whole_night(), hours="18:00_23:00"))


@pytest.mark.usefixtures("told")
def test_what_nobody_agreed_to_yet_says_so(sign_in: SignIn) -> None:
    sign_in(Role.DUTY)
    said = words(shown(night=last_whole_night(), family="telephonie"))
    assert "Criticité 1 (à confirmer)" in said
    assert "Données : Appels et décrochés du jour (à confirmer)" in said


@pytest.mark.usefixtures("told")
def test_the_night_can_be_shown_as_it_was_known(sign_in: SignIn) -> None:
    sign_in(Role.DUTY)
    app = shown(night=last_whole_night(), known="01:00", family="telephonie")
    assert "Tel que c’était connu le" in words(app)
    whys = [why.replace("\u202f", " ") for why in table(app, "families")["why"]]
    assert whys == ["telephonie_master : pas encore démarré, attendu de 00:00 à 01:30"]


@pytest.mark.usefixtures("told")
def test_a_night_of_which_nothing_is_known_is_unknown(sign_in: SignIn) -> None:
    sign_in(Role.DUTY)
    app = shown(night="2019-01-15")
    assert not app.exception
    assert "aucune source n’en a encore rapporté d’exécution" in words(app)
