"""What is accepted as a password, and how it is checked."""

import time
from importlib.metadata import version

import pytest

from core.base.errors import InputInvalid
from core.people import passwords


def test_a_password_matches_its_own_hash_alone() -> None:
    held = passwords.hashed("correct horse battery")
    assert passwords.matches("correct horse battery", held)
    assert not passwords.matches("correct horse batterz", held)


def test_a_hash_is_salted_bcrypt() -> None:
    first, second = (passwords.hashed("correct horse battery") for _ in range(2))
    assert first != second
    assert first.startswith("$2b$12$")


@pytest.mark.parametrize("password", ["", "elevenchars", "x" * 73, "é" * 37])
def test_too_short_or_too_long_is_refused_when_set(password: str) -> None:
    with pytest.raises(InputInvalid):
        passwords.hashed(password)


def test_seventy_two_bytes_are_the_longest() -> None:
    assert passwords.matches("é" * 36, passwords.hashed("é" * 36))


@pytest.mark.parametrize("password", ["", "x" * 73, "x" * 1_000_000, "a\0b" * 5])
def test_what_cannot_be_a_password_never_matches(password: str) -> None:
    assert not passwords.matches(password, passwords.hashed("correct horse battery"))


def test_without_a_hash_nothing_matches_after_the_same_time() -> None:
    held = passwords.hashed("correct horse battery")
    passwords.matches("x", None)

    def seconds(password_hash: str | None) -> float:
        began = time.perf_counter()
        assert not passwords.matches("wrong but long", password_hash)
        return time.perf_counter() - began

    assert min(seconds(None) for _ in range(3)) > 0.5 * min(seconds(held) for _ in range(3))


def test_generated_passwords_are_accepted_and_differ() -> None:
    first, second = passwords.generated(), passwords.generated()
    assert first != second
    passwords.hashed(first)


def test_streamlit_authenticator_is_the_version_that_was_read() -> None:
    """Its form and its hashing are used by their insides (core/ui/signin.py, core/people/passwords.py).

    On an upgrade read `Authenticate.login` and `Hasher` again, run tests/live, then name the new version here.
    """
    assert version("streamlit-authenticator") == "0.4.2"
