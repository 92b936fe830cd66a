"""A real Chromium in front of a real Vigie, for browser tests and screenshots."""

import shutil
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import (
    Browser,
    BrowserContext,
    FloatRect,
    Locator,
    Page,
    Request,
    ViewportSize,
    WebSocket,
    expect,
    sync_playwright,
)

from core.base.i18n import _, speaking
from core.people import cookies
from core.people.person import Role
from core.show.charts import TEXT_COLOURS
from tests.conftest import signed_in
from tests.servers import Server

FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking")
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
WIDE, NARROW = 1280, 400
WINDOW = ViewportSize(width=WIDE, height=900)
GRAVE = ("serious", "critical")
RECOLOURED = """theme =>
    getComputedStyle(document.querySelector("[data-testid=stApp]")).colorScheme === theme &&
    document.getAnimations().every(one => !(one instanceof CSSTransition))
"""
"""Whether the screen has the colours of a theme, and none is still on its way."""
PATIENCE_MS = 60_000
"""How long a screen may take: a shared machine stalls, and what comes at all comes long before."""
TURN = "ms => new Promise(done => setTimeout(() => done(true), ms))"
"""A while by the page's own clock: what the page had to do before is done, however busy the machine."""
TURN_MS = 50
SELECTED_MS = 400
"""How long Streamlit gathers what is picked in a chart, before it tells the server: 150 ms, and again."""
UNDRAWN = "[data-testid=stVegaLiteChart]:visible:not(:has(canvas, svg .role-frame))"

expect.set_options(timeout=PATIENCE_MS)


@dataclass(frozen=True)
class Known:
    """A grave finding of axe that is not Vigie's: rule, CSS selector, and the upstream issue that says so."""

    rule: str
    selector: str
    issue: str


EXCEPTIONS: tuple[Known, ...] = ()


@contextmanager
def chromium() -> Iterator["Profiles"]:
    """Profiles of the machine's Chromium, without a window."""
    found = next((path for path in map(shutil.which, BROWSERS) if path), None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=list(FLAGS))
        yield Profiles(browser)
        browser.close()


@dataclass
class Visit:
    """One person's browser. `outside` lists every request that left for another host: it must stay empty."""

    server: Server
    context: BrowserContext
    page: Page
    outside: list[str] = field(default_factory=list)
    _asked: int = 0
    _answers: int = 0
    _unanswered: bool = False

    def __post_init__(self) -> None:
        self.page.on("websocket", self.listen)

    def listen(self, socket: WebSocket) -> None:
        def asked() -> None:
            self._asked += 1
            self._unanswered = True

        def answered() -> None:
            self._answers += 1
            self._unanswered = False

        answered()
        socket.on("framesent", lambda _frame: asked())
        socket.on("framereceived", lambda _frame: answered())
        socket.on("close", lambda _socket: answered())

    @property
    def url(self) -> str:
        return self.server.url

    @cached_property
    def main(self) -> Locator:
        return self.page.get_by_test_id("stMain")

    def go(self, path: str) -> Page:
        """Load an address and wait until the screen is drawn."""
        self.page.goto(self.url + path)
        return self.settle()

    def settle(self) -> Page:
        """Wait until the script has run and what it drew is there."""
        self.page.wait_for_selector("h1")
        for _again in range(PATIENCE_MS // TURN_MS):
            heard = self._asked, self._answers
            # Until the page has come to what a click asked of it and to what was answered, nothing on the screen says
            # that a run is coming.
            self.turn()
            self.page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]")
            if not self._unanswered and heard == (self._asked, self._answers):
                break
        else:
            raise AssertionError("the server does not answer, or has always more to say")
        expect(self.page.locator("[data-testid=stSkeleton], [data-stale=true]")).to_have_count(0)
        expect(self.page.locator(UNDRAWN)).to_have_count(0)
        return self.page

    def turn(self, milliseconds: int = TURN_MS) -> None:
        """Let the page come to what it has to do, also where another page takes its place meanwhile."""
        self.page.wait_for_function(TURN, arg=milliseconds)

    def at_rest(self, drawn: Locator) -> FloatRect:
        """Where something stands, in sight, once it has stood there for a while."""
        drawn.scroll_into_view_if_needed()
        box = drawn.bounding_box()
        for _again in range(PATIENCE_MS // TURN_MS):
            self.turn()
            before, box = box, drawn.bounding_box()
            if box and box == before:
                return box
        raise AssertionError("it does not come to rest")

    def enter(self, role: Role) -> None:
        """Be a demo account from the next screen on: its session is opened without the form."""
        opened = signed_in(self.server.store, role.value)
        self.context.add_cookies([{"name": cookies.PLAIN, "value": opened, "url": self.url}])

    def sign_in(self, role: Role, path: str = "/") -> Page:
        """Come to an address as a demo account."""
        self.enter(role)
        return self.go(path)

    def sign_in_as(self, name: str, password: str, path: str = "/") -> Page:
        """Sign in through the form at an address, and land there."""
        self.go(path)
        with speaking(self.language):
            self.page.get_by_label(_("Name"), exact=True).fill(name)
            self.page.get_by_label(_("Password"), exact=True).fill(password)
            self.page.get_by_test_id("stForm").get_by_role("button", name=_("Sign in")).click()
        self.page.get_by_text("account_circle").wait_for()
        return self.settle()

    def click_mark(self, drawn: Locator) -> dict[str, str]:
        """Click a mark of a chart, any that leads to another address; gives what its tooltip said, by label.

        Marks are pixels of a canvas: the mouse looks for one, from the middle on, until a tooltip shows.
        """
        box = self.at_rest(drawn)
        for down in (0.55, 0.7, 0.4, 0.85, 0.3, 0.62, 0.48, 0.78):
            for across in (*range(44, 95, 2), *range(10, 44, 2)):
                x, y = box["x"] + box["width"] * across / 100, box["y"] + box["height"] * down
                self.page.mouse.move(x, y)
                if not (said := self._hovered()):
                    continue
                before, asked = self.page.url, self._asked
                self.page.mouse.click(x, y)
                self.turn(SELECTED_MS)
                if self._asked == asked:
                    continue  # a line of reference has a tooltip and leads nowhere
                self.settle()
                if self.page.url != before:
                    return said
        raise AssertionError("no mark of the chart leads anywhere")

    def _hovered(self) -> dict[str, str]:
        """What the tooltip says of the mark under the mouse, by label; nothing where there is none."""
        tip = self.page.locator("#vg-tooltip-element.visible")
        if not tip.count():
            return {}
        cells = [one.split("\t") for one in tip.locator("tr").all_inner_texts()]
        return {label.strip(): value.strip() for label, value in cells}

    @cached_property
    def language(self) -> str:
        return str(self.page.evaluate("navigator.language"))[:2]

    def wear(self, theme: str, width: int, height: int = 900) -> None:
        """Another theme ("light" or "dark") and width, in pixels."""
        self.page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
        self.page.set_viewport_size({"width": width, "height": height})

    def recolour(self, theme: str) -> None:
        """Another theme of the screen as it stands, until nothing of it has a colour of the one before."""
        self.page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
        self.page.wait_for_function(RECOLOURED, arg=theme)
        self.settle()
        for other in TEXT_COLOURS.keys() - {theme}:
            old = f"[data-testid=stVegaLiteChart] .role-axis-label text[fill='{TEXT_COLOURS[other]}']"
            expect(self.page.locator(old)).to_have_count(0)

    def grave_findings(self) -> list[str]:
        """What axe finds serious or critical on the screen as it stands, exceptions left out."""
        found = []
        for violation in Axe().run(self.page).response["violations"]:
            if violation["impact"] not in GRAVE:
                continue
            for node in violation["nodes"]:
                if not self._excepted(violation["id"], node["target"]):
                    found.append(f"{violation['id']}: {node['html'][:200]} {node.get('failureSummary', '')}")
        return found

    def _excepted(self, rule: str, target: list[str]) -> bool:
        known = [exception.selector for exception in EXCEPTIONS if exception.rule == rule]
        element = self.page.locator(target[0]).first
        return any(element.evaluate("(node, selector) => node.matches(selector)", selector) for selector in known)


@dataclass(frozen=True)
class Profiles:
    """Browser profiles, used again once their visit is over: a page that has loaded Streamlit's scripts before shows
    the next screen for half the processor time. Whoever gets one again finds nothing of the visit before."""

    browser: Browser
    idle: dict[tuple[str, str, bool], list[BrowserContext]] = field(default_factory=lambda: defaultdict(list))

    @contextmanager
    def visiting(
        self, server: Server, *, locale: str = "fr-FR", zone: str = "Europe/Paris", touch: bool = False
    ) -> Iterator[Visit]:
        """A browser profile without cookies, with a language and a time zone of its own."""
        idle = self.idle[locale, zone, touch]
        context = idle.pop() if idle else self._made(locale, zone, touch)
        visit = Visit(server, context, context.pages[0])
        host = urlsplit(server.url).netloc

        def watch(request: Request) -> None:
            parts = urlsplit(request.url)
            if parts.scheme in ("http", "https", "ws", "wss") and parts.netloc != host:
                visit.outside.append(request.url)

        context.on("request", watch)
        yield visit
        self._forget(visit)
        context.remove_listener("request", watch)
        idle.append(context)

    def _made(self, locale: str, zone: str, touch: bool) -> BrowserContext:
        context = self.browser.new_context(
            viewport=WINDOW, locale=locale, timezone_id=zone, has_touch=touch, is_mobile=touch
        )
        context.set_default_timeout(PATIENCE_MS)
        context.new_page()
        return context

    @staticmethod
    def _forget(visit: Visit) -> None:
        """One empty tab again, which stays in the process that knows the scripts."""
        for tab in visit.context.pages[1:]:
            tab.close()
        visit.page.remove_listener("websocket", visit.listen)
        visit.page.goto(f"{visit.url}/healthz")
        visit.page.evaluate("localStorage.clear(), sessionStorage.clear()")
        visit.page.emulate_media(color_scheme="null")
        visit.page.set_viewport_size(WINDOW)
        visit.context.clear_cookies()
