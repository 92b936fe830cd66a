"""A squad's people find nothing of another squad's rows: in no screen, tab or filter of any mission."""

from collections.abc import Iterator

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Block

from core.base import clock
from core.base.settings import ROOT
from core.mission.discovery import missions
from core.people import accounts
from core.people.person import Role
from core.store.engine import store
from core.ui import session
from tests import two_squads
from tests.app.test_drawing import PATIENCE, _tabs
from tests.conftest import housed, signed_in

SQUAD = [key for key, mission in missions().items() if Role.SQUAD in mission.see]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Rows of two squads in every table; an account of one of them, and a lead's."""
    with housed(tmp_path_factory.mktemp("house")):
        store().upgrade()
        with store().write() as connection:
            accounts.add(connection, who="t", name="ours", role=Role.SQUAD, squads=[two_squads.OURS])
            accounts.add(connection, who="t", name="lead", role=Role.LEAD)
        now = clock.now()
        two_squads.land(now)
        for mission in missions().values():
            if mission.freeze:
                mission.freeze(now)
        yield


def sent(block: Block) -> Iterator[bytes]:
    """What the browser is sent of every element."""
    for child in block.children.values():
        if isinstance(child, Block):
            yield from sent(child)
        elif (proto := getattr(child, "proto", None)) is not None:
            yield proto.SerializeToString()


def told(monkeypatch: pytest.MonkeyPatch, key: str, name: str) -> bytes:
    """Everything that a mission's screen sends to an account, in all of its tabs."""
    session_id = signed_in(store(), name)
    monkeypatch.setattr(session, "browser_id", lambda: session_id)
    page = ROOT / "core" / "ui" / "shell.py" if key == "home" else missions()[key].page
    app = AppTest.from_file(str(page), default_timeout=PATIENCE).run()
    found = [b"".join(sent(app.main))]
    for state, label in _tabs(app):
        app.session_state[state] = label
        found.append(b"".join(sent(app.run().main)))
    return b"".join(found)


@pytest.mark.usefixtures("house")
@pytest.mark.parametrize("key", SQUAD)
def test_a_squads_people_find_no_word_of_another_squads_rows(monkeypatch: pytest.MonkeyPatch, key: str) -> None:
    seen = told(monkeypatch, key, "ours")
    at = seen.find(two_squads.THEIRS.encode())
    assert at < 0, seen[max(at - 60, 0) : at + 60]
    if missions()[key].tables:
        both = told(monkeypatch, key, "lead")
        assert two_squads.THEIRS.encode() in both, "what is looked for would be found where it is shown"
        assert two_squads.OURS.encode() in seen
