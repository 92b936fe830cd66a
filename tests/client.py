"""A small browser without a screen: HTTP with cookies, and tabs that speak Streamlit's websocket."""

import secrets
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from typing import Any
from urllib.parse import urljoin, urlsplit

import httpx
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.Block_pb2 import Block
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.proto.Element_pb2 import Element
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin, Subprotocol

from tests import people

PATIENCE = 30.0


class Browser:
    """One person's browser: its cookies, shared by its tabs. Some tell a websocket another language than the page."""

    def __init__(self, url: str, language: str = "en", dials_in: str | None = None) -> None:
        self.url = url
        self.language = language
        self.dials_in = dials_in or language
        self.http = httpx.Client(base_url=url, headers={"Accept-Language": language}, timeout=PATIENCE)

    @property
    def cookie(self) -> str | None:
        return self.http.cookies.get("vigie")

    def open(self, path: str = "/", *, resume: str = "") -> "Tab":
        """Load the page, connect, and run the script once. `resume`: the id of a Streamlit session to come back to."""
        path = path.removeprefix(urlsplit(self.url).path)
        self.http.get(path).raise_for_status()
        self.http.get("/_stcore/health")
        tab = Tab(self, path, resume=resume)
        tab.run()
        return tab

    def sign_in(self, name: str, password: str | None = None, path: str = "/") -> "Tab":
        """Sign in through the form at `path`, as `tests.people` unless a password is given; the tab one lands on."""
        tab = self.open(path)
        tab.sign_in(name, password or people.password(name))
        if tab.redirect is None:
            raise AssertionError(f"not signed in: {tab.text()}")
        answer = self.http.get(urljoin(self.url, tab.redirect), follow_redirects=False)
        tab.close()
        return self.open(answer.headers["location"])

    def close(self) -> None:
        self.http.close()


class Tab:
    """One page of a browser over its websocket. Elements and blocks are those of the last whole run."""

    def __init__(self, browser: Browser, path: str, *, resume: str = "") -> None:
        parts = urlsplit(path)
        self.browser = browser
        self.path, self.query = parts.path, parts.query
        self.messages: list[ForwardMsg] = []
        self.elements: list[Element] = []
        self.blocks: list[Block] = []
        self.redirect: str | None = None
        self.session_id = ""
        self.page_hash = ""
        self._values: dict[str, WidgetState] = {}
        xsrf = browser.http.cookies.get("_streamlit_xsrf", "")
        wanted = ["streamlit", xsrf, resume] if resume else ["streamlit", xsrf]
        cookies = "; ".join(f"{name}={value}" for name, value in browser.http.cookies.items())
        self._open = ExitStack()
        dialled = connect(
            browser.url.replace("http", "ws", 1) + "/_stcore/stream",
            origin=Origin(urljoin(browser.url, "/").rstrip("/")),
            subprotocols=[Subprotocol(entry) for entry in wanted if entry],
            additional_headers={"Cookie": cookies, "Accept-Language": browser.dials_in},
            max_size=None,
            compression=None,
        )
        self.socket: ClientConnection = self._open.enter_context(dialled)

    def run(self, *states: WidgetState, **fields: Any) -> "Tab":
        """Rerun the script with the values set so far and `states`; wait until it has finished."""
        self.send_rerun(*states, **fields)
        return self.wait()

    def send_rerun(self, *states: WidgetState, **fields: Any) -> None:
        """Ask for a rerun, without waiting."""
        self.send(BackMsg(rerun_script=self.state(*states, **fields)))

    def state(self, *states: WidgetState, **fields: Any) -> ClientState:
        """What a browser sends to ask for a rerun; `fields` replace its parts."""
        page = self.path.strip("/")
        state = ClientState(
            **{"query_string": self.query, "page_script_hash": self.page_hash, "page_name": page, **fields}
        )
        state.context_info.url = self.browser.url + self.path
        state.context_info.locale = self.browser.language
        state.context_info.timezone = "Europe/Paris"
        state.widget_states.widgets.extend([*self._values.values(), *states])
        return state

    def send(self, message: BackMsg) -> None:
        """What is said to a server that has hung up goes nowhere; whoever reads on is told."""
        with suppress(ConnectionClosed):
            self.socket.send(message.SerializeToString())

    def wait(self, seconds: float = PATIENCE) -> "Tab":
        """Read until a script run has finished, or the browser is sent elsewhere. Raises when the server hangs up."""
        for message in self.received(seconds):
            kind = message.WhichOneof("type")
            if kind == "script_finished" and message.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN:
                return self
            if kind == "auth_redirect":
                return self
        raise TimeoutError(self.text())

    def received(self, seconds: float) -> Iterator[ForwardMsg]:
        """Each message that comes within some seconds. Raises ConnectionClosed when the server hangs up."""
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            try:
                data = self.socket.recv(timeout=left)
            except TimeoutError:
                return
            message = ForwardMsg.FromString(data if isinstance(data, bytes) else data.encode())
            self.messages.append(message)
            self._note(message)
            yield message

    def hung_up(self, seconds: float = PATIENCE) -> bool:
        """Whether the server closes the connection within some seconds."""
        try:
            for _message in self.received(seconds):
                pass
        except ConnectionClosed:
            return True
        return False

    def widgets(self) -> Iterator[Any]:
        """What was drawn that has an id: each as its own protobuf, in order."""
        for element in self.elements:
            drawn = getattr(element, element.WhichOneof("type") or "empty")
            if getattr(drawn, "id", ""):
                yield drawn

    def widget(self, label: str, kind: str = "") -> Any:
        """The widget of that label. Raises LookupError when the page has none."""
        for drawn in self.widgets():
            if getattr(drawn, "label", None) == label and kind in type(drawn).__name__:
                return drawn
        raise LookupError(f"{label}: the page has {self.labels()}")

    def labels(self) -> list[str]:
        """The labels of the page's widgets, in order."""
        return [drawn.label for drawn in self.widgets() if hasattr(drawn, "label")]

    def set(self, label: str, **value: Any) -> None:
        """Keep a value for the widget of that label, e.g. `string_value="x"`, for the next run."""
        drawn = self.widget(label)
        self._values[drawn.id] = WidgetState(id=drawn.id, **value)

    def choice(self, label: str, option: str) -> WidgetState:
        """The state of a widget of options when one of them, as shown, is chosen."""
        drawn = self.widget(label)
        if type(drawn).__name__ in ("ButtonGroup", "MultiSelect"):
            return WidgetState(id=drawn.id, string_array_value={"data": [option]})
        return WidgetState(id=drawn.id, string_value=option)

    def click(self, label: str) -> "Tab":
        """Press the button of that label and wait for the run."""
        return self.run(WidgetState(id=self.widget(label, "Button").id, trigger_value=True))

    def sign_in(self, name: str, password: str) -> "Tab":
        """Fill in the form and submit it."""
        words = {"en": ("Name", "Password", "Sign in"), "fr": ("Nom", "Mot de passe", "Se connecter")}
        name_label, password_label, button = words[self.browser.language]
        self.set(name_label, string_value=name)
        self.set(password_label, string_value=password)
        return self.click(button)

    def asked(self, file: str, seconds: float = PATIENCE) -> str:
        """The address of a file that is made on the click, asked for by its id as its button does; "" where none comes
        within some seconds."""
        message = BackMsg()
        message.backend_operation_request.request_id = secrets.token_hex(8)
        message.backend_operation_request.session_id = self.session_id
        message.backend_operation_request.deferred_file.file_id = file
        self.send(message)
        for answer in self.received(seconds):
            said = answer.backend_operation_response
            if (
                answer.HasField("backend_operation_response")
                and said.request_id == message.backend_operation_request.request_id
            ):
                return str(said.deferred_file.url)
        return ""

    def text(self) -> str:
        """Everything the page says in words."""
        return "\n".join(str(element) for element in self.elements)

    def close(self) -> None:
        self._open.close()

    def _note(self, message: ForwardMsg) -> None:
        kind = message.WhichOneof("type")
        if kind == "new_session":
            if not message.metadata.run.fragment_ids:
                self.elements, self.blocks = [], []
            self.session_id = message.new_session.initialize.session_id or self.session_id
            self.page_hash = message.new_session.page_script_hash
        elif kind == "navigation":
            self.page_hash = message.navigation.page_script_hash
        elif kind == "auth_redirect":
            self.redirect = message.auth_redirect.url
        elif kind == "delta" and message.delta.HasField("new_element"):
            self.elements.append(message.delta.new_element)
        elif kind == "delta" and message.delta.HasField("add_block"):
            self.blocks.append(message.delta.add_block)
