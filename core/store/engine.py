"""The store's engine: short transactions on SQLite or PostgreSQL, brought up to date by Alembic at start-up."""

import sqlite3
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from functools import lru_cache
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, IntegrityError

from core.base.errors import SettingInvalid, StoreFailed
from core.base.i18n import _
from core.base.once import forget, opened
from core.base.settings import store_url
from core.store import migrations
from core.store.encoded import serialize

BUSY_SECONDS = 30
"""How long a writer waits for the one before: the longest there is, a file of 100,000 records, takes half of that."""
CACHE_KIB = 32_000
"""Pages that SQLite keeps in memory, as needed: a large import else writes and reads each of its pages many times."""
UPGRADE_LOCK = 719_231_204
"""Key of the PostgreSQL advisory lock that lets one process upgrade at a time; any constant will do."""
WRITE_LOCK = 719_231_205
"""Key of the one that lets one transaction at a time write, as SQLite does: the audit is one chain."""


POOL = {"pool_size": 10, "max_overflow": 40}
"""Each screen that is drawn holds a connection from its first read to its end, and takes one more to write."""


class Store:
    """One database. Reads see one state from begin to end; writes queue one behind the other."""

    def __init__(self, url: str) -> None:
        """Raises SettingInvalid when the URL is not one."""
        self.writes = 0
        """How many transactions wrote through this engine."""
        try:
            self.engine = sa.create_engine(
                url,
                hide_parameters=True,
                pool_pre_ping=not url.startswith("sqlite"),
                json_serializer=serialize,
                **(POOL if sa.make_url(url).database else {}),
            )
        except (sa.exc.ArgumentError, sa.exc.NoSuchModuleError, ImportError) as error:
            raise SettingInvalid(f"VIGIE_STORE: {error}") from None
        self._reading: sa.Engine = self.engine
        if self.engine.dialect.name == "sqlite":
            sa.event.listen(self.engine, "connect", _prepare_sqlite)
            sa.event.listen(self.engine, "begin", _begin_sqlite)
        else:  # SQLite's transactions are so of themselves; a writer looks anew after the one before it
            self._reading = self.engine.execution_options(isolation_level="REPEATABLE READ")

    @contextmanager
    def read(self) -> Iterator[sa.Connection]:
        """A connection to read with. Raises StoreFailed when the database is missing, locked or broken.

        What reads while a screen is drawn reads through one connection, in one transaction, until this thread writes or
        a read fails: to begin one takes as long as a small question.
        """
        with _told():
            connection = opened(self, self._reading.connect)
            if connection is None:
                with self._reading.connect() as connection:
                    yield connection
                return
            try:
                yield connection
            except BaseException:
                with suppress(
                    sa.exc.SQLAlchemyError, sqlite3.Error
                ):  # what else is read while this screen is drawn begins anew
                    connection.rollback()
                raise

    @contextmanager
    def write(self, patience: float | None = None) -> Iterator[sa.Connection]:
        """One transaction: committed at the end, undone on an exception. Raises StoreFailed as `read` does, also when
        another one writes for longer than `patience` (seconds, else BUSY_SECONDS)."""
        waited = BUSY_SECONDS if patience is None else min(patience, BUSY_SECONDS)
        held = ExitStack()
        held.callback(forget, self)
        options = {"sqlite_begin": "IMMEDIATE", "patience": waited, "held": held}
        with held, _told(), self.engine.connect().execution_options(**options) as connection, connection.begin():
            if self.engine.dialect.name == "postgresql":
                connection.exec_driver_sql(f"SET LOCAL lock_timeout = {round(waited * 1000)}")
                connection.execute(sa.select(sa.func.pg_advisory_xact_lock(WRITE_LOCK)))
            yield connection
        self.writes += 1

    def upgrade(self) -> None:
        """Bring the tables up to date; safe when several processes start at once. Raises StoreFailed."""
        if self.engine.dialect.name == "sqlite":
            Path(self.engine.url.database or "").parent.mkdir(parents=True, exist_ok=True)
        with self.read() as connection:
            if migrations.is_newest(connection):
                return
        from alembic import command
        from alembic.util import CommandError

        with self.write() as connection:
            if self.engine.dialect.name == "postgresql":
                connection.execute(sa.select(sa.func.pg_advisory_xact_lock(UPGRADE_LOCK)))
                connection.exec_driver_sql("SET LOCAL lock_timeout = 0")
            try:
                command.upgrade(migrations.config(connection), "head")
            except CommandError as error:
                sentence = _("The store was written by a newer version of Vigie: start that version instead.")
                raise StoreFailed(sentence, detail=str(error)) from error

    def close(self) -> None:
        """Let go of every connection."""
        self.engine.dispose()


def writing(connection: sa.Connection) -> bool:
    """Whether a connection is one of `Store.write`: what it reads is of its transaction."""
    return "patience" in connection.get_execution_options()


def hold(connection: sa.Connection, what: AbstractContextManager[None]) -> None:
    """Enter `what` within a transaction of `Store.write`, and leave it once that is committed or undone."""
    connection.get_execution_options()["held"].enter_context(what)


@lru_cache(maxsize=1)
def store() -> Store:
    """The store of this process."""
    return Store(store_url())


@contextmanager
def _told() -> Iterator[None]:
    """Turn the database's own failures into one sentence."""
    try:
        yield
    except IntegrityError:
        raise  # what the caller wrote breaks a rule: for the caller to say
    except (DBAPIError, sqlite3.Error, sa.exc.TimeoutError) as error:
        reason = str(error)
        if "locked" in reason or "lock timeout" in reason:
            sentence = _("The store is busy: try again in a moment.")
        elif "readonly" in reason or "full" in reason:
            sentence = _("The store cannot be written: check the disk's space and rights.")
        else:
            sentence = _("The store does not answer: try again, then tell the administrator.")
        raise StoreFailed(sentence, detail=reason) from error


def _prepare_sqlite(connection: sqlite3.Connection, _record: Any) -> None:
    connection.isolation_level = None  # SQLAlchemy begins by itself, below: the driver must not
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout={round(BUSY_SECONDS * 1000)}")
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", f"cache_size=-{CACHE_KIB}"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: sa.Connection) -> None:
    # A deferred transaction that turns to writing fails at once when another writes: writers queue from the start.
    # By the driver's own connection: a screen reads the store a dozen times, and SQLAlchemy's way takes ten times as
    # long.
    options = connection.get_execution_options()
    driver = connection.connection.driver_connection
    assert isinstance(driver, sqlite3.Connection)
    driver.execute(f"PRAGMA busy_timeout={round(options.get('patience', BUSY_SECONDS) * 1000)}")
    driver.execute(f"BEGIN {options.get('sqlite_begin', 'DEFERRED')}")
