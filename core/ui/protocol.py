"""What passes between a browser and Streamlit over the websocket, and what of it the gate lets through.

Callbacks run before a page's own check: what nobody may send must never reach Streamlit.
"""

import re
from pathlib import Path
from urllib.parse import urlsplit

from google.protobuf.message import DecodeError
from streamlit.file_util import get_static_dir
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from core.people import limits
from core.people.handed import MEDIA
from core.people.tickets import local
from core.ui import uploads

SCRIPT = Path(__file__).with_name("assets") / "house.js"
FOR_ANYBODY = {"app_heartbeat", "stop_script"}
FOR_PEOPLE = FOR_ANYBODY | {"rerun_script", "file_urls_request", "backend_operation_request"}
_FILE = re.compile(rb"[0-9a-f]{32}")
"""What every id of a file holds: a message without one hands out none, and need not be read."""
OPERATIONS = {"deferred_file", "dataframe_chunk"}


def index_html() -> bytes:
    """The one HTML page that Streamlit serves, with the house's script: the page's policy lets it run by its hash."""
    page = (Path(get_static_dir()) / "index.html").read_bytes()
    return page.replace(b"</body>", b"<script>" + SCRIPT.read_bytes() + b"</script></body>", 1)


def for_people(data: bytes) -> bytes | None:
    """A message of somebody signed in, or None when nobody may send it (clearing caches, developers' switches)."""
    message = _parsed(data)
    if message is None or message.WhichOneof("type") not in FOR_PEOPLE:
        return None
    if message.HasField("backend_operation_request"):
        return data if message.backend_operation_request.WhichOneof("payload") in OPERATIONS else None
    return data


def files(data: bytes) -> set[str]:
    """Ids of the files that a message hands to the browser: those of addresses, and of exports made on the click."""
    if not _FILE.search(data):
        return set()
    message = ForwardMsg.FromString(data)
    kind = message.WhichOneof("type")
    named: list[str] = []
    if kind == "delta" and message.delta.WhichOneof("type") == "new_element":
        element = message.delta.new_element
        if element.HasField("download_button"):
            named = [element.download_button.url, f"/media/{element.download_button.deferred_file_id}"]
        elif element.HasField("imgs"):
            named = [image.url for image in element.imgs.imgs]
    elif kind == "backend_operation_response":
        named = [message.backend_operation_response.deferred_file.url]
    elif kind == "logo":
        named = [message.logo.image, message.logo.icon_image]
    elif kind == "page_config_changed":
        named = [message.page_config_changed.favicon]
    return {match[1] for address in named if (match := MEDIA.search(address))}


def file_asked(data: bytes) -> str | None:
    """The export that a browser asks to be made, by its id; None where it asks for something else."""
    message = _parsed(data)
    if message is None or not message.HasField("backend_operation_request"):
        return None
    asked = message.backend_operation_request
    return asked.deferred_file.file_id if asked.HasField("deferred_file") else None


awaited, held = uploads.awaited, uploads.held


def leads_away(data: bytes) -> bool:
    """Whether a message to the browser does nothing but send it to another address."""
    try:
        return bool(ForwardMsg.FromString(data).WhichOneof("type") == "auth_redirect")
    except DecodeError:
        return False


def reload(data: bytes) -> bytes:
    """What makes the browser that sent this message load its page again, at the same link."""
    message = _parsed(data)
    asked = message.rerun_script if message else ClientState()
    path = urlsplit(asked.context_info.url).path
    answer = ForwardMsg()
    answer.auth_redirect.url = local(f"{path}?{asked.query_string}" if asked.query_string else path)
    return bytes(answer.SerializeToString())


def form() -> "SignInForm":
    """The filter of a new connection without a session."""
    return SignInForm()


class SignInForm:
    """The messages of one connection without a session: only what was drawn for it may be used.

    `shown` reads what Vigie sends, and so learns the form's widgets and page; `admitted` rebuilds a message of the
    browser from these alone. No other widget's value, fragment or page is passed on.
    """

    def __init__(self) -> None:
        self._widgets: set[str] = set()
        self._pages: set[str] = set()

    def shown(self, data: bytes) -> None:
        """Learn from a message to the browser."""
        message = ForwardMsg.FromString(data)
        kind = message.WhichOneof("type")
        if kind == "new_session":
            self._pages |= {message.new_session.page_script_hash, message.new_session.main_script_hash}
        elif kind == "navigation":
            self._pages |= {page.page_script_hash for page in message.navigation.app_pages}
        elif kind == "delta" and message.delta.WhichOneof("type") == "new_element":
            element = message.delta.new_element
            drawn = getattr(element, element.WhichOneof("type") or "empty", None)
            if widget := getattr(drawn, "id", ""):
                self._widgets.add(widget)

    def admitted(self, data: bytes) -> bytes | None:
        """The message as it may be passed on, or None."""
        message = _parsed(data) if len(data) <= limits.STRANGER else None
        if message is None:
            return None
        kind = message.WhichOneof("type")
        if kind in FOR_ANYBODY:
            return data
        if kind != "rerun_script":
            return None
        asked = message.rerun_script
        admitted = ClientState(query_string=asked.query_string, page_name=asked.page_name)
        if asked.HasField("context_info"):
            admitted.context_info.CopyFrom(asked.context_info)
        if asked.page_script_hash in self._pages:
            admitted.page_script_hash = asked.page_script_hash
        admitted.widget_states.widgets.extend(
            widget for widget in asked.widget_states.widgets if widget.id in self._widgets
        )
        return bytes(BackMsg(rerun_script=admitted).SerializeToString())


def _parsed(data: bytes) -> BackMsg | None:
    message = BackMsg()
    try:
        message.ParseFromString(data)
    except DecodeError:
        return None
    return message
