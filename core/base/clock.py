"""The moment at which a change is written: now, but for demo data, which tells a story of the past."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime

_told: ContextVar[datetime | None] = ContextVar("moment", default=None)


def now() -> datetime:
    """The moment (UTC) that changes are written with."""
    return _told.get() or datetime.now(UTC)


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Write changes with another moment (UTC): only to make demo data and tests."""
    token = _told.set(moment)
    try:
        yield
    finally:
        _told.reset(token)
