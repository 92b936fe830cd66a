"""A real mail server on this machine, for a test, and what it received."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller

from tests.servers import free_port


class Inbox:
    """What a mail server received; it refuses some addresses, and has faults.

    `says`: what it answers to the recipients (`RCPT`) or to the content (`DATA`) instead of yes, once each.
    `dies`: it keeps the mails to some addresses and ends the connection before it says so, once each. `slow`: seconds
    that it takes to answer to a content.
    """

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.refused: set[str] = set()
        self.says: dict[str, list[str]] = {"RCPT": [], "DATA": []}
        self.dies: set[str] = set()
        self.slow = 0.0

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        if address in self.refused:
            return "550 unknown"
        if self.says["RCPT"]:
            return self.says["RCPT"].pop()
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if self.says["DATA"]:
            return self.says["DATA"].pop()
        self.mails.append(message_from_bytes(envelope.content, policy=policy.default))  # type: ignore[arg-type]
        for to in self.dies.intersection(envelope.rcpt_tos):
            self.dies.remove(to)
            server.transport.abort()
        await asyncio.sleep(self.slow)
        return "250 OK"


@contextmanager
def mail_server(inbox: Inbox) -> Iterator[dict[str, str]]:
    """The settings that name the server, as environment variables, as long as the block lasts."""
    controller = Controller(inbox, hostname="127.0.0.1", port=free_port())
    controller.start()
    try:
        yield {
            "VIGIE_SMTP_HOST": "127.0.0.1",
            "VIGIE_SMTP_PORT": str(controller.port),
            "VIGIE_SMTP_SECURITY": "none",
            "VIGIE_MAIL_FROM": "vigie@example.fr",
        }
    finally:
        controller.stop()
