"""From the form to a session, and its end everywhere."""

import json
import re
import time
from collections.abc import Callable
from datetime import timedelta

import httpx
import pytest
import sqlalchemy as sa
from streamlit.proto.WidgetStates_pb2 import WidgetState

from core.base import clock
from core.people import accounts, sessions
from core.people.person import Role
from core.store.schema import people
from tests.client import Browser, Tab
from tests.live.conftest import PASSWORD
from tests.servers import Server, serving


def is_form(tab: Tab) -> bool:
    return tab.labels() == ["Name", "Password", "Sign in"]


def language_of(server: Server, name: str) -> str | None:
    with server.store.read() as connection:
        return connection.scalar(sa.select(people.c.language).where(people.c.name == name))


def choose_french(tab: Tab) -> WidgetState:
    """The interaction whose callback writes in the store."""
    return tab.choice("Language", "Français")


def test_after_signing_in_a_person_lands_on_the_link_they_asked_for(browser: Browser, join: Callable[..., str]) -> None:
    tab = browser.open("/accounts?who=a%26b&who=c")
    tab.sign_in(join(Role.ADMIN), PASSWORD)
    answer = browser.http.get(str(tab.redirect))
    assert (answer.status_code, answer.headers["location"]) == (303, "/accounts?who=a%26b&who=c")
    assert not is_form(browser.open(answer.headers["location"]))


def test_the_id_before_signing_in_is_never_the_one_authorised(browser: Browser, join: Callable[..., str]) -> None:
    browser.open("/")
    planted = browser.cookie
    assert planted is not None
    browser.sign_in(join(), PASSWORD)
    assert browser.cookie != planted
    thief = Browser(browser.url)
    thief.http.cookies.set("vigie", planted)
    assert is_form(thief.open("/"))


def test_a_ticket_is_worthless_in_another_browser_and_a_second_time(
    browse: Callable[[], Browser], join: Callable[..., str]
) -> None:
    mine, thief = browse(), browse()
    tab = mine.open("/")
    tab.sign_in(join(), PASSWORD)
    thief.open("/")
    assert "set-cookie" not in thief.http.get(str(tab.redirect)).headers
    assert is_form(thief.open("/"))
    assert mine.http.get(str(tab.redirect)).headers["set-cookie"].startswith("vigie=")
    assert "set-cookie" not in mine.http.get(str(tab.redirect)).headers


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(server: Server) -> None:
    cookie = httpx.get(server.url).headers["set-cookie"]
    assert re.fullmatch(r"vigie=[\w-]{43}; Path=/; HttpOnly; SameSite=Lax", cookie)


def test_under_tls_the_cookie_is_bound_to_this_host(tmp_path_factory: pytest.TempPathFactory) -> None:
    with serving(tmp_path_factory.mktemp("tls"), VIGIE_BASE_URL="https://vigie.example") as running:
        headers = httpx.get(running.url).headers
    assert re.fullmatch(r"__Host-vigie=[\w-]{43}; Path=/; HttpOnly; SameSite=Lax; Secure", headers["set-cookie"])
    assert headers["strict-transport-security"] == "max-age=31536000"


def test_signing_out_ends_the_session_in_every_tab(browser: Browser, join: Callable[..., str]) -> None:
    name = join()
    first = browser.sign_in(name, PASSWORD)
    second = browser.open("/")
    first.click("Sign out")
    assert first.redirect == "/"
    second.send_rerun()
    assert second.hung_up()
    assert second.redirect == "/"
    assert is_form(browser.open("/"))


@pytest.mark.parametrize("end", ["closed", "role", "password", "expired", "session"])
def test_what_ends_a_session_stops_the_very_next_message(
    server: Server, browser: Browser, join: Callable[..., str], end: str
) -> None:
    name = join(Role.LEAD)
    tab = browser.sign_in(name, PASSWORD)
    now = clock.now()
    with server.store.write() as connection:
        if end == "closed":
            accounts.close(connection, who="test", name=name)
        elif end == "role":
            accounts.change(connection, who="test", name=name, version=1, role=Role.DUTY)
        elif end == "password":
            accounts.set_password(connection, who="test", name=name, password="another long secret")
        elif end == "expired":
            connection.execute(
                sa.update(people).where(people.c.name == name).values(expires_at=now - timedelta(seconds=1))
            )
        else:
            sessions.end(connection, str(browser.cookie), now)
    tab.send_rerun(choose_french(tab))
    assert tab.hung_up()
    assert language_of(server, name) is None, "a callback ran after the session ended"
    assert browser.http.get("/media/a.png").status_code == 401
    assert is_form(browser.open("/"))


def test_a_callback_of_a_valid_session_runs(server: Server, browser: Browser, join: Callable[..., str]) -> None:
    name = join()
    tab = browser.sign_in(name, PASSWORD)
    tab.run(choose_french(tab))
    assert language_of(server, name) == "fr"


def body(tab: Tab) -> str:
    """The fragment that the page's body is, as the browser names it when somebody acts there."""
    return next(message.delta.fragment_id for message in tab.messages if message.delta.fragment_id)


def told_since(tab: Tab, before: int) -> list[str]:
    """What came since so many messages: kinds of elements and of other messages."""
    kinds = []
    for message in tab.messages[before:]:
        kind = str(message.WhichOneof("type"))
        kinds.append(str(message.delta.new_element.WhichOneof("type")) if kind == "delta" else kind)
    return kinds


def test_an_act_on_the_page_draws_its_body_alone(browser: Browser, join: Callable[..., str]) -> None:
    tab = browser.sign_in(join(Role.ADMIN), PASSWORD, path="/sources")
    before = len(tab.messages)
    tab.run(fragment_id=body(tab))
    told = told_since(tab, before)
    assert {"navigation", "logo", "page_link", "html"}.isdisjoint(told)
    assert {"heading", "page_config_changed", "script_finished"} <= set(told)


def test_an_act_on_the_page_draws_everything_where_the_person_changed_meanwhile(
    server: Server, browser: Browser, join: Callable[..., str]
) -> None:
    name = join(Role.ADMIN)
    tab = browser.sign_in(name, PASSWORD, path="/sources")
    with server.store.write() as connection:
        person = accounts.existing(connection, name).person
        accounts.speak(connection, person.id, "fr")
    before = len(tab.messages)
    tab.run(fragment_id=body(tab))
    assert "navigation" in told_since(tab, before)
    assert tab.labels().count("Se déconnecter") == 1


def test_a_browser_that_connects_again_after_the_end_can_only_sign_in(
    server: Server, browser: Browser, join: Callable[..., str]
) -> None:
    name = join()
    tab = browser.sign_in(name, PASSWORD)
    state = choose_french(tab)
    with server.store.write() as connection:
        accounts.close(connection, who="test", name=name)
    tab.close()
    again = Tab(browser, "/", resume=tab.session_id)
    again.run(state)
    assert again.session_id != tab.session_id
    assert is_form(again)
    assert language_of(server, name) is None


def test_wrong_passwords_unknown_names_and_closed_accounts_sound_and_last_alike(
    server: Server, browser: Browser, join: Callable[..., str]
) -> None:
    closed = join()
    with server.store.write() as connection:
        accounts.close(connection, who="test", name=closed)
    times = {}
    for name, password in ((join(), "wrong"), ("nobody-at-all", "wrong"), (closed, PASSWORD)):
        tab = browser.open("/")
        began = time.perf_counter()
        tab.sign_in(name, password)
        times[name] = time.perf_counter() - began
        assert "The name or the password is wrong." in tab.text()
        assert tab.redirect is None
    assert min(times.values()) > 0.1, "each verified a hash"


def test_a_refused_sign_in_is_logged_without_the_password(
    server: Server, browser: Browser, join: Callable[..., str]
) -> None:
    name = join()
    tab = browser.open("/")
    tab.sign_in(name, "my cat's birthday")
    lines = [json.loads(line) for line in server.log.read_text().splitlines() if line.startswith("{")]
    (line,) = [line for line in lines if line.get("account") == name]
    assert (line["message"], line["request"]) == ("sign-in refused", tab.session_id[:8])
    assert "birthday" not in server.log.read_text()


def test_guessing_is_stopped_and_told_when_to_go_on(browser: Browser, join: Callable[..., str]) -> None:
    name = join()
    tab = browser.open("/")
    for _ in range(7):
        tab.sign_in(name, "wrong")
    # The wait of five seconds may be over on a slow machine: the one after it is longer.
    for _ in range(3):
        tab.sign_in(name, "wrong")
        if "Too many attempts" in tab.text():
            break
    tab.sign_in(name, PASSWORD)
    assert re.search(r"Too many attempts\. Try again at \d\d:\d\d\.", tab.text())
    assert tab.redirect is None


def test_a_password_longer_than_any_is_refused_like_any_wrong_one(browser: Browser, join: Callable[..., str]) -> None:
    tab = browser.open("/")
    tab.sign_in(join(), "x" * 200)
    assert "The name or the password is wrong." in tab.text()


def test_the_first_visit_and_the_one_before_are_kept(
    server: Server, browser: Browser, join: Callable[..., str]
) -> None:
    name = join()
    browser.sign_in(name, PASSWORD)
    with server.store.read() as connection:
        seen, before = connection.execute(
            sa.select(people.c.seen_at, people.c.previous_visit_at).where(people.c.name == name)
        ).one()
    assert before is None
    assert clock.now() - seen < timedelta(minutes=1)
    Browser(server.url).sign_in(name, PASSWORD)
    with server.store.read() as connection:
        assert connection.scalar(sa.select(people.c.previous_visit_at).where(people.c.name == name)) == seen


def test_without_demo_data_the_form_shows_no_accounts(browser: Browser) -> None:
    assert "vigie-demo" not in browser.open("/").text()
