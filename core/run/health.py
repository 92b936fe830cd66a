"""`/healthz`: whether store, lake and disk can be read and written, and nothing is overdue, for whatever watches Vigie.

Details go to administrators alone.
"""

import logging
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet as pq
import sqlalchemy as sa
from anyio import to_thread
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from core.base import clock
from core.base.errors import VigieError
from core.base.settings import settings, version
from core.facts.lake import lake
from core.people import cookies, sessions
from core.people.gate import is_secure
from core.people.person import Role
from core.run import watch
from core.store.engine import store

log = logging.getLogger("vigie.health")
KEPT = 5.0
"""Seconds for which a look at the parts is good enough: asking often costs nothing."""
PATIENCE = 1.0
"""Seconds to wait for the store while somebody else writes."""
PROBE, PROBE_BYTES = ".writable", 65_536
_known: "tuple[float, dict[str, Part]] | None" = None
_looking = threading.Lock()
_whole: set[tuple[str, int]] = set()


Part = bool | str
"""True for a part that does its work, else what is wrong with it."""


async def healthz(request: Request) -> JSONResponse:
    """200 and `{"ok": true}` when all parts work, 503 and false when one does not."""
    browser_id = cookies.read(request.headers.get("cookie", ""), secure=is_secure(request.scope))
    ok, parts = await to_thread.run_sync(_examine, browser_id)
    return JSONResponse({"ok": ok, **parts}, 200 if ok else 503, headers={"Cache-Control": "no-store"})


def _examine(browser_id: str | None) -> tuple[bool, dict[str, object]]:
    parts = _parts()
    ok = all(part is True for part in parts.values())
    return ok, {**parts, "version": version()} if _is_administrator(browser_id) else {}


def _parts() -> dict[str, Part]:
    """How each part does. Looked at once in a few seconds, by one asker, however many ask: while one looks, the others
    are told what was seen before and hold nobody up."""
    global _known
    if not _looking.acquire(blocking=_known is None) and _known is not None:
        return _known[1]
    try:
        if _known is None or time.monotonic() - _known[0] > KEPT:
            data = settings().data
            parts = {
                "store": _tried("store", _store_writes),
                "lake": _tried("lake", _lake_works),
                "disk": _tried("disk", lambda: _folder_writes(data)),
                "overdue": _tried("overdue", watch.require_nothing),
            }
            _known = (time.monotonic(), parts)
        return _known[1]
    finally:
        _looking.release()


def _tried(part: str, look: Callable[[], None]) -> Part:
    try:
        look()
    except Exception as error:
        detail = error.detail or error.sentence if isinstance(error, VigieError) else str(error)
        log.error("%s: %s", part, detail)
        return f"{type(error).__name__}: {detail}"
    return True


def _store_writes() -> None:
    """The store answers, and lets somebody write within a moment."""
    with store().write(PATIENCE) as connection:
        connection.execute(sa.text("SELECT version_num FROM alembic_version"))


def _folder_writes(folder: Path) -> None:
    """A few bytes can be written in a folder. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / PROBE).open("wb") as file:
        file.write(bytes(PROBE_BYTES))


def _lake_works() -> None:
    """The lake can be written, and every file that its tables' last versions name is Parquet; one that was looked at
    never changes."""
    _folder_writes(lake().root)
    for table in lake().names():
        for file in lake().files(table):
            now = (file, Path(file).stat().st_size)
            if now not in _whole:
                pq.read_metadata(file)
                _whole.add(now)


def _is_administrator(browser_id: str | None) -> bool:
    if browser_id is None:
        return False
    try:
        with store().read() as connection:
            session = sessions.find(connection, browser_id, clock.now())
    except VigieError:
        return False
    return session is not None and session.person.role is Role.ADMIN


ROUTES = [Route("/healthz", healthz)]
