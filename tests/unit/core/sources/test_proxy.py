"""Asking through a company's proxy, a service whose certificate only the company's own authority signed."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from core.base.errors import SourceFailed
from core.base.i18n import speaking
from core.sources import http
from core.sources.http import JsonClient
from tests.unit.core.sources.company import PASSWORD, proxy, sign, trusted_by
from tests.unit.core.sources.service import Answer, in_turn, serving

GOOD = in_turn(Answer(body={"value": 1}))


@pytest.fixture(scope="module")
def signed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return sign(tmp_path_factory.mktemp("signed"))


@contextmanager
def secure(signed: Path) -> Iterator[str]:
    """The address of a service over TLS, by name: the certificate is for it."""
    with serving(GOOD, tls=trusted_by(signed)) as service:
        yield service.url.replace("127.0.0.1", "localhost")


def test_it_goes_through_the_proxy_and_trusts_the_companys_authority(signed: Path) -> None:
    authorities = str(signed / "ca.pem")
    with (
        secure(signed) as url,
        proxy() as (through, asked),
        JsonClient("Jira", proxy=through, authorities=authorities) as client,
    ):
        assert client.ask("GET", url) == {"value": 1}
    assert asked[0].startswith(f"CONNECT localhost:{url.rpartition(':')[2]} ")
    assert "Proxy-Authorization: Basic" in asked[0]


def test_without_the_authority_the_service_is_not_trusted(signed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "ATTEMPTS", 1)
    with speaking("en"), secure(signed) as url, JsonClient("Jira") as client, pytest.raises(SourceFailed) as failed:
        client.ask("GET", url)
    assert failed.value.sentence == "Jira cannot be reached."
    assert "certificate verify failed" in failed.value.detail


def test_a_proxy_that_is_not_there_is_one_sentence_without_its_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "ATTEMPTS", 1)
    gone = f"http://vigie:{PASSWORD}@127.0.0.1:9"
    with speaking("en"), JsonClient("Jira", proxy=gone) as client, pytest.raises(SourceFailed) as failed:
        client.ask("GET", "https://jira.example")
    assert failed.value.sentence == "Jira cannot be reached."
    assert PASSWORD not in failed.value.detail


@pytest.mark.parametrize("wrong", [{"proxy": f"nonsense://x:{PASSWORD}@y"}, {"authorities": "/nowhere.pem"}])
def test_what_cannot_be_used_is_said_at_once(wrong: dict[str, str]) -> None:
    with pytest.raises(SourceFailed) as failed:
        JsonClient("Jira", **wrong)
    assert PASSWORD not in failed.value.detail


def test_a_file_that_holds_no_certificate_is_said(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("no certificate")
    with speaking("en"), pytest.raises(SourceFailed) as failed:
        JsonClient("Jira", authorities=str(tmp_path / "ca.pem"))
    assert "ca.pem cannot be read" in failed.value.sentence
