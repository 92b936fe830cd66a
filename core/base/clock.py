"""The time, asked for in one place: a demo, a screen or a test can stand at any moment.

Nobody else asks the machine what time it is (ruff holds it). What measures how long something takes asks
`time.monotonic`, which tells no time.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta
from functools import cache

from core.base.settings import settings

_told: ContextVar[datetime | None] = ContextVar("moment", default=None)


def now() -> datetime:
    """The moment (UTC) that it is: the machine's, or the one at which `VIGIE_NOW` let the clock of a demo start."""
    return _told.get() or machine() + _ahead(settings().now)


def machine() -> datetime:
    """The machine's time (UTC), with which ages of files are compared."""
    return datetime.now(UTC)


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """The clock of this thread stands at a moment (UTC): demo data tell a story of the past."""
    token = _told.set(moment)
    try:
        yield
    finally:
        _told.reset(token)


@cache
def _ahead(start: datetime | None) -> timedelta:
    """How far the clock runs ahead of the machine's, since it was first asked."""
    return start - machine() if start else timedelta()
