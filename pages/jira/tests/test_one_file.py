"""A figure is one file: added to the mission's screen, it stands on the page, in the export and in the mail."""

import csv
import io
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from streamlit.testing.v1 import AppTest

from core.base.settings import ROOT
from core.mission.discovery import missions, warehouse
from core.people.person import EVERYTHING, Person, Role
from core.show import export, figure, picture
from core.show.about import About
from core.show.columns import Column, Kind
from core.show.figure import Figure, Tab
from core.store.engine import store
from core.ui import session
from pages.jira import demo, figures
from pages.jira.conditions import STATUS, chosen, count, query
from pages.jira.look import JiraLook
from tests import people
from tests.conftest import signed_in

NOW = datetime(2026, 5, 20, 10, tzinfo=UTC)
BY_STATUS: Figure[JiraLook] = Figure(
    name="by-status",
    title="Requests by status",
    about=About("Requests by their status now.", "Jira"),
    query=query(
        "test_by_status", sa.select(STATUS.label("status"), count().label("n")).where(*chosen()).group_by(STATUS)
    ),
    columns=(Column("status", "Status"), Column("n", "Requests", Kind.NUMBER)),
)


@pytest.fixture(autouse=True)
def _added(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first, *rest = [part for part in figures.SCREEN if isinstance(part, Tab)]
    monkeypatch.setattr(figures, "SCREEN", (Tab(first.name, first.title, (BY_STATUS, *first.parts)), *rest))
    store().upgrade()
    demo.make(3, NOW)


def test_a_figure_added_in_one_file_is_on_the_screen(monkeypatch: pytest.MonkeyPatch) -> None:
    with store().write() as connection:
        people.ensure(connection)
    lead = signed_in(store(), "lead")
    monkeypatch.setattr(session, "browser_id", lambda: lead)
    app = AppTest.from_file(str(ROOT / "pages" / "jira" / "page.py"), default_timeout=60).run()
    assert not app.exception
    assert "Requests by status" in [header.value for header in app.header]
    first = app.dataframe[0].value
    assert first["n"].sum() > 2_000
    assert {demo.TODO, demo.DONE} <= set(first["status"])


def test_it_is_in_the_mail_and_in_its_export() -> None:
    mission = missions()["jira"]
    assert mission.opening is not None
    assert mission.figures is not None
    lead = Person(1, "lead", "Lead", Role.LEAD, frozenset())
    drawn = picture.of(mission.opening, mission.figures(), warehouse().reader(EVERYTHING), lead, {}, NOW)
    shown = drawn.shown[0]
    assert (shown.name, shown.title) == ("by-status", "Requests by status")
    file = io.BytesIO()
    export.write_csv(file, export.batches(shown.frame), shown.columns)
    head, *rows = csv.reader(io.StringIO(file.getvalue().decode("utf-8-sig")), delimiter=";")
    assert sorted(rows) == sorted([str(status), str(n)] for status, n in shown.frame[["status", "n"]].values)
    assert head == ["Statut", "Demandes"]
    assert BY_STATUS in figure.walk(mission.figures())
