"""What is sent to a browser ends with the session, even when the browser asks nothing."""

import asyncio

import pytest
from starlette.types import Message, Receive, Scope, Send
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from core.base import clock
from core.people import accounts, gate, sessions
from core.people.gate import Gate
from core.people.person import Role
from core.store.engine import Store
from core.ui import protocol


class Line:
    """A websocket of one browser: what it asks, and what Vigie sent to it."""

    def __init__(self, cookie: str, *asked: bytes) -> None:
        self.asked = [*asked]
        self.sent: list[Message] = []
        self.scope: Scope = {
            "type": "websocket",
            "path": "/_stcore/stream",
            "scheme": "ws",
            "headers": [
                (b"host", b"localhost:8501"),
                (b"origin", b"http://localhost:8501"),
                (b"cookie", f"vigie={cookie}".encode()),
                (b"x-vigie-session", b"made up"),
            ],
        }

    async def receive(self) -> Message:
        if self.asked:
            return {"type": "websocket.receive", "bytes": self.asked.pop(0)}
        return await asyncio.Event().wait() or {}

    async def send(self, message: Message) -> None:
        self.sent.append(message)


@pytest.fixture
def cookie(made: Store) -> str:
    with made.write() as connection:
        ana = accounts.add(connection, who="root", name="ana", role=Role.DUTY)
        return sessions.open_session(connection, ana.person.id, clock.now())


def run(app: object, line: Line) -> None:
    guarded = Gate(app, page=b"", wire=protocol)  # type: ignore[arg-type]
    asyncio.run(guarded(line.scope, line.receive, line.send))


def test_what_a_running_script_still_says_is_kept_back(
    made: Store, cookie: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gate, "SEEN_FOR", 0.0)

    async def script(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "websocket.send", "bytes": b"before"})
        with made.write() as connection:
            sessions.end(connection, cookie, clock.now())
        await send({"type": "websocket.send", "bytes": b"after"})
        await send({"type": "websocket.send", "bytes": b"and after"})

    line = Line(cookie)
    run(script, line)
    assert line.sent == [{"type": "websocket.send", "bytes": b"before"}, {"type": "websocket.close", "code": 1008}]


def test_the_act_that_ends_a_session_still_leads_its_browser_away(
    made: Store, cookie: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gate, "SEEN_FOR", 0.0)
    away = ForwardMsg()
    away.auth_redirect.url = "/"

    async def script(scope: Scope, receive: Receive, send: Send) -> None:
        with made.write() as connection:
            sessions.end(connection, cookie, clock.now())
        for _again in range(2):
            await send({"type": "websocket.send", "bytes": away.SerializeToString()})

    line = Line(cookie)
    run(script, line)
    assert line.sent == [
        {"type": "websocket.send", "bytes": away.SerializeToString()},
        {"type": "websocket.close", "code": 1008},
    ]


def test_messages_handed_over_at_once_are_looked_at_and_sent_one_by_one(
    made: Store, cookie: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gate, "SEEN_FOR", 0.0)

    async def script(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "websocket.send", "bytes": (b"one", b"two")})
        with made.write() as connection:
            sessions.end(connection, cookie, clock.now())
        await send({"type": "websocket.send", "bytes": (b"three", b"four")})

    line = Line(cookie)
    run(script, line)
    assert line.sent == [
        {"type": "websocket.send", "bytes": b"one"},
        {"type": "websocket.send", "bytes": b"two"},
        {"type": "websocket.close", "code": 1008},
    ]


def test_where_something_drawn_before_is_still_on_its_way_the_browser_loads_its_page_again(
    made: Store, cookie: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gate, "SEEN_FOR", 0.0)
    asked, again = BackMsg(), ForwardMsg()
    asked.rerun_script.context_info.url = "http://localhost:8501/accounts"
    again.auth_redirect.url = "/accounts"

    async def script(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        with made.write() as connection:
            sessions.end(connection, cookie, clock.now())
        await send({"type": "websocket.send", "bytes": b"drawn before"})

    line = Line(cookie, asked.SerializeToString())
    run(script, line)
    assert line.sent == [
        {"type": "websocket.send", "bytes": again.SerializeToString()},
        {"type": "websocket.close", "code": 1008},
    ]


def test_a_store_that_cannot_tell_ends_the_connection(
    made: Store, cookie: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gate, "SEEN_FOR", 0.0)

    async def script(scope: Scope, receive: Receive, send: Send) -> None:
        with made.write() as connection:
            connection.exec_driver_sql("ALTER TABLE sessions RENAME TO away")
        await send({"type": "websocket.send", "bytes": b"secret"})

    line = Line(cookie)
    run(script, line)
    assert line.sent == [{"type": "websocket.close", "code": 1008}]


@pytest.mark.parametrize("signed_in", [True, False])
def test_streamlit_is_told_whose_connection_it_is(made: Store, cookie: str, signed_in: bool) -> None:
    bound: list[bytes] = []

    async def script(scope: Scope, receive: Receive, send: Send) -> None:
        bound.extend(value for name, value in scope["headers"] if name == b"x-vigie-session")

    held = cookie if signed_in else "another"
    run(script, Line(held))
    assert bound == [(("" if signed_in else "anonymous ") + sessions.digest(held)).encode()]


def test_the_websocket_is_found_at_one_address_alone(made: Store, cookie: str) -> None:
    async def script(scope: Scope, receive: Receive, send: Send) -> None:
        raise AssertionError("reached")

    line = Line(cookie)
    line.scope["path"] = "/page/_stcore/stream"
    run(script, line)
    assert line.sent == [{"type": "websocket.close", "code": 1008}]
