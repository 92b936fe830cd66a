"""Screens in a real browser: how long until one is drawn whole, from an address; and what a look each minute costs.

Wall time holds on a machine that does nothing else; the processor's, of the server and of the page, on any.
"""

import asyncio
import statistics
import time
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from streamlit.proto.BackMsg_pb2 import BackMsg
from websockets.asyncio.client import ClientConnection

from core.mission.contract import HOME
from core.mission.discovery import missions
from core.people.person import Role
from tests.bench.bench_acts import processor
from tests.bench.bench_pages import asked, connected, run, signed
from tests.bench.measure import Row
from tests.browsing import Visit, chromium
from tests.servers import Server, serving

SIZES = (1,)
LOADS, LOOKS = 3, 50
MAIN = "[data-testid=stMain] h1"
DRAWN = "[data-testid=stApp][data-test-script-state=notRunning]"


def measure(_sizes: Sequence[int]) -> Iterator[Row]:
    """Each screen's median over some loads by a browser that has been here before; a look at an unchanged night."""
    row = partial(Row, "paint", 1)
    with TemporaryDirectory(prefix="vigie-bench-") as folder, serving(Path(folder), VIGIE_DEMO="1") as server:
        size, cost = asyncio.run(_looks(server))
        yield row("a look at a night that did not change, sent", size, "bytes", 2_000)
        yield row("a look at a night that did not change, processor", cost, "ms", 2)
        with chromium() as profiles, profiles.visiting(server) as visit:
            visit.sign_in(Role.ADMIN)
            for key in missions():
                path = "/" if key == HOME else f"/{key}"
                loads = [_loaded(visit, path) for _ in range(LOADS + 1)][
                    1:
                ]  # the first loads what every later one finds
                wall, served, drawn = (statistics.median(each) for each in zip(*loads, strict=True))
                yield row(f"first paint of {path}", wall, "s", 1.5)
                yield row(f"first paint of {path}, processor of the server", served * 1000, "ms")
                yield row(f"first paint of {path}, processor of the page", drawn * 1000, "ms")


def _loaded(visit: Visit, path: str) -> tuple[float, float, float]:
    """Seconds from the address to the screen drawn whole; of processor of the server; of the page's main thread."""
    tools = visit.context.new_cdp_session(visit.page)
    tools.send("Performance.enable")
    served, began = processor(visit.server.process.pid), time.perf_counter()
    visit.page.goto(visit.url + path, wait_until="commit")
    visit.page.wait_for_selector(DRAWN)
    visit.page.wait_for_selector(MAIN)
    visit.page.wait_for_function("!document.querySelector('[data-testid=stSkeleton], [data-stale=true]')")
    wall = time.perf_counter() - began
    told = {one["name"]: one["value"] for one in tools.send("Performance.getMetrics")["metrics"]}
    tools.detach()
    return wall, processor(visit.server.process.pid) - served, told["TaskDuration"]


async def _looks(server: Server) -> tuple[float, float]:
    """Bytes sent and milliseconds of processor of one look at the night, which nothing changes meanwhile."""
    browser = signed(server, Role.DUTY)
    try:
        async with connected(browser) as socket:
            page = await run(socket, asked("pipelines"))
            look = next(one.auto_rerun.fragment_id for one in page if one.WhichOneof("type") == "auto_rerun")
            message = asked("pipelines", fragment=look)
            message.rerun_script.is_auto_rerun = True
            sent = await _look(socket, message)
            before = processor(server.process.pid)
            for _ in range(LOOKS):
                await _look(socket, message)
            return sent, (processor(server.process.pid) - before) / LOOKS * 1000
    finally:
        browser.close()


async def _look(socket: ClientConnection, message: BackMsg) -> int:
    return sum(one.ByteSize() for one in await run(socket, message))
