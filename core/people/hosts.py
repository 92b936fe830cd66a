"""The names that Vigie answers to. A page that makes a name of its own point here gets nothing (DNS rebinding)."""

import ipaddress
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import Scope

from core.base.settings import settings


def known(scope: Scope) -> bool:
    """Whether a request asks for the public address's name, or for this very machine by a name nobody else can hold."""
    given = Headers(scope=scope).getlist("host")
    if len(given) != 1:
        return False
    try:
        asked = urlsplit(f"//{given[0]}")
        name = (asked.hostname or "").rstrip(".")
        _port = asked.port
    except ValueError:
        return False
    if asked.username is not None or asked.path or asked.query or asked.fragment:
        return False
    return name != "" and (name in ("localhost", urlsplit(settings().base_url).hostname) or is_loopback(name))


def is_loopback(name: str) -> bool:
    """Whether a text is an address of this very machine."""
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False
