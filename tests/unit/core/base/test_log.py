"""The log: JSON lines that tell who and which request, and no secret."""

import json
import logging
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest
from streamlit import config

from core.base import log
from core.base.errors import StoreFailed
from core.base.settings import settings

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
    logging.getLogger("vigie").handlers.clear()


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


def test_the_level_is_the_settings_own(written: Written) -> None:
    assert written(lambda: logging.getLogger("vigie").debug("detail")) == []


def test_errors_of_screens_are_not_highlighted() -> None:
    """That takes minutes where a browser sent a long value by hand, and nobody else is served meanwhile."""
    assert config.get_option("logger.enableRich") is False
