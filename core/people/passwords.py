"""Passwords: what is accepted, how it is hashed (bcrypt, by streamlit-authenticator) and checked."""

import secrets
from functools import lru_cache
from typing import Any

from core.base.errors import InputInvalid
from core.base.i18n import _

SHORTEST = 12
LONGEST_BYTES = 72
"""bcrypt reads no further: a longer password would be cut in silence."""


def hashed(password: str) -> str:
    """The bcrypt hash of a password. Raises InputInvalid when it is too short or too long."""
    if len(password) < SHORTEST:
        raise InputInvalid(_("A password has at least {n} characters.").format(n=SHORTEST))
    if len(password.encode()) > LONGEST_BYTES:
        raise InputInvalid(_("A password has at most {n} bytes.").format(n=LONGEST_BYTES))
    return str(_hasher().hash(password))


def matches(password: str, password_hash: str | None) -> bool:
    """Whether the password is the hashed one; without a hash, False after the same time."""
    readable = 0 < len(password.encode()) <= LONGEST_BYTES and "\0" not in password
    same = _hasher().check_pw(password if readable else "-", password_hash or _nobodys())
    return bool(same) and readable and password_hash is not None


def generated() -> str:
    """A new random password of 128 bits."""
    return secrets.token_urlsafe(16)


def _hasher() -> Any:
    # Here, because it draws in the whole of Streamlit: a command that hashes nothing need not wait for it.
    from streamlit_authenticator.utilities.hasher import Hasher

    return Hasher


@lru_cache(maxsize=1)
def _nobodys() -> str:
    return hashed(generated())
