"""The screen of declared data: a table that is no longer declared is told, and emptied by whoever may."""

from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pytest
from streamlit.testing.v1 import AppTest

from core.base import clock
from core.facts.lake import lake
from core.mission.discovery import missions
from core.people.person import Role
from core.run import registry
from core.run.jobs import jobs
from core.sources.base import Source
from core.store.engine import store

CALLS = """
extract: calls
title: Appels
meaning: Un appel par ligne.
columns:
  - {name: number, title: Numéro}
  - {name: called_at, title: Appelé le, kind: moment}
  - {name: agent, title: Agent, personal: true}
key: [number]
time: called_at
treatment: VIGIE-X
"""


@pytest.fixture
def _gone(data: Path, sign_in: Callable[[Role], None]) -> None:
    """A call landed, from a source that is still kept, and its table was taken out of the declarations."""
    jobs.cache_clear()
    file = data / "declarations" / "extracts" / "calls.yml"
    file.parent.mkdir(parents=True)
    file.write_text(CALLS, encoding="utf-8")
    (file.parent / "visits.yml").write_text(CALLS.replace("extract: calls", "extract: visits"), encoding="utf-8")
    mission = missions()["extracts"]
    (table,) = (one for one in mission.tables if one.name == "calls")
    row = {"source": "pbx", "number": "A1", "called_at": clock.now(), "agent": "Lou Parti"}
    lake().land(table, pa.Table.from_pylist([row]))
    kind = next(one for one in mission.connectors if one.table is table)
    options = kind.options.model_validate({"path": "uploads/calls.csv", "columns": {"number": "N"}})
    with store().write() as connection:
        registry.add(connection, Source("pbx", "extracts", kind.kind, options), who="test")
    file.unlink()


def opened(key: str) -> AppTest:
    return AppTest.from_file(missions()[key].page, default_timeout=120).run()


def said(app: AppTest) -> str:
    boxes = (*app.error, *app.warning, *app.success, *app.markdown, *app.caption)
    return "\n".join(str(box.value) for box in boxes).replace("\\", "")


@pytest.mark.usefixtures("_gone")
def test_whoever_may_empties_a_table_that_is_no_longer_declared(sign_in: Callable[[Role], None], data: Path) -> None:
    sign_in(Role.COMPLIANCE)
    app = opened("extracts")
    assert not app.exception
    assert "Lues autrement que déclarées" in said(app) + str([one.value for one in (*app.header, *app.subheader)])
    assert [button.label for button in app.button if "Vider" in button.label] == []
    sign_in(Role.LEAD)
    app = opened("extracts")
    app.selectbox(key="extracts.empty.table").select("calls")
    next(button for button in app.button if "Vider" in button.label).click().run()
    assert not app.exception
    assert "La table calls est vide" in said(app)
    assert not list((data / "lake").rglob("*.parquet"))


@pytest.mark.usefixtures("_gone")
def test_a_source_of_a_table_that_is_no_longer_declared_says_so(sign_in: Callable[[Role], None]) -> None:
    sign_in(Role.ADMIN)
    app = AppTest.from_file(missions()["sources"].page, default_timeout=120)
    app.session_state["sources.source"] = {"source": "pbx"}
    app.run()
    assert not app.exception
    assert "La table calls n’est plus déclarée" in said(app)
