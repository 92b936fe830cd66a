"""A squad's people find nothing of another squad's rows: in no screen, tab or filter of any mission, and no figure that
another squad's rows would have made another one.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

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
from tests.conftest import housed, signed_in, standing

SQUAD = [key for key, mission in missions().items() if Role.SQUAD in mission.see]


_MADE_UP = re.compile(rb"[0-9a-f]{32,}|(?<=#T_)[0-9a-f]{5}|[0-9a-f]{5}(?=\x1a.#T_)|[0-9a-f]{5}(?=\")")
"""What names an element or its style, anew in each session."""


COUNTED = {"checks", "extracts"}
"""Screens that count rows and, before something is picked, quote none of their words."""


@contextmanager
def built(folder: Path, now: datetime, *squads: str) -> Iterator[None]:
    """Rows of some squads in every table; an account of one of them, and a lead's; the clock stands."""
    with housed(folder), standing(now):
        store().upgrade()
        with store().write() as connection:
            accounts.add(connection, who="t", name="ours", role=Role.SQUAD, squads=[two_squads.OURS])
            accounts.add(connection, who="t", name="lead", role=Role.LEAD)
        two_squads.declare(folder)
        two_squads.land(now, squads)
        for mission in missions().values():
            if mission.freeze:
                mission.freeze(now)
        yield


@pytest.fixture(scope="module")
def moment() -> datetime:
    return clock.now()


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory, moment: datetime) -> dict[str, bytes]:
    """What each mission's screen sends to an account where no other squad has a row."""
    with built(tmp_path_factory.mktemp("alone"), moment, two_squads.OURS), pytest.MonkeyPatch.context() as patch:
        return {key: told(patch, key, "ours") for key in SQUAD}


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, moment: datetime, alone: dict[str, bytes]) -> Iterator[None]:
    with built(tmp_path_factory.mktemp("house"), moment, two_squads.OURS, two_squads.THEIRS):
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
    page = ROOT / "core" / "ui" / "script.py" if key == "home" else missions()[key].page
    app = AppTest.from_file(str(page), default_timeout=PATIENCE).run()
    found = [b"".join(sent(app.main))]
    for state, label in _tabs(app):
        app.session_state[state] = label
        found.append(b"".join(sent(app.run().main)))
    return b"".join(found)


@pytest.mark.usefixtures("house")
@pytest.mark.parametrize("key", SQUAD)
def test_a_squads_people_find_no_word_and_no_figure_of_another_squads_rows(
    monkeypatch: pytest.MonkeyPatch, alone: dict[str, bytes], key: str
) -> None:
    seen = told(monkeypatch, key, "ours")
    assert _MADE_UP.sub(b"", seen) == _MADE_UP.sub(b"", alone[key])
    at = seen.find(two_squads.THEIRS.encode())
    assert at < 0, seen[max(at - 60, 0) : at + 60]
    if missions()[key].tables and key not in COUNTED:
        both = told(monkeypatch, key, "lead")
        assert two_squads.THEIRS.encode() in both, "what is looked for would be found where it is shown"
        assert two_squads.OURS.encode() in seen
