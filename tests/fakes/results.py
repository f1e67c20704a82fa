"""Waiting result events in memory, in packs as they were published."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from tests.fakes.outage import Outage
from tocsin.alerts.domain.alert import Batch, Lane
from tocsin.delivery.domain.progress import BatchProgress
from tocsin.delivery.ports.results import Publication, ResultEvents
from tocsin.kernel.domain.ids import AlertRef, ApiKeyId, TenantId
from tocsin.results.domain.result_event import ResultEvent, pack_name
from tocsin.results.ports import WaitingEvents
from tocsin.webhooks.domain.callback import ORDER_PATIENCE, PackKey


class EventStore(ResultEvents, WaitingEvents, Protocol):
    """What one store of result events is to workers and to clients."""


@dataclass
class Pack:
    """What one publication added; `taken` of its events are collected. `next_check_at` is set while it is to be called back."""

    key_id: ApiKeyId
    events: tuple[ResultEvent, ...]
    upto: BatchProgress
    expires_at: datetime | None
    taken: int = 0
    callback: Lane | None = None
    next_check_at: datetime | None = None
    failing_since: datetime | None = None

    def waiting(self, now: datetime) -> int:
        """Return how many of its events can still be collected."""
        if self.callback:
            return 0
        return 0 if self.expires_at is not None and now >= self.expires_at else len(self.events) - self.taken


class FakeResultEvents:
    """`packs` may be inspected: by slice and the versions of the tally they start from.

    `told` are happenings, `outbox` has the open packs of what is called back.
    """

    def __init__(self) -> None:
        self.packs: dict[tuple[Batch, tuple[int, ...]], Pack] = {}
        self.told: dict[tuple[TenantId, AlertRef, str], Pack] = {}
        self.outbox: dict[PackKey, Pack] = {}
        self.outage = Outage()
        self._lock = threading.Lock()

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
        self.outage.check()
        if progress.versions == previous.versions:
            return progress
        with self._lock:
            next_check_at = max(event.whence for event in events) + ORDER_PATIENCE if callback and events else None
            fresh = Pack(key_id, tuple(events), progress, expires_at, 0, callback, next_check_at)
            stands = self.packs.setdefault((batch, previous.versions), fresh)
            if stands is fresh and next_check_at is not None:
                name = PackKey(batch.key.tenant, batch.key.alert, pack_name(batch.number, previous.versions))
                self.outbox[name] = fresh
            return stands.upto

    def publish_all(
        self,
        publications: Sequence[Publication],
        key_id: ApiKeyId,
        expires_at: datetime | None,
        *,
        callback: Lane | None = None,
    ) -> Sequence[BatchProgress]:
        return [
            self.publish(p.batch, key_id, p.previous, p.progress, p.events, expires_at, callback=callback)
            for p in publications
        ]

    def collect(
        self, tenant: TenantId, key_id: ApiKeyId, alert: AlertRef | None, limit: int, now: datetime
    ) -> Sequence[ResultEvent]:
        self.outage.check()
        with self._lock:
            collected: list[ResultEvent] = []
            for pack in self._waiting(tenant, key_id, alert, now):
                first = pack.taken
                pack.taken += min(pack.waiting(now), limit - len(collected))
                collected += pack.events[first : pack.taken]
            return sorted(collected, key=lambda event: event.whence)

    def peek(
        self, tenant: TenantId, key_id: ApiKeyId, alert: AlertRef | None, limit: int, now: datetime
    ) -> Sequence[ResultEvent]:
        self.outage.check()
        found = [event for pack in self._waiting(tenant, key_id, alert, now) for event in pack.events[pack.taken :]]
        return sorted(found[:limit], key=lambda event: event.whence)

    def remaining(self, tenant: TenantId, key_id: ApiKeyId, alert: AlertRef | None, now: datetime) -> int:
        self.outage.check()
        return sum(pack.waiting(now) for pack in self._waiting(tenant, key_id, alert, now))

    def _waiting(self, tenant: TenantId, key_id: ApiKeyId, alert: AlertRef | None, now: datetime) -> list[Pack]:
        packs = [
            (batch.key.tenant, batch.key.alert, f"{batch.number:04}", pack) for (batch, _), pack in self.packs.items()
        ] + [(owner, ref, f"X#{event_id}", pack) for (owner, ref, event_id), pack in self.told.items()]
        found = [
            (min(event.whence for event in pack.events), ref, name, pack)
            for owner, ref, name, pack in packs
            if owner == tenant and pack.key_id == key_id and alert in {None, ref} and pack.waiting(now)
        ]
        return [pack for *_, pack in sorted(found, key=lambda entry: entry[:3])]
