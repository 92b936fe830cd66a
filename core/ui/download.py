"""The one button that hands a file over: made on the click, and told in the log, with who and from where."""

import logging
import time
from collections.abc import Callable
from contextvars import copy_context
from typing import Any

import streamlit as st
from streamlit.runtime.media_file_manager import MediaFileManager

log = logging.getLogger("vigie.export")
KEPT = 60.0
"""Seconds for which a file stays that was made on a click."""
_remove = MediaFileManager.remove_orphaned_files


def begin() -> None:
    """Let a file stay until its browser has fetched it: Streamlit takes it away when two runs of anybody have ended."""
    MediaFileManager.remove_orphaned_files = _remove_rarely  # type: ignore[method-assign, assignment]


def _remove_rarely(files: MediaFileManager) -> None:
    """One look notes a file that no screen shows, the next one takes it away."""
    now, known = time.monotonic(), vars(files)
    if now - known.get("looked_at", -KEPT) >= KEPT:
        known["looked_at"] = now
        _remove(files)


def button(label: str, make: Callable[[], bytes], *, file_name: str, mime: str, key: str, **looks: Any) -> None:
    """Draw it. `make` runs on the click, when the session's state is out of reach; `looks` are Streamlit's."""
    made = logged(make, file_name)
    st.download_button(label, made, file_name=file_name, mime=mime, key=key, on_click="ignore", **looks)


def logged(make: Callable[[], bytes], file_name: str) -> Callable[[], bytes]:
    """What makes the file and tells it, wherever it runs, as the person for whom the button was drawn."""
    drawn_for = copy_context()

    def made() -> bytes:
        file = make()
        log.info("export", extra={"file": file_name, "bytes": len(file)})
        return file

    return lambda: drawn_for.copy().run(made)
