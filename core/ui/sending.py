"""How what a run draws reaches the browser.

Streamlit hands each element over by itself, which wakes the event loop and holds the script up, sends each in a turn of
its own, and tells the colours of every theme anew in each run. Here what is drawn within a moment goes over together
and is sent in one turn, and the colours are told from what was worked out once.
"""

import asyncio
import threading
from collections.abc import Callable
from functools import cache
from typing import Any

from streamlit.proto.NewSession_pb2 import CustomThemeConfig
from streamlit.runtime import app_session
from streamlit.runtime.app_session import AppSession
from streamlit.runtime.runtime import Runtime
from streamlit.runtime.session_manager import ActiveSessionInfo

_populate = app_session._populate_theme_msg
_flush, _send = AppSession.flush_browser_queue, Runtime._send_message
MOMENT = 0.008
"""Seconds for which what is drawn is gathered."""
AT_ONCE = 50
"""As many messages are sent in one turn of the loop: others have theirs in between, and no browser's line is full."""


class Together:
    """Calls for an event loop from any thread, in their order: those of one moment cost one hop."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._lock = threading.Lock()
        self._calls: list[Callable[[], None]] = []

    def add(self, call: Callable[[], None]) -> None:
        """Call it soon. After the loop was closed nothing is called any more."""
        with self._lock:
            self._calls.append(call)
            first = len(self._calls) == 1
        if first and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._loop.call_later, MOMENT, self._all)

    def _all(self) -> None:
        with self._lock:
            calls, self._calls = self._calls, []
        for call in calls:
            try:
                call()
            except Exception as error:  # as the loop does of a call of its own: the others follow
                self._loop.call_exception_handler({"message": "a call of the script failed", "exception": error})


def _soon(session: AppSession, call: Callable[[], None]) -> None:
    waiting = vars(session).get("waiting") or vars(session).setdefault("waiting", Together(session._event_loop))
    waiting.add(call)


def _wake(runtime: Runtime) -> None:
    """Say that there is something to send: once, until it is looked at."""
    parts = runtime._get_async_objs()
    if not parts.need_send_data.is_set():
        parts.eventloop.call_soon_threadsafe(parts.need_send_data.set)


def _bundles(session: AppSession) -> list[Any]:
    """What waits for a browser, as the loop sends it: so many messages as one."""
    waiting = _flush(session)
    return [waiting[at : at + AT_ONCE] for at in range(0, len(waiting), AT_ONCE)]


def _send_bundle(runtime: Runtime, to: ActiveSessionInfo, bundle: Any) -> None:
    for message in bundle:
        _send(runtime, to, message)


@cache
def _theme(section: str) -> CustomThemeConfig:
    found = CustomThemeConfig()
    _populate(found, section)
    return found


def _tell_theme(msg: CustomThemeConfig, section: str = "theme") -> None:
    msg.MergeFrom(_theme(section))


def begin() -> None:
    """For every session of this process. What is replaced is Streamlit's own; a test holds that it is there."""
    app_session._populate_theme_msg = _tell_theme
    AppSession._call_soon_on_event_loop = _soon  # type: ignore[method-assign, assignment]
    Runtime._enqueued_some_message = _wake  # type: ignore[method-assign, assignment]
    AppSession.flush_browser_queue = _bundles  # type: ignore[method-assign, assignment]
    Runtime._send_message = _send_bundle  # type: ignore[method-assign, assignment]
