"""Fixtures that every tier shares."""

import importlib
import os
import shutil
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache, partial
from pathlib import Path
from tempfile import gettempdir

import bcrypt
import pytest
from streamlit.components.v2 import manifest_scanner

from core.base import clock
from core.base.i18n import speaking
from core.base.settings import ROOT
from core.people import accounts, sessions
from core.store import engine
from core.store.engine import Store
from tests.moments import MORNING, running_on

CACHED = (
    ("core.base.settings", "settings"),
    ("core.store.engine", "store"),
    ("core.facts.lake", "lake"),
    ("core.mission.discovery", "_warehouse"),
)


def forget() -> None:
    """Empty the process-wide caches, so that the next call reads the settings again."""
    for module, name in CACHED:
        getattr(importlib.import_module(module), name).cache_clear()


OPENED = {
    "VIGIE_SOURCE_FOLDERS": gettempdir(),
    "VIGIE_SOURCE_HOSTS": "127.0.0.1, localhost",
    "VIGIE_SOURCE_ENGINES": "sqlite, duckdb",
}
"""What sources may reach in tests: the folders, services and databases that tests make on this machine."""
AROUND = ("VIGIE_", "STREAMLIT_", "FORWARDED_ALLOW_IPS", "SSL_CERT_", "COLUMNS")
PROXIES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")


def of_the_machine(name: str) -> bool:
    """Whether a variable of whoever runs the tests would reach what is tested."""
    return name.startswith(AROUND) or name.lower() in PROXIES


@pytest.fixture(autouse=True, scope="session")
def _opened() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for name in filter(of_the_machine, [*os.environ]):
            patch.delenv(name)
        for name, value in OPENED.items():
            patch.setenv(name, value)
        yield


@contextmanager
def standing(moment: datetime) -> Iterator[None]:
    """The clock of this process stands at a moment until the block ends, in every thread."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clock, "machine", lambda: moment.astimezone(UTC))
        yield


@contextmanager
def housed(folder: Path, opened: bool = True) -> Iterator[Path]:
    """Every part of Vigie uses this data folder until the block ends, and finds no home of whoever runs the tests.
    Not `opened`: sources reach what they may by default."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("VIGIE_DATA", str(folder))
        patch.setenv("HOME", str(folder / ".home"))
        patch.setenv("XDG_STATE_HOME", str(folder / ".state"))
        for name in () if opened else OPENED:
            patch.delenv(name)
        patch.delenv("VIGIE_STORE", raising=False)
        forget()
        try:
            yield folder
        finally:
            forget()


def signed_in(store: Store, name: str) -> str:
    """A new session of an account, opened without the form: what its browser's cookie would hold."""
    with store.write() as connection:
        person = accounts.existing(connection, name).person
        return sessions.open_session(connection, person.id, clock.now())


@pytest.fixture
def data(tmp_path: Path) -> Iterator[Path]:
    """A data folder of the test's own; every part of Vigie uses it until the test ends."""
    with housed(tmp_path) as folder:
        yield folder


@pytest.fixture
def house(data: Path) -> Store:
    """The store of a data folder of the test's own, up to date."""
    engine.store().upgrade()
    return engine.store()


@pytest.fixture
def english() -> Iterator[None]:
    """The test's thread speaks English."""
    with speaking("en"):
        yield


def beside_a_server(request: pytest.FixtureRequest) -> bool:
    """Whether a test's module talks to a real server, whose passwords are as in production."""
    return bool({"live", "browser"} & set(request.path.relative_to(ROOT).parts))


@pytest.fixture(scope="module", autouse=True)
def _morning(request: pytest.FixtureRequest) -> Iterator[None]:
    """The clock runs on from one morning: anew for each module, wherever in the suite it stands, but beside a server,
    which stands longer than one."""
    with pytest.MonkeyPatch.context() as patch:
        if not beside_a_server(request):
            patch.setattr(clock, "machine", running_on(MORNING))
        yield


@pytest.fixture(scope="module", autouse=True)
def _light_hashes(request: pytest.FixtureRequest) -> Iterator[None]:
    """Hashing a password costs least: 1 ms, not the 300 that make guessing dear (`test_passwords.py` pays them)."""
    with pytest.MonkeyPatch.context() as patch:
        if not beside_a_server(request):
            patch.setattr(bcrypt, "gensalt", partial(bcrypt.gensalt, 4))
        yield


@pytest.fixture(scope="session")
def _ready_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store that was brought up to date, and holds nothing yet."""
    made = Store(f"sqlite:///{tmp_path_factory.mktemp('ready') / 'vigie.db'}")
    made.upgrade()
    with made.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    made.close()
    return Path(made.engine.url.database or "")


@pytest.fixture(scope="module", autouse=True)
def _quick_stores(request: pytest.FixtureRequest, _ready_store: Path) -> Iterator[None]:
    """Stores of the tests' own process wait for no disk (only a power cut would tell), and a new one is a copy of one
    that is up to date. Not where stores themselves are tested, nor beside a server."""
    prepare, upgrade = engine._prepare_sqlite, Store.upgrade

    def prepared(connection: sqlite3.Connection, record: object) -> None:
        prepare(connection, record)
        connection.execute("PRAGMA synchronous=OFF")

    def copied(store: Store) -> None:
        path = Path(store.engine.url.database or "")
        if store.engine.dialect.name == "sqlite" and not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(_ready_store, path)
        else:
            upgrade(store)

    with pytest.MonkeyPatch.context() as patch:
        if not beside_a_server(request) and request.path.name != "test_engine.py":
            patch.setattr(engine, "_prepare_sqlite", prepared)
            patch.setattr(Store, "upgrade", copied)
        yield


@pytest.fixture(scope="session", autouse=True)
def _components_known() -> Iterator[None]:
    """Each AppTest looks through the metadata of every installed package for components: a fifth of a second of a
    processor, for an answer that stays."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(manifest_scanner, "scan_component_manifests", cache(manifest_scanner.scan_component_manifests))
        yield


MAIN = sys.modules["__main__"]


@pytest.fixture(autouse=True)
def _main() -> Iterator[None]:
    """A page that Streamlit's AppTest ran stays `__main__`, and a process spawned later would run it again; also one
    that ran while the fixtures of a module were made."""
    sys.modules["__main__"] = MAIN
    yield
    sys.modules["__main__"] = MAIN
