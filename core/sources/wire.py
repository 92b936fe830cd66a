"""The way to a service: where a connection may lead, how long an answer may take in all, how large it may be.

Every address is checked at the moment of connecting (`core.sources.hosts`), so that a name that resolves to another
address meanwhile leads nowhere else; redirections are not followed.
"""

import socket
import ssl
import time
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import httpcore
import httpx
from httpx._utils import get_environment_proxies

from core.base.errors import SourceFailed
from core.sources import hosts, limits

_BLOCK = 1 << 16


class TooLarge(Exception):
    """An answer is larger than may be held."""


@dataclass(frozen=True)
class Answer:
    """What a service answered, decoded. The names of `headers` in any case."""

    code: int
    headers: httpx.Headers
    body: bytes

    @property
    def text(self) -> str:
        """The body as text, for people."""
        return self.body.decode("utf-8", "replace")


class Wire:
    """Asks services, one question at a time: through a proxy, or as the environment says.

    The environment is its operator's word: a proxy that it names may stand anywhere. Raises ValueError or
    httpx.InvalidURL where the proxy's address is none.
    """

    def __init__(self, proxy: str, trust: ssl.SSLContext) -> None:
        self._deadline = _Deadline()
        through = {} if proxy else get_environment_proxies()
        self._client = httpx.Client(
            transport=self._transport(trust, proxy, checked=True),
            mounts={
                pattern: self._transport(trust, address, checked=False) if address else None
                for pattern, address in through.items()
            },
            timeout=httpx.Timeout(30.0, connect=float(limits.CONNECT_SECONDS)),
            follow_redirects=False,
            trust_env=False,
            headers={"Accept-Encoding": "gzip"},
        )

    def _transport(self, trust: ssl.SSLContext, proxy: str, *, checked: bool) -> httpx.HTTPTransport:
        made = httpx.HTTPTransport(verify=trust, proxy=proxy or None, trust_env=False)
        made._pool._network_backend = _Backend(self._deadline, checked=checked)  # httpx takes none
        return made

    def close(self) -> None:
        """End all connections."""
        self._client.close()

    def ask(self, method: str, url: str, **request: Any) -> Answer:
        """One answer, whole. Raises httpx.HTTPError, TooLarge, SourceFailed where the host is closed,
        httpx.InvalidURL where the address is none."""
        host = httpx.URL(url).host
        try:
            hosts.check_name(host)
        except ValueError as error:
            raise SourceFailed(str(error)) from None
        self._deadline.at = time.monotonic() + limits.ANSWER_SECONDS
        with self._client.stream(method, url, **request) as answer:
            return Answer(answer.status_code, answer.headers, _body(answer))


def _body(answer: httpx.Response) -> bytes:
    """The decoded body; only gzip was asked for, once."""
    coding = answer.headers.get("Content-Encoding", "identity").strip().lower()
    if coding not in ("", "identity", "gzip", "x-gzip"):
        raise httpx.DecodingError(f"content encoding {coding[:40]!r}")
    unpack = zlib.decompressobj(zlib.MAX_WBITS | 16) if "gzip" in coding else None
    parts: list[bytes] = []
    left = limits.LARGEST_ANSWER
    for raw in answer.iter_raw(_BLOCK):
        try:
            part = unpack.decompress(raw, left + 1) if unpack else raw
        except zlib.error as error:
            raise httpx.DecodingError(str(error)) from error
        parts.append(part)
        left -= len(part)
        if left < 0:
            raise TooLarge
    return b"".join(parts)


@dataclass
class _Deadline:
    """Until when an answer must be whole, on the monotonic clock."""

    at: float = float("inf")

    def left(self, timeout: float | None) -> float:
        """Seconds that one step may still take."""
        left = self.at - time.monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout("the whole answer takes too long")
        return left if timeout is None else min(timeout, left)


class _Backend(httpcore.SyncBackend):
    """Connects to addresses that were checked, until a deadline."""

    def __init__(self, deadline: _Deadline, *, checked: bool) -> None:
        self._deadline, self._checked = deadline, checked

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        try:
            resolved = hosts.addresses(host, port) if self._checked else [host]
        except (socket.gaierror, UnicodeError) as error:
            raise httpcore.ConnectError(str(error)) from error
        failed: Exception = httpcore.ConnectError("no address")
        for address in resolved:
            left = self._deadline.left(timeout)
            try:
                return _Stream(super().connect_tcp(address, port, left, local_address, socket_options), self._deadline)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failed = error
        raise failed


class _Stream(httpcore.NetworkStream):
    """A connection that ends with the deadline, however often a byte drips in."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: _Deadline) -> None:
        self._stream, self._deadline = stream, deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._deadline.left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._deadline.left(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        secured = self._stream.start_tls(ssl_context, server_hostname, self._deadline.left(timeout))
        return _Stream(secured, self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)
