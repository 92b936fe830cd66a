"""The cookie: one random id, out of reach of scripts, bound to this host where there is TLS."""

from collections.abc import Mapping

from starlette.requests import cookie_parser

PLAIN = "vigie"
UNDER_TLS = "__Host-vigie"


def find(cookies: Mapping[str, str], *, secure: bool = False) -> str | None:
    """The id among a request's cookies, None without one. Under TLS (`secure`) only the name that binds counts:
    a browser takes a `__Host-` cookie from this very host and over TLS alone."""
    return cookies.get(UNDER_TLS) or (None if secure else cookies.get(PLAIN)) or None


def read(header: str, *, secure: bool) -> str | None:
    """The id in a request's `Cookie` header."""
    return find(cookie_parser(header), secure=secure)


def header(value: str, *, secure: bool, max_age: int | None = None) -> str:
    """The `Set-Cookie` header for an id. Without `max_age` (seconds) it lasts until the browser closes."""
    parts = [f"{UNDER_TLS if secure else PLAIN}={value}", "Path=/", "HttpOnly", "SameSite=Lax"]
    parts += ["Secure"] if secure else []
    parts += [f"Max-Age={max_age}"] if max_age is not None else []
    return "; ".join(parts)
