"""A source asks hosts that are not this machine's own, whatever way they are written or resolved."""

import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from core.base.errors import SourceFailed
from core.base.i18n import speaking
from core.sources import hosts, http
from core.sources.http import JsonClient
from tests.conftest import forget, housed
from tests.unit.core.sources.company import proxy
from tests.unit.core.sources.service import Answer, in_turn, serving

GOOD = in_turn(Answer(body={"value": 1}))
CLOSED = "is this machine itself, or an address that only machines beside it use"


@pytest.fixture(autouse=True)
def _closed(tmp_path: Path) -> Iterator[None]:
    """The settings as they come."""
    with housed(tmp_path, opened=False):
        yield


def refusal(address: str) -> str:
    with speaking("en"), pytest.raises(ValueError, match=r".") as refused:
        hosts.check_service(address)
    return str(refused.value)


def opened(monkeypatch: pytest.MonkeyPatch, named: str) -> None:
    monkeypatch.setenv("VIGIE_SOURCE_HOSTS", named)
    forget()


@pytest.mark.parametrize("address", ["https://jira.example", "https://jira.example:8443/jira/", "https://10.1.2.3/x"])
def test_a_service_of_the_company_is_accepted(address: str) -> None:
    assert hosts.check_service(address) == address.rstrip("/")


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1:x@evil.example",
        "https://user:plain@jira.example",
        "https://plain@jira.example",
        "https://jira.example?token=plain",
        "https://jira.example/?x=1&sig=plain",
        "https://jira.example/#access_token=plain",
        "https://jira.example/;password=plain",
        "https://jira.example/%3Fpassword%3Dplain",
        "https://jira.example/%253Fpwd%253Dplain",
    ],
)
def test_an_address_holds_no_secret_wherever_it_stands(address: str) -> None:
    sentence = refusal(address)
    assert "Write the secret as ${NAME}" in sentence
    assert "plain" not in sentence


@pytest.mark.parametrize(
    "address",
    [
        "ftp://jira.example",
        "https:///x",
        "https://",
        "jira.example",
        "https://a b",
        "https://a\\b",
        "https://é.example",
    ],
)
def test_what_is_no_address_is_refused(address: str) -> None:
    assert refusal(address).startswith("Write the address as https://host/path")


def test_a_secret_goes_over_tls() -> None:
    assert refusal("http://jira.example") == "A secret is sent there: the address must begin with https://."


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "127.1",
        "2130706433",
        "0x7f.0.0.1",
        "0177.0.0.1",
        "0.0.0.0",
        "169.254.169.254",
        "169.254.169.254.",
        "168.63.129.16",
        "100.100.100.200",
        "[::1]",
        "[::]",
        "[::ffff:127.0.0.1]",
        "[::ffff:169.254.169.254]",
        "[64:ff9b::7f00:1]",
        "[64:ff9b:1::a9fe:a9fe]",
        "[::ffff:0:169.254.169.254]",
        "0xa9fea9fe",
        "2852039166",
        "0251.0376.0251.0376",
        "[2002:7f00:1::]",
        "[fe80::1]",
        "[fd00:ec2::254]",
        "localhost",
        "LOCALHOST.",
        "x.localhost",
        "metadata.google.internal",
    ],
)
def test_this_machine_and_metadata_services_are_closed(host: str) -> None:
    assert CLOSED in refusal(f"https://{host}/x")


def test_a_setting_opens_names_addresses_and_networks(monkeypatch: pytest.MonkeyPatch) -> None:
    opened(monkeypatch, "127.0.0.1, localhost, 169.254.0.0/16")
    assert hosts.check_service("http://127.0.0.1:8080") == "http://127.0.0.1:8080"
    assert hosts.check_service("http://localhost:8080") == "http://localhost:8080"
    assert hosts.check_service("https://169.254.1.2") == "https://169.254.1.2"
    assert CLOSED in refusal("https://127.0.0.2")


def failed_asking(url: str, **client: Any) -> SourceFailed:
    with speaking("en"), pytest.raises(SourceFailed) as failed, JsonClient("Jira", **client) as asking:
        asking.ask("GET", url)
    return failed.value


def test_a_name_that_leads_here_is_refused_when_it_is_connected_to(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rebinding: the first answer of the name server is good, the next one is this machine."""
    answers = [("8.8.8.8", 80), ("127.0.0.1", 80)]
    real = socket.getaddrinfo

    def rebound(host: str, *asked: Any, **more: Any) -> Any:
        if host != "rebound.example" or more.get("flags"):
            return real(host, *asked, **more)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", answers.pop(0))]

    monkeypatch.setattr(socket, "getaddrinfo", rebound)
    assert hosts.addresses("rebound.example", 80) == ["8.8.8.8"]
    with serving(GOOD) as service:
        port = service.url.rpartition(":")[2]
        assert CLOSED in failed_asking(f"http://rebound.example:{port}").sentence
        assert service.asked == []


def test_this_machine_is_not_asked_unless_it_is_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(GOOD) as service:
        assert CLOSED in failed_asking(service.url).sentence
        assert service.asked == []
        opened(monkeypatch, "127.0.0.1")
        with JsonClient("Jira") as asking:
            assert asking.ask("GET", service.url) == {"value": 1}


SIGN_IN = "Jira asks for a sign-in as a person does: check the address, the token and the proxy."


def test_no_redirection_is_followed(monkeypatch: pytest.MonkeyPatch) -> None:
    opened(monkeypatch, "127.0.0.1")
    with serving(GOOD) as elsewhere:
        away = in_turn(Answer(307, headers={"Location": elsewhere.url}))
        with serving(away) as service:
            assert failed_asking(service.url).sentence == SIGN_IN
        assert elsewhere.asked == []


def test_a_proxy_leads_no_source_to_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "ATTEMPTS", 1)
    opened(monkeypatch, "127.0.0.1")
    with proxy() as (through, asked):
        assert CLOSED in failed_asking("https://169.254.169.254/latest", proxy=through).sentence
        assert CLOSED in failed_asking("https://localhost/latest", proxy=through).sentence
        opened(monkeypatch, "")
        assert CLOSED in failed_asking("https://jira.example", proxy=through).sentence
    assert asked == []


@pytest.mark.parametrize(
    "address",
    [
        "http://u:plain@proxy.example",
        "http://proxy.example?password=plain",
        "http://u:p@x@proxy.example",
        "http://a/plain",
    ],
)
def test_a_proxy_keeps_no_password(address: str) -> None:
    with pytest.raises(ValueError, match=r".") as refused:
        hosts.check_proxy(address)
    assert "plain" not in str(refused.value)


@pytest.mark.parametrize("address", ["", "http://proxy.example:3128", "http://u:${VIGIE_SECRET_PROXY}@proxy.example/"])
def test_a_proxy_of_the_company_is_accepted(address: str) -> None:
    assert hosts.check_proxy(address) == address
