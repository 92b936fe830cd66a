"""What may never end, made in a thread of its own: whoever asks waits so long for each piece, and no longer.

Not every driver of a database keeps a limit of time, and none keeps one while its server says nothing at all.
"""

import queue
import threading
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from contextvars import copy_context
from typing import Any, TypeVar

T = TypeVar("T")
_DONE = object()
_LOOK = 0.2
"""Seconds after which a thread that hands over a piece looks whether anybody still wants it."""


class TooLate(Exception):
    """A piece did not come in time."""


def in_time(pieces: Callable[[], Generator[T, None, None]], seconds: float, end: Callable[[], None]) -> Iterator[T]:
    """The pieces as they come. Raises what making one raises, and TooLate where one takes more than so many seconds:
    `end` then asks for its end from outside, and a thread that does not obey is left to itself."""
    handed: queue.Queue[tuple[Any, BaseException | None]] = queue.Queue(maxsize=1)
    unwanted = threading.Event()

    def hand(piece: Any, error: BaseException | None = None) -> None:
        while not unwanted.is_set():
            try:
                handed.put((piece, error), timeout=_LOOK)
            except queue.Full:
                continue
            return

    def make() -> None:
        try:
            with closing(pieces()) as made:
                for piece in made:
                    hand(piece)
                    if unwanted.is_set():
                        return
        except BaseException as error:
            hand(None, error)
        else:
            hand(_DONE)

    thread = threading.Thread(target=copy_context().run, args=(make,), name="vigie-in-time", daemon=True)
    thread.start()
    try:
        while True:
            try:
                piece, error = handed.get(timeout=seconds)
            except queue.Empty:
                end()
                raise TooLate from None
            if error:
                raise error
            if piece is _DONE:
                return
            yield piece
    finally:
        unwanted.set()
        thread.join(_LOOK)
