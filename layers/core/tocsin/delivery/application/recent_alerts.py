"""What a warm worker remembers of the alerts it works for."""

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
"""A cancellation is heeded this long after it was made, at the latest."""

_KEPT = 16


class RecentAlerts:
    """Alerts at most FRESH old, and chunks of recipients, which never change. Holds the last few of each.

    Belongs to one thread.
    """

    def __init__(self, alerts: AlertRepository, clock: Clock) -> None:
        self._alerts = alerts
        self._clock = clock
        self._seen: dict[tuple[TenantId, AlertRef], tuple[datetime, Alert]] = {}
        self._chunks: dict[ChunkKey, Sequence[Recipient]] = {}

    def get(self, tenant: TenantId, ref: AlertRef) -> Alert | None:
        """Return the alert as it stood at most FRESH ago, None if it does not exist."""
        now = self._clock()
        read_at, alert = self._seen.pop((tenant, ref), (None, None))
        # A clock that was set back must not keep an old alert fresh.
        if read_at is None or not timedelta(0) <= now - read_at <= FRESH:
            read_at, alert = now, self._alerts.get(tenant, ref)
        if alert is not None:
            self._seen[tenant, ref] = (read_at, alert)
            _forget_oldest(self._seen)
        return alert

    def recipients(self, key: ChunkKey) -> Sequence[Recipient]:
        """Return a chunk's recipients in position order."""
        chunk = self._chunks.pop(key, None) or self._alerts.recipients(key)
        if chunk:
            self._chunks[key] = chunk
            _forget_oldest(self._chunks)
        return chunk


def _forget_oldest(kept: MutableMapping[Any, Any]) -> None:
    if len(kept) > _KEPT:
        del kept[next(iter(kept))]
