"""How what a run draws reaches the browser: together, in its order, with the colours as Streamlit tells them."""

import asyncio
import threading
from functools import partial
from typing import Any

import pytest
from streamlit.proto.NewSession_pb2 import CustomThemeConfig
from streamlit.runtime import app_session
from streamlit.runtime.app_session import AppSession
from streamlit.runtime.runtime import Runtime

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


def test_what_waits_for_a_browser_is_sent_in_its_order_so_many_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[int] = []
    monkeypatch.setattr(sending, "_flush", lambda waiting: waiting)
    monkeypatch.setattr(sending, "_send", lambda _runtime, _to, message: sent.append(message))
    bundles = sending._bundles([*range(120)])  # type: ignore[arg-type]
    assert [len(bundle) for bundle in bundles] == [50, 50, 20]
    for bundle in bundles:
        sending._send_bundle(None, None, bundle)  # type: ignore[arg-type]
    assert sent == [*range(120)]
    assert sending._bundles([]) == []  # type: ignore[arg-type]


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
        (AppSession, "flush_browser_queue"),
        (Runtime, "_enqueued_some_message"),
        (Runtime, "_send_message"),
    ):
        monkeypatch.setattr(place, name, getattr(place, name))
    sending.begin()
    assert app_session._populate_theme_msg is sending._tell_theme
