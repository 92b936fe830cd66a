"""The sign-in form. Nothing of the missions is told here, and only what is drawn here may be used without a session.

The form is streamlit-authenticator's; its cookie and its counting of attempts are not used (the cookie is readable by
scripts and outlives the sign-out, the counting never fires): a session and a throttle of our own stand behind it.
"""

from typing import Any
from urllib.parse import urlencode, urlsplit

import streamlit as st
from streamlit_authenticator.views.authentication_view import Authenticate

from core.base import clock
from core.base.errors import VigieError
from core.base.i18n import _
from core.base.settings import settings
from core.people import credentials, demo, oidc, tickets
from core.people.person import ROLE_NAMES, Person
from core.store.engine import store
from core.ui.session import auth, browser_id, go

WIDTH = 480
"""Pixels; less on a narrower screen."""


def show() -> None:
    """Draw it; on success the browser goes on to the link it asked for, signed in."""
    with st.container(horizontal_alignment="center"), st.container(width=WIDTH):
        st.title("Vigie")
        if browser_id() is None:
            st.warning(_("Your browser refuses cookies: Vigie cannot know you without one. Allow it, then reload."))
            return
        try:
            _draw()
        except VigieError as error:
            st.error(error.sentence)


def _draw() -> None:
    if oidc.configured():
        _provider()
    words = {"Form name": _("Sign in"), "Username": _("Name"), "Password": _("Password"), "Login": _("Sign in")}
    _Form().login(fields=words, key="sign-in")
    if settings().demo:
        _demo_accounts()


class _Form(Authenticate):  # type: ignore[misc]  # the library has no types
    """The library's form over our own check. It is its own two collaborators: the controllers of cookie and check."""

    def __init__(self) -> None:
        self.attrs = {"login_sleep_time": 0}
        self.path = None
        self.secret_key = ""
        self.cookie_controller = _NoCookie()
        self.authentication_controller = _Check()


class _NoCookie:
    def get_cookie(self) -> None: ...

    def set_cookie(self) -> None: ...


class _Check:
    def login(self, username: str, password: str, *_limits: Any, **_options: Any) -> bool:
        try:
            person = credentials.check(store(), username, password, _address(), clock.now())
        except VigieError as error:
            st.error(error.sentence)
            return False
        _enter(person, _asked_link())
        return True


def _provider() -> None:
    """Sign in at the OpenID Connect provider; on the way back the claims open a session like any other."""
    if st.user.get("is_logged_in"):
        try:
            _come_back()
        except VigieError as error:
            who = {"account": str(st.user.get("preferred_username", ""))[:100], "address": _address()}
            auth.warning("sign-in refused", extra={**who, "reason": error.sentence})
            st.error(error.sentence)
    if st.button(_("Sign in with your organisation's account"), type="primary", key="sign-in-provider"):
        with store().write() as connection:
            tickets.begin(connection, str(browser_id()), _asked_link(), clock.now())
        st.login()


def _come_back() -> None:
    """Open a session if this browser was sent to the provider a short while ago: its cookie alone opens nothing."""
    now = clock.now()
    with store().write() as connection:
        link = tickets.back(connection, str(browser_id()), now)
    if link is not None:
        with store().write() as connection:
            person = oidc.admit(connection, st.user.to_dict(), now)
        _enter(person, link, oidc=True)


def _enter(person: Person, link: str, *, oidc: bool = False) -> None:
    with store().write() as connection:
        ticket = tickets.grant(connection, str(browser_id()), person.id, link, clock.now(), oidc=oidc)
    go(f"{settings().base_path}/signed-in?" + urlencode({"ticket": ticket}))


def _address() -> str:
    """Where the browser is."""
    return st.context.ip_address or "localhost"


def _asked_link() -> str:
    """Path and query that the browser shows."""
    path = urlsplit(st.context.url or "/").path or "/"
    query = urlencode([(name, value) for name in st.query_params for value in st.query_params.get_all(name)])
    return f"{path}?{query}" if query else path


def _demo_accounts() -> None:
    with store().read() as connection:
        present = demo.present(connection)
    st.info(_("This Vigie shows demo data. These accounts exist with it alone:"))
    st.table([{_("Role"): _(ROLE_NAMES[role]), _("Name"): name, _("Password"): word} for name, role, word in present])
