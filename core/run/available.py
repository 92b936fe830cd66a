"""`/availability`: which data are ready, told without an account where `VIGIE_AVAILABILITY` opens it.

Names of data sets and words alone, as somebody without any squad would see them; no pipeline is named.
"""

from dataclasses import asdict
from html import escape

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from core.base import clock
from core.base.errors import VigieError
from core.base.i18n import _, language, show_moment
from core.base.settings import settings
from core.mission.contract import Available
from core.mission.discovery import missions

HEADERS = {"Cache-Control": "no-store"}
_META = '<meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark">'
"""As wide as a phone, in the browser's theme: the gate lets no style nor script in."""


async def availability(request: Request) -> Response:
    """A table for browsers, `{"data_sets": [{name, state, words}]}` for programs; 404 where it is closed."""
    if not settings().availability:
        return PlainTextResponse(_("Nothing is told here."), 404)
    try:
        sets = await to_thread.run_sync(_found)
    except VigieError as error:
        return PlainTextResponse(error.sentence, 503, headers=HEADERS)
    if "text/html" in request.headers.get("accept", ""):
        return HTMLResponse(_page(sets), headers=HEADERS)
    return JSONResponse({"data_sets": [asdict(data_set) for data_set in sets]}, headers=HEADERS)


def _found() -> list[Available]:
    now = clock.now()
    return [data_set for mission in missions().values() if mission.available for data_set in mission.available(now)]


def _page(sets: list[Available]) -> str:
    row = "<tr><th scope=row align=left>{name}</th><td>{words}</td></tr>"
    rows = "".join(row.format(name=escape(data_set.name), words=escape(data_set.words)) for data_set in sets)
    title = escape(_("Availability of data"))
    body = f"<table>{rows}</table>" if sets else f"<p>{escape(_('No data set is declared for everybody.'))}</p>"
    head = f'<html lang="{language()}"><meta charset="utf-8"><title>{title}</title>{_META}'
    return f"<!doctype html>{head}<h1>{title}</h1><p>{escape(show_moment(clock.now()))}</p>{body}"


ROUTES = [Route("/availability", availability)]
