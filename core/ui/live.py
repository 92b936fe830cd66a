"""A screen that lives: looked at each minute, drawn again only when what it shows has changed. A look that finds
nothing new runs no script and sends nothing; the gate has then asked who looks, as of every message."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from functools import cache
from itertools import count

import streamlit as st
from anyio import CapacityLimiter, to_thread
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.runtime.app_session import AppSession
from streamlit.runtime.scriptrunner_utils.script_run_context import ThreadState

from core.base import clock
from core.mission.contract import Mission
from core.mission.discovery import warehouse
from core.show.figure import Answer
from core.ui.screen import Screen

EVERY = 60.0
"""Seconds between two looks."""
JUDGED = timedelta(minutes=10)
"""Time alone changes a verdict (a window closes, a run lasts): it is judged anew after this long."""


WATCHED = "live.watched"
"""Where the session keeps what tells whether the open screen shows what is known."""
LOOKS = "live.looks"
"""Where it keeps by which fragment its browser looks."""
_run = AppSession._handle_rerun_script_request


def watch(s: Screen, follows: Callable[[], object]) -> None:
    """Let the screen live: its tables, and what else it `follows`, are looked at each minute."""
    shown, followed = s.reader.snapshot.of(s.mission.tables), follows()

    def changed() -> bool:
        landed = warehouse().reader(s.reader.scope).snapshot.of(s.mission.tables) != shown
        return landed or follows() != followed or clock.now() - s.now > JUDGED

    st.session_state[WATCHED] = changed


def look(mission: Mission) -> None:
    """Look each minute at a screen that may live. It stands beside what it looks at, and is drawn once: an act draws
    the page's body alone. A rerun keeps filters, tabs and the place where somebody reads; a look that finds nothing new
    draws nothing."""
    if mission.figures is None or not any(isinstance(part, Answer) for part in mission.figures()):
        return
    looks = count()

    @st.fragment(run_every=EVERY)
    def again() -> None:
        st.session_state[LOOKS] = ThreadState.get().fragment_id
        changed = st.session_state.get(WATCHED)
        if next(looks) and changed is not None and changed():
            st.rerun()

    again()


def rest() -> None:
    """The screen is drawn anew: whether it lives is said by what is drawn."""
    st.session_state.pop(WATCHED, None)


def begin() -> None:
    """For every session of this process. What is replaced is Streamlit's own; a test holds that it is there."""
    AppSession._handle_rerun_script_request = _asked  # type: ignore[method-assign, assignment]


def _asked(session: AppSession, client_state: ClientState | None = None) -> None:
    """A browser asks for a run. Where it only looks, the script is run once there is something to show."""
    changed = _watched(session, client_state) if client_state and client_state.is_auto_rerun else None
    if changed is None:
        vars(session)["acts"] = _acts(session) + 1
        _run(session, client_state)
    elif not vars(session).get("looks"):
        task = vars(session)["looks"] = asyncio.create_task(_look(session, client_state, changed))
        task.add_done_callback(lambda _ended: vars(session).pop("looks"))


def _acts(session: AppSession) -> int:
    """How many runs a session was asked for by what somebody did."""
    return int(vars(session).get("acts", 0))


@cache
def _few() -> CapacityLimiter:
    """Looks wait for each other, and no message of anybody for them."""
    return CapacityLimiter(4)


def _watched(session: AppSession, asked: ClientState) -> Callable[[], bool] | None:
    try:
        looks, changed = session.session_state[LOOKS], session.session_state[WATCHED]
    except KeyError:
        return None
    watched: Callable[[], bool] | None = changed if looks == asked.fragment_id else None
    return watched


async def _look(session: AppSession, asked: ClientState | None, changed: Callable[[], bool]) -> None:
    """Run the script for a look that finds something, unless somebody acted meanwhile: what the look said of boxes and
    of the address is of before, and would undo it."""
    acts = _acts(session)
    try:
        is_new = await to_thread.run_sync(changed, limiter=_few())
    except Exception:  # the script looks again, and says what is wrong
        is_new = True
    if is_new and _acts(session) == acts:
        _run(session, asked)
