"""What is read of the store and kept until it changes."""

from collections.abc import Callable, Sized
from typing import Any, TypeVar

import sqlalchemy as sa

from core.base.cache import Cache
from core.base.once import once
from core.store import audit
from core.store.engine import store, writing

T = TypeVar("T")
MOST_ROWS = 200_000
"""Rows and entries of lists, frames and mappings that are kept together."""


def _rows(kept: Any) -> int:
    return len(kept) if isinstance(kept, Sized) and not isinstance(kept, str) else 1


_kept: Cache[Any] = Cache(entries=500, bytes_=MOST_ROWS, size=_rows)


class State:
    """The store as it stands: what is made of it can be kept with it (`core.base.cache.OfFrame`)."""


def until_changed(connection: sa.Connection, key: tuple[Any, ...], read: Callable[[], T]) -> T:
    """What is read of the store, kept until it changes; in a transaction that writes, as that has it."""
    if writing(connection):
        return read()
    kept: T = _kept.get((*stamp(connection), *key), read)
    return kept


def state(connection: sa.Connection) -> State:
    """The store as it stands: the same one until it changes."""
    return until_changed(connection, ("state",), State)


def stamp(connection: sa.Connection) -> tuple[str, str]:
    """The store and its state: another one after every change, since each is an entry of the audit."""
    url = str(connection.engine.url)
    if writing(connection):
        return url, audit.head(connection).hash
    return url, once(("store", url, store().writes), lambda: audit.head(connection).hash)
