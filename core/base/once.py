"""What is looked at once while a screen is drawn, whichever part of it asks: declared files, the state of the store."""

import threading
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

T = TypeVar("T")
_here = threading.local()


@contextmanager
def drawing() -> Iterator[None]:
    """A block in which this thread looks once: what a screen shows is of one moment."""
    before: dict[Hashable, Any] | None = getattr(_here, "seen", None)
    _here.seen = {} if before is None else before
    try:
        yield
    finally:
        _here.seen = before


def once(what: Hashable, look: Callable[[], T]) -> T:
    """What `look` gives: within `drawing` as it was found the first time, else as it is now."""
    seen: dict[Hashable, T] | None = getattr(_here, "seen", None)
    if seen is None:
        return look()
    if what not in seen:
        seen[what] = look()
    return seen[what]
