"""The log: one JSON object a line on standard error, with the person and the request where they are known.

Every logger under `vigie` writes here. `log.info("landed", extra={"rows": 12})` adds the field `rows`. A secret that
the settings hold never comes out, whatever a library's message quotes.
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
            "message": record.getMessage(),
            "person": person.get(),
            "address": address.get(),
            "request": request.get(),
            **{name: value for name, value in vars(record).items() if name not in _STANDARD},
            "error": self.formatException(record.exc_info) if record.exc_info else "",
        }
        text = json.dumps({name: value for name, value in line.items() if value != ""}, ensure_ascii=False, default=str)
        for secret in self.secrets:
            text = text.replace(secret, "***")
        return text


def setup() -> None:
    """Write the log of this process as JSON lines, from the level that the settings say. May be called again."""
    logger = logging.getLogger("vigie")
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines(_secrets()))
    logger.handlers = [handler]
    logger.propagate = False
    logger.setLevel(settings().log.upper())
    for name in _IDLE_WARNINGS:
        logging.getLogger(name).disabled = True


def _secrets() -> set[str]:
    """What must never be logged: the secret settings, and the password in the store's address."""
    held = settings()
    values = [value.get_secret_value() for _name, value in held if isinstance(value, SecretStr)]
    return {value for value in [*values, urlsplit(held.store).password or ""] if value}
