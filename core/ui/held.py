"""What a session holds, looked up where Streamlit copies all of it.

A box of text or of choices asks for one value of the session's state by its key, and Streamlit makes a copy of the
whole state for it: a form of forty boxes copied all their values forty times.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from streamlit.runtime.state.safe_session_state import SafeSessionState

_copied = SafeSessionState.filtered_state.fget  # type: ignore[attr-defined]


class Held(Mapping[str, Any]):
    """The values that a page knows by their keys; copied where all of them are asked for."""

    def __init__(self, state: SafeSessionState) -> None:
        self._state = state

    def __getitem__(self, key: str) -> Any:
        return self._state[key]

    def __iter__(self) -> Iterator[str]:
        return iter(_copied(self._state))

    def __len__(self) -> int:
        return len(_copied(self._state))


def begin() -> None:
    """For every session of this process. What is replaced is Streamlit's own; a test holds that it is there."""
    SafeSessionState.filtered_state = property(Held)  # type: ignore[method-assign, assignment]
