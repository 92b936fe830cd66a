"""What somebody signed in sends by hand about a screen that their role does not open: nothing of it leaves."""

import re
from collections.abc import Callable
from itertools import product
from typing import Any

import pytest
import sqlalchemy as sa
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState

from core.people import accounts
from core.people.person import Role
from core.store.schema import audit
from tests.client import Browser, Tab
from tests.live.conftest import PASSWORD
from tests.live.test_files import deferred, open_exports
from tests.live.test_sessions import body
from tests.servers import Server

SECRET = "Ouistiti-Zanzibar"
"""A name that the screens of administrators alone show."""
GUESSES: tuple[dict[str, Any], ...] = (
    {"trigger_value": True},
    {"bool_value": True},
    {"string_value": SECRET},
    {"json_value": '{"selection": {"rows": [0], "columns": []}}'},
)
PATHS = ("/accounts", "/sources", "/checks", "/register")
"""What a squad's person is sent to while the messages say otherwise; the last is theirs."""

REFUSED = (401, 403, 404, 405)


@pytest.fixture
def told(server: Server, browse: Callable[[], Browser], join: Callable[..., str]) -> Tab:
    """An administrator's tab of the accounts, one of which bears the secret, with the menu of exports open."""
    with server.store.write() as connection:
        if accounts.find(connection, "zanzibar") is None:
            accounts.add(connection, who="t", name="zanzibar", role=Role.DUTY, display_name=SECRET)
    tab = browse().sign_in(join(Role.ADMIN), PASSWORD, path="/accounts")
    assert SECRET.encode() in sent(tab)
    open_exports(tab)
    return tab


def sent(tab: Tab) -> bytes:
    """Every byte that came."""
    return b"".join(message.SerializeToString() for message in tab.messages)


def written(server: Server) -> int:
    with server.store.read() as connection:
        return connection.execute(sa.select(sa.func.count()).select_from(audit)).scalar_one()


def ids(tab: Tab) -> set[str]:
    """Every id of a widget that a tab was told."""
    return {found.decode() for found in re.findall(rb"\$\$ID-[\w.:-]+", sent(tab))}


def test_widgets_fragments_and_pages_of_another_screen_bring_nothing_of_it(
    server: Server, browser: Browser, told: Tab, join: Callable[..., str]
) -> None:
    widgets = sorted(ids(told))
    assert len(widgets) > 10
    mine = browser.sign_in(join(Role.SQUAD), PASSWORD, path="/jira")
    own, before = body(mine), written(server)
    for turn, (path, fragment) in enumerate(product(PATHS, ("", own, body(told)))):
        mine.path = path
        guesses = (GUESSES[(turn + n) % len(GUESSES)] for n in range(len(widgets)))
        states = [WidgetState(id=one, **value) for one, value in zip(widgets, guesses, strict=True)]
        mine.run(*states, page_script_hash=told.page_hash, fragment_id=fragment)
    assert SECRET.encode() not in sent(mine)
    assert written(server) == before


def test_files_exports_and_uploads_of_another_session_are_refused(
    browser: Browser, told: Tab, join: Callable[..., str]
) -> None:
    file = deferred(told)
    address = told.asked(file)
    mine = browser.sign_in(join(Role.SQUAD), PASSWORD, path="/jira")
    assert mine.asked(file, seconds=2) == ""
    ask = BackMsg()
    ask.backend_operation_request.request_id = "0" * 16
    ask.backend_operation_request.session_id = told.session_id
    ask.backend_operation_request.deferred_file.file_id = file
    mine.send(ask)
    assert browser.http.get(address).status_code == 404
    xsrf = {"X-Xsrftoken": browser.http.cookies.get("_streamlit_xsrf", ""), "Origin": browser.url}
    for tab in (told.session_id, mine.session_id, "../" + told.session_id, told.session_id + "%2f"):
        place = f"/_stcore/upload_file/{tab}/{'0' * 32}"
        assert browser.http.put(place, headers=xsrf, files={"f": b"x"}).status_code in REFUSED, tab
        assert browser.http.delete(place, headers=xsrf).status_code in REFUSED, tab
    mine.run()
    assert SECRET.encode() not in sent(mine)


def test_a_component_gives_no_file_of_the_host(browser: Browser, join: Callable[..., str]) -> None:
    browser.sign_in(join(Role.SQUAD), PASSWORD)
    for path in (
        "/component/x/../../../../etc/passwd",
        "/component/x/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
        "/_stcore/bidi-components/vigie.focus/../../../core/base/settings.py",
        "/_stcore/bidi-components/vigie.focus/%2e%2e%2f%2e%2e%2fsettings.py",
        "/_stcore/bidi-components/vigie.focus//etc/passwd",
        "/app/static/..%2fapp.py",
        "/static/..%2f..%2fconfig.py",
        "/static/%2e%2e/%2e%2e/config.py",
    ):
        answer = browser.http.get(path)
        assert answer.status_code in (400, 403, 404) or "<html" in answer.text, path
        assert not re.search(r"root:|import |password", answer.text.split("<script")[0]), path


def test_a_squad_that_was_changed_meanwhile_ends_what_the_page_would_draw(
    server: Server, browser: Browser, join: Callable[..., str]
) -> None:
    name = join(Role.SQUAD)
    tab = browser.sign_in(name, PASSWORD, path="/jira")
    with server.store.write() as connection:
        version = accounts.existing(connection, name).version
        accounts.change(connection, who="t", name=name, version=version, squads=["Nord"])
    before = len(tab.messages)
    tab.send_rerun(fragment_id=body(tab))
    assert tab.hung_up()
    kinds = [one.WhichOneof("type") for one in tab.messages[before:]]
    assert "auth_redirect" in kinds
    assert {"delta", "new_session"}.isdisjoint(kinds)
