"""The log: JSON lines that tell who and which request, and no secret."""

import json
import logging
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest
import streamlit.logger
from streamlit import config

from core.base import log
from core.base.errors import StoreFailed
from core.base.settings import settings
from core.ui import failures

Written = Callable[[Callable[[], None]], list[dict[str, object]]]


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Written]:
    """What an action writes in the log, where the settings hold two secrets."""
    monkeypatch.setenv("VIGIE_OIDC_CLIENT_SECRET", "s3cret-of-the-client")
    monkeypatch.setenv("VIGIE_STORE", "postgresql://vigie:pass-of-the-store@host/base")
    settings.cache_clear()

    def lines(act: Callable[[], None]) -> list[dict[str, object]]:
        log.setup()
        act()
        return [json.loads(line) for line in capsys.readouterr().err.splitlines()]

    yield lines
    settings.cache_clear()
    for name in (None, "vigie"):
        logging.getLogger(name).handlers.clear()


def test_a_line_is_one_json_object_with_what_is_known(written: Written) -> None:
    def act() -> None:
        log.person.set("ana")
        logging.getLogger("vigie.sync").info("landed\n%d rows", 12, extra={"source": "adf"})
        log.person.set("")
        logging.getLogger("vigie.sync").warning("nothing")

    first, second = written(act)
    assert datetime.fromisoformat(str(first.pop("at"))).utcoffset() == timedelta(0)
    assert first == {
        "level": "INFO",
        "logger": "vigie.sync",
        "message": "landed\n12 rows",
        "person": "ana",
        "source": "adf",
    }
    assert "person" not in second


def test_an_error_carries_its_trace(written: Written) -> None:
    def act() -> None:
        try:
            raise StoreFailed("sentence", detail="detail")
        except StoreFailed:
            logging.getLogger("vigie").exception("failed")

    (line,) = written(act)
    assert "StoreFailed: sentence" in str(line["error"])


def test_secrets_of_the_settings_never_come_out(written: Written) -> None:
    said = ("cannot reach %s with %s", "pass-of-the-store", {"secret": "s3cret-of-the-client"})
    (line,) = written(lambda: logging.getLogger("vigie").error(*said))
    assert line["message"] == "cannot reach *** with {'secret': '***'}"


def test_of_a_long_text_the_beginning_and_the_end_stand_and_no_half_of_a_secret(written: Written) -> None:
    long = "x" * (log.MOST // 2 - 6) + "s3cret-of-the-client" + "y" * 10_000_000

    def act() -> None:
        try:
            raise ValueError(long)
        except ValueError:
            logging.getLogger("vigie").exception(long)

    (line,) = written(act)
    message, error = str(line["message"]), str(line["error"])
    assert message == "x" * (log.MOST // 2 - 6) + "***yyy … " + "y" * (log.MOST // 2)
    assert (error[:9], error[-1], len(error)) == ("Traceback", "y", log.MOST + 3)


def test_fields_beside_the_message_hold_no_secret_and_end_too(
    written: Written, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A quotation mark or a line in a secret is written otherwise in JSON, and is blanked all the same."""

    def act() -> None:
        detail = {"detail": 'pass"of\nall', "body": ["x" * 10_000_000], "rows": 12, "dry": True, "who": None}
        logging.getLogger("vigie").error("failed", extra=detail)

    monkeypatch.setenv("VIGIE_OIDC_CLIENT_SECRET", 'pass"of\nall')
    settings.cache_clear()
    (line,) = written(act)
    assert (line["detail"], line["rows"], line["dry"], line["who"]) == ("***", 12, True, None)
    assert len(str(line["body"])) == log.MOST + 3


def test_what_libraries_log_is_such_a_line_too(written: Written, monkeypatch: pytest.MonkeyPatch) -> None:
    """No text that a browser sends stands as a line of its own, where it could say that somebody signed in."""
    forged = 'x\n{"message": "signed in", "account": "admin"}'
    with monkeypatch.context() as patch:
        patch.setattr(streamlit.logger, "setup_formatter", None)
        failures.begin()
        loggers = [streamlit.logger.get_logger(name) for name in ("streamlit.error_util", "made.after.the.start")]
        loggers.append(logging.getLogger("asyncio"))
        lines = written(lambda: [logger.error(forged) for logger in loggers] and None)
    streamlit.logger.update_formatter()
    assert [(line["message"], line["logger"]) for line in lines] == [(forged, logger.name) for logger in loggers]


def test_the_level_is_the_settings_own(written: Written) -> None:
    assert written(lambda: logging.getLogger("vigie").debug("detail")) == []


def test_errors_of_screens_are_not_highlighted() -> None:
    """That takes minutes where a browser sent a long value by hand, and nobody else is served meanwhile."""
    assert config.get_option("logger.enableRich") is False
