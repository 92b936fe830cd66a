"""What is looked at once while a screen is drawn, whichever part of it asks: declared files, the state of the store."""

import threading
from collections.abc import Callable, Hashable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from typing import Any, TypeVar

T = TypeVar("T")
_here = threading.local()


@contextmanager
def drawing() -> Iterator[None]:
    """A block in which this thread looks once: what a screen shows is of one moment."""
    if getattr(_here, "seen", None) is not None:
        yield
        return
    with ExitStack() as _here.open:
        _here.seen = {}
        try:
            yield
        finally:
            _here.seen = None


def once(what: Hashable, look: Callable[[], T]) -> T:
    """What `look` gives: within `drawing` as it was found the first time, else as it is now."""
    seen: dict[Hashable, T] | None = getattr(_here, "seen", None)
    if seen is None:
        return look()
    if what not in seen:
        seen[what] = look()
    return seen[what]


def opened(what: Hashable, entered: Callable[[], AbstractContextManager[T]]) -> T | None:
    """What is opened once and closed at the end of the block, e.g. a connection; None outside of `drawing`."""
    if getattr(_here, "seen", None) is None:
        return None
    open_there: T = once(what, lambda: _here.open.enter_context(entered()))
    return open_there


def forget(what: Hashable) -> None:
    """It is looked at, or opened, anew when it is asked for next."""
    seen: dict[Hashable, Any] | None = getattr(_here, "seen", None)
    if seen is not None:
        seen.pop(what, None)
