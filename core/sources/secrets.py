"""Secrets of sources: written `${NAME}` in the options, read from the environment at the pull, never kept or shown.

Only variables that `VIGIE_SOURCE_VARIABLES` names can be read so, and never a setting of Vigie.
"""

import json
import os
import re
from fnmatch import fnmatchcase
from pathlib import Path
from urllib.parse import quote, quote_plus, unquote

from core.base.errors import SourceFailed
from core.base.i18n import _
from core.base.settings import Settings, listed, settings, variable

REFERENCE = re.compile(r"\$\{([A-Z][A-Z0-9_]*)\}")
_HIDDEN = "•••"
_WORDS = r"pass|pwd|token|secret|sig|signature|key|credential|auth|sas|code|jwt|bearer"
_NAMED = re.compile(rf"(?:{_WORDS})[a-z0-9_.-]*\s*[=:]", re.IGNORECASE)
_SECRET_NAME = re.compile(_WORDS, re.IGNORECASE)
_DECODED = 3
"""How often an address is decoded before it is looked at: a sign may be written with percent signs, twice over."""


def resolve(text: str) -> str:
    """The text with every `${NAME}` replaced by the variable NAME, or the content of the file NAME_FILE names.

    Raises SourceFailed naming the variable when it is not set, or may not be read by a source.
    """
    return REFERENCE.sub(lambda match: _value(match[1]), text)


def is_reference(text: str) -> bool:
    """Whether a text is one `${NAME}` and nothing else."""
    return REFERENCE.fullmatch(text) is not None


def check_reference(text: str) -> str:
    """The text if it is one `${NAME}` that a source may read. Raises ValueError with a sentence."""
    if not is_reference(text):
        raise ValueError(
            _("Write the secret as ${NAME}, e.g. ${VIGIE_SECRET_JIRA}: it is read from the environment, never kept.")
        )
    check_names(text)
    return text


def check_names(text: str) -> None:
    """Raise ValueError with a sentence when a text names a variable that no source may read."""
    for match in REFERENCE.finditer(text):
        if reason := _closed(match[1]):
            raise ValueError(reason)


def names_secret(name: str) -> bool:
    """Whether the name of a parameter is one that secrets go by."""
    return _SECRET_NAME.search(name) is not None


def holds_secret(text: str) -> bool:
    """Whether an address carries something that is called like a secret, e.g. `password=`, wherever it stands."""
    for _time in range(_DECODED):
        text = unquote(text)
    return _NAMED.search(text) is not None


def redact(text: str, secrets: tuple[str, ...]) -> str:
    """The text without the secrets, for the log: as they are, or as a form, an address or JSON writes them."""
    ways = {way for secret in secrets for way in (secret, quote(secret, safe=""), quote_plus(secret), _in_json(secret))}
    for way in sorted(filter(None, ways), key=len, reverse=True):
        text = text.replace(way, _HIDDEN)
    return text


def _in_json(secret: str) -> str:
    return json.dumps(secret)[1:-1]


def _closed(name: str) -> str:
    """Why no source may read a variable; empty where one may."""
    own = {variable(field) for field in Settings.model_fields}
    if name in own or name.removesuffix("_FILE") in own:
        return _("{name} is one of Vigie's own settings: a source may not read it.").format(name=name)
    allowed = listed(settings().source_variables)
    if not any(fnmatchcase(name, pattern) for pattern in allowed):
        return _(
            "A source may not read the variable {name}: call it otherwise ({allowed}), or let VIGIE_SOURCE_VARIABLES "
            "name it."
        ).format(name=name, allowed=", ".join(allowed))
    return ""


def _value(name: str) -> str:
    if reason := _closed(name):
        raise SourceFailed(reason)
    if name in os.environ:
        return os.environ[name]
    file = os.environ.get(f"{name}_FILE")
    if file is None:
        raise SourceFailed(_("The variable {name} is not set where Vigie runs.").format(name=name))
    try:
        return Path(file).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SourceFailed(
            _("The file that {name} names cannot be read.").format(name=f"{name}_FILE"), detail=type(error).__name__
        ) from None
