"""Permits of one order: a share of its tenant's workers in the quick lane, and a permit for one call at a time.

Urgent orders have shares of their own, and one call to each endpoint: bulk orders may use all others, and no more.
"""

from __future__ import annotations

from datetime import timedelta
from types import TracebackType

from tocsin.kernel.domain.errors import StorageUnavailable
from tocsin.kernel.domain.ids import TenantId
from tocsin.kernel.ports import Clock
from tocsin.webhooks.domain.callback import EndpointKey
from tocsin.webhooks.domain.endpoint import FOR_URGENT, IN_FLIGHT
from tocsin.webhooks.domain.turn import CALL_LIMIT
from tocsin.webhooks.ports.callbacks import Permit, WebhookEndpoints

_PERMIT_FOR = CALL_LIMIT + timedelta(seconds=2)
"""How long a permit is valid: it is renewed every two seconds, and one whose worker stopped is free soon."""

_SHARE_FOR = timedelta(seconds=60)
"""How long a tenant's share is valid: as long as a worker's time-out."""

_SHARES = range(40)
"""Concurrent orders of one tenant in the quick lane: half of the workers of its bulk queue."""

_URGENT_SHARES = range(40, 50)
"""The same for urgent orders: half of the workers of the urgent queue."""

_CALLS = range(IN_FLIGHT - FOR_URGENT)
_URGENT_CALLS = range(IN_FLIGHT)


class Permits:
    """The permits of one order, released at the end of the `with` block. For one thread."""

    def __init__(self, endpoints: WebhookEndpoints, clock: Clock, *, urgent: bool) -> None:
        self._endpoints = endpoints
        self._clock = clock
        self._shares = _URGENT_SHARES if urgent else _SHARES
        self._calls = _URGENT_CALLS if urgent else _CALLS
        self._share: Permit | None = None
        self._call: Permit | None = None

    def take_share(self, tenant: TenantId) -> bool:
        """Take one share of the tenant; False: all are in use. Raises StorageUnavailable."""
        now = self._clock()
        self._share = self._endpoints.permit(tenant, None, self._shares, now + _SHARE_FOR, now)
        return self._share is not None

    def take_call(self, endpoint: EndpointKey) -> bool:
        """Get a permit for one call: keep the current one while it outlasts a call, else renew it or take another.

        So calls that are answered at once cost a write in some seconds, and an endpoint that another worker has
        disabled gets calls of this order for as long.

        Returns:
            False: all are in use, or the endpoint is disabled.

        Raises:
            StorageUnavailable: it is not known whether a permit was taken.
        """
        now = self._clock()
        if self._call is not None and self._call.until - now >= CALL_LIMIT:
            return True
        until = now + _PERMIT_FOR
        renewed = self._endpoints.renew(self._call, until) if self._call is not None else None
        self._call = renewed or self._endpoints.permit(endpoint.tenant, endpoint, self._calls, until, now)
        return self._call is not None

    def __enter__(self) -> Permits:
        """Hold nothing yet."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Release all permits; a permit that cannot be released expires."""
        for held in (self._call, self._share):
            if held is not None:
                try:
                    self._endpoints.release(held)
                except StorageUnavailable:
                    continue
