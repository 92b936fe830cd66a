"""Home: what waits for me, then one card a mission with what changed since my last visit."""

import streamlit as st

from core.base.i18n import _
from core.mission.discovery import missions
from core.people.rights import may_see
from core.ui import headlines, subscribe, tour
from core.ui.drawn import once
from core.ui.links import link
from core.ui.screen import Screen, screen
from core.ui.session import last_visit
from pages.home import MISSION


def _empty_house(s: Screen) -> None:
    """Nothing was ever read: whoever may add a source is led to it, the others are told to wait."""
    sources = missions().get("sources")
    if sources and may_see(s.person, sources):
        st.info(_("Vigie has read no source yet. Begin by adding the first one."), icon=":material/database:")
        link(sources, _("Add a source"))
    else:
        st.info(_("Vigie has read no source yet. The administrators have been shown the way."), icon=":material/inbox:")


with screen(MISSION) as s:
    visit = last_visit()
    seen = [one for one in missions().values() if one.key != MISSION.key and may_see(s.person, one)]
    told = headlines.read(s, seen, visit)
    if s.reader.fresh() is None:
        _empty_house(s)
    else:
        headlines.tasks(told)
    tour.show(s)
    subscribe.menu(s)
    for section in dict.fromkeys(mission.section for mission, _headline in told):
        once(st.header, _(section) if section else _("Missions"), anchor=False)
        headlines.cards(s, [one for one in told if one[0].section == section], visit)
