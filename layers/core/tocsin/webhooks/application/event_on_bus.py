"""An event that Tocsin made itself goes to the event bus."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tocsin.kernel.domain.ids import TenantId
from tocsin.kernel.ports import Clock
from tocsin.telephony.domain.acts import Act
from tocsin.telephony.domain.stored_event import StoredEvent
from tocsin.webhooks.application.endpoints import enqueue_owed
from tocsin.webhooks.domain.bus_delivery import bus_delivery
from tocsin.webhooks.domain.rule_delivery import DeliveryOwed
from tocsin.webhooks.ports.callbacks import CallbackQueue, WebhookDeliveries


@dataclass(frozen=True, slots=True)
class EventOnBus:
    """Performs the act `bus`: the event gets a delivery. The event's row owes the act until that stands."""

    deliveries: WebhookDeliveries
    queue: CallbackQueue
    clock: Clock

    def __call__(self, tenant: TenantId, stored: StoredEvent, act: Act) -> None:
        """Do it. A repeat finds the delivery. Raises StorageUnavailable: to be repeated."""
        event = stored.event
        delivery = bus_delivery(
            tenant,
            f"event.{event.type}",
            f"event/{stored.name}",
            "",
            event_on_bus_object(stored),
            at=event.at,
            now=self.clock(),
        )
        if self.deliveries.add(delivery) is None:
            enqueue_owed(self.queue, [DeliveryOwed(delivery)])


def event_on_bus_object(stored: StoredEvent) -> Mapping[str, Any]:
    """Return the JSON object of an event; `dataschema` names the schema of its `data`."""
    event = stored.event
    return {
        "event": stored.name,
        "sourceEventId": event.id,
        "source": event.source,
        "type": event.type,
        "dataschema": f"tocsin:event:{event.type}:1",
        "data": dict(event.data),
    }
