"""One demo server and one Chromium for all browser tests; a test's profiles hold nothing of another test."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from core.base import clock
from core.base.settings import settings
from tests.browsing import Profiles, Visit, chromium
from tests.moments import MORNING
from tests.servers import Server, serving

MAIL = {"VIGIE_SMTP_HOST": "127.0.0.1", "VIGIE_MAIL_FROM": "vigie@example.fr"}
"""A mail server that is named and never asked: a screen sends nothing."""
DAYS = "400"
"""The demo tells of the nights that tests look at, back to the change of the clock in October of the year before."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.parent.name == "browser":
            item.add_marker("browser")


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A demo server. What a test writes into its store by itself, it writes as the demo's people at its time."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("VIGIE_DEMO", "1")
        patch.setenv("VIGIE_NOW", MORNING.isoformat())
        settings.cache_clear()
        clock.now()  # it starts to run: no later than the server's, so that what the server did is past
        with serving(tmp_path_factory.mktemp("browser"), VIGIE_DEMO="1", VIGIE_DEMO_DAYS=DAYS, **MAIL) as running:
            yield running
    settings.cache_clear()


@pytest.fixture(scope="session")
def profiles() -> Iterator[Profiles]:
    with chromium() as running:
        yield running


@pytest.fixture
def visit(server: Server, profiles: Profiles) -> Iterator[Callable[..., Visit]]:
    """Makes browser profiles. However a test ends, nothing may have been fetched from another host."""
    with ExitStack() as stack:
        made: list[Visit] = []

        def make(**options: Any) -> Visit:
            made.append(stack.enter_context(profiles.visiting(server, **options)))
            return made[-1]

        yield make
        outside = [address for one in made for address in one.outside]
    assert outside == []
