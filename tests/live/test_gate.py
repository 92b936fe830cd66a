"""What the gate lets nobody do without a session, and nobody at all."""

import re
from collections.abc import Callable

import httpx
import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect
from websockets.typing import Origin, Subprotocol

from core.mission.discovery import missions
from core.people.person import Role
from tests.client import Browser, Tab
from tests.live.conftest import PASSWORD
from tests.servers import Server

FORM = ["Name", "Password", "Sign in"]


def everything(tab: Tab) -> str:
    return "\n".join(str(message) for message in tab.messages)


@pytest.mark.parametrize("path", ["/", "/accounts", "/nowhere", "/pipelines?date=2026-11-20"])
def test_at_any_address_a_stranger_finds_the_form_and_nothing_else(browser: Browser, path: str) -> None:
    assert browser.open(path).labels() == FORM


def test_titles_and_summaries_of_missions_are_not_told_to_a_stranger(browser: Browser) -> None:
    told = everything(browser.open("/"))
    for mission in missions().values():
        assert f'"{mission.title}"' not in told
        assert mission.summary not in told


def test_no_table_chart_or_text_of_a_page_reaches_a_stranger(browser: Browser) -> None:
    elements = browser.open("/accounts").elements
    styles = [element.html.body for element in elements if element.HasField("html")]
    assert all(re.fullmatch(r"<style>[^<]*</style>", body) for body in styles)
    kinds = {element.WhichOneof("type") for element in elements}
    assert kinds <= {"heading", "text_input", "button", "skeleton", "empty", "html"}


@pytest.mark.parametrize(
    "path",
    [
        "/media/0123456789abcdef0123456789abcdef.png",
        "/_stcore/upload_file/a/b",
        "/_stcore/bidi-components/a/b.js",
        "/component/extra_streamlit_components.CookieManager.cookie_manager/index.html",
        "/app/static/a.txt",
        "/a/b/c",
        "//media/a.png",
        "/_stcore/stream",
    ],
)
def test_a_stranger_is_refused_all_but_the_page(server: Server, path: str) -> None:
    request = httpx.Request("GET", httpx.URL(server.url, raw_path=path.encode()))
    with httpx.Client() as client:
        assert client.send(request).status_code == 401


def test_a_person_may_ask_for_media(browser: Browser, join: Callable[..., str]) -> None:
    browser.sign_in(join(), PASSWORD)
    assert browser.http.get("/media/0123456789abcdef0123456789abcdef.png").status_code == 404


@pytest.mark.parametrize(
    "path",
    ["/_stcore/metrics", "/_stcore/agent/interact", "/_stcore/agent/openapi.json", "/_stcore/script-health-check"],
)
def test_metrics_and_the_agents_interface_are_nobodys(browser: Browser, join: Callable[..., str], path: str) -> None:
    assert browser.http.get(path).status_code == 403
    browser.sign_in(join(Role.ADMIN), PASSWORD)
    assert browser.http.get(path).status_code == 403


@pytest.mark.parametrize("method", ["PUT", "POST", "DELETE"])
def test_a_stranger_uploads_nothing(server: Server, method: str) -> None:
    for path in ("/_stcore/upload_file/a/b", "/", "/accounts"):
        assert httpx.request(method, server.url + path, content=b"x").status_code == 401


def test_an_upload_from_another_site_is_refused_with_a_session(browser: Browser, join: Callable[..., str]) -> None:
    browser.sign_in(join(), PASSWORD)
    answer = browser.http.put("/_stcore/upload_file/a/b", content=b"x", headers={"Origin": "https://evil.example"})
    assert answer.status_code == 403


@pytest.mark.parametrize("origin", ["https://evil.example", "null", None])
def test_a_websocket_opens_for_vigies_own_page_alone(server: Server, origin: str | None) -> None:
    url = server.url.replace("http", "ws") + "/_stcore/stream"
    asked = Origin(origin) if origin else None
    with pytest.raises(InvalidStatus, match="403"), connect(url, origin=asked, subprotocols=[Subprotocol("streamlit")]):
        pass


def test_a_stranger_cannot_send_the_value_of_a_pages_widget(
    browse: Callable[[], Browser], join: Callable[..., str]
) -> None:
    page = browse().sign_in(join(), PASSWORD)
    foreign = page.choice("Language", "Français")
    stranger = browse().open("/")
    stranger.run(foreign)
    assert stranger.labels() == FORM


def test_a_stranger_runs_no_fragment_and_no_page_that_was_not_shown(browser: Browser) -> None:
    stranger = browser.open("/nowhere")
    shown = stranger.page_hash
    stranger.run(fragment_id="0123456789", page_script_hash="0" * 32)
    assert stranger.labels() == FORM
    assert stranger.page_hash == shown


def test_a_stranger_cannot_come_back_to_a_persons_streamlit_session(
    browse: Callable[[], Browser], join: Callable[..., str]
) -> None:
    page = browse().sign_in(join(), PASSWORD)
    stranger = browse().open("/", resume=page.session_id)
    assert stranger.session_id != page.session_id
    assert stranger.labels() == FORM


def test_another_person_cannot_come_back_to_a_persons_streamlit_session(
    browse: Callable[[], Browser], join: Callable[..., str]
) -> None:
    page = browse().sign_in(join(), PASSWORD)
    other = browse()
    other.sign_in(join(), PASSWORD)
    assert other.open("/", resume=page.session_id).session_id != page.session_id


def test_a_person_comes_back_to_their_own_streamlit_session(browser: Browser, join: Callable[..., str]) -> None:
    page = browser.sign_in(join(), PASSWORD)
    page.close()
    assert browser.open("/", resume=page.session_id).session_id == page.session_id


def test_a_made_up_header_does_not_make_somebody_of_a_stranger(server: Server, browser: Browser) -> None:
    browser.http.headers["X-Vigie-Session"] = "0" * 64
    assert browser.open("/").labels() == FORM


@pytest.mark.parametrize(
    "message",
    [
        BackMsg(clear_cache=True),
        BackMsg(set_run_on_save=True),
        BackMsg(debug_shutdown_runtime=True),
        BackMsg(load_git_info=True),
    ],
)
def test_nobody_sends_developers_messages(
    browse: Callable[[], Browser], join: Callable[..., str], message: BackMsg
) -> None:
    for tab in (browse().open("/"), browse().sign_in(join(Role.ADMIN), PASSWORD)):
        tab.messages.clear()
        tab.send(message)
        tab.run()
        assert "session_event" not in {got.WhichOneof("type") for got in tab.messages}
        assert "git_info_changed" not in {got.WhichOneof("type") for got in tab.messages}


def test_garbage_on_the_websocket_is_dropped(browser: Browser) -> None:
    tab = browser.open("/")
    tab.socket.send(b"\xff\xfe not a message")
    assert tab.run().labels() == FORM


def test_the_page_carries_its_policy_and_the_script_hash_of_its_own(server: Server) -> None:
    for path in ("/", "/accounts", "/nowhere"):
        headers = httpx.get(server.url + path).headers
        policy = headers["content-security-policy"]
        assert policy.startswith("default-src 'none'; script-src 'self' 'sha256-")
        assert "'unsafe-inline'" not in policy.split("style-src")[0]
        assert "frame-ancestors 'none'" in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"
        assert "strict-transport-security" not in headers


def test_a_page_asked_for_again_comes_whole_with_its_policy_and_cookie(server: Server) -> None:
    again = httpx.get(server.url, headers={"If-None-Match": "*", "If-Modified-Since": "Fri, 01 Jan 2100 00:00:00 GMT"})
    assert again.status_code == 200
    assert "content-security-policy" in again.headers
    assert "set-cookie" in again.headers


def test_streamlit_finds_the_app_and_its_gate() -> None:
    from streamlit.web.server.app_discovery import discover_asgi_app

    from core.base.settings import ROOT

    found = discover_asgi_app(ROOT / "app.py")
    assert (found.is_asgi_app, found.import_string) == (True, "app:app")


def test_no_message_of_a_stranger_carries_a_person(browser: Browser) -> None:
    tab = browser.open("/")
    assert {message.WhichOneof("type") for message in tab.messages} <= {
        "new_session",
        "session_status_changed",
        "page_config_changed",
        "logo",
        "navigation",
        "delta",
        "script_finished",
    }
    assert tab.messages[-1].script_finished == ForwardMsg.FINISHED_SUCCESSFULLY


def test_the_page_decides_the_language_whatever_the_websocket_says(server: Server) -> None:
    browser = Browser(server.url, language="en-GB", dials_in="fr-FR,fr;q=0.9")
    assert "Sign in" in browser.open().text()
    browser.close()


def test_the_page_says_the_language_it_will_speak(server: Server) -> None:
    said = {
        accepted: httpx.get(server.url, headers={"Accept-Language": accepted})
        .text.partition("<html ")[2]
        .partition(">")[0]
        for accepted in ("fr-FR,fr;q=0.9", "en-GB", "de")
    }
    assert said == {"fr-FR,fr;q=0.9": 'lang="fr"', "en-GB": 'lang="en"', "de": 'lang="fr"'}
