"""The address that turns a sign-in's ticket into a session cookie."""

import logging

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from core.base import clock
from core.base.settings import settings
from core.people import cookies, sessions, tickets
from core.people.gate import is_secure
from core.store.engine import store

log = logging.getLogger("vigie.auth")


async def signed_in(request: Request) -> Response:
    """`/signed-in?ticket=…`: set a new cookie and go on to the link asked for; a wrong ticket leads to the form."""
    secure = is_secure(request.scope)
    browser_id = cookies.read(request.headers.get("cookie", ""), secure=secure)
    ticket = request.query_params.get("ticket", "")
    redeemed = await to_thread.run_sync(_redeem, browser_id, ticket) if browser_id and ticket else None
    if redeemed is None:
        log.warning("a sign-in ticket was refused")
        return RedirectResponse(settings().base_path + "/", 303)
    session_id, link, account = redeemed
    log.info("signed in", extra={"account": account, "address": request.client.host if request.client else ""})
    response = RedirectResponse(link, 303, headers={"Cache-Control": "no-store"})
    max_age = settings().session_hours * 3600
    response.headers.append("set-cookie", cookies.header(session_id, secure=secure, max_age=max_age))
    return response


def _redeem(browser_id: str, ticket: str) -> tuple[str, str, str] | None:
    """The id of the new session, the link to go on to, and whose account it is."""
    now = clock.now()
    with store().write() as connection:
        redeemed = tickets.redeem(connection, browser_id, ticket, now)
        session = sessions.find(connection, redeemed[0], now) if redeemed else None
        return (*redeemed, session.person.name) if redeemed and session else None


ROUTES = [Route("/signed-in", signed_in)]
