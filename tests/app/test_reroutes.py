"""The screen of reroutes, run without a browser: every role, every tab, who may mark an event."""

import csv
import shutil
from collections.abc import Callable
from datetime import datetime
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from streamlit.testing.v1 import AppTest

from core.base import clock
from core.base.settings import ROOT
from core.people.person import Role
from core.records import records
from core.records.records import Summary
from core.show.about import About
from core.store.engine import store
from core.ui import table as tables
from pages.reroutes import TREATMENT, demo
from pages.reroutes.figures.extract import TEAM as TEAM_COLUMNS
from pages.reroutes.tests import reading
from tests.conftest import housed

SignIn = Callable[[Role], None]


@pytest.fixture(scope="module")
def once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder whose lake holds a short story."""
    story = demo.story
    with housed(tmp_path_factory.mktemp("told")) as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(demo, "story", lambda seed, until, _days: story(seed, until, 60))
        demo.make(7, clock.now())
    return folder


@pytest.fixture
def told(data: Path, once: Path) -> None:
    """The short story, in a lake of the test's own."""
    shutil.copytree(once / "lake", data / "lake")


def shown(tab: str = "", **address: str) -> AppTest:
    app = AppTest.from_file(ROOT / "pages" / "reroutes" / "page.py", default_timeout=120)
    app.query_params.update(address)
    if tab:
        app.session_state["reroutes.part"] = tab
    app.session_state["reroutes.marks"] = True
    return app.run()


def words(app: AppTest) -> str:
    elements: list[Any] = [*app.markdown, *app.caption, *app.info, *app.text, *app.error, *app.subheader]
    return "\n".join(element.value for element in elements).replace("\\", "").replace("\u202f", " ")


def test_before_any_reading_it_says_what_to_do(sign_in: SignIn) -> None:
    sign_in(Role.LEAD)
    assert "Aucun journal de tâches ni tableau de reroutages" in words(shown())


@pytest.mark.usefixtures("told")
@pytest.mark.parametrize("role", list(Role))
def test_every_role_sees_the_reroutes_and_those_who_act_mark_events(sign_in: SignIn, role: Role) -> None:
    sign_in(role)
    app = shown()
    assert not app.exception
    assert not app.error
    assert "Rien n’a été marqué dans cette période." in words(app)
    marking = [button for button in app.button if button.label == "Marquer l’événement"]
    assert bool(marking) == (role in (Role.LEAD, Role.ADMIN))


TABS = ("Évolution", "Entités", "Paires", "Attente et heures", "Plusieurs fois", "Lignes", "Une tâche", "Routeur")


@pytest.mark.usefixtures("told")
@pytest.mark.parametrize("address", [{"only": "hour=10"}, {"scope": "outside_complaints", "grain": "month"}])
def test_every_tab_is_drawn(sign_in: SignIn, address: dict[str, str]) -> None:
    sign_in(Role.LEAD)
    for tab in TABS:
        app = shown(tab, **address)
        assert not app.exception, tab
        assert not app.error, tab


def test_every_tab_is_drawn_of_a_log_that_says_nothing_but_task_moment_and_entity(sign_in: SignIn, data: Path) -> None:
    reading.log("T1;01/03/2026 08:00;0;A\nT1;01/03/2026 10:00;1;B\nT1;02/03/2026 10:00;2;A\n")
    sign_in(Role.LEAD)
    for tab in TABS:
        app = shown(tab)
        assert not app.exception, tab
        assert not app.error, tab


@pytest.mark.usefixtures("told")
def test_what_a_click_picked_is_shown_counts_and_is_taken_off(sign_in: SignIn) -> None:
    sign_in(Role.LEAD)
    app = shown(only="weekday=1&hour=10")
    picked = figure(app)
    chip = next(button for button in app.button if button.label == "lundi, 10\u202fh")
    assert not chip.click().run().exception
    assert 0 < picked < figure(app)


def figure(app: AppTest) -> int:
    """The first figure of the screen: how many reroutes there are."""
    return int(app.metric[0].value.replace("\u202f", ""))


@pytest.mark.usefixtures("told")
def test_an_event_without_words_is_refused_with_a_sentence(sign_in: SignIn) -> None:
    sign_in(Role.LEAD)
    app = shown()
    next(button for button in app.button if button.label == "Marquer l’événement").click().run()
    assert next(error.value for error in app.error).startswith("Dites en 100 caractères")


@pytest.mark.usefixtures("told")
@pytest.mark.parametrize("scope", ["pm", "outside_complaints"])
def test_a_scope_in_the_address_counts_less_than_all(sign_in: SignIn, scope: str) -> None:
    sign_in(Role.LEAD)
    assert 0 < figure(shown(scope=scope)) < figure(shown())


TEAM = """act_row_id;Reference_extern;ancienne_entite;entite_cible_jour_modif_dli;filiere_cible;type_ancienne_entite;\
type_entite_cible;mail_destinataire
2-A;2507.1-01;C13D;C17V;Sinistre;DECLARATION;CDR Corporel;"[""un@exemple.fr"", ""deux@exemple.fr""]"
2-B;2508.1-01;SGRC;RECC;Siège;Recla Contrat;Reclamation;"[""ged@exemple.fr""]"
2-C;2509.1-01;2810;C13D;;Délégations;DECLARATION;
2-D;=1+1;C91D;C54G;Sinistre;DECLARATION;Gestion;"[""ged@exemple.fr"
"""
OUTSIDE = [
    [
        "2-A",
        "2507.1-01",
        "C13D",
        "C17V",
        "Sinistre",
        "DECLARATION",
        "CDR Corporel",
        '["un@exemple.fr", "deux@exemple.fr"]',
    ],
    ["2-B", "2508.1-01", "SGRC", "RECC", "Siège", "Recla Contrat", "Reclamation", '["ged@exemple.fr"]'],
    ["2-C", "2509.1-01", "2810", "C13D", None, "Délégations", "DECLARATION", None],
    ["2-D", "=1+1", "C91D", "C54G", "Sinistre", "DECLARATION", "Gestion", '["ged@exemple.fr'],
]


def validate(reference: str) -> None:
    """The register's treatment that lets the lead be told people."""
    summary = Summary(ref=reference, title=reference, completeness=100, search="")
    with store().write() as connection:
        [number] = records.add(connection, "treatment", [(summary, {})], who="dpo", state="in_review")
        read = records.get(connection, "treatment", number)
        records.save(
            connection, read, version=1, who="dpo", action="validate", state="validated", keys={}, publish=True
        )


def test_every_row_of_the_teams_sample_is_of_the_extract_outside_complaints(sign_in: SignIn, data: Path) -> None:
    ends = ("SGRC;RECC", "SGRS;C91D", "5210;SGRC", "SGRS;C54G", "SGRC;SGRS", "4110;SGEP", "SGRS;C86S", "SGRS;C85G",
            "SGRC;2810", "C13D;C17V", "SGRS;C85V")  # fmt: skip
    reading.write("team.csv", "\n".join([";".join(TEAM_COLUMNS), *(f"T{n};r;{one};;;;" for n, one in enumerate(ends))]))
    columns = {field: name for name, field in TEAM_COLUMNS.items()}
    month = {"period_start": "2025-03-01", "period_end": "2025-03-31"}
    reading.declare("team", "reroutes", path="team.csv", columns=columns, **month)
    assert reading.read("team").error == ""
    sign_in(Role.LEAD)
    assert "11 reroutages faits à la main du 1 mars 2025 au 31 mars 2025" in words(shown("Routeur"))


def test_the_extract_outside_complaints_downloads_in_the_teams_eight_columns(
    sign_in: SignIn, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[tables.Exports] = []
    heading = tables.heading

    def noted(title: str, about: About, exports: tables.Exports, freshness: datetime | None) -> tables.Headed:
        drawn.append(exports)
        return heading(title, about, exports, freshness)

    monkeypatch.setattr(tables, "heading", noted)
    reading.write("team.csv", TEAM)
    columns = {field: name for name, field in TEAM_COLUMNS.items()}
    march = {"period_start": "2026-03-01", "period_end": "2026-03-31"}
    reading.declare("team", "reroutes", path="team.csv", columns=columns, **march)
    assert reading.read("team").error == ""
    sign_in(Role.LEAD)
    validate(TREATMENT)
    app = shown("Routeur", days="2026-03-01_2026-03-31")
    assert "4 reroutages faits à la main du 1 mars 2026 au 31 mars 2026" in words(app)
    exports = next(one for one in drawn if one.name == "reroutes-outside-complaints")
    assert exports.file_name("xlsx").startswith("vigie-reroutes-outside-complaints-")

    book = load_workbook(BytesIO(exports.make("xlsx")))
    cells = [[cell.value for cell in row] for row in book["Données"].iter_rows()]
    assert cells == [list(TEAM_COLUMNS), *OUTSIDE]
    assert {cell.data_type for row in book["Données"].iter_rows() for cell in row if cell.value} == {"s"}

    text = exports.make("csv").decode("utf-8-sig")
    written = list(csv.reader(StringIO(text), delimiter=";"))
    plain = [["'=1+1" if cell == "=1+1" else cell or "" for cell in row] for row in OUTSIDE]
    assert written == [list(TEAM_COLUMNS), *plain]
