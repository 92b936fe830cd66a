"""The focus of the browser on a widget: for whoever followed a link to it, by mouse or by keyboard.

Streamlit has no such thing, and the content policy allows scripts from files alone: so it is a component with a file.
"""

import re
from collections.abc import Callable
from functools import cache
from typing import Any

import streamlit as st
from streamlit.components.v2.get_bidi_component_manager import get_bidi_component_manager
from streamlit.components.v2.manifest_scanner import ComponentConfig, ComponentManifest

from core.base.settings import ROOT

ASSETS = ROOT / "core/ui/assets"


def on(key: str) -> None:
    """Move the focus to the widget of this key, or to the first in the container of this key."""
    name = re.sub(r"[^a-zA-Z0-9_-]", "-", key)  # the class that Streamlit gives it
    _component()(data={"key": name}, key=f"focus.{key}", height="content")


@cache
def _component() -> Callable[..., Any]:
    manifest = ComponentManifest("vigie", "1", [ComponentConfig("focus", "focus")])
    get_bidi_component_manager().register_from_manifest(manifest, ASSETS)
    return st.components.v2.component("vigie.focus", js="focus.js")
