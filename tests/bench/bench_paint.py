"""Screens in a real browser: how long until one is drawn whole, from an address; and what a look each minute costs.

The server's processor time holds on any machine; the other times only on one that does nothing else.
"""

import asyncio
import statistics
import time
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import expect
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection

from core.mission.contract import HOME
from core.mission.discovery import missions
from core.people.person import Role
from tests.bench.bench_acts import empty, processor
from tests.bench.bench_pages import asked, connected, run, signed
from tests.bench.measure import Row
from tests.browsing import Visit, chromium
from tests.client import Browser
from tests.servers import Server, serving

SIZES = (1,)
LOADS, LOOKS, ROUNDS = 3, 20, 6
MAIN = "[data-testid=stMain] h1"
COMING = "[data-testid=stSkeleton], [data-stale=true]"
DRAWN = "[data-testid=stApp][data-test-script-state=notRunning]"


def measure(_sizes: Sequence[int]) -> Iterator[Row]:
    """Each screen's median over some loads by a browser that has been here before; a look at an unchanged night."""
    row = partial(Row, "paint", 1)
    with TemporaryDirectory(prefix="vigie-bench-") as folder, serving(Path(folder), VIGIE_DEMO="1") as server:
        with empty(Path(folder)) as bare:
            size, cost, least = asyncio.run(_looks(server, *bare))
        yield row("a look at a night that did not change, sent", size, "bytes", 2_000)
        yield row(f"a look at a night that did not change, processor (empty page: {least:.1f} ms)", cost, "ms", 2)
        with chromium() as profiles, profiles.visiting(server) as visit:
            visit.sign_in(Role.ADMIN)
            for key in missions():
                path = "/" if key == HOME else f"/{key}"
                _loaded(visit, path)  # what every later load finds
                loads = [_loaded(visit, path) for _ in range(LOADS)]
                wall, served, drawn = (statistics.median(each) for each in zip(*loads, strict=True))
                yield row(f"first paint of {path}", wall, "s", 1.5)
                yield row(f"first paint of {path}, processor of the server", served * 1000, "ms")
                yield row(f"first paint of {path}, its page at work", drawn * 1000, "ms")


def _loaded(visit: Visit, path: str) -> tuple[float, float, float]:
    """Seconds from the address to the screen drawn whole; of processor of the server; that the page worked."""
    tools = visit.context.new_cdp_session(visit.page)
    tools.send("Performance.enable")
    served, began = processor(visit.server.process.pid), time.perf_counter()
    visit.page.goto(visit.url + path, wait_until="commit")
    visit.page.wait_for_selector(DRAWN)
    visit.page.wait_for_selector(MAIN)
    expect(visit.page.locator(COMING)).to_have_count(0)
    wall = time.perf_counter() - began
    told = {one["name"]: one["value"] for one in tools.send("Performance.getMetrics")["metrics"]}
    tools.detach()
    return wall, processor(visit.server.process.pid) - served, told["TaskDuration"]


async def _looks(server: Server, url: str, process: int) -> tuple[float, float, float]:
    """Bytes sent and milliseconds of processor of one look at the night, which nothing changes meanwhile; milliseconds
    of one at an empty page of Streamlit, taken in turns."""
    browser, nobody = signed(server, Role.DUTY), Browser(url, "fr")
    try:
        async with connected(browser) as one, connected(nobody) as other:
            page = await run(one, asked("pipelines"))
            message = asked("pipelines", fragment=next(part for part in map(_again, page) if part))
            message.rerun_script.is_auto_rerun = True
            taken, sent = [], 0
            for _ in range(ROUNDS):
                cost, sent = await _unanswered(server.process.pid, one, message)
                taken.append((cost, await _cost(process, other, asked(""))))
    finally:
        browser.close()
        nobody.close()
    looks, empties = zip(*taken[1:], strict=True)
    return sent, statistics.median(looks), statistics.median(empties)


def _again(message: ForwardMsg) -> str:
    return message.auto_rerun.fragment_id if message.WhichOneof("type") == "auto_rerun" else ""


async def _unanswered(process: int, socket: ClientConnection, message: BackMsg) -> tuple[float, int]:
    """Milliseconds of processor of a look, and the bytes that all of a round sent, up to the answer to the sign of life
    that the browser asks after them."""
    before, sent = processor(process), 0
    for _ in range(LOOKS):
        await socket.send(message.SerializeToString())
        await asyncio.sleep(0.03)  # one after the other, as looks of a minute are
    cost = (processor(process) - before) / LOOKS * 1000
    await socket.send(BackMsg(app_heartbeat=True).SerializeToString())
    while True:
        data = await socket.recv()
        came = ForwardMsg.FromString(data if isinstance(data, bytes) else data.encode())
        if came.WhichOneof("type") == "heartbeat_ack":
            return cost, sent
        sent += came.ByteSize()


async def _cost(process: int, socket: ClientConnection, message: BackMsg) -> float:
    before = processor(process)
    for _ in range(LOOKS):
        await run(socket, message)
    return (processor(process) - before) / LOOKS * 1000
