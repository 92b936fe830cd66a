"""The headline of a mission (`core.mission.contract.Headline`) as a card."""

from datetime import datetime

import streamlit as st

from core.base.i18n import _, show_moment
from core.mission.contract import Headline, Mission
from core.ui import figure, freshness
from core.ui.failures import tell
from core.ui.screen import Screen
from core.ui.words import plain


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


def card(s: Screen, mission: Mission, visit: datetime | None) -> None:
    """The card of a mission: the way there, its verdict or number, what concerns the person, what changed since."""
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
