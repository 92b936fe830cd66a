"""The night's screen over the real websocket: how long a rerun takes, from the click to the last element."""

import asyncio
import random
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import sqlalchemy as sa
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Origin, Subprotocol

from core.auth import sessions
from core.store.schema import people
from tests.bench.measure import Row
from tests.client import Browser
from tests.servers import Server, serving

PEOPLE = {1: 45.0, 10: 80.0, 50: 150.0}
"""How many act at once, and the most that the 95th percentile should take, in milliseconds."""
EVERY = 2.0
SECONDS = 30.0
PAGE = "/pipelines"
STEPS = ("pipelines.night-1", "pipelines.night+1")
"""Keys of the buttons to the night before and the night after."""


def measure(_sizes: list[int]) -> Iterator[Row]:
    """Median and 95th percentile at each number of people, on the demo's two years of nights."""
    with TemporaryDirectory(prefix="vigie-bench-") as folder, serving(Path(folder), VIGIE_DEMO="1") as server:
        for count, aim in PEOPLE.items():
            taken = sorted(asyncio.run(_together(server, count)))
            yield Row("pages", count, "rerun of the night, median", taken[len(taken) // 2], "ms")
            yield Row("pages", count, "rerun of the night, p95", taken[int(len(taken) * 0.95)], "ms", aim)


async def _together(server: Server, count: int) -> list[float]:
    """Milliseconds of every rerun of some people who each act every two seconds, begun at different moments."""
    browsers = [_signed_in(server) for _ in range(count)]
    try:
        taken = await asyncio.gather(*(_person(browser) for browser in browsers))
    finally:
        for browser in browsers:
            browser.close()
    return [one for each in taken for one in each]


def _signed_in(server: Server) -> Browser:
    """A browser whose session was opened in the store: the sign-in form is not what is measured."""
    browser = Browser(server.url, "fr")
    with server.store.write() as connection:
        duty = connection.scalar(sa.select(people.c.id).where(people.c.name == "duty"))
        browser.http.cookies.set("vigie", sessions.open_session(connection, duty, datetime.now(UTC)), "localhost.local")
    return browser


async def _person(browser: Browser) -> list[float]:
    """One person at the screen: to and fro between two nights."""
    await asyncio.sleep(random.uniform(0, EVERY))
    cookies = "; ".join(f"{name}={value}" for name, value in browser.http.cookies.items())
    async with connect(
        browser.url.replace("http", "ws", 1) + "/_stcore/stream",
        origin=Origin(browser.url),
        subprotocols=[Subprotocol("streamlit")],
        additional_headers={"Cookie": cookies, "Accept-Language": "fr"},
        max_size=None,
        compression=None,
    ) as socket:
        page = await _run(socket, BackMsg(rerun_script={"page_name": PAGE.strip("/")}))
        buttons = {key: _widget(page, key) for key in STEPS}
        taken: list[float] = []
        end, turn = time.perf_counter() + SECONDS, 0
        while time.perf_counter() < end:
            message = BackMsg(rerun_script={"page_name": PAGE.strip("/")})
            state = WidgetState(id=buttons[STEPS[turn % 2]], trigger_value=True)
            message.rerun_script.widget_states.widgets.append(state)
            begun = time.perf_counter()
            await _run(socket, message)
            took = time.perf_counter() - begun
            taken.append(took * 1000)
            turn += 1
            await asyncio.sleep(max(0.0, EVERY - took))
        return taken[1:]  # the first one also loads what every later one finds


async def _run(socket: ClientConnection, message: BackMsg) -> list[ForwardMsg]:
    """Ask for a run and wait until it has finished; everything that came."""
    await socket.send(message.SerializeToString())
    came: list[ForwardMsg] = []
    while True:
        data = await socket.recv()
        came.append(ForwardMsg.FromString(data if isinstance(data, bytes) else data.encode()))
        if came[-1].WhichOneof("type") == "script_finished":
            if came[-1].script_finished == ForwardMsg.FINISHED_EARLY_FOR_RERUN:
                continue
            return came


def _widget(messages: list[ForwardMsg], key: str) -> str:
    """The id of the button that was drawn under a key. Raises LookupError."""
    for message in messages:
        if message.WhichOneof("type") == "delta" and message.delta.new_element.HasField("button"):
            found: str = message.delta.new_element.button.id
            if found.endswith(f"-{key}"):
                return found
    raise LookupError(key)
