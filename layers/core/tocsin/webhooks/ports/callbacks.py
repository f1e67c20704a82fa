"""Ports of callbacks: the outbox of published packs, deliveries, endpoints, and the queues between."""

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
    """Packs that were published to be called back: an outbox, open until each event has a delivery."""

    def load(self, pack: PackKey) -> Sequence[ResultEvent] | None:
        """Return the events of an open pack, strongly consistent; None if there is none, or it is closed."""
        ...

    def close(self, pack: PackKey) -> None:
        """Every event has a delivery: nobody needs to look again."""
        ...

    def due(self, before: datetime, limit: int) -> Sequence[PackKey]:
        """Return open packs whose order should long have been worked off, oldest first, of all tenants.

        Reads across tenants; only the sweeper may call it.
        """
        ...

    def check_again(self, pack: PackKey, at: datetime) -> None:
        """Set when the sweeper looks at an open pack next."""
        ...


@dataclass(frozen=True, slots=True)
class DeliveryPage:
    """Part of a list, newest first. `next` is opaque to the caller and None at the end."""

    deliveries: Sequence[Delivery]
    next: str | None


class WebhookDeliveries(Protocol):
    """What is owed to receivers, and what was tried."""

    def add(self, delivery: Delivery) -> Delivery | None:
        """Write a new delivery; return the one that stands there instead, None if it was written."""
        ...

    def get(self, key: DeliveryKey) -> Delivery | None:
        """Return a delivery, strongly consistent; it may be expired."""
        ...

    def save(self, delivery: Delivery) -> Delivery | None:
        """Write over the version this one was made from.

        Returns:
            The delivery as it stands now; None: another writer was first.
        """
        ...

    def of_endpoint(
        self, endpoint: EndpointKey, since: datetime, until: datetime, limit: int, after: str | None, now: datetime
    ) -> DeliveryPage:
        """Return unexpired deliveries made in [since, until), newest first. May be a moment old."""
        ...

    def due(self, before: datetime, limit: int) -> Sequence[DeliveryKey]:
        """Return deliveries whose `next_check_at` has passed, oldest first, of all tenants. For the sweeper only."""
        ...

    def check_again(self, key: DeliveryKey, at: datetime) -> None:
        """Set when the sweeper looks at an open delivery next."""
        ...

    def keep_answer(self, key: DeliveryKey, attempt: int, excerpt: bytes, until: datetime) -> None:
        """Keep the beginning of what a receiver answered, until then."""
        ...

    def answers(self, key: DeliveryKey, now: datetime) -> Mapping[int, bytes]:
        """Return what receivers answered, by number of the attempt."""
        ...


@dataclass(frozen=True, slots=True)
class Permit:
    """One of the calls that may be under way at once.

    Attributes:
        endpoint: None: a share of the tenant's.
        slot: which of them.
        until: it lapses then, whatever became of its holder.
    """

    tenant: TenantId
    endpoint: EndpointKey | None
    slot: int
    until: datetime


class WebhookEndpoints(Protocol):
    """Receivers, and how many calls to each are under way."""

    def get(self, key: EndpointKey) -> Endpoint | None:
        """Return an endpoint, strongly consistent."""
        ...

    def add(self, endpoint: Endpoint) -> Endpoint:
        """Write an endpoint unless it is there; return the one that stands."""
        ...

    def save(self, endpoint: Endpoint) -> Endpoint | None:
        """Write over the version this one was made from; None: another writer was first."""
        ...

    def of_key(self, tenant: TenantId, key_id: ApiKeyId) -> Sequence[Endpoint]:
        """Return every endpoint of an API key, oldest first."""
        ...

    def permit(
        self, tenant: TenantId, endpoint: EndpointKey | None, at_most: int, until: datetime, now: datetime
    ) -> Permit | None:
        """Take one of `at_most` permits; None: all are taken, or the endpoint is disabled or not there."""
        ...

    def renew(self, permit: Permit, until: datetime) -> Permit | None:
        """Keep a permit for longer; None: it was lost, or the endpoint was disabled meanwhile."""
        ...

    def release(self, permit: Permit) -> None:
        """Give a permit back."""
        ...


class CallbackQueue(Protocol):
    """The queues of callbacks, one per lane. At least once, in any order."""

    def put(self, orders: Sequence[CallbackOrder], delay: timedelta = timedelta(0)) -> None:
        """Queue each order in its lane, not before `delay` (0..15 min) is over.

        Raises:
            StorageUnavailable: some may be queued and some not; the sweeper finds what was lost.
        """
        ...
