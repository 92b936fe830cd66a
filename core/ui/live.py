"""A screen that lives: looked at each minute, drawn again only when what it shows has changed."""

from collections.abc import Callable
from datetime import timedelta
from itertools import count

import streamlit as st

from core.base import clock
from core.mission.discovery import warehouse
from core.ui.screen import Screen

EVERY = 60.0
"""Seconds between two looks."""
JUDGED = timedelta(minutes=10)
"""Time alone changes a verdict (a window closes, a run lasts): it is judged anew after this long."""


def watch(s: Screen, follows: Callable[[], object]) -> None:
    """Look at the screen's tables, and at what else it `follows`, each minute. A rerun keeps filters, tabs and the
    place where somebody reads; a look that finds nothing new draws nothing."""
    shown, followed = s.reader.snapshot.of(s.mission.tables), follows()
    looks = count()

    @st.fragment(run_every=EVERY)
    def again() -> None:
        if next(looks) == 0:
            return  # it has just been drawn
        landed = warehouse().reader(s.reader.scope).snapshot.of(s.mission.tables) != shown
        if landed or follows() != followed or clock.now() - s.now > JUDGED:
            st.rerun()

    again()
