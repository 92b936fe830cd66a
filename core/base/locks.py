"""One at a time: a file that whoever works holds, among the threads and processes of this machine."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def alone(file: Path) -> Iterator[None]:
    """Wait until nobody else holds a file, and hold it; a kill lets go of it. Raises OSError when it cannot be made."""
    with _held(file, fcntl.LOCK_EX):
        yield


@contextmanager
def alone_now(file: Path) -> Iterator[None]:
    """As `alone`, without waiting: raises BlockingIOError where somebody holds the file."""
    with _held(file, fcntl.LOCK_EX | fcntl.LOCK_NB):
        yield


@contextmanager
def beside(file: Path) -> Iterator[None]:
    """Hold a file beside others who do so, once nobody holds it `alone`."""
    with _held(file, fcntl.LOCK_SH):
        yield


@contextmanager
def _held(file: Path, how: int) -> Iterator[None]:
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("w") as lock:
        fcntl.flock(lock, how)
        yield
