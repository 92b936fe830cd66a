"""How much a browser may send: a websocket's message is refused by the length it announces, before it is received."""

from starlette.types import Receive
from uvicorn.protocols.websockets import websockets_sansio_impl as served
from websockets.server import ServerProtocol

STRANGER = 65_536
"""Bytes of a message without a session: the sign-in form's are far smaller."""
PERSON = 8 * 2**20
"""Bytes of a message with one: what all the widgets of a screen hold is far smaller; files do not come this way."""
UPLOADS = 210 * 2**20
"""Bytes that one sign-in may have uploaded at a time, in all its tabs: a file of the largest size, and its wrapping."""


class _Stranger(ServerProtocol):
    """A connection as every one begins."""

    def __init__(self, *arguments: object, **options: object) -> None:
        super().__init__(*arguments, **{**options, "max_size": STRANGER})  # type: ignore[arg-type]


def begin_small() -> None:
    """Let every websocket of this process begin with a stranger's limit. The server has one limit for all of them,
    which also bounds what it sends: this one is set beside it (a test tries it on a real server)."""
    served.ServerProtocol = _Stranger  # type: ignore[attr-defined]


def widen(receive: Receive) -> None:
    """Let a connection whose person is known send more, before its first message is read."""
    connection = getattr(getattr(receive, "__self__", None), "conn", None)
    if isinstance(connection, ServerProtocol):
        connection.max_message_size = PERSON
