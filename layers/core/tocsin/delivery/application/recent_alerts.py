"""A worker's cache of the alerts whose messages it processes."""

from __future__ import annotations

from collections.abc import MutableMapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from tocsin.alerts.domain.alert import Alert, ChunkKey
from tocsin.alerts.ports.alerts import AlertRepository
from tocsin.contacts.domain.recipient import Recipient
from tocsin.kernel.domain.ids import AlertRef, TenantId
from tocsin.kernel.ports import Clock

FRESH = timedelta(seconds=2)
"""Longest time for which a cached alert is used, and so the longest delay until a worker sees a cancellation."""

_KEPT = 16


class RecentAlerts:
    """Caches the last 16 alerts, each for at most FRESH, and the last 16 chunks of recipients, which never change.

    One thread uses it.
    """

    def __init__(self, alerts: AlertRepository, clock: Clock) -> None:
        self._alerts = alerts
        self._clock = clock
        self._seen: dict[tuple[TenantId, AlertRef], tuple[datetime, Alert]] = {}
        self._chunks: dict[ChunkKey, Sequence[Recipient]] = {}

    def get(self, tenant: TenantId, ref: AlertRef) -> Alert | None:
        """Return the alert as it was at most FRESH ago, None if it does not exist. Raises StorageUnavailable."""
        now = self._clock()
        read_at, alert = self._seen.pop((tenant, ref), (None, None))
        # After the clock was set back, a negative age must not keep an old alert in use.
        if read_at is None or not timedelta(0) <= now - read_at <= FRESH:
            read_at, alert = now, self._alerts.get(tenant, ref)
        if alert is not None:
            self._seen[tenant, ref] = (read_at, alert)
            _forget_oldest(self._seen)
        return alert

    def known(self, tenant: TenantId, ref: AlertRef) -> Alert | None:
        """Return the alert, however long ago it was read, for all that never changes. Raises StorageUnavailable."""
        _, alert = self._seen.get((tenant, ref), (None, None))
        return alert or self.get(tenant, ref)

    def again(self, tenant: TenantId, ref: AlertRef) -> Alert | None:
        """Return the alert as it is now, None if it does not exist. Raises StorageUnavailable."""
        self._seen.pop((tenant, ref), None)
        return self.get(tenant, ref)

    def recipients(self, key: ChunkKey) -> Sequence[Recipient]:
        """Return a chunk's recipients in position order, empty if it does not exist. Raises StorageUnavailable."""
        chunk = self._chunks.pop(key, None) or self._alerts.recipients(key)
        if chunk:
            self._chunks[key] = chunk
            _forget_oldest(self._chunks)
        return chunk


def _forget_oldest(kept: MutableMapping[Any, Any]) -> None:
    if len(kept) > _KEPT:
        del kept[next(iter(kept))]
