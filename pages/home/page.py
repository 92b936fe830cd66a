"""Home: one card a mission, what concerns my squad, what changed since my last visit."""

import streamlit as st

from core.base.i18n import _
from core.mission.discovery import missions
from core.people.rights import may_see
from core.ui import headlines
from core.ui.screen import Screen, screen
from core.ui.session import last_visit
from pages.home import MISSION


def _empty_house(s: Screen) -> None:
    """Nothing was ever read: whoever may add a source is led to it, the others are told to wait."""
    sources = missions().get("sources")
    if sources and may_see(s.person, sources):
        st.info(_("Vigie has read no source yet. Begin by adding the first one."), icon=":material/database:")
        st.page_link(sources.page, label=_("Add a source"), icon=sources.icon)
    else:
        st.info(_("Vigie has read no source yet. The administrators have been shown the way."), icon=":material/inbox:")


with screen(MISSION) as s:
    visit = last_visit()
    if s.reader.fresh() is None:
        _empty_house(s)
    with st.grid(3, min_column_width=300, gap="medium"):
        for mission in missions().values():
            if mission.key != MISSION.key and may_see(s.person, mission):
                headlines.card(s, mission, visit)
