"""An HTTPS request to an endpoint whose IP address was checked. Redirects are not followed."""

from __future__ import annotations

from tocsin.adapters.outbound.connection import CONNECT_SECONDS, Connect, Outbound, connect
from tocsin.adapters.outbound.deadline import Deadline
from tocsin.adapters.outbound.http1 import request_bytes
from tocsin.adapters.outbound.lookups import Resolve, resolve
from tocsin.adapters.webhook.response import read_response
from tocsin.egress.domain.outbound_reason import OutboundFailed
from tocsin.egress.domain.url_policy import CLOSED, EgressPolicy, EgressRefused, Target, check_url
from tocsin.kernel.ports import Clock
from tocsin.webhooks.ports.http import WebhookAnswer, WebhookRequest

TOTAL_SECONDS = 15.0


class HttpsWebhookSender:
    """Sends one request per connection. Safe for several threads.

    Args:
        policy, trusted_ca, resolve, connect, connect_seconds: as for `Outbound`.
        total_seconds: from the look-up of the name to the last byte of the response's head.
    """

    def __init__(
        self,
        clock: Clock,
        *,
        policy: EgressPolicy = CLOSED,
        trusted_ca: str = "",
        resolve: Resolve = resolve,
        connect: Connect = connect,
        connect_seconds: float = CONNECT_SECONDS,
        total_seconds: float = TOTAL_SECONDS,
    ) -> None:
        self._clock = clock
        self._policy = policy
        self._outbound = Outbound(
            policy=policy, trusted_ca=trusted_ca, resolve=resolve, connect=connect, connect_seconds=connect_seconds
        )
        self._total_seconds = total_seconds

    def send(self, request: WebhookRequest) -> WebhookAnswer:
        """Make one attempt and return its status, Retry-After and excerpt; a network failure becomes a `reason`."""
        deadline = Deadline(self._total_seconds)
        try:
            target = check_url(request.url, self._policy)
            with self._outbound.open(
                target.host, target.port, deadline, literal=target.literal, tls=target.scheme == "https"
            ) as connection:
                connection.send(_request_bytes(target, request))
                return read_response(connection, self._clock)
        except (EgressRefused, OutboundFailed) as failure:
            return WebhookAnswer(None, failure.reason)


def _request_bytes(target: Target, request: WebhookRequest) -> bytes:
    host = target.host if target.port in (80, 443) else f"{target.host}:{target.port}"
    headers = {"Host": host, "Connection": "close", **request.headers}
    return request_bytes(request.method.value, target.path, headers, request.body)
