"""HTTPS POST to an endpoint whose IP address was checked.

The name is resolved once, every address is checked, and the socket connects to a checked address, with the name in SNI
and Host. So DNS rebinding between check and connect has no effect. Proxies in the environment are not used, and
redirects are not followed.
"""

from __future__ import annotations

import email.utils
import http.client
import socket
import ssl
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address, IPv6Address, ip_address

from tocsin.egress.domain.url_policy import CLOSED, EgressPolicy, EgressRefused, Target, check_address, check_url
from tocsin.kernel.ports import Clock
from tocsin.webhooks.ports.http import WebhookAnswer, WebhookRequest

CONNECT_SECONDS = 5.0
TOTAL_SECONDS = 15.0
EXCERPT_BYTES = 1024

Address = IPv4Address | IPv6Address
Resolve = Callable[[str, int], list[Address]]
Connect = Callable[[Address, int, float], socket.socket]


class NoAnswer(Exception):
    """The attempt ended without an HTTP status; `reason` is a stable word."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


def resolve(host: str, port: int) -> list[Address]:
    """Return every address of a name, A and AAAA."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise NoAnswer("name_not_resolved") from error
    return [ip_address(str(entry[4][0])) for entry in found]


def connect(address: Address, port: int, seconds: float) -> socket.socket:
    """Open a TCP connection to a literal address."""
    family = socket.AF_INET if address.version == 4 else socket.AF_INET6
    opened = socket.socket(family, socket.SOCK_STREAM)
    opened.settimeout(seconds)
    try:
        opened.connect((str(address), port))
    except BaseException:
        opened.close()
        raise
    return opened


class HttpsWebhookSender:
    """Posts one request per connection.

    Args:
        policy: `EgressPolicy(loopback=True)` on the local engine only.
        tls: context that verifies certificates; tests use their own authority.
        connect_seconds, total_seconds: limits; the total covers everything from resolving to the last byte read.
    """

    def __init__(
        self,
        clock: Clock,
        *,
        policy: EgressPolicy = CLOSED,
        tls: ssl.SSLContext | None = None,
        resolve: Resolve = resolve,
        connect: Connect = connect,
        connect_seconds: float = CONNECT_SECONDS,
        total_seconds: float = TOTAL_SECONDS,
    ) -> None:
        self._clock = clock
        self._policy = policy
        self._tls = tls
        self._resolve = resolve
        self._connect = connect
        self._connect_seconds = connect_seconds
        self._total_seconds = total_seconds

    def post(self, request: WebhookRequest) -> WebhookAnswer:
        """Make one attempt and return its status, Retry-After and excerpt; a network failure becomes a `reason`."""
        try:
            target = check_url(request.url, self._policy)
            address = self._checked_address(target)
        except EgressRefused as refusal:
            return WebhookAnswer(None, refusal.reason)
        except NoAnswer as failure:
            return WebhookAnswer(None, failure.reason)
        try:
            return self._exchange(target, address, request)
        except NoAnswer as failure:
            return WebhookAnswer(None, failure.reason)

    def _checked_address(self, target: Target) -> Address:
        if target.literal is not None:
            return target.literal
        addresses = self._resolve(target.host, target.port)
        if not addresses:
            raise NoAnswer("name_not_resolved")
        for address in addresses:
            # One private answer among public ones is an attack or a mistake; either way nothing is sent.
            check_address(address, self._policy)
        return addresses[0]

    def _exchange(self, target: Target, address: Address, request: WebhookRequest) -> WebhookAnswer:
        deadline = time.monotonic() + self._total_seconds
        try:
            plain = self._connect(address, target.port, self._connect_seconds)
        except TimeoutError as error:
            raise NoAnswer("connect_timeout") from error
        except ConnectionRefusedError as error:
            raise NoAnswer("connection_refused") from error
        except OSError as error:
            raise NoAnswer("connection_failed") from error
        # An endpoint may send a byte now and then for ever: the watchdog ends the exchange, not the socket's time-out.
        overdue = threading.Event()
        watchdog = threading.Timer(max(0.01, deadline - time.monotonic()), _cut, (plain, overdue))
        watchdog.daemon = True
        watchdog.start()
        try:
            return self._talk(target, plain, request, deadline)
        except ssl.SSLError as error:
            raise NoAnswer("timeout" if overdue.is_set() else "tls") from error
        except TimeoutError as error:
            raise NoAnswer("timeout") from error
        except http.client.HTTPException as error:
            raise NoAnswer("timeout" if overdue.is_set() else "not_http") from error
        except (OSError, ValueError) as error:
            raise NoAnswer("timeout" if overdue.is_set() else "connection_reset") from error
        finally:
            watchdog.cancel()
            plain.close()

    def _talk(self, target: Target, plain: socket.socket, request: WebhookRequest, deadline: float) -> WebhookAnswer:
        plain.settimeout(max(0.01, deadline - time.monotonic()))
        transport: socket.socket = plain
        if target.scheme == "https":
            transport = self._context().wrap_socket(plain, server_hostname=target.host.strip("[]"))
        connection = http.client.HTTPConnection(target.host.strip("[]"), target.port)
        connection.sock = transport
        host = target.host if target.port in (80, 443) else f"{target.host}:{target.port}"
        try:
            connection.putrequest("POST", target.path, skip_host=True, skip_accept_encoding=True)
            connection.putheader("Host", host)
            connection.putheader("Content-Length", str(len(request.body)))
            connection.putheader("Connection", "close")
            for name, value in request.headers.items():
                connection.putheader(name, value)
            connection.endheaders(request.body)
            response = connection.getresponse()
            retry_after = _retry_after(response.getheader("Retry-After"), self._clock())
            try:
                excerpt = response.read1(EXCERPT_BYTES) if response.status != http.client.NO_CONTENT else b""
            except (OSError, http.client.HTTPException):
                excerpt = b""  # the status decides; the body may break
            return WebhookAnswer(response.status, None, retry_after, excerpt)
        finally:
            connection.close()

    def _context(self) -> ssl.SSLContext:
        if self._tls is None:
            self._tls = ssl.create_default_context()
        return self._tls


def _cut(plain: socket.socket, overdue: threading.Event) -> None:
    overdue.set()
    try:
        plain.shutdown(socket.SHUT_RDWR)
    except OSError:
        plain.close()


def _retry_after(value: str | None, now: datetime) -> timedelta | None:
    """Read Retry-After in either form (RFC 9110, 10.2.3); None for anything else."""
    if value is None:
        return None
    if value.strip().isascii() and value.strip().isdigit():
        return timedelta(seconds=min(int(value.strip()), 10**7))
    try:
        at = email.utils.parsedate_to_datetime(value)
    except (ValueError, TypeError):
        return None
    if at.tzinfo is None:
        at = at.replace(tzinfo=UTC)
    return max(at - now, timedelta(0))
