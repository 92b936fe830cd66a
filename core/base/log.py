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
"""Signs of a message, and of an error with its trace: of a longer one the beginning and the end stand."""

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
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": self._short(record.getMessage()),
            "person": person.get(),
            "address": address.get(),
            "request": request.get(),
            **{name: value for name, value in vars(record).items() if name not in _STANDARD},
            "error": self._short(self.formatException(record.exc_info)) if record.exc_info else "",
        }
        told = {name: value for name, value in line.items() if value != ""}
        return self._blanked(json.dumps(told, ensure_ascii=False, default=str))

    def _short(self, text: str) -> str:
        text = self._blanked(text)  # before it is cut: half a secret would not be known for one
        return text if len(text) <= MOST else f"{text[: MOST // 2]} … {text[-MOST // 2 :]}"

    def _blanked(self, text: str) -> str:
        for secret in self.secrets:
            text = text.replace(secret, "***")
        return text


def setup() -> None:
    """Write the log of this process as JSON lines; Vigie's own, from the level that the settings say. May be called
    again."""
    vigie = logging.getLogger("vigie")
    for logger in (logging.getLogger(), vigie):
        join(logger)
    vigie.setLevel(settings().log.upper())
    for name in _IDLE_WARNINGS:
        logging.getLogger(name).disabled = True


def join(logger: logging.Logger) -> None:
    """Let a logger write here and nowhere else; a library's from warnings on: the server would tell every request, with
    what its address holds."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setLevel(logging.NOTSET if logger.name == "vigie" else logging.WARNING)
    handler.setFormatter(JsonLines(_secrets()))
    logger.handlers = [handler]
    logger.propagate = False


def _secrets() -> set[str]:
    """What must never be logged: the secret settings, and the password in the store's address."""
    held = settings()
    values = [value.get_secret_value() for _name, value in held if isinstance(value, SecretStr)]
    return {value for value in [*values, urlsplit(held.store).password or ""] if value}
