"""Checks of outgoing connections: which URLs and addresses a client may make Tocsin connect to.

`check_url` checks that the URL has the accepted form. `check_address` checks that an address is public. The caller
resolves the name once, checks every address, and connects to a checked address. Python's `ipaddress.is_global` is not
sufficient: multicast, IPv4-compatible and NAT64 addresses are global for it. `ipaddress` is used for parsing only; the
ranges below are our own.

Sources: IANA special-purpose address registries (RFC 6890 and updates); RFC 6052 (NAT64), RFC 4380 (Teredo),
RFC 3056 (6to4).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

MAX_URL = 2048
"""Most characters of a URL."""

PORTS = frozenset({443, 8443})
"""Allowed ports of an https endpoint."""

_BLOCKED_V4 = tuple(
    IPv4Network(block)
    for block in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
        "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16", "192.175.48.0/24",
        "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
    )
)  # fmt: skip
_GLOBAL_V6 = IPv6Network("2000::/3")
_BLOCKED_V6 = tuple(
    IPv6Network(block) for block in ("2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20")
)
"""Blocked ranges inside 2000::/3. All addresses outside 2000::/3 are refused: loopback, mapped, NAT64, unique local,
link-local, site-local and multicast addresses."""

_URL = re.compile(r"(?P<scheme>[a-z]+)://(?P<authority>[^/?#\\@\s]+)(?P<path>/[^?#\\\s]*)?(?P<query>\?[^#\\\s]*)?")
_AUTHORITY = re.compile(r"(?P<host>\[[0-9a-fA-F:.]+\]|[A-Za-z0-9._-]+)(?::(?P<port>[0-9]{1,5}))?")
_LABEL = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?")
_NUMBER_LIKE = re.compile(r"(?:[0-9]+|0[xX][0-9a-fA-F]*)")
_INSIDE = (".localhost", ".internal", ".local", ".home.arpa", ".localdomain", ".onion", ".test", ".invalid")
_AWS_CUSTOMER_HOSTS = re.compile(
    r"email-smtp(?:-fips)?\.[a-z0-9-]+\.amazonaws\.com(?:\.cn)?"  # the mail servers of SES
    r"|(?:[^.]++\.)+?(?:execute-api\.[a-z0-9-]+|lambda-url\.[a-z0-9-]+|elb|[a-z0-9-]+\.elb)\.amazonaws\.com(?:\.cn)?"
)


class EgressRefused(ValueError):
    """The connection must not be made. `reason`: a stable code in snake_case. The text does not contain the target."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


@dataclass(frozen=True, slots=True)
class EgressPolicy:
    """How strict the checks are.

    Attributes:
        loopback: allow plain http, any port and addresses in 127.0.0.0/8 and ::1; for the local engine only.
    """

    loopback: bool = False


CLOSED = EgressPolicy()


@dataclass(frozen=True, slots=True)
class Target:
    """An accepted URL in parts.

    Attributes:
        host: name in lower case, or the text of an IP address.
        literal: the address if the host is an IP address, else None.
        path: path and query, as in the request line.
    """

    scheme: str
    host: str
    port: int
    path: str
    literal: IPv4Address | IPv6Address | None


def check_url(url: str, policy: EgressPolicy = CLOSED) -> Target:
    """Return the parts of an accepted URL. An IP address in the URL is checked; a name must still be resolved.

    Raises:
        EgressRefused: with reason `malformed_url`, `scheme`, `userinfo`, `port`, `host`, `inside_name` or
            `not_public`.
    """
    if len(url) > MAX_URL or not url.isascii() or any(ord(char) <= 32 or ord(char) == 127 for char in url):
        raise EgressRefused("malformed_url")
    match = _URL.fullmatch(url)
    if match is None:
        head = url.partition("://")[2].partition("/")[0]
        raise EgressRefused("userinfo" if "@" in head else "malformed_url")
    authority = _AUTHORITY.fullmatch(match["authority"])
    if authority is None:
        raise EgressRefused("host")
    host = authority["host"].lower()
    literal = _literal(host)
    inside = _loops_back(host, literal) and policy.loopback
    if match["scheme"] != "https" and not (inside and match["scheme"] == "http"):
        raise EgressRefused("scheme")
    port = int(authority["port"] or (443 if match["scheme"] == "https" else 80))
    if not (0 < port < 65536) or (port not in PORTS and not inside):
        raise EgressRefused("port")
    if literal is not None:
        if not inside:
            check_address(literal, policy)
    elif not inside:
        _check_name(host)
    return Target(match["scheme"], host, port, (match["path"] or "/") + (match["query"] or ""), literal)


def check_host(host: str, policy: EgressPolicy = CLOSED) -> IPv4Address | IPv6Address | None:
    """Accept the host of a server that is no web server: a public name, or a public address.

    Args:
        host: in lower case, without a final dot; an IPv6 address without brackets.

    Returns:
        The address, if the host is one. A name must still be resolved, and its addresses checked.

    Raises:
        EgressRefused: `malformed_url`, `userinfo`, `host`, `inside_name` or `not_public`.
    """
    written = f"[{host}]" if ":" in host else host
    target = check_url(f"https://{written}", policy)
    if target.host != written:
        raise EgressRefused("host")
    return target.literal


def check_address(address: IPv4Address | IPv6Address, policy: EgressPolicy = CLOSED) -> None:
    """Accept a public unicast address.

    Raises:
        EgressRefused: `not_public` for any other address, in any notation.
    """
    if policy.loopback and address.is_loopback:
        return
    if isinstance(address, IPv4Address):
        blocked = any(address in block for block in _BLOCKED_V4)
    else:
        blocked = (
            address.scope_id is not None or address not in _GLOBAL_V6 or any(address in block for block in _BLOCKED_V6)
        )
    if blocked:
        raise EgressRefused("not_public")


def _literal(host: str) -> IPv4Address | IPv6Address | None:
    if host.startswith("["):
        try:
            return IPv6Address(host[1:-1])
        except ValueError as error:
            raise EgressRefused("host") from error
    # Resolvers read 127.1, 0x7f000001 and 2130706433 as addresses: a host that ends in a number must be dotted decimal.
    if _NUMBER_LIKE.fullmatch(host.rstrip(".").rpartition(".")[2]):
        try:
            return IPv4Address(host)
        except ValueError as error:
            raise EgressRefused("host") from error
    return None


def _loops_back(host: str, literal: IPv4Address | IPv6Address | None) -> bool:
    return host == "localhost" if literal is None else literal.is_loopback


def _check_name(host: str) -> None:
    labels = host.split(".")
    if len(host) > 253 or len(labels) < 2 or not all(_LABEL.fullmatch(label) for label in labels):
        raise EgressRefused("host")
    if host.endswith(_INSIDE):
        raise EgressRefused("inside_name")
    aws = host.endswith((".amazonaws.com", ".amazonaws.com.cn"))
    if aws and not _AWS_CUSTOMER_HOSTS.fullmatch(host):
        raise EgressRefused("inside_name")
