"""The log: one JSON object a line on standard error, with the person and the request where they are known.

Vigie's loggers and those of libraries write here. `log.info("landed", extra={"rows": 12})` adds the field `rows`. A
secret that the settings hold never comes out, whatever a library's message quotes, and no text that somebody sent fills
the log or begins a line of its own.
"""

import json
import logging
import sys
from contextvars import ContextVar
from datetime import UTC, datetime
from urllib.parse import urlsplit

from pydantic import SecretStr

from core.base.settings import settings

person: ContextVar[str] = ContextVar("person", default="")
"""Account name of the person being served."""
address: ContextVar[str] = ContextVar("address", default="")
"""Where that person's browser is."""
request: ContextVar[str] = ContextVar("request", default="")
"""Id that all lines of one tab share: the beginning of its Streamlit session's."""

_STANDARD = {*vars(logging.makeLogRecord({})), "message", "asctime", "taskName"}

MOST = 8_000
"""Signs of a field, a message or an error with its trace: of a longer one the beginning and the end stand."""

_IDLE_WARNINGS = (
    "streamlit.runtime.caching.cache_data_api",
    "streamlit.runtime.scriptrunner_utils.script_run_context",
)
"""Streamlit warns here whenever code is imported outside a page run, which says nothing."""


class JsonLines(logging.Formatter):
    """A record as one line of JSON."""

    def __init__(self, secrets: set[str]) -> None:
        super().__init__()
        self.secrets = secrets

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            "person": person.get(),
            "address": address.get(),
            "request": request.get(),
            **{name: value for name, value in vars(record).items() if name not in _STANDARD},
            "error": self.formatException(record.exc_info) if record.exc_info else "",
        }
        return json.dumps({name: self._field(value) for name, value in line.items() if value != ""}, ensure_ascii=False)

    def _field(self, value: object) -> int | float | str | None:
        """A number as it is, anything else as text without secrets, of a long one the beginning and the end."""
        if value is None or isinstance(value, int | float):
            return value
        text = str(value)
        for secret in self.secrets:  # before it is cut: half a secret would not be known for one
            text = text.replace(secret, "***")
        return text if len(text) <= MOST else f"{text[: MOST // 2]} … {text[-MOST // 2 :]}"


def setup() -> None:
    """Write the log of this process as JSON lines; Vigie's own, from the level that the settings say. May be called
    again."""
    vigie = logging.getLogger("vigie")
    join(logging.getLogger())
    join(vigie, logging.NOTSET)
    vigie.setLevel(settings().log.upper())
    for name in _IDLE_WARNINGS:
        logging.getLogger(name).disabled = True


def join(logger: logging.Logger, level: int = logging.WARNING) -> None:
    """Let a logger write here and nowhere else; a library's from warnings on: the server would tell every request, with
    what its address holds."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setLevel(level)
    handler.setFormatter(JsonLines(_secrets()))
    logger.handlers = [handler]
    logger.propagate = False


def _secrets() -> set[str]:
    """What must never be logged: the secret settings, and the password in the store's address."""
    held = settings()
    values = [value.get_secret_value() for _name, value in held if isinstance(value, SecretStr)]
    return {value for value in [*values, urlsplit(held.store).password or ""] if value}
