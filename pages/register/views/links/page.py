"""The things that a record names, and what other missions know of them."""

import streamlit as st

from core.base.i18n import _
from core.mission.related import related
from core.ui import figure
from core.ui.editing import Work
from core.ui.screen import Screen
from pages.register import MISSION


def draw(s: Screen, work: Work) -> None:
    """The things that the treatment names, and what other missions know of them."""
    content = work.content
    named = {
        "pipeline": (_("Pipelines"), content.get("pipelines") or []),
        "table": (_("Tables of the warehouse"), content.get("tables") or []),
        "jira_component": (_("Jira component"), [content["jira_component"]] if content.get("jira_component") else []),
        "squad": (_("Squad"), [content["squad"]] if content.get("squad") else []),
    }
    things = [(kind, name) for kind, (_label, names) in named.items() for name in names]
    if not things:
        st.info(_("This record names no pipeline, table, Jira component or squad yet."))
        return
    known = related(MISSION, s.reader, s.person, s.now, things)
    for kind, (label, names) in named.items():
        if names:
            said = [figure.related(name, known.get((kind, name), ())) for name in names]
            st.markdown(f"**{label}**\n" + "".join(f"\n- {one}" for one in said))
