"""Vigie: `streamlit run app.py`. Streamlit serves core/ui/script.py behind the gate."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import streamlit as st
from anyio import to_thread
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse
from starlette.routing import Route
from streamlit import config

from core.base import collector
from core.base.settings import ROOT, settings
from core.people import limits, routes
from core.people.gate import Gate
from core.run import available, health, start
from core.ui import download, failures, held, live, protocol, sending


@asynccontextmanager
async def lifespan(_app: st.App) -> AsyncIterator[None]:
    place = f"http://localhost:{st.get_option('server.port')}"
    await to_thread.run_sync(start.prepare_or_end, place, st.get_option("server.address") or "0.0.0.0")  # noqa: S104
    collector.rarely()
    yield


async def icon(_request: Request) -> FileResponse:
    return FileResponse(ROOT / "core/ui/assets/icon.png")


secrets = start.secrets()  # first of all: it ends the start where a setting is wrong
limits.begin_small()
sending.begin()
live.begin()
held.begin()
failures.begin()
download.begin()
config.set_option("server.baseUrlPath", settings().base_path)
own = [*health.ROUTES, *available.ROUTES, *routes.ROUTES, Route("/favicon.png", icon)]
gate = Middleware(Gate, page=protocol.index_html(), wire=protocol)

# A plain assignment: Streamlit finds the app by reading this file, and would run it bare, without the gate, otherwise.
app = st.App(
    ROOT / "core/ui/script.py",
    lifespan=lifespan,
    middleware=[gate],
    routes=[Route(settings().base_path + route.path, route.endpoint) for route in own],
    secrets=secrets,
)
