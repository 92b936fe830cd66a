"""Secrets come from the environment, and stay out of what is written."""

from pathlib import Path

import pytest

from core.base.errors import SourceFailed
from core.base.i18n import speaking
from core.sources.secrets import is_reference, redact, resolve


def test_a_reference_is_read_from_the_environment_or_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("from a file\n")
    monkeypatch.setenv("VIGIE_SECRET_USER", "reader")
    monkeypatch.setenv("VIGIE_SECRET_BASE_FILE", str(tmp_path / "secret"))
    assert resolve("${VIGIE_SECRET_USER}:${VIGIE_SECRET_BASE} $HOME") == "reader:from a file $HOME"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("${VIGIE_SECRET_NONE}", "The variable VIGIE_SECRET_NONE is not set where Vigie runs."),
        ("${VIGIE_SECRET_LOST}", "The file that VIGIE_SECRET_LOST_FILE names cannot be read."),
        ("${VIGIE_STORE}", "VIGIE_STORE is one of Vigie's own settings: a source may not read it."),
    ],
)
def test_a_reference_that_leads_nowhere_says_so(monkeypatch: pytest.MonkeyPatch, text: str, sentence: str) -> None:
    monkeypatch.setenv("VIGIE_SECRET_LOST_FILE", "/nowhere/secret")
    monkeypatch.setenv("VIGIE_STORE", "x")
    with speaking("en"), pytest.raises(SourceFailed) as failed:
        resolve(text)
    assert failed.value.sentence == sentence


def test_only_a_whole_reference_is_one() -> None:
    assert is_reference("${VIGIE_SECRET_2}")
    assert not is_reference("x${NAME}")
    assert not is_reference("secret")


def test_longer_secrets_are_hidden_before_their_parts() -> None:
    assert redact("a=pass b=password c=", ("pass", "password", "")) == "a=••• b=••• c="


@pytest.mark.parametrize("told", ["client_secret=a%2F%C3%A9+b%22", "a%2F%C3%A9%20b%22", r'{"secret": "a/\u00e9 b\""}'])
def test_a_secret_is_hidden_as_forms_addresses_and_json_write_it(told: str) -> None:
    assert "•••" in redact(told, ('a/é b"',))
