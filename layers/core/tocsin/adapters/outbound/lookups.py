"""Look-ups of names that can be given up: the operating system's own cannot be interrupted."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from concurrent.futures import Future
from ipaddress import IPv4Address, IPv6Address, ip_address

from tocsin.adapters.outbound.deadline import Deadline
from tocsin.egress.domain.outbound_reason import OutboundFailed, OutboundReason

MOST_LOOKUPS = 32
"""Threads that look up a name at once, given-up ones included. A given-up one ends when the resolver does: about 20 s
after its begin with two tries of 5 s each. A worker makes ten calls at once."""

Resolve = Callable[[str, int], list[IPv4Address | IPv6Address]]


def resolve(host: str, port: int) -> list[IPv4Address | IPv6Address]:
    """Return every address of a name, A and AAAA.

    Raises:
        OutboundFailed: `name_not_resolved`.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise OutboundFailed(OutboundReason.NAME_NOT_RESOLVED) from error
    return [ip_address(str(entry[4][0])) for entry in found]


class NameLookups:
    """Runs each look-up in a daemon thread of its own. Safe for several threads.

    Not a ThreadPoolExecutor: the interpreter would wait at its end for a look-up that was given up.
    """

    def __init__(self, resolve: Resolve = resolve, most: int = MOST_LOOKUPS) -> None:
        self._resolve = resolve
        self._free = threading.BoundedSemaphore(most)

    def __call__(self, host: str, port: int, deadline: Deadline) -> list[IPv4Address | IPv6Address]:
        """Return the addresses before the deadline; waiting for a free thread counts.

        Raises:
            OutboundFailed: `name_timeout`, or what `resolve` raised.
        """
        found: Future[list[IPv4Address | IPv6Address]] = Future()
        if not self._free.acquire(timeout=deadline.left(OutboundReason.NAME_TIMEOUT)):
            raise OutboundFailed(OutboundReason.NAME_TIMEOUT)
        try:
            threading.Thread(target=self._run, args=(host, port, found), name="name look-up", daemon=True).start()
        except BaseException:
            self._free.release()
            raise
        try:
            return found.result(deadline.left(OutboundReason.NAME_TIMEOUT))
        except TimeoutError as error:
            raise OutboundFailed(OutboundReason.NAME_TIMEOUT) from error

    def _run(self, host: str, port: int, found: Future[list[IPv4Address | IPv6Address]]) -> None:
        try:
            found.set_result(self._resolve(host, port))
        except BaseException as error:  # raised again by the caller, if that still waits
            found.set_exception(error)
        finally:
            self._free.release()
