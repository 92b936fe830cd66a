"""A real Vigie server in a process of its own, on a free port, with its own data folder."""

import os
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from core.base.settings import ROOT
from core.store.engine import Store
from tests import people
from tests.moments import MORNING, python

START_SECONDS = 600


@dataclass
class Server:
    """A running server. `log` holds what it printed; `store` is its store, opened from this process."""

    url: str
    data: Path
    log: Path
    process: subprocess.Popen[bytes]
    store: Store


@contextmanager
def serving(data: Path, *, port: int | None = None, **settings: str) -> Iterator[Server]:
    """Run `streamlit run app.py` until the block ends. `settings` are environment variables, e.g. VIGIE_DEMO="1".

    An account of each role exists (`tests.people`), so that any role can sign in at once. It goes by the clock of this
    process; a demo starts on the morning of the tests where no other `VIGIE_NOW` is given.
    """
    data.mkdir(parents=True, exist_ok=True)
    store = Store(f"sqlite:///{data / 'vigie.db'}")
    store.upgrade()
    with store.write() as connection:
        if settings.get("VIGIE_DEMO") != "1":
            people.ensure(connection)
    port = port or free_port()
    environ = {name: value for name, value in os.environ.items() if not name.startswith("VIGIE_")}
    if settings.get("VIGIE_DEMO") == "1":
        settings = {"VIGIE_NOW": MORNING.isoformat(), **settings}
    environ |= {"HOME": str(data / ".home"), "VIGIE_DATA": str(data), "VIGIE_DEMO": "0", **settings}
    log = data / "server.log"
    command = python("-m", "streamlit", "run", "app.py", "--server.port", str(port))
    with log.open("wb") as out:
        process = subprocess.Popen(command, cwd=ROOT, env=environ, stdout=out, stderr=subprocess.STDOUT)
    server = Server(f"http://localhost:{port}", data, log, process, store)
    try:
        try:
            wait_for(f"{server.url}/healthz", process)
        except RuntimeError as error:
            raise RuntimeError(f"{error}: {log.read_text()[-4000:]}") from None
        yield server
    finally:
        process.terminate()
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
        store.close()


def free_port() -> int:
    """A port that nobody listens on right now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    """Until the address of a starting server answers. Raises RuntimeError when the server ends or does not answer."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError("the server ended")
        try:
            if httpx.get(url).status_code == 200:
                return
        except httpx.HTTPError:
            pass
        time.sleep(0.1)
    raise RuntimeError("the server does not answer")
