"""A screen that lives: looked at each minute, drawn again only when what it shows has changed."""

from datetime import timedelta

import streamlit as st

from core.base import clock
from core.mission.discovery import warehouse
from core.ui.screen import Screen

EVERY = 60.0
"""Seconds between two looks."""
JUDGED = timedelta(minutes=10)
"""Time alone changes a verdict (a window closes, a run lasts): it is judged anew after this long."""


def watch(s: Screen) -> None:
    """Look at the screen's tables each minute. A rerun keeps filters, tabs and the place where somebody reads; a look
    that finds nothing new draws nothing."""
    shown = s.reader.snapshot.of(s.mission.tables)

    @st.fragment(run_every=EVERY)
    def again() -> None:
        landed = warehouse().reader(s.reader.scope).snapshot.of(s.mission.tables) != shown
        if landed or clock.now() - s.now > JUDGED:
            st.rerun()

    again()
