"""Asking services that are busy, broken, slow or suspicious."""

import logging
import socket
from datetime import timedelta
from email.utils import format_datetime

import pytest

from core.base import clock
from core.base.errors import SourceFailed
from core.base.i18n import speaking
from core.sources.http import ATTEMPTS, JsonClient
from tests.unit.core.sources.service import Answer, in_turn, serving

GOOD = Answer(body={"value": 1})
SECRET = "s3cr3t-of-the-test"


SIGN_IN = "Le service asks for a sign-in as a person does: check the address, the token and the proxy."


class Sleeper:
    """Notes how long it was asked to wait, without waiting."""

    def __init__(self) -> None:
        self.waits: list[float] = []

    def __call__(self, seconds: float) -> None:
        self.waits.append(seconds)


def ask(*answers: Answer) -> tuple[dict[str, object], list[float]]:
    sleeper = Sleeper()
    with serving(in_turn(*answers)) as service, JsonClient("Le service", sleep=sleeper) as client:
        return client.ask("GET", service.url), sleeper.waits


def failure(*answers: Answer) -> str:
    with speaking("en"), pytest.raises(SourceFailed) as failed:
        ask(*answers)
    return failed.value.sentence


def test_it_waits_as_long_as_the_service_says() -> None:
    assert ask(Answer(429, headers={"Retry-After": "7"}), GOOD) == ({"value": 1}, [7.0])


def test_it_waits_until_the_moment_the_service_says() -> None:
    moment = format_datetime(clock.now() + timedelta(seconds=30), usegmt=True)
    _answer, waits = ask(Answer(503, headers={"Retry-After": moment}), GOOD)
    assert 25 < waits[0] <= 30


def test_it_waits_longer_each_time_when_the_service_says_nothing() -> None:
    assert ask(Answer(500), Answer(502), Answer(504), GOOD)[1] == [0.5, 1.0, 2.0]


def test_a_page_for_people_in_the_place_of_an_answer_is_told_as_a_sign_in() -> None:
    page = Answer(body=b"\n<!DOCTYPE html><html><form action=login></form></html>")
    assert failure(*[page] * ATTEMPTS) == SIGN_IN


def test_it_tries_again_when_an_answer_is_cut_or_garbage() -> None:
    cut = Answer(body={"value": "long enough"}, cut=9)
    assert ask(cut, Answer(body=b"<html>"), Answer(body=b""), GOOD)[0] == {"value": 1}


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (Answer(500), "Le service fails on its side (500)."),
        (Answer(429), "Le service receives too many questions (429): try again later."),
        (
            Answer(429, headers={"Retry-After": "3600"}),
            "Le service receives too many questions (429): try again later.",
        ),
        (Answer(401), "Le service refuses the credentials (401)."),
        (Answer(403), "Le service refuses the credentials (403)."),
        (Answer(404), "Le service refuses the question (404)."),
        (Answer(302, headers={"Location": "http://elsewhere"}), SIGN_IN),
        (Answer(301), SIGN_IN),
        (Answer(body=b""), "Le service answered something that is not JSON, or is cut."),
        (Answer(body=b'{"value": [1,'), "Le service answered something that is not JSON, or is cut."),
        (Answer(body=[1]), "Le service answered JSON of an unknown form."),
    ],
)
def test_it_gives_up_with_one_sentence(answer: Answer, sentence: str) -> None:
    assert failure(answer) == sentence


def test_it_gives_up_after_some_attempts() -> None:
    with serving(in_turn(Answer(500))) as service, JsonClient("x", sleep=Sleeper()) as client:
        with pytest.raises(SourceFailed):
            client.ask("GET", service.url)
        assert len(service.asked) == ATTEMPTS


def test_a_service_that_is_not_there_cannot_be_reached() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
    with speaking("en"), JsonClient("Le service", sleep=Sleeper()) as client, pytest.raises(SourceFailed) as failed:
        client.ask("GET", url)
    assert failed.value.sentence == "Le service cannot be reached."


def test_it_asks_for_a_new_token_when_one_expires() -> None:
    tokens = iter(["old", "new"])
    answers = in_turn(GOOD, Answer(401), GOOD)
    with serving(answers) as service, JsonClient("x", bearer=lambda: next(tokens)) as client:
        client.ask("GET", service.url)
        client.ask("GET", service.url)
        assert [asked.headers["Authorization"] for asked in service.asked] == ["Bearer old", "Bearer old", "Bearer new"]


def test_no_secret_gets_into_errors_or_logs(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    client = JsonClient("x", secrets=(SECRET,), bearer=lambda: "t0ken-of-the-test", sleep=Sleeper())
    refusing = serving(in_turn(Answer(400, body=f"bad {SECRET}".encode())))
    with refusing as service, client, pytest.raises(SourceFailed) as failed:
        client.ask("POST", f"{service.url}/?sig={SECRET}", data={"client_secret": SECRET})
    said = f"{failed.value.sentence} {failed.value.detail} {failed.value!r} {caplog.text}"
    assert "400 bad" in said
    assert SECRET not in said
    assert "t0ken-of-the-test" not in said


@pytest.mark.parametrize("secret", [f"{SECRET}\n", f"é{SECRET}"])
def test_a_token_that_no_header_can_hold_is_told_without_it(secret: str) -> None:
    with speaking("en"), JsonClient("x", secrets=(secret,)) as client, pytest.raises(SourceFailed) as failed:
        client.ask("GET", "https://service.invalid", headers={"Authorization": f"Bearer {secret}"})
    assert failed.value.sentence == "The secret for x holds line breaks or signs that no token has."
    assert SECRET not in f"{failed.value.detail} {failed.value!r}"


def test_a_password_that_a_service_repeats_as_it_came_is_not_told() -> None:
    repeating = serving(in_turn(Answer(400, body=b"bad Basic dTpzM2NyM3Qtb2YtdGhlLXRlc3Q=")))
    client = JsonClient("x", secrets=(SECRET,))
    with repeating as service, client, pytest.raises(SourceFailed) as failed:
        client.ask("GET", service.url, auth=("u", SECRET))
    assert failed.value.detail == "400 bad Basic •••"


def test_half_of_a_secret_where_an_answer_is_cut_is_not_told() -> None:
    repeating = serving(in_turn(Answer(400, body=b"x" * 490 + SECRET.encode())))
    client = JsonClient("x", secrets=(SECRET,))
    with repeating as service, client, pytest.raises(SourceFailed) as failed:
        client.ask("GET", service.url)
    assert failed.value.detail == f"400 {'x' * 490}•••"


def test_the_proxy_of_the_environment_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(in_turn(GOOD)) as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        with JsonClient("x") as client:
            assert client.ask("GET", "http://service.invalid/runs") == {"value": 1}
        assert [asked.path for asked in proxy.asked] == ["http://service.invalid/runs"]
