"""Publication that also queues a webhook order for each pack that is posted or put on the bus.

The pack is the outbox: it is written first, and stays open until each of its events has a delivery or is on the bus.
The sweeper queues an order that was lost or could not be queued. An order that is queued twice finds nothing due.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from tocsin.alerts.domain.alert import Alert, Batch, Lane
from tocsin.delivery.domain.progress import BatchProgress
from tocsin.delivery.ports.results import Publication, ResultEvents
from tocsin.kernel.domain.errors import StorageUnavailable
from tocsin.kernel.domain.ids import ApiKeyId, TenantId
from tocsin.results.domain.result_event import ResultEvent, event_name, pack_name
from tocsin.results.ports import EventPublisher
from tocsin.webhooks.domain.callback import PackKey
from tocsin.webhooks.domain.callback_order import PackOrder
from tocsin.webhooks.ports.callbacks import CallbackQueue


class PublishWithCallbacks:
    """`ResultEvents` that also queues an order for every pack that is delivered. Wraps the real repository."""

    def __init__(self, results: ResultEvents, queue: CallbackQueue) -> None:
        self._results = results
        self._queue = queue

    def publish(
        self,
        batch: Batch,
        key_id: ApiKeyId,
        previous: BatchProgress,
        progress: BatchProgress,
        events: Sequence[ResultEvent],
        expires_at: datetime | None,
        *,
        callback: Lane | None = None,
    ) -> BatchProgress:
        """Publish, then queue the pack's order."""
        stored = self._results.publish(batch, key_id, previous, progress, events, expires_at, callback=callback)
        if callback and events:
            _order(self._queue, [_pack_of(batch, previous)], urgent=callback is Lane.URGENT)
        return stored

    def publish_all(
        self,
        publications: Sequence[Publication],
        key_id: ApiKeyId,
        expires_at: datetime | None,
        *,
        callback: Lane | None = None,
    ) -> Sequence[BatchProgress]:
        """Publish, then queue the orders of all packs together."""
        stored = self._results.publish_all(publications, key_id, expires_at, callback=callback)
        packs = [
            _pack_of(publication.batch, publication.previous) for publication in publications if publication.events
        ]
        if callback and packs:
            _order(self._queue, packs, urgent=callback is Lane.URGENT)
        return stored


class PublishEventsWithCallbacks:
    """`EventPublisher` that also queues an urgent order for every event that is delivered. Wraps the real publisher.

    These events are what people and escalations do, so their orders are urgent whatever the size of their alert.
    """

    def __init__(self, event_publisher: EventPublisher, queue: CallbackQueue) -> None:
        self._event_publisher = event_publisher
        self._queue = queue

    def publish(self, alert: Alert, event: ResultEvent) -> bool:
        """Add the event, then queue the order of its pack."""
        added = self._event_publisher.publish(alert, event)
        if added and alert.notification.delivered:
            _order(self._queue, [PackKey(alert.tenant, alert.ref, event_name(event.event_id))], urgent=True)
        return added

    def publish_to_key(self, tenant: TenantId, key_id: ApiKeyId, event: ResultEvent, expires_at: datetime) -> bool:
        """Add the event; it waits to be collected."""
        return self._event_publisher.publish_to_key(tenant, key_id, event, expires_at)


def _pack_of(batch: Batch, previous: BatchProgress) -> PackKey:
    return PackKey(batch.key.tenant, batch.key.alert, pack_name(batch.number, previous.versions))


def _order(queue: CallbackQueue, packs: Sequence[PackKey], *, urgent: bool) -> None:
    try:
        queue.put([PackOrder(pack, urgent=urgent) for pack in packs])
    except StorageUnavailable:
        return  # the packs stay open, so the sweeper finds them
