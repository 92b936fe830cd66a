"""The tabs of a screen, whose open one is in the address: where that changed by itself (a link, the back button) it
wins over what was open."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from core.ui.drawn import tabs

TAB = "tab"
"""The parameter of the address that names the open tab; the first needs none."""


def is_open(mission: str, name: str, label: str) -> bool:
    """Whether a tab other than the first is the open one, before the tabs are drawn."""
    asked = st.query_params.get(TAB)
    if st.session_state.get(_known(mission)) != asked:
        return asked == name
    return bool(st.session_state.get(_key(mission)) == label)


def draw(mission: str, labels: Mapping[str, str]) -> dict[str, Any]:
    """Draw the tabs: name → its container, which says whether it is open."""
    first = next(iter(labels))
    asked = st.query_params.get(TAB)
    if st.session_state.get(_known(mission)) != asked:
        st.session_state[_key(mission)] = labels.get(asked or first, labels[first])
        st.session_state[_known(mission)] = asked
    _follow(mission, labels)
    drawn = dict(zip(labels, tabs(tuple(labels.values()), _key(mission)), strict=True))
    opened = next((name for name, tab in drawn.items() if tab.open), first)
    if opened != (asked or first):
        st.session_state[_known(mission)] = None if opened == first else opened
        if opened == first:
            del st.query_params[TAB]
        else:
            st.query_params[TAB] = opened
    return drawn


def _follow(mission: str, labels: Mapping[str, str]) -> None:
    """Tabs of which one is called otherwise, as it counts something, are new ones to Streamlit, and open at the first:
    the open one stays open."""
    kept = f"{mission}.part.labels"
    before: Mapping[str, str] = st.session_state.get(kept, labels)
    if before != labels:
        opened = next((name for name, label in before.items() if label == st.session_state.get(_key(mission))), "")
        if opened in labels:
            st.session_state[_key(mission)] = labels[opened]
    st.session_state[kept] = dict(labels)


def _key(mission: str) -> str:
    return f"{mission}.part"


def _known(mission: str) -> str:
    """Where the session keeps what the address said last."""
    return f"{mission}.part.address"
