"""The language of a session: the person's choice, else the browser's, French when in doubt."""

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from core.base.i18n import LANGUAGES, preferred, register_resolver
from core.people.person import Person

NAMES = {"fr": "Français", "en": "English"}
KEY = "vigie.language"


def _of_session() -> str:
    return str(st.session_state.get(KEY, "fr")) if get_script_run_ctx(suppress_warning=True) else "fr"


register_resolver(_of_session)


def settle(person: Person | None) -> str:
    """Decide the session's language before anything is drawn, and give it. A choice made in this session stays."""
    chosen = person.language if person and person.language in LANGUAGES else None
    # What the page itself says goes first: not every browser tells its websocket in which language the page is read.
    code = chosen or preferred(f"{st.context.locale or ''},{st.context.headers.get('Accept-Language', '')}")
    st.session_state[KEY] = code
    return code
