"""A service that answers a byte now and then."""

import socket
import threading
from collections.abc import Iterator

import pytest


@pytest.fixture
def dripping() -> Iterator[dict[str, str]]:
    """Addresses of a service that drips its head, or its body, without an end."""
    ended = threading.Event()
    begins = {"head": b"HTTP/1.1 200 OK\r\nX: ", "body": b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n"}
    servers = {where: socket.create_server(("127.0.0.1", 0)) for where in begins}

    def drip(where: str) -> None:
        try:
            connection, _address = servers[where].accept()
            with connection:
                connection.recv(1 << 16)
                connection.sendall(begins[where])
                while not ended.wait(0.05):
                    connection.sendall(b"x")
        except OSError:
            return

    threads = [threading.Thread(target=drip, args=(where,), daemon=True) for where in begins]
    for thread in threads:
        thread.start()
    yield {where: f"http://127.0.0.1:{server.getsockname()[1]}" for where, server in servers.items()}
    ended.set()
    for server in servers.values():
        server.shutdown(socket.SHUT_RDWR)
        server.close()
