"""One server for all live tests; each test has browsers and accounts of its own."""

import secrets
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest

from core.base import clock
from core.people import accounts
from core.people.person import Role
from tests.client import Browser
from tests.servers import Server, serving

PASSWORD = "a long enough secret"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.parent.name == "live":
            item.add_marker("live")


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("live")) as running:
        yield running


@pytest.fixture
def browse(server: Server) -> Iterator[Callable[[], Browser]]:
    """Makes browsers, each with its own cookies."""
    made: list[Browser] = []

    def make() -> Browser:
        made.append(Browser(server.url))
        return made[-1]

    yield make
    for browser in made:
        browser.close()


@pytest.fixture
def browser(browse: Callable[[], Browser]) -> Browser:
    return browse()


@pytest.fixture
def join(server: Server) -> Callable[..., str]:
    """Makes accounts of a role, with the password PASSWORD; returns the name."""

    def make(role: Role = Role.DUTY) -> str:
        name = f"{role.value}-{secrets.token_hex(4)}"
        ends = clock.now() + timedelta(days=1) if role is Role.INSPECTOR else None
        with server.store.write() as connection:
            accounts.add(connection, who="test", name=name, role=role, password=PASSWORD, chosen=True, expires_at=ends)
        return name

    return make
