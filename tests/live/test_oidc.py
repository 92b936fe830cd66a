"""Signing in at an OpenID Connect provider, from the asked link there and back."""

import json
from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from core.people import accounts
from core.store.schema import people
from tests.client import Browser, Tab
from tests.provider import CLIENT_ID, CLIENT_SECRET, Provider, providing
from tests.servers import Server, free_port, serving

BUTTON = "Sign in with your organisation's account"


@pytest.fixture(scope="module")
def provider() -> Iterator[Provider]:
    with providing() as running:
        yield running


@pytest.fixture(scope="module")
def server(provider: Provider, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    port = free_port()
    with serving(
        tmp_path_factory.mktemp("oidc"),
        port=port,
        VIGIE_BASE_URL=f"http://localhost:{port}",
        VIGIE_OIDC_ISSUER=provider.issuer,
        VIGIE_OIDC_CLIENT_ID=CLIENT_ID,
        VIGIE_OIDC_CLIENT_SECRET=CLIENT_SECRET,
        VIGIE_COOKIE_SECRET="0123456789abcdef0123456789abcdef",
    ) as running:
        yield running


def claims(subject: str, *roles: str) -> dict[str, object]:
    return {"sub": subject, "preferred_username": f"{subject}@corp.example", "name": "Ana Roy", "roles": list(roles)}


def come_back(browser: Browser, path: str = "/") -> Tab:
    """Press the button at `path`, pass by the provider, and run the page it leads back to."""
    tab = browser.open(path)
    tab.click(BUTTON)
    answer = browser.http.get(str(tab.redirect), follow_redirects=True)
    assert answer.status_code == 200
    tab.close()
    return browser.open("/")


def sign_in(browser: Browser, path: str = "/") -> str:
    """The whole way; the link that the browser ends at."""
    redirect = come_back(browser, path).redirect
    assert redirect is not None
    return str(browser.http.get(redirect).headers["location"])


def test_a_person_comes_back_signed_in_at_the_link_they_asked_for(
    server: Server, provider: Provider, browser: Browser
) -> None:
    provider.claims = claims("ana", "admin")
    before = browser.cookie
    assert sign_in(browser, "/accounts?x=1&y=é") == "/accounts?x=1&y=%C3%A9"
    assert browser.cookie != before
    assert "Sign out" in browser.open("/accounts").labels()
    with server.store.read() as connection:
        account = accounts.existing(connection, "ana@corp.example")
    assert (account.person.role, account.person.display_name, account.by_oidc) == ("admin", "Ana Roy", True)


def test_roles_and_squads_follow_the_provider_at_each_sign_in(server: Server, provider: Provider) -> None:
    provider.claims = claims("bob", "lead")
    sign_in(Browser(server.url))
    provider.claims = claims("bob", "squad", "squad:Sud", "squad:Nord")
    sign_in(Browser(server.url))
    with server.store.read() as connection:
        person = accounts.existing(connection, "bob@corp.example").person
    assert (person.role, person.squads) == ("squad", {"Sud", "Nord"})


def test_an_unknown_role_has_no_access_and_is_told_so(server: Server, provider: Provider, browser: Browser) -> None:
    provider.claims = claims("eve", "gardener")
    tab = come_back(browser)
    assert tab.redirect is None
    assert "You are known, but have no role in Vigie: ask an administrator for one." in tab.text()
    refused = [json.loads(line) for line in server.log.read_text().splitlines() if '"sign-in refused"' in line]
    assert [line["account"] for line in refused] == ["eve@corp.example"]


def test_a_closed_account_stays_closed_whatever_the_provider_says(
    server: Server, provider: Provider, browser: Browser
) -> None:
    provider.claims = claims("dan", "duty")
    sign_in(Browser(server.url))
    with server.store.write() as connection:
        accounts.close(connection, who="test", name="dan@corp.example")
    tab = come_back(browser)
    assert tab.redirect is None
    assert "Your access has ended." in tab.text()


def test_a_name_that_a_local_account_has_is_not_taken_over(provider: Provider, browser: Browser) -> None:
    provider.claims = {**claims("mallory", "duty"), "preferred_username": "admin"}
    tab = come_back(browser)
    assert tab.redirect is None
    assert "Another account is named admin" in tab.text()


def test_the_providers_cookie_alone_opens_nothing(server: Server, provider: Provider, browser: Browser) -> None:
    provider.claims = claims("carl", "duty")
    sign_in(browser)
    thief = Browser(server.url)
    for name, value in browser.http.cookies.items():
        if name.startswith("_streamlit_user"):
            thief.http.cookies.set(name, value)
    tab = thief.open("/")
    assert tab.redirect is None
    assert BUTTON in tab.labels()


def test_signing_out_ends_the_session_here_and_at_the_provider(provider: Provider, browser: Browser) -> None:
    provider.claims = claims("ines", "compliance")
    sign_in(browser)
    before = provider.signed_out
    tab = browser.open("/")
    tab.click("Sign out")
    browser.http.get(str(tab.redirect), follow_redirects=True)
    assert provider.signed_out == before + 1
    assert BUTTON in browser.open("/").labels()
    assert not any(name.startswith("_streamlit_user") for name in browser.http.cookies)


def test_local_accounts_still_sign_in(server: Server, browser: Browser) -> None:
    assert "Sign out" in browser.sign_in("duty").labels()
    with server.store.read() as connection:
        assert connection.scalar(sa.select(people.c.oidc_subject).where(people.c.name == "duty")) is None
