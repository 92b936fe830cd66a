"""Who is being served: the person behind the browser's cookie, asked of the store once a run."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime

import streamlit as st
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime.scriptrunner import get_script_run_ctx

from core.base import clock, log
from core.base.once import drawing
from core.base.settings import settings
from core.people import cookies, sessions
from core.people.person import Person
from core.people.sessions import Session
from core.store.engine import store

auth = logging.getLogger("vigie.auth")
_served: ContextVar[Session | None] = ContextVar("served", default=None)


@contextmanager
def serving() -> Iterator[Person | None]:
    """The person signed in, as the store knows them now; None shows the sign-in form. Raises StoreFailed.

    What is drawn inside the block asks no second time. Callbacks and fragments run outside of it and ask themselves.
    """
    session = current_session()
    token = _served.set(session)
    try:
        with drawing():
            yield session.person if session else None
    finally:
        _served.reset(token)


def browser_id() -> str | None:
    """What the browser's cookie holds: a session's id, or a number that only tells this browser from others."""
    return cookies.find(st.context.cookies.to_dict())


def current_session() -> Session | None:
    """The valid session of this browser. Raises StoreFailed."""
    return _served.get() or _asked()


def _asked() -> Session | None:
    session_id, now = browser_id(), clock.now()
    session = None
    if session_id is not None:
        with store().read() as connection:
            session = sessions.find(connection, session_id, now)
    context = get_script_run_ctx()
    log.request.set(context.session_id[:8] if context else "")
    log.person.set(session.person.name if session else "")
    log.address.set(st.context.ip_address or "localhost")
    return sessions.seen(store(), session, now) if session else None


def current_person() -> Person | None:
    """The person signed in; None without a session. Raises StoreFailed."""
    session = current_session()
    return session.person if session else None


def last_visit() -> datetime | None:
    """When the person was last here before this visit (UTC); None on the first."""
    session = current_session()
    return session.previous_visit_at if session else None


def sign_out() -> None:
    """End the session in every tab and load Vigie afresh, where the sign-in form waits."""
    session = current_session()
    if session is not None:
        with store().write() as connection:
            sessions.end(connection, str(browser_id()), clock.now())
        auth.info("signed out")
    if session is not None and session.oidc:
        st.logout()
    else:
        go(settings().base_path + "/")


def go(path: str) -> None:
    """Send the browser to another address of Vigie: a new request, a new page, no script in it."""
    context = get_script_run_ctx()
    if context is not None:
        message = ForwardMsg()
        message.auth_redirect.url = path
        context.enqueue(message)
