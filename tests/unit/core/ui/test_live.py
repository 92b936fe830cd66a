"""Looks of a screen that lives, beside what somebody does meanwhile."""

import asyncio
import threading
from types import SimpleNamespace
from typing import Any

import pytest
from streamlit.proto.ClientState_pb2 import ClientState

from core.ui import live

LOOK = ClientState(fragment_id="looks", is_auto_rerun=True)


class Runs(list[str]):
    """What a session was run for, and that session: its screen changed, which a look only finds once it may go on."""

    def __init__(self) -> None:
        self.may_go_on = threading.Event()
        self.looks = 0
        state = {live.LOOKS: "looks", live.WATCHED: self.changed}
        self.session: Any = SimpleNamespace(session_state=state)

    def changed(self) -> bool:
        self.looks += 1
        return self.may_go_on.wait(60)

    async def ask(self, *asked: ClientState) -> None:
        for state in asked:
            live._asked(self.session, state)
            await asyncio.sleep(0)
        self.may_go_on.set()
        while "looks" in vars(self.session):
            await asyncio.sleep(0.01)


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch) -> Runs:
    made = Runs()
    monkeypatch.setattr(live, "_run", lambda _session, asked: made.append(asked.query_string or "look"))
    live._few.cache_clear()
    return made


def test_a_look_that_finds_something_new_runs_the_script_once_however_often_it_was_asked(runs: Runs) -> None:
    asyncio.run(runs.ask(LOOK, LOOK, LOOK))
    assert (runs, runs.looks) == (["look"], 1)


def test_what_somebody_did_while_a_look_went_on_stands(runs: Runs) -> None:
    asyncio.run(runs.ask(LOOK, ClientState(query_string="day=new")))
    assert runs == ["day=new"]
