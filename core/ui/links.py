"""Links to screens: within the open page, without loading it anew."""

from collections.abc import Mapping
from functools import cache
from typing import Literal

import streamlit as st

from core.mission.contract import HOME, Mission


def link(
    mission: Mission,
    label: str,
    params: Mapping[str, str] | None = None,
    width: Literal["stretch", "content"] = "content",
) -> None:
    """A link to a mission's screen; `params` are those of its address. `label` is Markdown."""
    st.page_link(_place(mission.key), label=label, icon=mission.icon, query_params=dict(params or {}), width=width)


@cache
def _place(key: str) -> st.Page:
    """Where the shell registers a mission: of a page, a link knows its address alone."""
    return st.Page(_nothing, url_path=None if key == HOME else key, default=key == HOME, title="Vigie")


def _nothing() -> None:
    """What the shell registers is drawn in its place."""
