"""What is accepted as a password, and how it is checked."""

import time
import unicodedata
from importlib.metadata import version

import bcrypt
import pytest

from core.base.errors import InputInvalid
from core.base.i18n import speaking
from core.people import passwords

OLD = bcrypt.hashpw(b"correct", bcrypt.gensalt(4)).decode()


@pytest.fixture(scope="module", autouse=True)
def _light_hashes() -> None:
    """What hashing costs is tested here: as in production."""


def test_a_password_matches_its_own_hash_alone() -> None:
    held = passwords.hashed("correct horse battery")
    assert passwords.matches("correct horse battery", held)
    assert not passwords.matches("correct horse batterz", held)


def test_a_hash_is_salted_bcrypt() -> None:
    first, second = (passwords.hashed("correct horse battery") for _ in range(2))
    assert first != second
    assert first.startswith("sha256:$2b$12$")


def test_every_sign_of_a_long_pass_phrase_counts() -> None:
    phrase = "à la pêche aux moules je ne veux plus y aller, maman, décidément été"
    assert (len(phrase), len(phrase.encode())) == (68, 74)
    held = passwords.hashed(phrase)
    assert passwords.matches(phrase, held)
    assert passwords.matches(unicodedata.normalize("NFD", phrase), held)
    assert not passwords.matches(phrase[:-1] + "à", held)
    assert passwords.matches("pomme de terre " * 8 + "x" * 8, passwords.hashed("pomme de terre " * 8 + "x" * 8))


@pytest.mark.parametrize("password", ["", "elevenchars", "pomme de terre " * 8 + "x" * 9])
def test_too_short_or_too_long_is_refused_when_set(password: str) -> None:
    with pytest.raises(InputInvalid):
        passwords.hashed(password)


@pytest.mark.parametrize(
    "password",
    [
        "aaaaaaaaaaaa", " " * 12, "password1234", "P@ssw0rd2026!", "Motdepasse 2026", "azertyuiopqsd", "123456789012",
        "abcabcabcabc", "chat chat chat chat", "Bienvenue2026!", "vigie-demo-admin", "vigie-demo-compliance",
        "marie.dupont", "Marie.Dupont2026", "dupont marie 1", "nopqrstuvwxyz", "2026-11-27 05", "Été2026!Été2026!",
    ],
)  # fmt: skip
def test_what_is_tried_first_is_refused_in_a_sentence_that_says_what_to_do(password: str) -> None:
    told = r"^This password is easy to guess: choose several words that nobody puts together\.$"
    with speaking("en"), pytest.raises(InputInvalid, match=told):
        passwords.hashed(password, ["marie.dupont", "Marie Dupont"])


@pytest.mark.parametrize("password", ["correct horse battery", "marie cuit des coquillettes", "Собака лает громко"])
def test_words_that_nobody_puts_together_are_accepted(password: str) -> None:
    assert not passwords.guessable(password, ["marie.dupont"])


@pytest.mark.parametrize(
    "password", ["", "x" * 129, "x" * 1_000_000, "a\0b" * 50], ids=["empty", "long", "huge", "zeros"]
)
@pytest.mark.parametrize("held", [passwords.hashed_unjudged("correct"), OLD], ids=["new", "old"])
def test_what_cannot_be_a_password_never_matches(password: str, held: str) -> None:
    assert not passwords.matches(password, held)


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
