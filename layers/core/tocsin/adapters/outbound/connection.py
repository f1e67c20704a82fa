"""One connection to a host that a customer named: every step under one deadline and one limit of bytes.

    judge the URL's host ──► look up the name ──► judge every address ──► connect ──► TLS handshake ──► write, read
    └───────────────────────────────── one deadline, on the monotonic clock ─────────────────────────────────────┘

The peer sets the pace of each step, so no step may wait for the peer by a time-out of its own: a byte now and then
would renew it. Each wait here is one system call, which ends at the deadline of the whole. TLS runs in memory
(`ssl.MemoryBIO`): OpenSSL sees one piece at a time, and never waits or reads by itself. ADR 0086 has the figures.

The name is resolved once, every address is checked, and the socket connects to a checked address, with the name in
SNI. So DNS rebinding between check and connect has no effect. Proxies in the environment are not used.
"""

from __future__ import annotations

import contextlib
import socket
import ssl
from collections.abc import Callable
from ipaddress import IPv4Address, IPv6Address
from types import TracebackType
from typing import Self, TypeVar

from tocsin.adapters.outbound.deadline import Deadline
from tocsin.adapters.outbound.lookups import NameLookups, Resolve, resolve
from tocsin.egress.domain.outbound_reason import OutboundFailed, OutboundReason
from tocsin.egress.domain.url_policy import CLOSED, EgressPolicy, check_address

CONNECT_SECONDS = 5.0
MOST_RECEIVED = 262_144
"""Most bytes that are read from a peer, TLS records included; far more than a response's head may have."""

_PIECE = 16_384

Address = IPv4Address | IPv6Address
Connect = Callable[[Address, int, float], socket.socket]
_Result = TypeVar("_Result")


def connect(address: Address, port: int, seconds: float) -> socket.socket:
    """Open a TCP connection to a literal address."""
    family = socket.AF_INET if address.version == 4 else socket.AF_INET6
    opened = socket.socket(family, socket.SOCK_STREAM)
    opened.settimeout(seconds)
    # A short write after a long one, such as the end of a mail, must not wait for the peer's delayed ACK (40 ms).
    opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    try:
        opened.connect((str(address), port))
    except BaseException:
        opened.close()
        raise
    return opened


class OutboundConnection:
    """A connection to a checked address. Not safe for several threads; closes itself at the end of `with`.

    Args:
        most_received: bytes after which the peer is given up.
    """

    def __init__(self, plain: socket.socket, deadline: Deadline, most_received: int = MOST_RECEIVED) -> None:
        self.deadline = deadline
        self._plain = plain
        self._may_receive = most_received
        self._tls: ssl.SSLObject | None = None
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Close the socket at once. The peer gets no chance to delay it: its close_notify is not waited for."""
        self._plain.close()

    def start_tls(self, context: ssl.SSLContext, host: str) -> None:
        """Make the TLS handshake, with `host` in SNI and expected in the certificate.

        Raises:
            OutboundFailed: `tls_timeout`, `tls_failed` or `connection_reset`.
        """
        self._tls = context.wrap_bio(self._incoming, self._outgoing, server_hostname=host)
        try:
            self._in_memory(self._tls.do_handshake, OutboundReason.TLS_TIMEOUT, OutboundReason.TLS_TIMEOUT)
        except ssl.SSLError as error:
            # The alert tells the peer what is wrong with its certificate.
            with contextlib.suppress(OSError):
                self._plain.setblocking(False)
                self._plain.send(self._outgoing.read())
            raise OutboundFailed(OutboundReason.TLS_FAILED) from error

    def send(self, data: bytes) -> None:
        """Write everything.

        Raises:
            OutboundFailed: `write_timeout`, `tls_failed` or `connection_reset`.
        """
        if (tls := self._tls) is None:
            self._write(data, OutboundReason.WRITE_TIMEOUT)
            return
        for start in range(0, len(data), _PIECE):
            piece = data[start : start + _PIECE]
            try:
                self._in_memory(lambda: tls.write(piece), OutboundReason.WRITE_TIMEOUT, OutboundReason.WRITE_TIMEOUT)  # noqa: B023
            except ssl.SSLError as error:
                raise OutboundFailed(OutboundReason.TLS_FAILED) from error

    def receive(self) -> bytes:
        """Return the next bytes, at most 16 KB; empty: the peer closed the connection, with or without close_notify.

        Raises:
            OutboundFailed: `read_timeout`, `tls_failed`, `connection_reset`, or `headers_too_long` if the peer sends
                more than it may.
        """
        if (tls := self._tls) is None:
            return self._read(OutboundReason.READ_TIMEOUT)
        try:
            return self._in_memory(lambda: tls.read(_PIECE), OutboundReason.READ_TIMEOUT, OutboundReason.WRITE_TIMEOUT)
        except ssl.SSLEOFError:
            return b""
        except ssl.SSLError as error:
            raise OutboundFailed(OutboundReason.TLS_FAILED) from error

    def _in_memory(self, operation: Callable[[], _Result], reading: OutboundReason, writing: OutboundReason) -> _Result:
        """Run a TLS operation, and carry its bytes from and to the socket until it is done."""
        while True:
            try:
                result = operation()
            except ssl.SSLWantReadError:
                self._flush(writing)
                if piece := self._read(reading):
                    self._incoming.write(piece)
                else:
                    self._incoming.write_eof()
            else:
                self._flush(writing)
                return result

    def _flush(self, reason: OutboundReason) -> None:
        if self._outgoing.pending:
            self._write(self._outgoing.read(), reason)

    def _write(self, data: bytes, reason: OutboundReason) -> None:
        self._plain.settimeout(self.deadline.left(reason))
        try:
            self._plain.sendall(data)  # its time-out is for all of the data (library reference, socket.sendall)
        except TimeoutError as error:
            raise OutboundFailed(reason) from error
        except OSError as error:
            raise OutboundFailed(OutboundReason.CONNECTION_RESET) from error

    def _read(self, reason: OutboundReason) -> bytes:
        self._plain.settimeout(self.deadline.left(reason))
        try:
            piece = self._plain.recv(_PIECE)
        except TimeoutError as error:
            raise OutboundFailed(reason) from error
        except OSError as error:
            raise OutboundFailed(OutboundReason.CONNECTION_RESET) from error
        self._may_receive -= len(piece)
        if self._may_receive < 0:
            in_handshake = reason is OutboundReason.TLS_TIMEOUT
            raise OutboundFailed(OutboundReason.TLS_FAILED if in_handshake else OutboundReason.HEADERS_TOO_LONG)
        return piece


class Outbound:
    """Opens connections. Safe for several threads.

    Args:
        policy: `EgressPolicy(loopback=True)` on the local engine only.
        trusted_ca: file of certificates (PEM) that are trusted beside the public authorities; empty on AWS.
        resolve: returns every address of a name; runs in a thread that can be given up.
        connect_seconds: most seconds for the connection to be accepted, within the deadline.
    """

    def __init__(
        self,
        *,
        policy: EgressPolicy = CLOSED,
        trusted_ca: str = "",
        resolve: Resolve = resolve,
        connect: Connect = connect,
        connect_seconds: float = CONNECT_SECONDS,
    ) -> None:
        self._policy = policy
        self._trusted_ca = trusted_ca
        self._tls: ssl.SSLContext | None = None
        self._lookups = NameLookups(resolve)
        self._connect = connect
        self._connect_seconds = connect_seconds

    def open(
        self, host: str, port: int, deadline: Deadline, *, literal: Address | None = None, tls: bool = True
    ) -> OutboundConnection:
        """Look up, judge, connect and, with `tls`, make the handshake.

        Args:
            host: name, or the text of an IP address; the URL it stands in was judged.
            literal: the address if `host` is one; it was judged with the URL.

        Raises:
            EgressRefused: an address is not public.
            OutboundFailed: see OutboundReason.
        """
        address = literal or self._judged_address(host, port, deadline)
        connection = OutboundConnection(self._connected(address, port, deadline), deadline)
        try:
            if tls:
                self.start_tls(connection, host)
        except BaseException:
            connection.close()
            raise
        return connection

    def start_tls(self, connection: OutboundConnection, host: str) -> None:
        """Make the TLS handshake on a connection that was opened without it.

        Raises:
            OutboundFailed: `tls_timeout`, `tls_failed` or `connection_reset`.
        """
        connection.start_tls(self._context(), host.strip("[]"))

    def _judged_address(self, host: str, port: int, deadline: Deadline) -> Address:
        addresses = self._lookups(host, port, deadline)
        if not addresses:
            raise OutboundFailed(OutboundReason.NAME_NOT_RESOLVED)
        for address in addresses:
            # One private answer among public ones is an attack or a mistake; either way nothing is sent.
            check_address(address, self._policy)
        return addresses[0]

    def _connected(self, address: Address, port: int, deadline: Deadline) -> socket.socket:
        seconds = min(self._connect_seconds, deadline.left(OutboundReason.CONNECT_TIMEOUT))
        try:
            return self._connect(address, port, seconds)
        except TimeoutError as error:
            raise OutboundFailed(OutboundReason.CONNECT_TIMEOUT) from error
        except ConnectionRefusedError as error:
            raise OutboundFailed(OutboundReason.REFUSED) from error
        except OSError as error:
            raise OutboundFailed(OutboundReason.CONNECTION_FAILED) from error

    def _context(self) -> ssl.SSLContext:
        if self._tls is None:
            context = ssl.create_default_context()  # 17 ms, so not before the first call
            if self._trusted_ca:
                context.load_verify_locations(self._trusted_ca)
            self._tls = context
        return self._tls
