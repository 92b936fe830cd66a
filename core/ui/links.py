"""Links to screens: within the open page, without loading it anew."""

from collections.abc import Mapping
from functools import cache
from typing import Literal, NamedTuple

import streamlit as st

from core.mission.contract import HOME, Mission
from core.ui.drawn import once


def link(mission: Mission, label: str, params: Mapping[str, str] | None = None) -> None:
    """A link to a mission's screen; `params` are those of its address. `label` is Markdown."""
    once(links, Way(mission.key, label, mission.icon, tuple((params or {}).items())))


class Way(NamedTuple):
    """The way to a mission's screen: its key, a label in Markdown, its icon, the parameters of its address."""

    mission: str
    label: str
    icon: str
    params: tuple[tuple[str, str], ...] = ()
    width: Literal["stretch", "content"] = "content"
    under: str = ""
    """The caption that stands above it."""


def links(*ways: Way) -> None:
    """Links to screens, one below the other; to be drawn `once`."""
    for way in ways:
        if way.under:
            st.caption(way.under)
        st.page_link(
            _place(way.mission), label=way.label, icon=way.icon, query_params=dict(way.params), width=way.width
        )


@cache
def _place(key: str) -> st.Page:
    """Where the shell registers a mission: of a page, a link knows its address alone."""
    return st.Page(_nothing, url_path=None if key == HOME else key, default=key == HOME, title="Vigie")


def _nothing() -> None:
    """What the shell registers is drawn in its place."""
