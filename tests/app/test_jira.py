"""The activity's screen where nothing has been read, and where people's figures are off."""

import re
import shutil
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest
from streamlit.dataframe_util import convert_arrow_bytes_to_pandas_df
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Dataframe

from core.base import clock
from core.base.settings import ROOT
from core.facts.lake import lake
from core.people.person import Role
from core.records import records
from core.records.records import Summary
from core.store.engine import store
from core.ui.words import plain
from pages.jira import demo
from pages.jira.facts import ISSUES
from tests.conftest import forget, housed

PAGE = str(ROOT / "pages" / "jira" / "page.py")


@pytest.fixture(scope="module")
def once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder whose lake holds the demo's requests."""
    with housed(tmp_path_factory.mktemp("told")) as folder:
        demo.make(3, clock.now())
    return folder


@pytest.fixture
def told(data: Path, once: Path) -> None:
    """The demo's requests, in a lake of the test's own."""
    shutil.copytree(once / "lake", data / "lake", dirs_exist_ok=True)


def shown() -> AppTest:
    app = AppTest.from_file(PAGE, default_timeout=120).run()
    assert not app.exception
    return app


def words(table: Dataframe) -> pd.DataFrame:
    """What the cells of a table say."""
    return convert_arrow_bytes_to_pandas_df(table.proto.arrow_data.styler.display_values)


def read(text: str) -> str:
    """What a person reads where Markdown escapes the signs of a text."""
    return re.sub(r"\\(.)", r"\1", text)


def tabs(app: AppTest) -> list[str]:
    return [tab.label for tab in app.tabs]


def test_before_anything_is_read_it_says_what_to_do(data: Path, sign_in: Callable[[Role], None]) -> None:
    sign_in(Role.SQUAD)
    assert "Aucune source de demandes" in shown().info[0].value


@pytest.mark.usefixtures("told")
@pytest.mark.parametrize("role", list(Role))
def test_people_are_off_until_the_register_holds_their_treatment(
    data: Path, sign_in: Callable[[Role], None], role: Role
) -> None:
    sign_in(role)
    assert "Personnes" not in tabs(shown())
    summary = Summary(ref="VIGIE-KPI", title="KPI", completeness=100, search="")
    with store().write() as connection:
        [number] = records.add(connection, "treatment", [(summary, {})], who="dpo", state="in_review")
        read = records.get(connection, "treatment", number)
        records.save(
            connection, read, version=1, who="dpo", action="validate", state="validated", keys={}, publish=True
        )
    assert ("Personnes" in tabs(shown())) is (role is Role.LEAD)


@pytest.mark.usefixtures("told")
@pytest.mark.parametrize("role", [Role.SQUAD, Role.LEAD])
def test_every_part_is_drawn(data: Path, sign_in: Callable[[Role], None], role: Role) -> None:
    sign_in(role)
    app = shown()
    for part in tabs(app):
        app.session_state["jira.part"] = part
        app.run()
        assert not app.exception
        assert [error.value for error in app.error] == [], part
        first = [table.value for table in app.dataframe]
        app.run()  # from what was kept
        assert all(again.value.equals(before) for again, before in zip(app.dataframe, first, strict=True)), part


@pytest.mark.usefixtures("told")
@pytest.mark.parametrize("part", ["Clients", "Types", "Temps", "Non renseigné"])
def test_whatever_counts_by_client_says_how_a_request_of_several_counts(
    data: Path, sign_in: Callable[[Role], None], part: str
) -> None:
    sign_in(Role.SQUAD)
    app = shown()
    app.session_state["jira.part"] = part
    said = [read(caption.value) for caption in app.run().caption if "la somme" in caption.value]
    assert said == ["Comptée dans chacun de ses clients\u202f: la somme dépasse le nombre de demandes"]
    app.session_state["jira.counting"] = "split"
    [split] = [caption.value for caption in app.run().caption if "la somme" in caption.value]
    assert ("Répartie" in split) is (part in ("Clients", "Types"))  # a median or a field knows no half request


@pytest.mark.usefixtures("told")
def test_a_filter_of_an_address_that_is_not_open_to_its_reader_is_told_until_the_filters_change(
    data: Path, sign_in: Callable[[Role], None]
) -> None:
    sign_in(Role.SQUAD)
    app = AppTest.from_file(PAGE, default_timeout=120)
    app.query_params |= {"assignees": "alix.moreau", "clients": "DEX/Sinistres,DEX/Autre"}
    [warning] = app.run().warning
    assert "Client, un filtre qui ne vous est pas ouvert" in warning.value
    assert app.run().warning
    app.query_params.clear()
    app.session_state["jira.clients"] = []
    assert not app.run().warning


@pytest.mark.usefixtures("told")
def test_filters_do_not_stand_above_the_review_which_they_do_not_concern(
    data: Path, sign_in: Callable[[Role], None]
) -> None:
    sign_in(Role.LEAD)
    app = shown()
    assert "Demandes derrière" in [read(header.value) for header in app.header][-1]
    assert [chip for chip in app.get("popover") if "Client" in str(chip.proto)]
    app.session_state["jira.part"] = "Revue mensuelle"
    app.run()
    assert not [header.value for header in app.header if "Demandes derrière" in header.value]
    assert not [chip for chip in app.get("popover") if "Client" in str(chip.proto)]


@pytest.mark.usefixtures("told")
def test_a_word_of_the_rules_that_no_source_has_is_told_to_whoever_may_act(
    data: Path, sign_in: Callable[[Role], None]
) -> None:
    sign_in(Role.LEAD)
    assert [warning.value for warning in shown().warning] == []
    (data / "jira_rules.yml").write_text("waiting: [À faire, Bloqué]")
    [warning] = shown().warning
    assert "Bloqué" in warning.value
    sign_in(Role.SQUAD)
    assert [warning.value for warning in shown().warning] == []


@pytest.mark.parametrize(
    ("zone", "month", "state", "hour"),
    [
        ("Europe/Paris", "mars 2026", "late", "1 mars 2026, 04:30"),
        ("America/New_York", "févr. 2026", "on_time", "28 févr. 2026, 22:30"),
    ],
)
def test_months_days_and_hours_are_those_of_the_clock_that_is_set(
    data: Path,
    sign_in: Callable[[Role], None],
    monkeypatch: pytest.MonkeyPatch,
    zone: str,
    month: str,
    state: str,
    hour: str,
) -> None:
    monkeypatch.setenv("VIGIE_TIMEZONE", zone)
    forget()
    sign_in(Role.SQUAD)
    demo.make(3, datetime(2026, 2, 3, 12, tzinfo=UTC))
    one = {
        "source": "x", "issue_id": "1", "key": "ZONE-1", "project": "ZONE", "subtask": False, "status": "Terminé",
        "created_at": datetime(2026, 3, 1, 3, 30, tzinfo=UTC), "updated_at": datetime(2026, 3, 3, 2, tzinfo=UTC),
        "resolved_at": datetime(2026, 3, 3, 2, tzinfo=UTC), "due_on": date(2026, 3, 2),
    }  # fmt: skip
    lake().land(ISSUES, pa.Table.from_pylist([one], pa.schema([name.with_nullable(True) for name in ISSUES.schema])))
    app = AppTest.from_file(PAGE, default_timeout=120)
    app.query_params |= {"projects": "ZONE", "period": "2026-02-01_2026-03-31", "behind": f"kind={state}"}
    app.session_state["jira.part"] = "Non renseigné"
    app.run()
    assert [header.value for header in app.header][-1] == plain("Demandes derrière les chiffres\u202f: 1")
    by_month = next(table for table in app.dataframe if str(table.proto.id).endswith("jira.unfilled-months"))
    assert words(by_month)["name"].tolist() == [month]
    assert words(app.dataframe[-1])["created_at"].tolist() == [hour]
