"""Port of the senders that the operator lets send telephony events."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from tocsin.kernel.domain.ids import TenantId
from tocsin.telephony.domain.event_sender import EventSender


class EventSenders(Protocol):
    """Senders, each of one tenant."""

    def allow(self, sender: EventSender, tenant: TenantId) -> TenantId:
        """Let a sender send for a tenant unless it sends for another one already; return the tenant it sends for."""
        ...

    def tenant_of(self, sender: EventSender) -> TenantId | None:
        """Return the tenant that a sender sends for, strongly consistent; None = it may not send."""
        ...

    def of_tenant(self, tenant: TenantId) -> Sequence[EventSender]:
        """Return the senders of a tenant in order."""
        ...

    def remove(self, sender: EventSender, tenant: TenantId) -> bool:
        """End what a sender may do. False: it does not send for this tenant."""
        ...
