"""Doors that stood open once: what a stranger or a person could make of the server itself."""

import json
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest
from websockets.exceptions import ConnectionClosedError, InvalidStatus
from websockets.frames import Frame, Opcode
from websockets.sync.client import connect
from websockets.typing import Origin, Subprotocol

from core.base.settings import settings
from core.people import limits
from core.people.person import Role
from tests.client import Browser, Tab
from tests.live.conftest import PASSWORD
from tests.servers import Server, free_port, serving


def hung_up_with(tab: Tab) -> int:
    with pytest.raises(ConnectionClosedError) as raised:
        for _message in tab.received(30):
            pass
    assert raised.value.rcvd is not None
    return int(raised.value.rcvd.code)


def begin(tab: Tab, size: int) -> None:
    """Announce a message of a size and send nothing of it."""
    whole = Frame(Opcode.BINARY, b"x" * 126).serialize(mask=True)
    header = whole[:1] + bytes([0x80 | 127]) + size.to_bytes(8, "big") + b"mask"
    tab.socket.socket.sendall(header)


def test_a_strangers_message_is_refused_by_its_announced_size_before_it_is_received(browser: Browser) -> None:
    tab = browser.open("/")
    begin(tab, limits.STRANGER + 1)
    assert hung_up_with(tab) == 1009


def test_a_strangers_message_in_many_pieces_is_refused_at_the_same_size(browser: Browser) -> None:
    tab = browser.open("/")
    with pytest.raises(ConnectionClosedError):
        tab.socket.send(b"x" * 10_000 for _piece in range(1000))


def test_a_person_sends_more_but_not_everything(browser: Browser, join: Callable[..., str]) -> None:
    tab = browser.sign_in(join(), PASSWORD)
    tab.run(query_string="x" * (limits.STRANGER * 4))
    begin(tab, limits.PERSON + 1)
    assert hung_up_with(tab) == 1009


def test_a_stranger_who_holds_many_connections_keeps_nobody_out(
    server: Server, browse: Callable[[], Browser], join: Callable[..., str]
) -> None:
    person = browse()
    signed_in = person.sign_in(join(), PASSWORD)
    oldest = browse().open("/")
    url = server.url.replace("http", "ws") + "/_stcore/stream"
    with ExitStack() as held:
        for _n in range(settings().strangers):
            held.enter_context(connect(url, origin=Origin(server.url), subprotocols=[Subprotocol("streamlit")]))
        assert hung_up_with(oldest) == 1013
        assert "Sign out" in browse().sign_in(join(), PASSWORD).labels(), "the newest finds its place"
        assert "Sign out" in signed_in.run().labels(), "who has a session is not counted"


def put(browser: Browser, tab: Tab, name: str, size: int) -> httpx.Response:
    xsrf = browser.http.cookies.get("_streamlit_xsrf") or ""
    url = f"/_stcore/upload_file/{tab.session_id}/{name}"
    files = {"file": ("a.csv", b"x" * size, "text/csv")}
    return browser.http.put(url, files=files, headers={"X-Xsrftoken": xsrf})


def test_a_file_is_taken_by_a_tab_that_shows_an_uploader_and_by_no_other(
    browse: Callable[[], Browser], join: Callable[..., str]
) -> None:
    browser = browse()
    accounts = browser.sign_in(join(Role.ADMIN), PASSWORD, "/accounts")
    refused = put(browser, accounts, "a", 10)
    assert (refused.status_code, refused.text) == (403, "Aucun de vos écrans n’attend de fichier.")
    sources = browser.open("/sources")
    assert "FileUploader" in {type(one).__name__ for one in sources.widgets()}
    assert put(browser, sources, "a", 10).status_code == 204
    other = browse()
    other.sign_in(join(Role.ADMIN), PASSWORD)
    assert put(other, sources, "b", 10).status_code == 403


def test_nobody_takes_back_the_file_of_another(browse: Callable[[], Browser], join: Callable[..., str]) -> None:
    mine, other = browse(), browse()
    tab = mine.sign_in(join(Role.ADMIN), PASSWORD, "/sources")
    assert put(mine, tab, "a", 10).status_code == 204
    other.sign_in(join(Role.ADMIN), PASSWORD, "/sources")
    url = f"/_stcore/upload_file/{tab.session_id}/a"
    for browser, code in ((other, 403), (mine, 204)):
        xsrf = browser.http.cookies.get("_streamlit_xsrf") or ""
        assert browser.http.delete(url, headers={"X-Xsrftoken": xsrf}).status_code == code


def test_what_a_sign_in_may_hold_of_files_ends_and_is_freed_with_the_uploader(
    browse: Callable[[], Browser], join: Callable[..., str]
) -> None:
    browser = browse()
    tab = browser.sign_in(join(Role.ADMIN), PASSWORD, "/sources")
    big = limits.UPLOADS // 2
    assert put(browser, tab, "a", big).status_code == 204
    assert put(browser, tab, "b", big).status_code == 413
    second = browser.open("/sources")
    assert put(browser, second, "b", big).status_code == 413, "another tab is the same person"
    tab.run(page_script_hash="", page_name="accounts")
    assert "FileUploader" not in {type(one).__name__ for one in tab.widgets()}
    assert put(browser, second, "b", big).status_code == 204


def test_an_upload_that_does_not_say_its_length_is_refused(browser: Browser, join: Callable[..., str]) -> None:
    tab = browser.sign_in(join(Role.ADMIN), PASSWORD, "/sources")
    answer = browser.http.put(f"/_stcore/upload_file/{tab.session_id}/a", content=iter([b"x"] * 3))
    assert answer.status_code == 411


@pytest.mark.parametrize("name", ["evil.example", "localhost.evil.example", "127.0.0.1.nip.example", "user@localhost"])
def test_another_name_gets_neither_page_nor_websocket(server: Server, name: str) -> None:
    port = server.url.rpartition(":")[2]
    for path in ("/", "/signed-in", "/_stcore/host-config", "/static/x.js"):
        assert httpx.get(server.url + path, headers={"Host": f"{name}:{port}"}).status_code == 421
    assert httpx.get(f"{server.url}/healthz", headers={"Host": name}).status_code == 200
    url = server.url.replace("http", "ws") + "/_stcore/stream"
    headers = {"Host": f"{name}:{port}"}
    with pytest.raises(InvalidStatus, match="403"), raw_connect(url, f"http://{name}:{port}", headers):
        pass


def raw_connect(url: str, origin: str, headers: dict[str, str]) -> Any:
    from websockets.client import ClientProtocol

    class Named(ClientProtocol):
        def connect(self) -> Any:
            request = super().connect()
            del request.headers["Host"]
            request.headers["Host"] = headers["Host"]
            return request

    from unittest import mock

    with mock.patch("websockets.sync.client.ClientProtocol", Named):
        return connect(url, origin=Origin(origin), subprotocols=[Subprotocol("streamlit")])


def test_below_a_path_everything_works_the_websocket_too(tmp_path_factory: pytest.TempPathFactory) -> None:
    port = free_port()
    base = f"http://localhost:{port}/vigie"
    with serving(tmp_path_factory.mktemp("below"), port=port, VIGIE_BASE_URL=base) as running:
        assert httpx.get(f"{running.url}/vigie").headers["location"] == "/vigie/"
        tab = Browser(base).open("/accounts")
        assert tab.labels() == ["Name", "Password", "Sign in"]
        browser = Browser(base)
        assert "What changed" in browser.sign_in("admin", path="/accounts").text()
        assert browser.http.get("/media/a.png").status_code == 404
        assert httpx.get(f"{base}/media/a.png").status_code == 401
        signed_out = browser.open("/").click("Sign out")
        assert signed_out.redirect == "/vigie/"
        stripped = httpx.get(f"{running.url}/healthz")
        assert stripped.json() == {"ok": True}, "a proxy that takes the path off finds the same"


def test_the_server_listens_on_this_machine_alone(server: Server) -> None:
    port = int(server.url.rpartition(":")[2])
    assert listening("tcp", port) == {"0100007F"}
    assert listening("tcp6", port) == set()


def listening(kind: str, port: int) -> set[str]:
    """Addresses at which somebody listens on a port, as the kernel writes them."""
    lines = [line.split() for line in Path(f"/proc/net/{kind}").read_text().splitlines()[1:]]
    return {line[1].partition(":")[0] for line in lines if line[3] == "0A" and line[1].endswith(f":{port:04X}")}


def test_sign_ins_sign_outs_and_refusals_are_lines_of_the_log(
    server: Server, browser: Browser, join: Callable[..., str]
) -> None:
    name = join()
    tab = browser.sign_in(name, PASSWORD, "/accounts")
    assert "Your role does not open this page." in tab.text()
    browser.http.get("/_stcore/metrics")
    tab.click("Sign out")
    lines = [json.loads(line) for line in server.log.read_text().splitlines() if line.startswith("{")]
    mine = [line for line in lines if name in (line.get("account"), line.get("person"))]
    assert [(line["message"], line["address"]) for line in mine] == [
        ("signed in", "127.0.0.1"), ("page refused", "localhost"), ("signed out", "localhost"),
    ]  # fmt: skip
    assert ("refused: nobody's", "/_stcore/metrics") in [(line["message"], line.get("path")) for line in lines]
    assert {line["logger"].partition(".")[0] for line in lines} == {"vigie"}, "no line for each request"
    assert "ticket=" not in server.log.read_text()
    assert PASSWORD not in server.log.read_text()
    assert str(browser.cookie) not in server.log.read_text()
