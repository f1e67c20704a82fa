"""Telephony events, their queue, sources and states, in memory."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.fakes.outage import Outage
from tocsin.kernel.domain.errors import StaleWrite
from tocsin.kernel.domain.ids import TenantId
from tocsin.telephony.domain.call_assembly import CallAssembly
from tocsin.telephony.domain.event_pack import PackedEvent, PackPart, unpacked
from tocsin.telephony.domain.event_sender import EventSender
from tocsin.telephony.domain.event_source import EventSource
from tocsin.telephony.domain.silence import KeptPulse
from tocsin.telephony.domain.stored_event import ORDER_PATIENCE, EventOrder, StoredEvent
from tocsin.telephony.ports.calls_being_assembled import ASSEMBLY_KEPT
from tocsin.telephony.ports.event_rows import EVENTS_AT_ONCE
from tocsin.telephony.ports.line_states import KeptLine
from tocsin.telephony.ports.source_pulses import PULSE_KEPT
from tocsin.telephony.ports.source_samples import SAMPLE_KEPT, SAMPLES_KEPT, SourceSample


class FakeEventRows:
    """`kept` may be inspected."""

    def __init__(self) -> None:
        self.kept: dict[tuple[TenantId, str], StoredEvent] = {}
        self.looks: dict[tuple[TenantId, str], datetime] = {}
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

    def count_of_hour(self, tenant: TenantId, hour: datetime) -> int:
        return len(self.of_hour(tenant, hour, len(self.kept), hour))

    def done(self, tenant: TenantId, name: str) -> bool:
        self.outage.check()
        stored = self.kept.get((tenant, name))
        if stored is None or not stored.owed:
            return False
        self.kept[tenant, name] = replace(stored, owed=False)
        return True

    def forget_secrets(self, tenant: TenantId, name: str) -> None:
        self.outage.check()
        if (stored := self.kept.get((tenant, name))) is not None:
            self.kept[tenant, name] = stored.without_secrets()

    def owed(self, now: datetime, limit: int) -> Sequence[tuple[TenantId, str]]:
        self.outage.check()
        looks = {
            key: self.looks.get(key, each.event.received_at + ORDER_PATIENCE)
            for key, each in self.kept.items()
            if each.owed
        }
        return sorted((key for key in looks if looks[key] <= now), key=lambda key: looks[key])[:limit]

    def defer(self, tenant: TenantId, name: str, at: datetime) -> None:
        self.outage.check()
        if self.kept[tenant, name].owed:
            self.looks[tenant, name] = at


class FakeEventPacks:
    """`kept` may be inspected: by hour and number the part, its events, and when it ends."""

    def __init__(self) -> None:
        self.kept: dict[tuple[TenantId, datetime, int], tuple[PackPart, str, datetime]] = {}
        self.outage = Outage()

    def keep(self, tenant: TenantId, part: PackPart, events: Sequence[Any], kept_for: timedelta) -> None:
        self.outage.check()
        self.kept[tenant, part.hour, part.number] = part, json.dumps(events), part.hour + kept_for

    def parts(self, tenant: TenantId, first: datetime, last: datetime, now: datetime) -> Sequence[PackPart]:
        self.outage.check()
        return [
            part
            for (owner, hour, _), (part, _, until) in sorted(self.kept.items(), key=lambda each: each[0])
            if owner == tenant and first <= hour <= last and now < until
        ]

    def events(self, tenant: TenantId, part: PackPart) -> Sequence[PackedEvent]:
        self.outage.check()
        found = self.kept.get((tenant, part.hour, part.number))
        return [] if found is None else [unpacked(event) for event in json.loads(found[1])]

    def drop(self, tenant: TenantId, hour: datetime) -> None:
        self.outage.check()
        self.kept = {key: part for key, part in self.kept.items() if key[:2] != (tenant, hour)}


class FakeOwedEvents:
    """`queued` holds every order. Orders travel in their queue form, as in the real one."""

    def __init__(self) -> None:
        self.queued: list[EventOrder] = []
        self.outage = Outage()

    def put(self, orders: Sequence[EventOrder]) -> None:
        self.outage.check()
        self.queued += [EventOrder.decode(order.encode()) for order in orders]


class FakeEventSenders:
    """`kept` may be inspected."""

    def __init__(self) -> None:
        self.kept: dict[EventSender, TenantId] = {}
        self.outage = Outage()

    def allow(self, sender: EventSender, tenant: TenantId) -> TenantId:
        self.outage.check()
        return self.kept.setdefault(sender, tenant)

    def tenant_of(self, sender: EventSender) -> TenantId | None:
        self.outage.check()
        return self.kept.get(sender)

    def of_tenant(self, tenant: TenantId) -> Sequence[EventSender]:
        self.outage.check()
        found = [sender for sender, owner in self.kept.items() if owner == tenant]
        return sorted(found, key=lambda sender: (sender.kind, sender.name))

    def remove(self, sender: EventSender, tenant: TenantId) -> bool:
        self.outage.check()
        if self.kept.get(sender) != tenant:
            return False
        del self.kept[sender]
        return True


class FakeEventSources:
    """`kept` may be inspected."""

    def __init__(self) -> None:
        self.kept: dict[tuple[TenantId, str], EventSource] = {}
        self.outage = Outage()

    def add(self, source: EventSource) -> None:
        self.outage.check()
        if self.kept.setdefault((source.tenant, source.id), source) != source:
            raise StaleWrite("another source has this id")

    def save(self, source: EventSource) -> None:
        self.outage.check()
        standing = self.kept.get((source.tenant, source.id))
        if standing is None or (standing.version != source.version - 1 and standing != source):
            raise StaleWrite("the source was changed or removed meanwhile")
        self.kept[source.tenant, source.id] = source

    def get(self, tenant: TenantId, source_id: str) -> EventSource | None:
        self.outage.check()
        return self.kept.get((tenant, source_id))

    def all(self, tenant: TenantId) -> Sequence[EventSource]:
        self.outage.check()
        return [source for (owner, _), source in sorted(self.kept.items()) if owner == tenant]

    def delete(self, tenant: TenantId, source_id: str) -> bool:
        self.outage.check()
        return self.kept.pop((tenant, source_id), None) is not None


class FakeSourcePulses:
    """`kept` may be inspected; `writes` counts."""

    def __init__(self) -> None:
        self.kept: dict[tuple[TenantId, str], KeptPulse] = {}
        self.writes = 0
        self.outage = Outage()

    def find(self, tenant: TenantId, source_id: str, now: datetime) -> KeptPulse:
        self.outage.check()
        found = self.kept.get((tenant, source_id), KeptPulse())
        return found if found.pulse.last is None or now < found.pulse.last + PULSE_KEPT else KeptPulse()

    def save(self, tenant: TenantId, source_id: str, kept: KeptPulse) -> bool:
        self.outage.check()
        if kept.pulse.last is None:
            raise ValueError("a source that was never heard has no pulse")
        standing = self.kept.get((tenant, source_id), KeptPulse())
        if standing.version != kept.version - 1:
            return standing == kept
        self.kept[tenant, source_id] = kept
        self.writes += 1
        return True


class FakeSourceSamples:
    """`kept` may be inspected."""

    def __init__(self) -> None:
        self.kept: dict[tuple[TenantId, str], list[SourceSample]] = {}
        self.outage = Outage()

    def keep(self, tenant: TenantId, source_id: str, samples: Sequence[SourceSample]) -> None:
        self.outage.check()
        assert len(samples) <= SAMPLES_KEPT
        self.kept[tenant, source_id] = [*self.kept.get((tenant, source_id), ()), *samples][-SAMPLES_KEPT:]

    def last(self, tenant: TenantId, source_id: str, now: datetime) -> Sequence[SourceSample]:
        self.outage.check()
        found = self.kept.get((tenant, source_id), ())
        kept = [sample for sample in found if now < sample.received_at + SAMPLE_KEPT]
        return sorted(kept, key=lambda sample: (sample.received_at, sample.id), reverse=True)


class FakeCallsBeingAssembled:
    """`kept` may be inspected: each assembly with its version and its last write."""

    def __init__(self) -> None:
        self.kept: dict[tuple[TenantId, str, str], tuple[CallAssembly, int, datetime]] = {}
        self.outage = Outage()

    def find(self, tenant: TenantId, source: str, call_id: str, now: datetime) -> tuple[CallAssembly, int]:
        self.outage.check()
        new = CallAssembly(source, call_id)
        assembly, version, at = self.kept.get((tenant, source, call_id), (new, 0, now))
        return (assembly if now < at + ASSEMBLY_KEPT else new), version

    def save(self, tenant: TenantId, assembly: CallAssembly, version: int, now: datetime) -> bool:
        self.outage.check()
        name = tenant, assembly.source, assembly.call_id
        standing, there, _ = self.kept.get(name, (None, 0, now))
        if there != version:
            return there == version + 1 and standing == assembly
        self.kept[name] = assembly, version + 1, now
        return True


class FakeLineStates:
    """`kept` may be inspected."""

    def __init__(self) -> None:
        self.kept: dict[tuple[TenantId, str], KeptLine] = {}
        self.outage = Outage()

    def find(self, tenant: TenantId, line: str) -> KeptLine:
        self.outage.check()
        return self.kept.get((tenant, line), KeptLine())

    def save(self, tenant: TenantId, line: str, kept: KeptLine) -> bool:
        self.outage.check()
        standing = self.kept.get((tenant, line), KeptLine())
        if standing.version != kept.version - 1:
            return standing == kept
        self.kept[tenant, line] = kept
        return True


def _hour(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
