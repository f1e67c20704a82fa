"""One request and its response over a connection of its own, under one deadline."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from tocsin.adapters.outbound.connection import Outbound, OutboundConnection
from tocsin.adapters.outbound.deadline import Deadline
from tocsin.adapters.outbound.http1 import Answer, Malformed, read_answer, request_bytes
from tocsin.egress.domain.outbound_reason import OutboundFailed
from tocsin.egress.domain.url_policy import EgressRefused


class NotSent(Exception):
    """There was no connection, so the host has nothing of the request."""


class NotAnswered(Exception):
    """The request was sent, and no complete response came. Its outcome is unknown."""


@dataclass(frozen=True, slots=True)
class _Readable:
    """The connection as `read_answer` reads it."""

    connection: OutboundConnection

    def recv(self, size: int, /) -> bytes:
        return self.connection.receive()


def exchange(
    outbound: Outbound, method: str, url: str, headers: Mapping[str, str], body: bytes, seconds: float
) -> Answer:
    """Send one request to an address that the deployment names, and return the response. Redirects are not followed.

    Args:
        seconds: from the look-up of the name to the last byte of the response.

    Raises:
        NotSent, NotAnswered: there is no response.
    """
    parts = urlsplit(url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    sent = {"host": parts.netloc, "accept": "application/json", "connection": "close", **headers}
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    request = request_bytes(method, path, sent, body)
    deadline = Deadline(seconds)
    try:
        connection = outbound.open(parts.hostname or "", port, deadline, tls=parts.scheme == "https")
    except (EgressRefused, OutboundFailed) as failure:
        raise NotSent(str(failure)) from failure
    try:
        with connection:
            connection.send(request)
            answer, _ = read_answer(_Readable(connection))
    except (OutboundFailed, Malformed) as failure:
        raise NotAnswered(str(failure)) from failure
    return answer
