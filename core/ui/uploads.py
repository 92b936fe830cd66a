"""What Streamlit holds of uploads: whether a tab shows an uploader, and how much its person has uploaded.

Streamlit takes a file for any open tab, whatever it shows, and keeps it until the tab is closed.
"""

from collections.abc import Iterator
from typing import Any

from streamlit.runtime import exists, get_instance
from streamlit.runtime.scriptrunner import get_script_run_ctx

UPLOADER = "file_uploader_state_value"
"""What Streamlit calls the value of a widget that takes files."""


def awaited(tab: str, binding: str) -> bool:
    """Whether the tab (a Streamlit session's id) belongs to the sign-in (`server.trustedUserHeaders`) and shows an
    uploader."""
    return any(_uploaders(session) for session in _sessions(binding) if session.id == tab)


def held(binding: str) -> int:
    """Bytes that all tabs of a sign-in have uploaded."""
    storage = _files()
    return sum(len(file.data) for session in _sessions(binding) for file in list(storage.get(session.id, {}).values()))


def let_go() -> None:
    """Forget the files of a tab whose run, just ended, showed no uploader."""
    context = get_script_run_ctx()
    if context is None or not exists() or context.session_id not in _files():
        return
    tab = get_instance()._session_mgr.get_active_session_info(context.session_id)
    drawn = context.shared.widget_ids_this_run.snapshot()
    if tab is not None and not _uploaders(tab.session) & drawn:
        context.uploaded_file_mgr.remove_session_files(context.session_id)


def _uploaders(session: Any) -> set[str]:
    """The ids of the uploaders that a tab shows."""
    known = session.session_state._new_widget_state.widget_metadata
    return {widget for widget, metadata in list(known.items()) if metadata.value_type == UPLOADER}


def _sessions(binding: str) -> Iterator[Any]:
    for session in get_instance()._session_mgr.list_active_sessions():
        if session.session._user_info.get("session") == binding:
            yield session.session


def _files() -> dict[str, dict[str, Any]]:
    storage: dict[str, dict[str, Any]] = get_instance().uploaded_file_mgr.file_storage  # type: ignore[attr-defined]
    return storage
