"""The named views of a screen: open one, keep the present filters as one, take one's own away."""

from urllib.parse import urlencode

import streamlit as st

from core import views
from core.i18n import _
from core.store.engine import store
from core.ui.forms import done, write
from core.ui.screen import Screen
from core.ui.words import plain


def menu(s: Screen) -> None:
    """A button that opens the list. To be called after the filters were drawn: they are what is kept."""
    mission = s.mission.key
    with store().read() as connection:
        seen = views.seen_by(connection, mission, s.person.id)
    with st.popover(_("Views"), icon=":material/bookmark:", key=f"{mission}.views"):
        here = urlencode(sorted(_address(s).items()))
        for view in seen:
            _line(s, view, view.query == here)
        if not seen:
            st.caption(_("No view has been named yet."))
        with st.form(f"{mission}.views.save", border=False):
            name = st.text_input(_("Name of the view"), max_chars=views.LONGEST, key=f"{mission}.views.name")
            shared = st.checkbox(_("Share with everybody"), key=f"{mission}.views.shared")
            if st.form_submit_button(_("Keep these filters"), type="primary"):
                with write(s, act=False) as connection:
                    views.save(connection, mission, s.person.id, name, _address(s), shared=shared, who=s.person.name)
                    done(_("View {name} kept."), name=name)


def _address(s: Screen) -> dict[str, str]:
    """The parameters of the address that are the screen's filters."""
    return {name: value for name, value in st.query_params.to_dict().items() if name in s.chosen.values}


def _line(s: Screen, view: views.View, is_here: bool) -> None:
    mine = view.owner_id == s.person.id
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        label = plain(view.name) if mine else f"{plain(view.name)} :small[({plain(view.owner)})]"
        st.button(
            label,
            key=f"{s.mission.key}.views.open.{view.id}",
            icon=":material/check:" if is_here else ":material/group:" if view.shared else ":material/person:",
            type="tertiary",
            width="stretch",
            on_click=st.query_params.from_dict,
            args=(view.params,),
        )
        if mine and st.button(
            ":material/delete:", key=f"{s.mission.key}.views.drop.{view.id}", type="tertiary", help=_("Remove the view")
        ):
            with write(s, act=False) as connection:
                views.remove(connection, view.id, s.person.id, who=s.person.name)
                done(_("View {name} removed."), name=view.name)
