"""Ports of result events: those that wait for the client, and those that are no step of a message."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from tocsin.alerts.domain.alert import Alert
from tocsin.kernel.domain.ids import AlertRef, ApiKeyId, TenantId
from tocsin.results.domain.result_event import ResultEvent


class EventPublisher(Protocol):
    """Tells the client, in the same queue as everything else about its alert."""

    def publish(self, alert: Alert, event: ResultEvent) -> bool:
        """Add one event, once per `event.event_id`. Of an alert whose client wants no events it does nothing.

        Returns:
            Whether it was added by this call.
        """
        ...


class WaitingEvents(Protocol):
    """Events that wait to be collected by polling."""

    def collect(
        self, tenant: TenantId, key_id: ApiKeyId, alert: AlertRef | None, limit: int, now: datetime
    ) -> Sequence[ResultEvent]:
        """Take up to `limit` waiting events of the key (of one alert, or of all), oldest first; each is taken once."""
        ...

    def remaining(self, tenant: TenantId, key_id: ApiKeyId, alert: AlertRef | None, now: datetime) -> int:
        """Return how many events still wait."""
        ...
