"""Drawing a screen writes nothing: every screen is drawn to every role with the writes of store and lake broken.
Each chart on it is one that Vega-Lite allows."""

import json
from collections.abc import Iterator
from typing import Any, NoReturn

import altair as alt
import pytest
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Block, Tab

from core.base import clock
from core.base.settings import ROOT
from core.facts.lake import Lake
from core.mission.discovery import missions
from core.people.person import Role
from core.store.engine import Store, store
from core.ui import session
from tests import people, two_squads
from tests.conftest import housed, signed_in

PATIENCE = 120


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Rows in every table, and an account of each role."""
    with housed(tmp_path_factory.mktemp("house")):
        store().upgrade()
        with store().write() as connection:
            people.ensure(connection)
        for mission in missions().values():
            if mission.ship:
                mission.ship()
        two_squads.land(clock.now())
        yield


def _refuse(*_given: object, **_named: object) -> NoReturn:
    raise AssertionError("written while a screen is drawn")


def _tabs(app: AppTest) -> list[tuple[str, str]]:
    """The tabs that draw only once they are opened: the key that opens them, and the label of each."""
    return [
        (str(block.key), child.label)
        for block in _blocks(app.main)
        for child in block.children.values()
        if isinstance(child, Tab) and block.key
    ]


def _blocks(block: Block) -> Iterator[Block]:
    yield block
    for child in block.children.values():
        if isinstance(child, Block):
            yield from _blocks(child)


def _marked(layer: dict[str, Any], mark: str) -> bool:
    how = layer.get("mark", {})
    return (how["type"] if isinstance(how, dict) and how else how) == mark


@pytest.mark.usefixtures("house")
@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("key", sorted(missions()))
def test_no_screen_writes_while_it_is_drawn(monkeypatch: pytest.MonkeyPatch, key: str, role: Role) -> None:
    session_id = signed_in(store(), role.value)
    monkeypatch.setattr(session, "browser_id", lambda: session_id)
    monkeypatch.setattr(Store, "write", _refuse)
    for name in ("land", "replace", "empty", "remove", "forget"):
        monkeypatch.setattr(Lake, name, _refuse)
    page = ROOT / "core" / "ui" / "script.py" if key == "home" else missions()[key].page
    app = AppTest.from_file(str(page), default_timeout=PATIENCE).run()
    for state, label in [("", ""), *_tabs(app)]:
        if state:
            app.session_state[state] = label
            app.run()
        assert [error.value for error in app.error] == [], label
        assert not app.exception, label
        for chart in app.get("vega_lite_chart"):  # which the screen itself leaves unchecked: that takes its time
            specification = json.loads(chart.proto.spec)
            alt.LayerChart.validate(specification)
            for layer in specification.get("layer", ()):  # a number of a period covered in part is read like any other
                assert not _marked(layer, "text") or layer["encoding"].get("opacity", {}).get("field") != "partial"
