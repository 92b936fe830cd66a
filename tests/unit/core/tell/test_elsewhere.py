"""Messages to places beside mail and Teams, through the real Apprise on a real HTTP server."""

import logging
import sys

import pytest

from core.tell.outbox import Channel, Letter, Notice, Refused, TryLater
from core.tell.teams import Teams
from tests.conftest import forget
from tests.unit.core.sources.service import Answer, Service, serving

PLACE = "${VIGIE_SECRET_WATCH}"
LETTER = Letter(
    Notice("m.alert:1", "opened", PLACE, "Échec n° 1", "✖ KO A · p\n[x](http://evil.example)", Channel.TEAMS)
)


def hand_over(service: Service, monkeypatch: pytest.MonkeyPatch, *, ways: str = "json", scheme: str = "json") -> None:
    address = service.url.replace("http://", f"{scheme}://")
    monkeypatch.setenv("VIGIE_SECRET_WATCH", f"{address}/s3cret")
    monkeypatch.setenv("VIGIE_WAYS", ways)
    forget()
    with Teams() as teams:
        teams.send(LETTER)


@pytest.fixture
def apprise() -> None:
    pytest.importorskip("apprise")


@pytest.mark.usefixtures("data", "apprise")
def test_a_message_goes_to_a_place_that_a_setting_opened_as_plain_text(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with serving(lambda _asked: Answer()) as service:
        hand_over(service, monkeypatch)
    (asked,) = service.asked
    assert (asked.path, asked.json["title"], asked.json["message"]) == (
        "/s3cret",
        "Échec n° 1",
        "✖ KO A · p\n[x](http://evil.example)",
    )
    assert "s3cret" not in caplog.text


@pytest.mark.usefixtures("data", "apprise")
@pytest.mark.parametrize("code", [302, 403, 500])
def test_what_a_place_does_not_take_is_tried_again(code: int, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(lambda _asked: Answer(code)) as service, pytest.raises(TryLater) as failed:
        hand_over(service, monkeypatch)
    assert failed.value.sentence.startswith(f"{PLACE} n’accepte pas le message")


@pytest.mark.usefixtures("data", "apprise", "english")
@pytest.mark.parametrize(("ways", "scheme"), [("", "json"), ("slack", "json"), ("unknown", "unknown")])
def test_a_place_that_no_setting_opened_or_nobody_knows_is_told_nothing(
    ways: str, scheme: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(lambda _asked: Answer()) as service, pytest.raises(Refused, match="check the variable") as failed:
        hand_over(service, monkeypatch, ways=ways, scheme=scheme)
    assert service.asked == []
    assert "s3cret" not in failed.value.sentence


@pytest.mark.usefixtures("data", "english")
def test_where_the_package_is_missing_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "apprise", None)
    with serving(lambda _asked: Answer()) as service, pytest.raises(TryLater, match=r"pip install apprise==2\.3\.0"):
        hand_over(service, monkeypatch)
    assert service.asked == []
