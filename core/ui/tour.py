"""The tour of a first visit: four steps on the home page, until the person closes it for good."""

import streamlit as st

from core.base import clock
from core.base.errors import VigieError
from core.base.i18n import N_, _
from core.mission.contract import Mission
from core.people import accounts
from core.ui.failures import tell
from core.ui.forms import door
from core.ui.screen import Screen

STEPS = (
    (N_("**Begin here.** What waits for you stands above; each line leads to where it is done."), ":material/home:"),
    (
        N_("**Pick a mission** in the menu. The line below its title filters; a click on a bar or a cell filters too."),
        ":material/filter_alt:",
    ),
    (
        N_("**Share and take along.** The address of a page brings a colleague to the same view; each figure exports."),
        ":material/share:",
    ),
    (
        N_("**Ask.** The question mark beside a figure says what it counts; the guide (F1) tells the rest."),
        ":material/help:",
    ),
)
"""What each step says, and its icon."""


def show(s: Screen) -> None:
    """The steps, unless the person closed them."""
    if s.person.toured:
        return
    with st.container(border=True, key="tour"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{_('First visit')}**", width="content")
            st.button(_("Do not show this again"), on_click=_close, args=(s.person.id, s.mission), type="tertiary")
        with st.grid(4, min_column_width=200, gap="small"):
            for step, icon in STEPS:
                st.markdown(f"{icon} {_(step)}")


def _close(person_id: int, mission: Mission) -> None:
    try:
        with door(person_id, mission, act=False) as connection:
            accounts.close_tour(connection, person_id, clock.now())
    except VigieError as error:
        tell(error)
