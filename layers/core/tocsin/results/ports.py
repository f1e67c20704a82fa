"""Ports of result events: the events that wait to be collected, and the publisher of single events."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from tocsin.alerts.domain.alert import Alert
from tocsin.kernel.domain.ids import AlertRef, ApiKeyId, TenantId
from tocsin.results.domain.result_event import ResultEvent


class EventPublisher(Protocol):
    """Publishes single events that are no step of a message, such as answers, in the same place as all other events."""

    def publish(self, alert: Alert, event: ResultEvent) -> bool:
        """Add one event, once per `event.event_id`. If the alert's notification mode is NONE, do nothing.

        Returns:
            Whether this call added the event.

        Raises:
            StorageUnavailable: the event may be added; repeat the call.
        """
        ...

    def publish_to_key(self, tenant: TenantId, key_id: ApiKeyId, event: ResultEvent, expires_at: datetime) -> bool:
        """Add one event that belongs to no alert (`event.alert` is NO_ALERT), once per `event.event_id`.

        It waits to be collected, also if the key has a webhook: a webhook belongs to an alert.

        Returns, Raises: as `publish`.
        """
        ...


class WaitingEvents(Protocol):
    """Events that wait to be collected by polling."""

    def collect(
        self, tenant: TenantId, key_id: ApiKeyId, alert: AlertRef | None, limit: int, now: datetime
    ) -> Sequence[ResultEvent]:
        """Remove and return up to `limit` waiting events of the key, oldest first; of one alert, or of all (None)."""
        ...

    def peek(
        self, tenant: TenantId, key_id: ApiKeyId, alert: AlertRef | None, limit: int, now: datetime
    ) -> Sequence[ResultEvent]:
        """Return up to `limit` waiting events as `collect` would, and remove none."""
        ...

    def remaining(self, tenant: TenantId, key_id: ApiKeyId, alert: AlertRef | None, now: datetime) -> int:
        """Return the number of waiting events of the key; of one alert, or of all (None)."""
        ...
