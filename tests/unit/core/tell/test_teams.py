"""Messages to Teams, on a real HTTP server: cards that Teams shows, put off, refused, never with the address's sign."""

import json
import logging
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from core.base import clock
from core.sources import limits
from core.store.engine import Store, store
from core.store.schema import audit, outbox
from core.tell.outbox import Channel, Letter, Notice, send, tell
from core.tell.teams import LARGEST, Teams, body
from tests.unit.core.sources.service import Answer, Asked, Service, in_turn, serving

NOW = datetime(2026, 11, 20, 7, tzinfo=UTC)
PLACE = "${VIGIE_SECRET_TEAMS_NIGHT}"
SIGN = "sig=s1gnature"
TEXT = "✖ KO A · p\n[x](http://evil.example)\n\nhttps://vigie.example/pipelines\n"


@pytest.fixture
def here(data: Path) -> Store:
    store().upgrade()
    return store()


def notice(number: int = 1, text: str = TEXT) -> Notice:
    return Notice(f"m.alert:{number}", "opened", PLACE, f"Échec n° {number}", text, Channel.TEAMS)


def told(*some: Notice) -> None:
    with clock.at(NOW), store().write() as connection:
        tell(connection, some)


def posted(url: str, monkeypatch: pytest.MonkeyPatch, at: datetime = NOW) -> list[str]:
    monkeypatch.setenv("VIGIE_SECRET_TEAMS_NIGHT", f"{url}/workflows/1?{SIGN}")
    with clock.at(at):
        return [failure.sentence if failure else "" for _one, failure in send(store(), Channel.TEAMS, Teams())]


def state() -> list[tuple[Any, ...]]:
    with store().read() as connection:
        return [tuple(row) for row in connection.execute(sa.select(outbox.c.state, outbox.c.reason, outbox.c.attempts))]


def texts(card: dict[str, Any]) -> list[str]:
    return [block["inlines"][0]["text"] for block in card["body"]]


def card_of(service: Service) -> dict[str, Any]:
    (attachment,) = service.asked[-1].json["attachments"]
    assert attachment["contentType"] == "application/vnd.microsoft.card.adaptive"
    card: dict[str, Any] = attachment["content"]
    return card


def test_a_message_is_a_card_of_plain_text_with_a_button(here: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    told(notice())
    with serving(lambda _asked: Answer(202)) as service:
        assert posted(service.url, monkeypatch) == [""]
    card = card_of(service)
    assert (card["version"], card["msteams"]) == ("1.2", {"width": "Full"})
    assert texts(card) == ["Échec n° 1", "✖ KO A · p", "[x](http://evil.example)"]
    assert {block["type"] for block in card["body"]} == {"RichTextBlock"}
    assert [action["url"] for action in card["actions"]] == ["https://vigie.example/pipelines"]
    assert (service.asked[0].path, state()) == (f"/workflows/1?{SIGN}", [("sent", None, 1)])


def test_a_message_that_is_too_large_says_how_many_lines_it_leaves_out() -> None:
    made = body(Letter(notice(text="\n".join(f"pipeline {number:04d} en échec" for number in range(2_000)))))
    (attachment,) = json.loads(made)["attachments"]
    said = texts(attachment["content"])
    shown = len(said) - 2
    assert LARGEST - 120 < len(made) <= LARGEST
    assert said[-1] == f"{2_000 - shown} lignes ne sont pas montrées ici."
    assert said[shown] == f"pipeline {shown - 1:04d} en échec"


def test_a_body_that_teams_finds_too_large_becomes_one_sentence(here: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    told(notice())
    with serving(in_turn(Answer(413), Answer(202))) as service:
        assert posted(service.url, monkeypatch) == [""]
    assert texts(card_of(service)) == [
        "Échec n° 1",
        "Le message est trop volumineux pour Teams\u202f: l’écran le montre en entier.",
    ]


@pytest.mark.parametrize(
    ("said", "minutes"),
    [
        ("600", 10),
        ("1", 5),
        ("Fri, 20 Nov 2026 08:00:00 GMT", 60),
        ("", 5),
        ("soon", 5),
        ("\u00b2", 5),
        ("-1", 5),
        ("99999999999999", 1440),
        ("9" * 400, 1440),
        ("Fri, 31 Dec 9999 23:59:59 GMT", 1440),
    ],
)
def test_teams_is_asked_again_when_it_says(
    here: Store, monkeypatch: pytest.MonkeyPatch, said: str, minutes: int
) -> None:
    told(notice())
    with serving(in_turn(Answer(429, headers={"Retry-After": said}), Answer(202))) as service:
        put_off = f"Teams diffère le message à {PLACE} (429)\u202f; il sera retenté plus tard."
        assert posted(service.url, monkeypatch) == [put_off]
        assert posted(service.url, monkeypatch, NOW + timedelta(minutes=minutes, seconds=-1)) == []
        assert posted(service.url, monkeypatch, NOW + timedelta(minutes=minutes)) == [""]
    assert len(service.asked) == 2


def test_teams_that_is_too_slow_is_asked_again_and_its_message_is_counted_as_unsure(
    here: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    told(notice())
    over = threading.Event()

    def slow(_asked: Asked) -> Answer:
        over.wait(60)
        return Answer(202)

    with serving(slow) as service:
        late = f"Teams ne répond pas pour {PLACE}\u202f; le message sera retenté plus tard."
        with monkeypatch.context() as soon:
            soon.setattr(limits, "ANSWER_SECONDS", 0.3)
            assert posted(service.url, monkeypatch) == [late]
        over.set()
        with store().read() as connection:
            assert connection.execute(sa.select(outbox.c.state, outbox.c.unsure)).one() == ("due", 1)
        assert posted(service.url, monkeypatch, NOW + timedelta(hours=1)) == [""]
    assert [asked.path for asked in service.asked] == [f"/workflows/1?{SIGN}"] * 2
    assert state() == [("sent", None, 2)]


def test_a_flow_that_is_gone_is_not_asked_again(here: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    told(notice(1))
    with serving(lambda _asked: Answer(404)) as service:
        refused = f"Teams refuse le message à {PLACE} (404)\u202f: il n’est pas retenté."
        assert posted(service.url, monkeypatch) == [refused]
        told(notice(2))
        assert posted(service.url, monkeypatch) == []
    assert len(service.asked) == 1
    assert state() == [("failed", "address", 1), ("held", "address", 0)]


@pytest.mark.parametrize(
    ("address", "opened"),
    [("http://169.254.169.254/latest", "127.0.0.1"), ("http://example.fr", ""), ("https://localhost", ""), ("no", "")],
)
def test_teams_is_asked_only_where_sources_may_ask(
    here: Store, monkeypatch: pytest.MonkeyPatch, address: str, opened: str
) -> None:
    from tests.conftest import forget

    monkeypatch.setenv("VIGIE_SOURCE_HOSTS", opened)
    forget()
    told(notice())
    [failure] = posted(address, monkeypatch)
    assert failure != ""
    assert state() == [("failed", "address", 1)]


@pytest.mark.parametrize("answer", [Answer(500, b"sig"), Answer(400), Answer(202, b"x" * 9, cut=1), None])
def test_the_signature_of_the_address_is_in_no_row_log_error_or_audit(
    here: Store, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, answer: Answer | None
) -> None:
    caplog.set_level(logging.DEBUG)
    told(notice())
    with serving(lambda _asked: answer or Answer()) as service:
        url = service.url
        if answer is not None:
            assert posted(url, monkeypatch) != []
    if answer is None:
        assert posted(url, monkeypatch) != [""]
    with store().read() as connection:
        kept = [str(tuple(row)) for table in (outbox, audit) for row in connection.execute(sa.select(table))]
    assert SIGN not in "\n".join([*kept, caplog.text])
