"""What an act on a screen costs the server's processor, beside an empty page of Streamlit in the same run.

Processor time holds on a busy machine where wall time does not; its ratio to the empty page holds on any machine.
"""

import asyncio
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from streamlit.proto.BackMsg_pb2 import BackMsg
from websockets.asyncio.client import ClientConnection

from core.base.settings import ROOT
from tests.bench.bench_pages import JIRA, NIGHT, REROUTES, Walk, begun, connected, filtered, run, signed
from tests.bench.measure import Row
from tests.client import Browser
from tests.servers import Server, free_port, serving, wait_for

ACTS, ROUNDS = 20, 5
TIMES = 5.0
"""An act costs at most so many times that of the empty page."""
SCREENS = (
    NIGHT,
    JIRA,
    REROUTES,
    Walk("register", "the register", "compliance", partial(filtered, "register.state.box"), "register.state.chip"),
    Walk("portfolio", "the portfolio", "lead", partial(filtered, "portfolio.state.box"), "portfolio.state.chip"),
    Walk("sources", "Sources", "admin"),
    Walk("accounts", "Accounts", "admin"),
    Walk("", "home", "duty"),
)
"""What people do: a night on and back, a filter that is open set and emptied, which draws the page's body; the other
screens are drawn whole, as when somebody comes to them."""
EMPTY = Walk("", "the empty page", "")
SIZES = (1,)


def measure(_sizes: Sequence[int]) -> Iterator[Row]:
    """Median over rounds of the milliseconds of processor an act takes, and its ratio to the empty page's."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="vigie-bench-")))
        server = stack.enter_context(serving(folder / "demo", VIGIE_DEMO="1"))
        bare = stack.enter_context(empty(folder))
        for walk in SCREENS:
            screen, page = asyncio.run(_compared(server, bare, walk))
            row = partial(Row, "acts", 1)
            yield row(f"an act on {walk.name}, processor", screen, "ms")
            yield row(f"an act on {walk.name} / on the empty page ({page:.1f} ms)", screen / page, "×", TIMES)


@contextmanager
def empty(folder: Path) -> Iterator[tuple[str, int]]:
    """An empty page of Streamlit under the same settings: its address and its process."""
    script, port = folder / "empty.py", free_port()
    script.write_text("import streamlit\n")
    command = [sys.executable, "-m", "streamlit", "run", str(script), "--server.port", str(port)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        url = f"http://localhost:{port}"
        wait_for(f"{url}/_stcore/health", process)
        yield url, process.pid
    finally:
        process.terminate()
        process.wait()


async def _compared(server: Server, bare: tuple[str, int], walk: Walk) -> tuple[float, float]:
    """Milliseconds of processor of an act on a screen, and of one on the empty page, taken in turns."""
    url, process = bare
    browser, nobody = signed(server, walk.who), Browser(url, "fr")
    try:
        async with connected(browser) as one, connected(nobody) as other:
            acts, still = await begun(one, walk), await begun(other, EMPTY)

            async def both() -> tuple[float, float]:
                return await _acts(server.process.pid, one, acts), await _acts(process, other, still)

            await both()  # what every later act finds is loaded
            taken = [await both() for _ in range(ROUNDS)]
    finally:
        browser.close()
        nobody.close()
    screens, pages = zip(*taken, strict=True)
    return statistics.median(screens), statistics.median(pages)


async def _acts(process: int, socket: ClientConnection, acts: tuple[BackMsg, BackMsg]) -> float:
    before = processor(process)
    for turn in range(ACTS):
        await run(socket, acts[turn % 2])
    return (processor(process) - before) / ACTS * 1000


def processor(process: int) -> float:
    """Seconds of processor that a process has used, its threads included, those that ended too: the kernel's clock of
    a process, since /proc counts in hundredths of a second."""
    return time.clock_gettime(~process << 3 | 2)
