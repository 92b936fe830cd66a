"""How what a run draws reaches the browser: together, in its order, with the colours as Streamlit tells them."""

import asyncio
import threading
from functools import partial
from typing import Any

import pytest
from starlette.types import Message
from starlette.websockets import WebSocket
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.NewSession_pb2 import CustomThemeConfig
from streamlit.runtime import app_session
from streamlit.runtime.app_session import AppSession
from streamlit.runtime.scriptrunner.script_runner import ScriptRunner
from streamlit.runtime.session_manager import SessionClientDisconnectedError
from streamlit.web.server.starlette.starlette_websocket import StarletteSessionClient
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from core.ui import sending

SECTIONS = ("theme", "theme.light", "theme.dark", "theme.light.sidebar")


class Loop:
    """What an event loop was asked to do soon."""

    def __init__(self) -> None:
        self.hops: list[Any] = []
        self.failed: list[Any] = []

    def call_soon_threadsafe(self, call: Any, *given: Any) -> None:
        call(*given)

    def call_later(self, _seconds: float, call: Any) -> None:
        self.hops.append(call)

    def call_exception_handler(self, told: dict[str, Any]) -> None:
        self.failed.append(told["exception"])

    def is_closed(self) -> bool:
        return False


def test_calls_that_wait_together_cost_one_hop_and_keep_their_order() -> None:
    loop, called = Loop(), list[int]()
    together = sending.Together(loop)  # type: ignore[arg-type]
    for number in range(3):
        together.add(partial(called.append, number))
    assert len(loop.hops) == 1
    loop.hops.pop()()
    assert called == [0, 1, 2]
    together.add(lambda: called.append(3))
    loop.hops.pop()()
    assert called == [0, 1, 2, 3]


def test_one_that_fails_stops_none_after_it() -> None:
    loop, called = Loop(), list[int]()
    together = sending.Together(loop)  # type: ignore[arg-type]
    together.add(lambda: called.append(1 // 0))
    together.add(lambda: called.append(1))
    loop.hops.pop()()
    assert called == [1]
    assert [type(error) for error in loop.failed] == [ZeroDivisionError]


def test_no_call_of_several_threads_is_lost() -> None:
    called: list[int] = []

    async def run() -> None:
        loop, done = asyncio.get_running_loop(), asyncio.Event()
        together = sending.Together(loop)

        def tell(number: int) -> None:
            called.append(number)
            if len(called) == 400:
                done.set()

        def many(start: int) -> None:
            for number in range(start, start + 100):
                together.add(partial(tell, number))

        for start in (0, 100, 200, 300):
            threading.Thread(target=many, args=(start,)).start()
        await asyncio.wait_for(done.wait(), 30)

    asyncio.run(run())
    assert sorted(called) == list(range(400))


def test_a_loop_that_is_closed_is_left_alone() -> None:
    loop = asyncio.new_event_loop()
    loop.close()
    sending.Together(loop).add(lambda: None)


def test_what_follows_is_done_once_after_the_calls_of_a_moment() -> None:
    loop, done = Loop(), list[str]()
    together = sending.Together(loop, lambda: done.append("sent"))  # type: ignore[arg-type]

    def draw() -> None:
        done.append("drawn")
        together.follow()

    together.add(draw)
    together.add(draw)
    loop.hops.pop()()
    assert (done, loop.hops) == (["drawn", "drawn", "sent"], [])
    together.follow()
    loop.hops.pop()()
    assert done == ["drawn", "drawn", "sent", "sent"]


class Wire:
    """A browser's line: what was sent to it, once it reads."""

    def __init__(self) -> None:
        self.sent: list[Any] = []
        self.reads = asyncio.Event()

    async def connected(self) -> StarletteSessionClient:
        websocket = WebSocket({"type": "websocket", "path": "/", "headers": []}, self._receive, self._send)
        await websocket.accept()
        return StarletteSessionClient(websocket)

    async def _receive(self) -> Message:
        return {"type": "websocket.connect"}

    async def _send(self, message: Message) -> None:
        if message["type"] == "websocket.send":
            await self.reads.wait()
            self.sent.append(message["bytes"])


def _messages(count: int) -> list[ForwardMsg]:
    return [ForwardMsg(hash=str(number)) for number in range(count)]


def test_a_bundle_is_handed_to_a_browser_s_line_as_one_in_its_order() -> None:
    async def run() -> list[Any]:
        wire = Wire()
        wire.reads.set()
        client = await wire.connected()
        sending._write(client, _messages(3))
        while not wire.sent:
            await asyncio.sleep(0)
        await client.aclose()
        return wire.sent

    [bundle] = asyncio.run(run())
    assert [ForwardMsg.FromString(part).hash for part in bundle] == ["0", "1", "2"]


def test_a_browser_that_does_not_read_is_given_up() -> None:
    async def run() -> None:
        client = await Wire().connected()
        for _bundle in range(sending.WAITING):
            sending._write(client, _messages(1))
        for _again in range(2):
            with pytest.raises(SessionClientDisconnectedError):
                sending._write(client, _messages(1))
        await client.aclose()

    asyncio.run(run())


class Transport:
    """What the system was given, call by call."""

    def __init__(self) -> None:
        self.calls: list[bytes] = []
        self.closed = False

    def write(self, data: bytes) -> None:
        self.calls.append(data)

    def close(self) -> None:
        self.closed = True

    def is_closing(self) -> bool:
        return self.closed


def test_what_is_written_in_one_turn_is_one_call_to_the_system() -> None:
    async def run() -> list[bytes]:
        transport = Transport()
        gathered = sending.Gathered(transport, asyncio.get_running_loop())
        for part in (b"a", b"b", b"c"):
            gathered.write(part)
        assert transport.calls == []
        await asyncio.sleep(0)
        gathered.write(b"the last")
        gathered.close()
        assert gathered.is_closing()
        await asyncio.sleep(0)
        return transport.calls

    assert asyncio.run(run()) == [b"abc", b"the last"]


@pytest.mark.parametrize("section", SECTIONS)
def test_the_colours_are_those_that_streamlit_tells(section: str) -> None:
    told, its = CustomThemeConfig(), CustomThemeConfig()
    sending._populate(its, section)
    for _twice in range(2):
        told.Clear()
        sending._tell_theme(told, section)
        assert told == its


def test_what_is_replaced_is_there_in_this_streamlit(monkeypatch: pytest.MonkeyPatch) -> None:
    for place, name in (
        (app_session, "_populate_theme_msg"),
        (AppSession, "_call_soon_on_event_loop"),
        (AppSession, "_enqueue_forward_msg"),
        (ScriptRunner, "_enqueue_forward_msg"),
        (WebSocketsSansIOProtocol, "connection_made"),
    ):
        monkeypatch.setattr(place, name, getattr(place, name))
    sending.begin()
    assert app_session._populate_theme_msg is sending._tell_theme
