"""Which hosts a source may ask: any but this machine, its link-local neighbours and the metadata services of clouds,
unless `VIGIE_SOURCE_HOSTS` names them. Names are resolved here, and what is connected to is what was checked.
"""

import ipaddress
import re
import socket

from core.base.errors import SourceFailed
from core.base.i18n import _
from core.base.settings import listed, settings
from core.sources.secrets import check_names, holds_secret, is_reference, names_secret

IP = ipaddress.IPv4Address | ipaddress.IPv6Address

_CLOSED = tuple(
    map(
        ipaddress.ip_network,
        (
            "0.0.0.0/8",
            "127.0.0.0/8",
            "169.254.0.0/16",
            "224.0.0.0/4",
            "240.0.0.0/4",
            "::/127",
            "fe80::/10",
            "fec0::/10",
            "ff00::/8",
            "100.100.100.200/32",  # Alibaba's metadata
            "168.63.129.16/32",  # Azure's own
            "192.0.0.192/32",  # Oracle's metadata
            "fd00:ec2::/32",  # Amazon's metadata
            "fd20:ce::254/128",  # Google's metadata
        ),
    )
)
_HOLDING = tuple(map(ipaddress.IPv6Network, ("64:ff9b::/96", "64:ff9b:1::/48", "::/96", "::ffff:0:0:0/96")))
"""Networks whose addresses hold one of IPv4 at their end: for translators, and of old."""
_LOCAL_NAMES = re.compile(r"(?:.*\.)?localhost|localhost\.localdomain|metadata(?:\.google\.internal|\.goog)?")
_HOST = r"(?P<host>[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::(?P<port>\d{1,5}))?"
_SERVICE = re.compile(rf"(?P<scheme>https?)://{_HOST}(?:/[A-Za-z0-9._~/-]*)?", re.IGNORECASE)
_PROXY = re.compile(rf"(?:https?|socks5h?)://(?:[^\s/@:?#]*(?::(?P<password>[^\s/@?#]*))?@)?{_HOST}/?", re.IGNORECASE)


def check_service(text: str) -> str:
    """The address of a service, without a slash at its end. Raises ValueError with a sentence.

    A host and a path, nothing else: what stands before @, after ? or # would be kept and shown.
    """
    parts = _SERVICE.fullmatch(text)
    if parts is None:
        if "@" in text or holds_secret(text):
            raise ValueError(_no_secret())
        raise ValueError(_("Write the address as https://host/path, with nothing before the host or after the path."))
    host = parts["host"].strip("[]")
    check_name(host)
    if parts["scheme"].lower() != "https" and not is_this_machine(host):
        raise ValueError(_("A secret is sent there: the address must begin with https://."))
    return text.rstrip("/")


def check_parameters(params: dict[str, str]) -> dict[str, str]:
    """The parameters of an address, none of which is called like a secret. Raises ValueError with a sentence."""
    if any(names_secret(name) or holds_secret(value) or "${" in value for name, value in params.items()):
        raise ValueError(_no_secret())
    return params


def check_proxy(text: str) -> str:
    """The address of a proxy, its password, if any, as `${NAME}`; empty for none. Raises ValueError with a sentence."""
    parts = _PROXY.fullmatch(text)
    if not text:
        return text
    if parts is None:
        raise ValueError(
            _no_secret() if "@" in text or holds_secret(text) else _("Write the proxy as http://host:port.")
        )
    if parts["password"] and not is_reference(parts["password"]):
        raise ValueError(_no_secret())
    check_names(text)
    check_name(parts["host"].strip("[]"))
    return text


def check_name(host: str) -> None:
    """Raise ValueError with a sentence for a host that is closed, as far as its name or number says."""
    if _is_named(host):
        return
    if _LOCAL_NAMES.fullmatch(host.lower().rstrip(".")):
        raise ValueError(_closed(host))
    try:
        numbers = socket.getaddrinfo(host.rstrip("."), None, flags=socket.AI_NUMERICHOST)
    except (OSError, UnicodeError):
        return
    if any(_is_closed(_ip(str(number[4][0]))) for number in numbers):
        raise ValueError(_closed(host))


def addresses(host: str, port: int) -> list[str]:
    """The addresses of a host. Raises SourceFailed when one of them is closed, OSError when there are none."""
    resolved = list(
        dict.fromkeys(str(answer[4][0]) for answer in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
    )
    if not _is_named(host) and any(_is_closed(_ip(address)) for address in resolved):
        raise SourceFailed(_closed(host))
    return resolved


def _ip(text: str) -> IP:
    return ipaddress.ip_address(text.partition("%")[0])


def _is_closed(ip: IP) -> bool:
    """Whether an address is this machine's, link-local or a metadata service's, also behind another notation."""
    if any(ip in network for network in _opened()):
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        last = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        inner = [
            ip.ipv4_mapped,
            ip.sixtofour,
            *(ip.teredo or ()),
            last if any(ip in network for network in _HOLDING) else None,
        ]
        if any(_is_closed(within) for within in inner if within is not None):
            return True
    return any(ip.version == network.version and ip in network for network in _CLOSED)


def _opened() -> list[ipaddress.IPv4Network | ipaddress.IPv6Network]:
    networks = []
    for written in listed(settings().source_hosts):
        try:
            networks.append(ipaddress.ip_network(written.strip("[]"), strict=False))
        except ValueError:
            continue
    return networks


def _is_named(host: str) -> bool:
    """Whether the setting names the host as it is written."""
    return host.lower().rstrip(".") in {named.lower() for named in listed(settings().source_hosts)}


def is_this_machine(host: str) -> bool:
    """Whether a host is this machine, as it is written."""
    try:
        return _ip(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def _closed(host: str) -> str:
    return _(
        "{host} is this machine itself, or an address that only machines beside it use: a source may ask it only where "
        "VIGIE_SOURCE_HOSTS names it."
    ).format(host=host)


def _no_secret() -> str:
    return _(
        "An address is kept and shown: it may hold no password, token or key. Write the secret as ${NAME}, e.g. "
        "${VIGIE_SECRET_JIRA}, in the field that is there for it."
    )
