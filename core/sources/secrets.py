"""Secrets of sources: written `${NAME}` in the options, read from the environment at the pull, never kept or shown."""

import os
import re
from pathlib import Path

from core.base.errors import SourceFailed
from core.base.i18n import _

REFERENCE = re.compile(r"\$\{([A-Z][A-Z0-9_]*)\}")
_HIDDEN = "•••"


def resolve(text: str) -> str:
    """The text with every `${NAME}` replaced by the variable NAME, or the content of the file NAME_FILE names.

    Raises SourceFailed naming the variable when it is not set, or is one of Vigie's own settings.
    """
    return REFERENCE.sub(lambda match: _value(match[1]), text)


def is_reference(text: str) -> bool:
    """Whether a text is one `${NAME}` and nothing else."""
    return REFERENCE.fullmatch(text) is not None


def redact(text: str, secrets: tuple[str, ...]) -> str:
    """The text without the secrets, for the log."""
    for secret in sorted(filter(None, secrets), key=len, reverse=True):
        text = text.replace(secret, _HIDDEN)
    return text


def _value(name: str) -> str:
    if name.startswith("VIGIE_"):
        raise SourceFailed(_("{name} is one of Vigie's own settings: a source may not read it.").format(name=name))
    if name in os.environ:
        return os.environ[name]
    file = os.environ.get(f"{name}_FILE")
    if file is None:
        raise SourceFailed(_("The variable {name} is not set where Vigie runs.").format(name=name))
    try:
        return Path(file).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise SourceFailed(
            _("The file that {name} names cannot be read.").format(name=f"{name}_FILE"), detail=repr(error)
        ) from error
