"""A cache shared by all threads: bounded, computing a thing once however many ask for it at the same time.

Streamlit's own caches are not used for facts: the machinery knows no Streamlit, `cache_data` copies each hit, and
neither remembers a failure, so that sixteen people opening a failing screen would cause sixteen failures.
"""

import threading
import time
import weakref
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from concurrent.futures import CancelledError, Future
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

V = TypeVar("V")


@dataclass
class _Entry(Generic[V]):
    future: Future[V]
    made: tuple[V] | None = None  # what the future gives, once it does: to ask it takes a lock
    size: int = 0
    expires: float | None = None


class Cache(Generic[V]):
    """Values by key, the least recently used dropped beyond a number of entries or of bytes.

    A failure is remembered for `failures_kept` seconds and raised to whoever asks within them.
    """

    def __init__(
        self,
        entries: int,
        bytes_: int,
        size: Callable[[V], int],
        failures_kept: float = 5.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._limit, self._byte_limit, self._size = entries, bytes_, size
        self._failures_kept, self._clock = failures_kept, clock
        self._entries: OrderedDict[Hashable, _Entry[V]] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()

    def get(self, key: Hashable, compute: Callable[[], V]) -> V:
        """The value of a key, computed by the first who asks; the others wait for it."""
        while True:
            entry, mine = self._find(key)
            if entry.made:
                return entry.made[0]
            if mine:
                return self._fill(key, entry, compute)
            try:
                return entry.future.result()
            except CancelledError:
                continue  # whoever computed it was stopped: it is for us to compute

    def clear(self) -> None:
        """Forget everything that is not being computed."""
        with self._lock:
            for key in [key for key, entry in self._entries.items() if entry.future.done()]:
                self._bytes -= self._entries.pop(key).size

    def _find(self, key: Hashable) -> tuple[_Entry[V], bool]:
        with self._lock:
            entry = self._entries.get(key)
            if entry is not None and (entry.expires is None or self._clock() < entry.expires):
                self._entries.move_to_end(key)
                return entry, False
            entry = self._entries[key] = _Entry(Future())
            self._entries.move_to_end(key)
            return entry, True

    def _fill(self, key: Hashable, entry: _Entry[V], compute: Callable[[], V]) -> V:
        try:
            value = compute()
            size = self._size(value)
        except Exception as error:
            entry.expires = self._clock() + self._failures_kept
            entry.future.set_exception(error)
            raise
        except BaseException:
            with self._lock:
                del self._entries[key]
            entry.future.cancel()
            raise
        with self._lock:
            entry.size = size
            self._bytes += size
            entry.future.set_result(value)
            entry.made = (value,)
            self._shrink()
        return value

    def _shrink(self) -> None:
        while len(self._entries) > self._limit or self._bytes > self._byte_limit:
            oldest = next((key for key, entry in self._entries.items() if entry.future.done()), None)
            if oldest is None:
                return
            self._bytes -= self._entries.pop(oldest).size


class OfFrame(Generic[V]):
    """What is made of frames (tables, boards) that somebody keeps and nobody writes into: found again while the frame
    is the same one, forgotten with it."""

    def __init__(self, entries: int) -> None:
        self._limit = entries
        self._kept: OrderedDict[Hashable, tuple[weakref.ref[Any], V]] = OrderedDict()
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._kept)

    def found(self, frame: object, key: Hashable) -> V | None:
        """What was made of this frame under this key, as long as it is kept."""
        with self._lock:
            entry = self._kept.get((id(frame), key))
        return entry[1] if entry is not None and entry[0]() is frame else None

    def get(self, frame: object, key: Hashable, make: Callable[[], V]) -> V:
        """What was made of this frame under this key, or what `make` gives."""
        kept = self.found(frame, key)
        if kept is not None:
            return kept
        made, place = make(), (id(frame), key)
        with self._lock:
            self._kept[place] = (weakref.ref(frame, lambda _gone: self._kept.pop(place, None)), made)
            self._kept.move_to_end(place)
            while len(self._kept) > self._limit:
                self._kept.popitem(last=False)
        return made


def hashable(value: Any) -> Hashable:
    """A value as part of a key: lists and mappings by what they hold, in its order."""
    if isinstance(value, Mapping):
        return tuple((name, hashable(part)) for name, part in value.items())
    return tuple(map(hashable, value)) if isinstance(value, list | tuple) else value
