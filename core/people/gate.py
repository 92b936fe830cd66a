"""The gate: what reaches Vigie without a valid session, and with one. ASGI middleware, before all else.

Without a session: the page, its static files, the health address, the provider's way back, and a websocket that can
only run the sign-in form. With one: everything but what nobody may (metrics, clearing caches, developers' switches),
and each message only as long as the session is valid: callbacks run before a page's own check.

The gate protects; it does not decide what a person may: every write asks `core.people.rights`.
"""

import logging
import re
import time
from collections import Counter
from typing import Protocol
from urllib.parse import quote, urlsplit

from anyio import to_thread
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from core.base import clock
from core.base.errors import StoreFailed
from core.base.i18n import LANGUAGES, _, preferred
from core.base.settings import settings
from core.people import cookies, hosts, limits, sessions
from core.people.handed import MEDIA, Handed
from core.people.headers import page_policy, secured
from core.people.sessions import Session
from core.people.strangers import Strangers
from core.store.engine import store

log = logging.getLogger("vigie.gate")
PAGE = re.compile(r"/[\w.-]*/?", re.ASCII)
"""The page at any mission's address, and the icon and manifest beside it."""
STATIC = re.compile(r"/static/[\w./-]+|/[\w-]+/_stcore/(health|host-config)", re.ASCII)
"""Streamlit's own files; at a mission's address the browser first asks for the two others, which do not exist there."""
OPEN = {
    "/_stcore/health",
    "/_stcore/host-config",
    "/healthz",
    "/availability",
    "/signed-in",
    "/auth/login",
    "/auth/logout",
}
OPEN |= {"/oauth2callback"}
NOBODYS = ("/_stcore/metrics", "/_stcore/agent", "/_stcore/script-health-check")
STREAM = "/_stcore/stream"
UPLOAD = re.compile(r"/_stcore/upload_file/([^/]+)/[^/]+")
FOR_ANY_NAME = {"/healthz", "/_stcore/health"}
"""What watches Vigie from its own network may ask for it by any name."""
BINDING = b"x-vigie-session"
"""Header by which Streamlit ties its session to ours (`server.trustedUserHeaders`): nobody resumes another's."""
SEEN_FOR = 2.0
"""Seconds for which what is sent to a browser relies on the last look at its session."""


class SignInForm(Protocol):
    """The messages of one connection without a session: `shown` to the browser, `admitted` from it."""

    def shown(self, data: bytes) -> None: ...

    def admitted(self, data: bytes) -> bytes | None: ...


class Wire(Protocol):
    """What the gate must know of Streamlit's messages: `core.ui.protocol` is one."""

    def form(self) -> SignInForm: ...

    def for_people(self, data: bytes) -> bytes | None: ...

    def files(self, data: bytes) -> set[str]: ...

    def file_asked(self, data: bytes) -> str | None: ...

    def leads_away(self, data: bytes) -> bool: ...

    def reload(self, data: bytes) -> bytes: ...

    def awaited(self, tab: str, binding: str) -> bool: ...

    def held(self, binding: str) -> int: ...


class Gate:
    """`page` is Streamlit's index.html, `wire` reads and writes its messages."""

    def __init__(self, app: ASGIApp, *, page: bytes, wire: Wire) -> None:
        self.app = app
        self.policy = page_policy(page)
        self.pages = {code: page.replace(b'<html lang="en"', f'<html lang="{code}"'.encode(), 1) for code in LANGUAGES}
        self.wire = wire
        self.base = settings().base_path
        self._uploading: Counter[str] = Counter()
        self._handed = Handed()
        self._strangers = Strangers(settings().strangers)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        # A proxy may pass on the path below which Vigie stands, or take it off.
        inside = scope["path"] == self.base or scope["path"].startswith(f"{self.base}/")
        path = scope["path"].removeprefix(self.base) if inside else scope["path"]
        full = self.base + path
        scope = {**scope, "path": full, "raw_path": quote(full).encode(), "inside": path}
        if scope["type"] == "http":
            await self._http(scope, receive, send)
        else:
            await self._websocket(scope, receive, send)

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        path, secure = scope["inside"], is_secure(scope)
        is_page = scope["method"] in ("GET", "HEAD") and PAGE.fullmatch(path) is not None and path not in OPEN
        browser_id = cookies.read(Headers(scope=scope).get("cookie", ""), secure=secure)
        is_html = is_page and "." not in path and (path == "/" or not path.endswith("/"))
        new_id = sessions.new_id() if is_html and browser_id is None else None

        async def send_secured(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                secured(headers, path=path, policy=self.policy if is_page else None, secure=secure)
                if new_id:
                    headers.append("set-cookie", cookies.header(new_id, secure=secure))
            await send(message)

        if path not in FOR_ANY_NAME and not hosts.known(scope):
            answer = PlainTextResponse(_("Vigie does not answer to this name: open it at its own address."), 421)
            _told(scope, "refused: another name")
            await answer(scope, receive, send_secured)
            return
        if path == "":
            await RedirectResponse(f"{self.base}/", 307)(scope, receive, send_secured)
            return
        if is_html:
            await (await self._page(scope, browser_id))(scope, receive, send_secured)
            return
        refusal = await self._refusal(scope, browser_id, is_open=is_page or path in OPEN)
        upload, file = UPLOAD.fullmatch(path), MEDIA.fullmatch(path)
        if refusal is None and file and not self._handed.holds(sessions.digest(browser_id or ""), file[1]):
            _told(scope, "refused: a file of another session")
            refusal = PlainTextResponse(_("This file was not made for you: load the page again."), 404)
        if refusal is None and upload and browser_id:
            await self._upload(scope, receive, send_secured, upload[1], sessions.digest(browser_id))
        else:
            await (refusal or self.app)(scope, receive, send_secured)

    async def _upload(self, scope: Scope, receive: Receive, send: Send, tab: str, binding: str) -> None:
        """Pass a file on to the tab that waits for one, up to what a sign-in may hold; let one be taken back."""
        if scope["method"] != "PUT":
            mine = scope["method"] == "OPTIONS" or self.wire.awaited(tab, binding)
            refusal = None if mine else PlainTextResponse(_("No screen of yours waits for a file."), 403)
            if refusal:
                _told(scope, "upload refused")
            await (refusal or self.app)(scope, receive, send)
            return
        length = Headers(scope=scope).get("content-length", "")
        size = int(length) if length.isascii() and length.isdigit() else None
        refusal = None
        if not self.wire.awaited(tab, binding):
            refusal = PlainTextResponse(_("No screen of yours waits for a file."), 403)
        elif size is None:
            refusal = PlainTextResponse(_("An upload says its length first."), 411)
        elif self.wire.held(binding) + self._uploading[binding] + size > limits.UPLOADS:
            refusal = PlainTextResponse(_("You hold too many files at once: finish with those first."), 413)
        if refusal or size is None:
            _told(scope, "upload refused")
            await (refusal or self.app)(scope, receive, send)
            return
        self._uploading[binding] += size
        try:
            await self.app(scope, receive, send)
        finally:
            self._uploading[binding] -= size
            self._uploading += Counter()  # drops those that are down to nothing

    async def _page(self, scope: Scope, browser_id: str | None) -> HTMLResponse:
        """Streamlit's page, which says in which language it will speak: screen readers pronounce it so."""
        try:
            session = await look(browser_id)
        except StoreFailed:
            session = None
        chosen = session.person.language if session else None
        code = chosen or preferred(Headers(scope=scope).get("accept-language", ""))
        headers = {"cache-control": "no-cache", "vary": "Accept-Language, Cookie"}
        return HTMLResponse(self.pages[code], headers=headers)

    async def _refusal(self, scope: Scope, browser_id: str | None, *, is_open: bool) -> PlainTextResponse | None:
        """The answer to a request that may not pass, None for one that may."""
        path, reads = scope["inside"], scope["method"] in ("GET", "HEAD")
        if not reads and not same_origin(scope):
            _told(scope, "refused: from another site")
            return PlainTextResponse(_("This request came from another site."), 403)
        if path.startswith(NOBODYS):
            _told(scope, "refused: nobody's")
            return PlainTextResponse(_("Nobody may ask this."), 403)
        if reads and (is_open or STATIC.fullmatch(path)):
            return None
        try:
            session = await look(browser_id)
        except StoreFailed as error:
            return PlainTextResponse(error.sentence, 503)
        return None if session else PlainTextResponse(_("Sign in first."), 401)

    async def _websocket(self, scope: Scope, receive: Receive, send: Send) -> None:
        strange = "origin" not in Headers(scope=scope) or not same_origin(scope) or not hosts.known(scope)
        if scope["inside"] != STREAM or strange:
            _told(scope, "websocket refused")
            await send({"type": "websocket.close", "code": 1008})
            return
        browser_id = cookies.read(Headers(scope=scope).get("cookie", ""), secure=is_secure(scope))
        try:
            session = await look(browser_id)
        except StoreFailed:
            await send({"type": "websocket.close", "code": 1013})
            return
        binding = ("" if session else "anonymous ") + sessions.digest(browser_id or sessions.new_id())
        headers = [(name, value) for name, value in scope["headers"] if name.lower() != BINDING]
        scope = {**scope, "headers": [*headers, (BINDING, binding.encode())]}
        if session and browser_id:
            limits.widen(receive)
            connection = _SignedIn(browser_id, self.wire, self._handed, receive, send)
            await self.app(scope, connection.receive, one_by_one(connection.send))
        else:
            anonymous = _Anonymous(self.wire.form(), receive, send)
            async with self._strangers.place((scope.get("client") or ("",))[0], anonymous.end):
                await self.app(scope, anonymous.receive, one_by_one(anonymous.send))


def one_by_one(send: Send) -> Send:
    """What the app hands over for a browser at once (`core.ui.sending`) is looked at and sent message by message."""

    async def each(message: Message) -> None:
        data = message.get("bytes")
        if not isinstance(data, tuple):
            await send(message)
            return
        for part in data:
            await send({"type": "websocket.send", "bytes": part})

    return each


class _Anonymous:
    """A connection that can run the sign-in form and nothing else."""

    def __init__(self, form: SignInForm, receive: Receive, send: Send) -> None:
        self.form, self._receive, self._send = form, receive, send
        self._over = False

    async def end(self) -> None:
        """Hang up: it may come again."""
        self._over = True
        await self._send({"type": "websocket.close", "code": 1013})

    async def receive(self) -> Message:
        while True:
            message = await self._receive()
            if message["type"] != "websocket.receive":
                return message
            admitted = self.form.admitted(message.get("bytes") or b"")
            if admitted is not None:
                return {"type": "websocket.receive", "bytes": admitted}

    async def send(self, message: Message) -> None:
        if self._over:
            return
        if message.get("bytes"):
            self.form.shown(message["bytes"])
        await self._send(message)


class _SignedIn:
    """A connection of somebody signed in. It ends with the session: the browser then loads its page again, without one,
    or connects anew and can only sign in."""

    def __init__(self, browser_id: str, wire: Wire, handed: Handed, receive: Receive, send: Send) -> None:
        self.browser_id, self.wire, self._receive, self._send = browser_id, wire, receive, send
        self._handed, self._binding = handed, sessions.digest(browser_id)
        self._looked_at = time.monotonic()
        self._over = False
        self._asked = b""

    async def receive(self) -> Message:
        while True:
            message = await self._receive()
            if message["type"] != "websocket.receive":
                return message
            data = self._asked = message.get("bytes") or b""
            if not await self._valid():
                return {"type": "websocket.disconnect", "code": 1008}
            passed = self.wire.for_people(data)
            file = self.wire.file_asked(data)
            if file is not None and not self._handed.holds(self._binding, file):
                log.warning("refused: a file of another session")
                continue
            if passed is not None:
                return {"type": "websocket.receive", "bytes": passed}

    async def send(self, message: Message) -> None:
        if self._over:
            return
        data = message.get("bytes") or b""
        if data and time.monotonic() - self._looked_at > SEEN_FOR and not await self._valid(data):
            return
        if files := self.wire.files(data):
            self._handed.note(self._binding, files)
        await self._send(message)

    async def _valid(self, says: bytes = b"") -> bool:
        """Whether the session still is; hangs up when it is not, or when the store cannot tell, and lets the browser
        load its page again. `says`: what the browser would be told, which it still is where that leads it to another
        address, as what ends a session does; what was drawn before may be on its way yet."""
        if self._over:
            return False
        try:
            session = await look(self.browser_id)
        except StoreFailed:
            session = None
        self._looked_at = time.monotonic()
        if session is None and not self._over:
            self._over = True
            self._handed.drop(self._binding)
            if says and self.wire.leads_away(says):
                await self._send({"type": "websocket.send", "bytes": says})
            elif self._asked:
                await self._send({"type": "websocket.send", "bytes": self.wire.reload(self._asked)})
            await self._send({"type": "websocket.close", "code": 1008})
        return not self._over


def _told(scope: Scope, message: str) -> None:
    """One line of the log: what was refused, where it was asked and from where. The path alone: no query, no cookie."""
    client = scope.get("client")
    log.warning(message, extra={"path": scope["path"][:200], "address": client[0] if client else ""})


async def look(browser_id: str | None) -> Session | None:
    """The valid session behind a cookie, asked of the store. Raises StoreFailed."""
    return await to_thread.run_sync(_find, browser_id) if browser_id else None


def _find(browser_id: str) -> Session | None:
    with store().read() as connection:
        return sessions.find(connection, browser_id, clock.now())


def is_secure(scope: Scope) -> bool:
    """Whether the browser speaks TLS: to us, to the proxy that says so, or to the public address."""
    return scope["scheme"] in ("https", "wss") or settings().base_url.startswith("https://")


def same_origin(scope: Scope) -> bool:
    """Whether a request comes from Vigie's own page, by its `Origin`; a program that sends none is no browser."""
    headers = Headers(scope=scope)
    origin = headers.get("origin")
    if origin is None:
        return headers.get("sec-fetch-site", "same-origin") in ("same-origin", "none")
    base = urlsplit(settings().base_url)
    return urlsplit(origin).netloc in {headers.get("host"), base.netloc} - {None, ""}
