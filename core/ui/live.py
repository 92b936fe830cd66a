"""A screen that lives: looked at each minute, drawn again only when what it shows has changed."""

from collections.abc import Callable
from datetime import timedelta
from itertools import count

import streamlit as st

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
"""Where the session keeps what the open screen shows, and when it was judged."""


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
        changed = st.session_state.get(WATCHED)
        if next(looks) and changed is not None and changed():
            st.rerun()

    again()


def rest() -> None:
    """The screen is drawn anew: whether it lives is said by what is drawn."""
    st.session_state.pop(WATCHED, None)
