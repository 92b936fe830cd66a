"""Home: one card a mission, what concerns my squad, what changed since my last visit."""

from datetime import datetime

import streamlit as st

from core.base.i18n import _, show_moment
from core.mission.contract import Headline, Mission
from core.mission.discovery import missions
from core.people.rights import may_see
from core.ui import figure, freshness
from core.ui.failures import tell
from core.ui.screen import Screen, screen
from core.ui.session import last_visit
from core.ui.words import plain
from pages.home import MISSION


def _headline(s: Screen, mission: Mission, visit: datetime | None) -> Headline | None:
    """A mission's headline; one that fails says so in its own card and leaves the others alone."""
    if mission.headline is None:
        return Headline(_(mission.summary))
    try:
        return mission.headline(s.reader, s.person, s.now, visit)
    except Exception as error:
        tell(error)
        return None


def _listed(title: str, sentences: tuple[str, ...]) -> None:
    if sentences:
        st.markdown(f"**{title}**\n" + "".join(f"\n- {plain(sentence)}" for sentence in sentences))


def _card(s: Screen, mission: Mission, visit: datetime | None) -> None:
    with st.container(border=True, height="stretch", gap="small"):
        st.page_link(mission.page, label=f"**{_(mission.title)}**", icon=mission.icon)
        headline = _headline(s, mission, visit)
        if headline is None:
            return
        if headline.verdict:
            st.markdown(figure.badge(headline.verdict))
        if headline.number:
            st.markdown(f"## {plain(headline.number)}", anchors=False)
        about = figure.explained(headline.about, headline.freshness or s.now) if headline.about else None
        st.markdown(plain(headline.sentence), help=about)
        _listed(_("Your squads") if s.person.squads else _("For you"), headline.concerns)
        if visit and headline.changes:
            _listed(_("Since {moment}").format(moment=show_moment(visit)), headline.changes)
        elif visit and mission.headline:
            st.markdown(figure.small(_("Nothing new since {moment}").format(moment=show_moment(visit))))
        if headline.freshness:
            st.caption(freshness.sentence(headline.freshness, s.now))


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
                _card(s, mission, visit)
