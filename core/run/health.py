"""`/healthz`: whether store and lake answer, for whatever watches Vigie. Details go to administrators alone."""

import logging
import tomllib
from datetime import UTC, datetime

import sqlalchemy as sa
from anyio import to_thread
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from core.base.errors import VigieError
from core.base.settings import ROOT, settings
from core.facts.lake import lake
from core.mission.discovery import fact_tables
from core.people import cookies, sessions
from core.people.gate import is_secure
from core.people.person import Role
from core.store.engine import store

log = logging.getLogger("vigie.health")


async def healthz(request: Request) -> JSONResponse:
    """200 and `{"ok": true}` when all parts answer, 503 and false when one does not."""
    browser_id = cookies.read(request.headers.get("cookie", ""), secure=is_secure(request.scope))
    ok, told = await to_thread.run_sync(_examine, browser_id)
    return JSONResponse({"ok": ok, **told}, 200 if ok else 503, headers={"Cache-Control": "no-store"})


def _examine(browser_id: str | None) -> tuple[bool, dict[str, object]]:
    parts = {"store": _store_answers(), "lake": _lake_answers()}
    ok = all(parts.values())
    return ok, {**parts, "version": _version()} if _is_administrator(browser_id) else {}


def _store_answers() -> bool:
    try:
        with store().read() as connection:
            connection.execute(sa.text("SELECT version_num FROM alembic_version"))
    except VigieError as error:
        log.error("the store does not answer: %s", error.detail)
        return False
    return True


def _lake_answers() -> bool:
    try:
        for table in fact_tables().values():
            lake().version(table)
    except Exception as error:
        log.error("the lake does not answer: %s", error)
        return False
    return settings().data.is_dir()


def _version() -> str:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return str(project["project"]["version"])


def _is_administrator(browser_id: str | None) -> bool:
    if browser_id is None:
        return False
    try:
        with store().read() as connection:
            session = sessions.find(connection, browser_id, datetime.now(UTC))
    except VigieError:
        return False
    return session is not None and session.person.role is Role.ADMIN


ROUTES = [Route("/healthz", healthz)]
