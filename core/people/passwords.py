"""Passwords: what is accepted, how it is hashed (bcrypt, by streamlit-authenticator) and checked.

bcrypt reads 72 bytes and stops at a zero: it is given the SHA-256 of the password, so that every sign of it counts.
Hashes of before, made of the bare password, go on being verified; `outdated` tells them, to be made anew at sign-in.
"""

import base64
import hashlib
import re
import secrets
import threading
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from core.base.errors import InputInvalid
from core.base.i18n import _

SHORTEST = 12
LONGEST = 128
OLD_LONGEST_BYTES = 72
"""What bcrypt reads of the bare password that hashes of before were made of."""
DIGESTED = "sha256:"
"""Begins a hash that was made of the SHA-256."""
FEWEST_SIGNS = 5
"""A password of fewer different signs is one that repeats them."""
LEFT_OF_NAME = 8
"""Letters and digits that a password must hold beside the name of its account."""
COMMON = frozenset(
    """password passwort motdepasse mdp passe secret azerty azertyuiop qwerty qwertyuiop qwertz asdf asdfgh asdfghjkl
    qsdfghjklm wxcvbn zxcvbnm bienvenue welcome bonjour hello admin administrateur administrator root user utilisateur
    test demo vigie squad duty lead compliance inspector changeme changezmoi letmein login connexion entreprise company
    assurance iloveyou jetaime soleil sunshine chocolat princesse princess doudou loulou dragon monkey football superman
    batman master shadow abc abcd abcdef janvier fevrier mars avril mai juin juillet aout septembre octobre novembre
    decembre january february march april may june july august september october november december printemps ete
    automne hiver spring summer autumn winter paris france lyon marseille default temp temporaire temporary the my mon
    le la and et new nouveau""".split()  # noqa: SIM905
)
"""Words of which a password must not be made alone, whatever digits and signs stand around them."""
_one_at_a_time = threading.Lock()
"""However many guess at once, they keep one core busy and no more."""
_RUNS = ("abcdefghijklmnopqrstuvwxyz" * 2, "azertyuiopqsdfghjklmwxcvbn", "qwertyuiopasdfghjklzxcvbnm")
_LEET = str.maketrans("@4310$5!", "aaeiossi")


def hashed(password: str, names: Iterable[str] = ()) -> str:
    """The hash of a password. Raises InputInvalid, saying what to do, when it is refused for the account that is called
    by `names`: too short, too long, or easy to guess."""
    if len(password) < SHORTEST:
        raise InputInvalid(_("A password has at least {n} characters.").format(n=SHORTEST))
    if len(password) > LONGEST:
        raise InputInvalid(_("A password has at most {n} characters.").format(n=LONGEST))
    if guessable(password, names):
        raise InputInvalid(_("This password is easy to guess: choose several words that nobody puts together."))
    return hashed_unjudged(password)


def hashed_unjudged(password: str) -> str:
    """The hash of a password that is accepted as it is: a demo account's."""
    return DIGESTED + str(_hasher().hash(_digested(password)))


def guessable(password: str, names: Iterable[str] = ()) -> bool:
    """Whether a password is one of those tried first: common words, repeated signs, runs of the keyboard, no letters,
    the name of its account."""
    text = _folded(password)
    letters = "".join(sign for sign in text if sign.isalpha())
    core = re.sub(r"^[^a-z]+|[^a-z]+$", "", text).translate(_LEET)
    bare = "".join(sign for sign in core if sign.isalpha())
    return (
        len(set(text)) < FEWEST_SIGNS
        or text in (text + text)[1:-1]
        or _common(letters)
        or (bare != "" and _common(bare))
        or any(letters in run or letters in run[::-1] for run in _RUNS)
        or _is_name(text, names)
    )


def matches(password: str, password_hash: str | None) -> bool:
    """Whether the password is the hashed one; without a hash, False after the same time."""
    held = password_hash or _nobodys()
    if outdated(held):
        readable = 0 < len(password.encode()) <= OLD_LONGEST_BYTES and "\0" not in password
        tried = password if readable else "-"
    else:
        readable = 0 < len(password) <= LONGEST
        tried = _digested(password if readable else "-")
    with _one_at_a_time:
        same = _hasher().check_pw(tried, held.removeprefix(DIGESTED))
    return bool(same) and readable and password_hash is not None


def outdated(password_hash: str) -> bool:
    """Whether a hash is one of before, to be made anew when its password is known."""
    return not password_hash.startswith(DIGESTED)


def generated() -> str:
    """A new random password of 128 bits."""
    return secrets.token_urlsafe(16)


def _digested(password: str) -> str:
    """The SHA-256 of a password, as 44 letters: é typed as one sign or as two is the same."""
    digest = hashlib.sha256(unicodedata.normalize("NFC", password).encode()).digest()
    return base64.b64encode(digest).decode()


def _folded(text: str) -> str:
    """Lower case, without accents or blanks."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(sign for sign in plain if not unicodedata.combining(sign) and not sign.isspace())


def _common(letters: str) -> bool:
    """Whether letters are nothing but common words, one after the other; no letters are."""
    reached = {0}
    for end in range(1, len(letters) + 1):
        if any(letters[begin:end] in COMMON for begin in reached if end - begin <= LEFT_OF_NAME * 2):
            reached.add(end)
    return len(letters) in reached


def _is_name(text: str, names: Iterable[str]) -> bool:
    """Whether a folded password is little more than the names of its account."""
    rest = text
    for name in names:
        for part in sorted(re.split(r"[\W_]+", _folded(name)), key=len, reverse=True):
            rest = rest.replace(part, "") if len(part) > 2 else rest
    return rest != text and sum(sign.isalnum() for sign in rest) < LEFT_OF_NAME


def _hasher() -> Any:
    # Here, because it draws in the whole of Streamlit: a command that hashes nothing need not wait for it.
    from streamlit_authenticator.utilities.hasher import Hasher

    return Hasher


@lru_cache(maxsize=1)
def _nobodys() -> str:
    return hashed_unjudged(generated())
