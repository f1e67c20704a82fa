"""Ports of webhooks: the outbox of published packs, deliveries, endpoints and queues."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from tocsin.kernel.domain.ids import ApiKeyId, TenantId
from tocsin.results.domain.result_event import ResultEvent
from tocsin.webhooks.domain.callback import EndpointKey, PackKey
from tocsin.webhooks.domain.callback_order import CallbackOrder
from tocsin.webhooks.domain.delivery import Delivery, DeliveryKey
from tocsin.webhooks.domain.endpoint import Endpoint


class CallbackPacks(Protocol):
    """The outbox: published packs. A pack is open until each event has a delivery, or is on the bus."""

    def load(self, pack: PackKey) -> Sequence[ResultEvent] | None:
        """Return the events of an open pack, strongly consistent; None if there is none, or it is closed."""
        ...

    def close(self, pack: PackKey) -> None:
        """Close a pack: every event has a delivery or is on the bus, and the sweeper no longer finds it."""
        ...

    def due(self, before: datetime, limit: int) -> Sequence[PackKey]:
        """Return open packs whose order is overdue, oldest first, of all tenants.

        Only the sweeper may call it, because it reads across tenants.
        """
        ...

    def check_again(self, pack: PackKey, at: datetime) -> None:
        """Set the time of the sweeper's next check of an open pack."""
        ...

    def failing_since(self, pack: PackKey, now: datetime) -> datetime:
        """Record that an open pack could not be put on the bus.

        Returns:
            When that was recorded first; `now` for a pack that is closed.
        """
        ...


@dataclass(frozen=True, slots=True)
class DeliveryPage:
    """A page of deliveries, newest first. `next`: opaque cursor, None at the end."""

    deliveries: Sequence[Delivery]
    next: str | None


class WebhookDeliveries(Protocol):
    """Deliveries to endpoints, with their attempts."""

    def add(self, delivery: Delivery) -> Delivery | None:
        """Write a new delivery. Return None if it was written, else the stored one."""
        ...

    def add_all(self, deliveries: Sequence[Delivery]) -> Sequence[Delivery]:
        """Write new deliveries of one order, a call for 25 of them. Return the stored ones of those that were there.

        Raises:
            StorageUnavailable: some may be written.
        """
        ...

    def get(self, key: DeliveryKey) -> Delivery | None:
        """Return a delivery, strongly consistent; it may be expired."""
        ...

    def get_many(self, keys: Sequence[DeliveryKey]) -> Sequence[Delivery]:
        """Return those of the deliveries that are there, in no order, strongly consistent; a call for 100 of them."""
        ...

    def save(self, delivery: Delivery) -> Delivery | None:
        """Replace the version that this delivery was made from.

        Returns:
            The delivery as stored; None: conflict with another writer.
        """
        ...

    def of_endpoint(
        self, endpoint: EndpointKey, since: datetime, until: datetime, limit: int, after: str | None, now: datetime
    ) -> DeliveryPage:
        """Return unexpired deliveries created in [since, until), newest first; eventually consistent."""
        ...

    def due(self, before: datetime, limit: int) -> Sequence[DeliveryKey]:
        """Return deliveries whose `next_check_at` has passed, oldest first, of all tenants. For the sweeper only."""
        ...

    def check_again(self, key: DeliveryKey, at: datetime) -> None:
        """Set the time of the sweeper's next check of an open delivery."""
        ...

    def keep_answer(self, key: DeliveryKey, attempt: int, excerpt: bytes, until: datetime) -> None:
        """Store the beginning of a response until the given time."""
        ...

    def answers(self, key: DeliveryKey, now: datetime) -> Mapping[int, bytes]:
        """Return the beginnings of responses, by number of the attempt."""
        ...


@dataclass(frozen=True, slots=True)
class Permit:
    """The right to one of the concurrent calls to an endpoint, or to one of a tenant's concurrent orders.

    Attributes:
        endpoint: None: a share of the tenant.
        slot: its number, from 0.
        until: when it expires unless renewed.
    """

    tenant: TenantId
    endpoint: EndpointKey | None
    slot: int
    until: datetime


class WebhookEndpoints(Protocol):
    """Endpoints, and the permits for concurrent calls to each."""

    def get(self, key: EndpointKey) -> Endpoint | None:
        """Return an endpoint, strongly consistent."""
        ...

    def add(self, endpoint: Endpoint) -> Endpoint:
        """Write an endpoint unless there is one; return the stored one."""
        ...

    def save(self, endpoint: Endpoint) -> Endpoint | None:
        """Replace the version that this endpoint was made from; None: conflict with another writer."""
        ...

    def of_key(self, tenant: TenantId, key_id: ApiKeyId) -> Sequence[Endpoint]:
        """Return every endpoint of an API key, oldest first."""
        ...

    def permit(
        self, tenant: TenantId, endpoint: EndpointKey | None, slots: range, until: datetime, now: datetime
    ) -> Permit | None:
        """Take the permit of one of `slots`; None: all are in use, or the endpoint is disabled or unknown."""
        ...

    def renew(self, permit: Permit, until: datetime) -> Permit | None:
        """Extend a permit; None: it has expired and was taken, or the endpoint was disabled."""
        ...

    def release(self, permit: Permit) -> None:
        """Release a permit."""
        ...


class CallbackQueue(Protocol):
    """The webhook queues: urgent, quick and slow. They deliver at least once, in any order."""

    def put(self, orders: Sequence[CallbackOrder], delay: timedelta = timedelta(0)) -> None:
        """Queue each order by its lane and urgency, with a delay of 0..15 min.

        Raises:
            StorageUnavailable: some orders may be queued and some not; the sweeper queues the lost ones.
        """
        ...
