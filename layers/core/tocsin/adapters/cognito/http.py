"""Calls to the pages of a user pool: one deadline each, and at most 256 KB."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

from tocsin.adapters.outbound.connection import Outbound, OutboundConnection
from tocsin.adapters.outbound.deadline import Deadline
from tocsin.adapters.outbound.http1 import Answer, Malformed, read_answer, request_bytes
from tocsin.egress.domain.outbound_reason import OutboundFailed
from tocsin.egress.domain.url_policy import EgressRefused
from tocsin.kernel.domain.errors import ProviderUnavailable


@dataclass(frozen=True, slots=True)
class _Readable:
    """The connection as `read_answer` reads it."""

    connection: OutboundConnection

    def recv(self, size: int, /) -> bytes:
        return self.connection.receive()


@dataclass(frozen=True, slots=True)
class PoolPages:
    """Calls addresses that the deployment names. The addresses of their hosts are checked as those of customers are."""

    outbound: Outbound

    def get(self, url: str, seconds: float) -> Answer:
        """Return the answer to a GET. Raises ProviderUnavailable without one."""
        return self._call("GET", url, {}, b"", seconds)

    def post_form(self, url: str, form: Mapping[str, str], seconds: float) -> Answer:
        """Return the answer to a form. Raises ProviderUnavailable without one."""
        body = urlencode(form).encode()
        return self._call("POST", url, {"content-type": "application/x-www-form-urlencoded"}, body, seconds)

    def _call(self, method: str, url: str, headers: Mapping[str, str], body: bytes, seconds: float) -> Answer:
        parts = urlsplit(url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
        sent = {"host": parts.netloc, "accept": "application/json", "connection": "close", **headers}
        request = request_bytes(method, parts.path or "/", sent, body)
        try:
            with self.outbound.open(
                parts.hostname or "", port, Deadline(seconds), tls=parts.scheme == "https"
            ) as connection:
                connection.send(request)
                answer, _ = read_answer(_Readable(connection))
        except (EgressRefused, OutboundFailed, Malformed) as failure:
            raise ProviderUnavailable(f"{method} of a page of the pool: {failure}") from failure
        if answer.status >= 500 or answer.status == 429:
            raise ProviderUnavailable(f"{method} of a page of the pool: {answer.status}")
        return answer
