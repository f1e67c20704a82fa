"""Telephony events, their queue, sources and states, in memory."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from tests.fakes.outage import Outage
from tocsin.kernel.domain.ids import TenantId
from tocsin.telephony.domain.event_order import EventOrder
from tocsin.telephony.domain.stored_event import ORDER_PATIENCE, StoredEvent
from tocsin.telephony.ports.event_rows import EVENTS_AT_ONCE


class FakeEventRows:
    """`kept` may be inspected."""

    def __init__(self) -> None:
        self.kept: dict[tuple[TenantId, str], StoredEvent] = {}
        self.outage = Outage()

    def insert(self, tenant: TenantId, events: Sequence[StoredEvent]) -> Collection[str]:
        self.outage.check()
        assert len({each.name for each in events}) == len(events) <= EVENTS_AT_ONCE
        known = {each.name for each in events if (tenant, each.name) in self.kept}
        self.kept |= {(tenant, each.name): each for each in events if each.name not in known}
        return known

    def read(self, tenant: TenantId, names: Collection[str], now: datetime) -> Mapping[str, StoredEvent]:
        self.outage.check()
        found = {name: self.kept[tenant, name] for name in names if (tenant, name) in self.kept}
        return {name: each for name, each in found.items() if not each.expired(now)}

    def of_hour(
        self, tenant: TenantId, hour: datetime, limit: int, now: datetime, before: str | None = None
    ) -> Sequence[StoredEvent]:
        self.outage.check()
        found = [
            each
            for (owner, _), each in self.kept.items()
            if owner == tenant
            and _hour(each.event.received_at) == _hour(hour)
            and (before is None or each.place < before)
            and not each.expired(now)
        ]
        return sorted(found, key=lambda each: each.place, reverse=True)[:limit]

    def done(self, tenant: TenantId, name: str) -> bool:
        self.outage.check()
        stored = self.kept.get((tenant, name))
        if stored is None or not stored.owed:
            return False
        self.kept[tenant, name] = replace(stored, owed=False)
        return True

    def owed(self, now: datetime, limit: int) -> Sequence[tuple[TenantId, str]]:
        self.outage.check()
        due = {
            key: each.event.received_at
            for key, each in self.kept.items()
            if each.owed and each.event.received_at + ORDER_PATIENCE <= now
        }
        return sorted(due, key=lambda key: due[key])[:limit]


class FakeOwedEvents:
    """`queued` holds every order. Orders travel in their queue form, as in the real one."""

    def __init__(self) -> None:
        self.queued: list[EventOrder] = []
        self.outage = Outage()

    def put(self, orders: Sequence[EventOrder]) -> None:
        self.outage.check()
        self.queued += [EventOrder.decode(order.encode()) for order in orders]


def _hour(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
