"""A mail server on this machine, for every test of sending."""

from collections.abc import Iterator

import pytest

from tests.mailbox import Inbox, mail_server


@pytest.fixture
def inbox() -> Inbox:
    return Inbox()


@pytest.fixture
def server(inbox: Inbox) -> Iterator[dict[str, str]]:
    """The settings that name it."""
    with mail_server(inbox) as settings:
        yield settings
