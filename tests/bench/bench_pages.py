"""Screens over the real websocket: how long a rerun takes, from the click to the last element."""

import asyncio
import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from weakref import WeakKeyDictionary

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Origin, Subprotocol

from tests.bench.measure import Row
from tests.client import Browser
from tests.conftest import signed_in
from tests.servers import Server, serving

SIZES = (1, 10, 50, 100)
"""How many act at once."""
EVERY = 2.0
SECONDS = 30.0


@dataclass(frozen=True)
class Walk:
    """What somebody does on a screen, to and fro: two states of its widgets, made from the elements of its first run;
    without steps the screen is drawn again as it is.


    `opens`: the key of the chip whose choice is opened first. `aims`: the most that the 95th percentile should take, in
    milliseconds, for each number of people.
    """

    page: str
    name: str
    who: str
    steps: Callable[[list[ForwardMsg]], tuple[WidgetState, ...]] = lambda _page: ()
    opens: str = ""
    aims: Mapping[int, float] = field(default_factory=dict)


def _nights(page: list[ForwardMsg]) -> tuple[WidgetState, WidgetState]:
    """The night before and the night after."""
    before, after = (_widget(page, "button", f"pipelines.night{step}").id for step in ("-1", "+1"))
    return WidgetState(id=before, trigger_value=True), WidgetState(id=after, trigger_value=True)


def filtered(key: str, page: list[ForwardMsg]) -> tuple[WidgetState, WidgetState]:
    """The first choice of a filter, all of them."""
    widget = _widget(page, "multiselect", key)
    none, one = WidgetState(id=widget.id), WidgetState(id=widget.id)
    none.string_array_value.SetInParent()
    one.string_array_value.data.append(widget.options[0])
    return one, none


AIMS = {1: 45.0, 10: 80.0, 50: 150.0, 100: 500.0}
NIGHT = Walk("pipelines", "the night", "duty", _nights, aims=AIMS)
JIRA = Walk("jira", "Jira's clients", "lead", partial(filtered, "jira.types.box"), "jira.types.chip", AIMS)
REROUTES = Walk("reroutes", "reroutes", "lead", partial(filtered, "reroutes.origin.box"), "reroutes.origin.chip", AIMS)


def measure(sizes: Sequence[int]) -> Iterator[Row]:
    """Each screen at each number of people, on the demo's data."""
    with TemporaryDirectory(prefix="vigie-bench-") as folder, serving(Path(folder), VIGIE_DEMO="1") as server:
        for walk in (NIGHT, JIRA, REROUTES):
            for count in sizes:
                yield from reruns(server, walk, count, partial(Row, "pages", count))


def reruns(server: Server, walk: Walk, count: int, row: Callable[..., Row]) -> Iterator[Row]:
    """Median and 95th percentile of a screen's reruns for so many people, what they ask being cached after once."""
    taken = sorted(asyncio.run(together(server, walk, count)))
    yield row(f"rerun of {walk.name}, median", taken[len(taken) // 2], "ms")
    yield row(f"rerun of {walk.name}, p95", taken[int(len(taken) * 0.95)], "ms", walk.aims.get(count))


def among(data: Path, walk: Walk, row: Callable[..., Row]) -> Iterator[Row]:
    """The same at 1, 10 and 50 people on what a data folder holds."""
    with serving(data) as server:
        for count in SIZES:
            for one in reruns(server, walk, count, row):
                yield replace(one, what=f"{one.what}, {count} people")


async def together(server: Server, walk: Walk, count: int) -> list[float]:
    """Milliseconds of every rerun of some people who each act every two seconds, begun at different moments."""
    browsers = [signed(server, walk.who) for _ in range(count)]
    try:
        taken = await asyncio.gather(*(_person(browser, walk) for browser in browsers))
    finally:
        for browser in browsers:
            browser.close()
    return [one for each in taken for one in each]


def signed(server: Server, who: str) -> Browser:
    """A browser whose session was opened in the store: the sign-in form is not what is measured."""
    browser = Browser(server.url, "fr")
    browser.http.cookies.set("vigie", signed_in(server.store, who), "localhost.local")
    return browser


async def _person(browser: Browser, walk: Walk) -> list[float]:
    """One person at the screen: to and fro between two states."""
    await asyncio.sleep(random.uniform(0, EVERY))
    async with connected(browser) as socket:
        acts = await begun(socket, walk)
        taken: list[float] = []
        end, turn = time.perf_counter() + SECONDS, 0
        while time.perf_counter() < end:
            started = time.perf_counter()
            await run(socket, acts[turn % 2])
            took = time.perf_counter() - started
            taken.append(took * 1000)
            turn += 1
            await asyncio.sleep(max(0.0, EVERY - took))
        return taken[2:]  # the first of either state also loads what every later one finds


def connected(browser: Browser) -> connect:
    """A connection of that browser to its server's script, to be entered."""
    cookies = "; ".join(f"{name}={value}" for name, value in browser.http.cookies.items())
    return connect(
        browser.url.replace("http", "ws", 1) + "/_stcore/stream",
        origin=Origin(browser.url),
        subprotocols=[Subprotocol("streamlit")],
        additional_headers={"Cookie": cookies, "Accept-Language": "fr"},
        max_size=None,
        compression=None,
    )


async def begun(socket: ClientConnection, walk: Walk) -> tuple[BackMsg, BackMsg]:
    """Load the screen, open the chip of the walk, and give its two acts."""
    page = await run(socket, asked(walk.page))
    opened = [WidgetState(id=_chip(page, walk.opens), bool_value=True)] if walk.opens else []
    page = await run(socket, asked(walk.page, *opened))
    steps = walk.steps(page)
    part = _fragment(page, steps[0].id) if steps else ""
    acts = (asked(walk.page, *opened, *states, fragment=part) for states in (steps[:1], steps[1:]))
    return next(acts), next(acts)


def asked(page: str, *states: WidgetState, fragment: str = "") -> BackMsg:
    """A rerun of a page in these states of its widgets, or of the one fragment in which somebody acts."""
    message = BackMsg(rerun_script={"page_name": page, "fragment_id": fragment})
    message.rerun_script.widget_states.widgets.extend(states)
    return message


_held: WeakKeyDictionary[ClientConnection, dict[str, int]] = WeakKeyDictionary()
"""Large messages that a browser holds: their hash, and how many runs ago it used them last."""
HELD_FOR = 2
"""Runs; Streamlit's own page holds them as long (`global.maxCachedMessageAge`), and is sent their hash alone."""


async def run(socket: ClientConnection, message: BackMsg) -> list[ForwardMsg]:
    """Ask for a run and wait until it has finished; everything that came."""
    held = _held.setdefault(socket, {})
    message.rerun_script.cached_message_hashes[:] = held
    await socket.send(message.SerializeToString())
    came: list[ForwardMsg] = []
    while True:
        data = await socket.recv()
        came.append(ForwardMsg.FromString(data if isinstance(data, bytes) else data.encode()))
        if used := came[-1].hash if came[-1].metadata.cacheable else came[-1].ref_hash:
            held[used] = 0
        if came[-1].WhichOneof("type") == "script_finished":
            if came[-1].script_finished == ForwardMsg.FINISHED_EARLY_FOR_RERUN:
                continue
            _held[socket] = {used: runs + 1 for used, runs in held.items() if runs < HELD_FOR}
            return came


def _chip(messages: list[ForwardMsg], key: str) -> str:
    """The id of the popover that was drawn under a key. Raises LookupError."""
    for message in messages:
        if message.WhichOneof("type") == "delta" and message.delta.add_block.popover.id.endswith(f"-{key}"):
            return message.delta.add_block.popover.id
    raise LookupError(key)


def _fragment(messages: list[ForwardMsg], widget: str) -> str:
    """The fragment in which a widget was drawn: the browser names it when somebody acts there. Raises LookupError."""
    for message in messages:
        if message.WhichOneof("type") == "delta" and message.delta.HasField("new_element"):
            element = message.delta.new_element
            if getattr(getattr(element, element.WhichOneof("type") or ""), "id", "") == widget:
                return message.delta.fragment_id
    raise LookupError(widget)


def _widget(messages: list[ForwardMsg], kind: str, key: str) -> Any:
    """The widget that was drawn under a key. Raises LookupError."""
    for message in messages:
        if message.WhichOneof("type") == "delta" and message.delta.new_element.HasField(kind):  # type: ignore[arg-type]
            found = getattr(message.delta.new_element, kind)
            if found.id.endswith(f"-{key}"):
                return found
    raise LookupError(key)
