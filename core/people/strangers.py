"""Websockets without a session, by address: each costs the server a session of Streamlit.

At the limit the oldest gives way to the newest. So nobody is kept out by a stranger who holds many, even where a proxy
that was not named makes all of them come from one address; a browser whose connection gave way connects again.
"""

from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from core.people.throttle import network


class Strangers:
    """Those of one process; `most` an address."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._held: dict[str, OrderedDict[object, Callable[[], Awaitable[None]]]] = {}

    @asynccontextmanager
    async def place(self, address: str, end: Callable[[], Awaitable[None]]) -> AsyncIterator[None]:
        """A place for a connection, as long as the block lasts; `end` makes it give way."""
        key, mine = network(address), object()
        held = self._held.setdefault(key, OrderedDict())
        held[mine] = end
        try:
            while len(held) > self._most:
                _oldest, give_way = held.popitem(last=False)
                await give_way()
            yield
        finally:
            held.pop(mine, None)
            if not held and self._held.get(key) is held:
                del self._held[key]
