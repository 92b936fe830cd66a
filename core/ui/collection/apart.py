"""What goes on in a process of its own for this session: how far it is, and a stop."""

import streamlit as st

from core.base.i18n import _
from core.records.apart import Apart
from core.ui.words import plain


@st.fragment(run_every=1.0)
def progress(key: str) -> None:
    """The work that the session holds under a key, every second; the whole screen is drawn again at its end."""
    work: Apart | None = st.session_state.get(key)
    if work is None or not work.running:
        st.rerun()
    work.look()
    st.progress(work.share, text=_("Being made: {step}").format(step=plain(work.step or "…")))
    if st.button(_("Stop"), icon=":material/stop_circle:", key=f"{key}.stop"):
        work.stop()
        st.rerun()
