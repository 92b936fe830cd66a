"""How what a run draws reaches the browser.

Streamlit hands each element over by itself, which wakes the event loop and holds the script up, looks through every
session for what waits, sends each message by itself through all layers to the system, and tells the colours of every
theme anew in each run. Here what is drawn within a moment goes over together, passes the layers as one and is written
in one call, and the colours are told from what was worked out once.
"""

import asyncio
import threading
from collections.abc import Callable
from functools import cache
from typing import Any

from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.NewSession_pb2 import CustomThemeConfig
from streamlit.runtime import app_session
from streamlit.runtime.app_session import AppSession
from streamlit.runtime.runtime import Runtime
from streamlit.runtime.runtime_util import serialize_forward_msg
from streamlit.runtime.scriptrunner.script_runner import ScriptRunner
from streamlit.runtime.session_manager import SessionClientDisconnectedError
from streamlit.web.server.starlette.starlette_websocket import StarletteSessionClient
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

_populate = app_session._populate_theme_msg
_hand_over, _made = ScriptRunner._enqueue_forward_msg, WebSocketsSansIOProtocol.connection_made
MOMENT = 0.008
"""Seconds for which what is drawn is gathered."""
AT_ONCE = 50
"""As many messages are sent in one turn of the loop: others have theirs in between."""
WAITING = 500
"""So many bundles may wait for a browser that does not read; then its line is given up, as Streamlit does of messages.
A slow line is no dead one: while a large table passes, a screen draws dozens."""


class Together:
    """Calls for an event loop from any thread, in their order: those of one moment cost one hop, and what follows from
    them (`then`) is done once."""

    def __init__(self, loop: asyncio.AbstractEventLoop, then: Callable[[], None] = lambda: None) -> None:
        self._loop, self._then = loop, then
        self._lock = threading.Lock()
        self._calls: list[Callable[[], None]] = []
        self._calling = False

    def add(self, call: Callable[[], None]) -> None:
        """Call it soon. After the loop was closed nothing is called any more."""
        with self._lock:
            self._calls.append(call)
            first = len(self._calls) == 1
        if first and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._loop.call_later, MOMENT, self._all)

    def follow(self) -> None:
        """Let `then` be done soon, unless it is about to be."""
        if not self._calling:
            self.add(lambda: None)

    def _all(self) -> None:
        with self._lock:
            calls, self._calls = self._calls, []
        self._calling = True
        for call in (*calls, self._then):
            try:
                call()
            except Exception as error:  # as the loop does of a call of its own: the others follow
                self._loop.call_exception_handler({"message": "a call of the script failed", "exception": error})
        self._calling = False


def _line(session: AppSession) -> Together:
    known = vars(session).get("line")
    line: Together = known or vars(session).setdefault("line", Together(session._event_loop, lambda: _deliver(session)))
    return line


def _soon(session: AppSession, call: Callable[[], None]) -> None:
    _line(session).add(call)


def _drawn(runner: ScriptRunner, msg: ForwardMsg) -> None:
    """Hand over an element. An app that is tested without a server has no session, and is told as Streamlit does."""
    session = vars(runner).get("session") or vars(runner).setdefault("session", _session(runner))
    if session is None:
        _hand_over(runner, msg)
        return
    runner._maybe_handle_execution_control_request()

    def enqueue() -> None:
        if session._scriptrunner is runner:  # else it was told to end, and another draws
            session._browser_queue.enqueue(msg)

    _line(session).add(enqueue)


def _session(runner: ScriptRunner) -> AppSession | None:
    """Whose events a runner tells, where it is one session alone."""
    receivers = [getattr(receiver, "__self__", None) for receiver in runner.on_event._get_live_receivers()]
    return receivers[0] if len(receivers) == 1 and isinstance(receivers[0], AppSession) else None


def _enqueue(session: AppSession, msg: ForwardMsg) -> None:
    session._browser_queue.enqueue(msg)
    _line(session).follow()


def _deliver(session: AppSession) -> None:
    """Send what waits for the browser of one session; of one that hung up it waits until it comes again."""
    runtime = Runtime.instance()
    there = runtime._session_mgr.get_active_session_info(session.id)
    if there is None or there.session is not session:
        return
    messages = session.flush_browser_queue()
    ended = (message for message in messages if message.WhichOneof("type") == "script_finished")
    there.script_run_count += sum(message.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY for message in ended)
    try:
        for at in range(0, len(messages), AT_ONCE):
            _write(there.client, messages[at : at + AT_ONCE])
    except SessionClientDisconnectedError:
        runtime.disconnect_session(session.id, client=there.client)
    session.on_flushed_messages_sent()


def _write(client: Any, messages: list[ForwardMsg]) -> None:
    """Put a bundle into a browser's line, which the gate takes apart (`core.people.gate.one_by_one`)."""
    if not isinstance(client, StarletteSessionClient):
        for message in messages:
            client.write_forward_msg(message)
        return
    if client._send_queue.qsize() >= WAITING:
        client._closed.set()
    if client._closed.is_set():
        raise SessionClientDisconnectedError
    client._send_queue.put_nowait(tuple(serialize_forward_msg(message) for message in messages))  # type: ignore[arg-type]


class Gathered:
    """A transport that gives the system what is written in one turn of the loop in one call. All else is its own."""

    def __init__(self, transport: Any, loop: asyncio.AbstractEventLoop) -> None:
        self._transport, self._loop = transport, loop
        self._written: list[bytes] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        if not self._written:
            self._loop.call_soon(self._all)
        self._written.append(data)

    def close(self) -> None:
        self._all()
        self._transport.close()

    def _all(self) -> None:
        written, self._written = self._written, []
        if written and not self._transport.is_closing():
            self._transport.write(b"".join(written))


def _connected(protocol: WebSocketsSansIOProtocol, transport: Any) -> None:
    _made(protocol, transport)
    protocol.transport = Gathered(transport, protocol.loop)  # type: ignore[assignment]


@cache
def _theme(section: str) -> CustomThemeConfig:
    theme = CustomThemeConfig()
    _populate(theme, section)
    return theme


def _tell_theme(msg: CustomThemeConfig, section: str = "theme") -> None:
    msg.MergeFrom(_theme(section))


def begin() -> None:
    """For every session of this process. What is replaced is Streamlit's and uvicorn's own; a test holds that it is
    there."""
    app_session._populate_theme_msg = _tell_theme
    AppSession._call_soon_on_event_loop = _soon  # type: ignore[method-assign, assignment]
    AppSession._enqueue_forward_msg = _enqueue  # type: ignore[method-assign, assignment]
    ScriptRunner._enqueue_forward_msg = _drawn  # type: ignore[method-assign, assignment]
    WebSocketsSansIOProtocol.connection_made = _connected  # type: ignore[method-assign, assignment]
