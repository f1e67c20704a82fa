"""Process what EventBridge delivers: entries of our bus, and contact events of Amazon Connect.

    entry ──► who sent it? ──► tenant, by a row that the operator made ──► events ──► ingested, once for each tenant

A bus gives no answer to its senders. So an entry of an unknown sender of our bus fails, and is kept among the dead
letters until the operator allows the sender and moves it back. Contact events of an instance that no tenant has are
dropped: the calls that this system makes bring them too.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from tocsin.kernel.domain.errors import NotFound, TocsinError
from tocsin.kernel.domain.ids import TenantId
from tocsin.kernel.ports import Clock
from tocsin.telephony.application.ingest import IngestEvents
from tocsin.telephony.domain.cloud_events import EventReader, ReceivedEvent
from tocsin.telephony.domain.event_sender import CONNECT, EventSender, EventSenderKind, sender_of
from tocsin.telephony.domain.event_source import EventSource
from tocsin.telephony.domain.mappings.shipped import SHIPPED
from tocsin.telephony.domain.vocabulary import data_faults
from tocsin.telephony.ports.event_senders import EventSenders


class Entry(StrEnum):
    """What became of an entry."""

    TAKEN = "taken"  # its events stand
    REFUSED = "refused"  # it has faults
    NOTHING = "nothing"  # it tells nothing, or is of no tenant


@dataclass(frozen=True, slots=True)
class TakeBusEvents:
    """Takes entries of EventBridge in.

    Attributes:
        country: returns the ISO code of the country of an account's national numbers; None = unknown.
    """

    senders: EventSenders
    ingest: IngestEvents
    country: Callable[[TenantId], str | None]
    clock: Clock

    def __call__(self, delivered: Sequence[Mapping[str, Any]]) -> Sequence[Entry | Exception]:
        """Return, for each entry, what became of it, or why it must be delivered again."""
        outcomes: dict[int, Entry | Exception] = {}
        of_tenant: defaultdict[TenantId, list[int]] = defaultdict(list)
        known: dict[EventSender | None, TenantId | TocsinError | None] = {None: None}
        for place, entry in enumerate(delivered):
            sender = sender_of(entry)
            if sender not in known:
                known[sender] = self._tenant(sender)
            tenant = known[sender]
            if tenant is None:
                own_bus = sender is None or sender.kind is EventSenderKind.BUS
                outcomes[place] = NotFound("sender of events") if own_bus else Entry.NOTHING
            elif isinstance(tenant, TocsinError):
                outcomes[place] = tenant
            else:
                of_tenant[tenant].append(place)
        for tenant, places in of_tenant.items():
            outcomes |= self._taken(tenant, {place: delivered[place] for place in places})
        return [outcomes[place] for place in range(len(delivered))]

    def _tenant(self, sender: EventSender | None) -> TenantId | TocsinError | None:
        assert sender is not None
        try:
            return self.senders.tenant_of(sender)
        except TocsinError as error:
            return error

    def _taken(self, tenant: TenantId, entries: Mapping[int, Mapping[str, Any]]) -> dict[int, Entry | Exception]:
        """Take the entries of one tenant in together."""
        try:
            reader = EventReader(self.clock(), self.country(tenant))
            read = {place: _events(reader, tenant, entry) for place, entry in entries.items()}
            self.ingest(tenant, [event for events in read.values() for event in events])
        except Exception as error:  # whatever it is, it concerns this tenant alone
            return dict.fromkeys(entries, error)
        return {place: _outcome(events) for place, events in read.items()}


def _events(reader: EventReader, tenant: TenantId, entry: Mapping[str, Any]) -> Sequence[ReceivedEvent]:
    if entry["source"] != CONNECT:
        return [reader.from_bus(entry)]
    instance = EventSource(tenant, entry["detail"]["instanceArn"], "Amazon Connect", "connect", reader.country)
    drafts = SHIPPED["connect"].read(entry, instance.settings, reader.now, data_faults).events
    return reader.from_http({}, [draft.cloud_event(instance.id) for draft in drafts])


def _outcome(events: Sequence[ReceivedEvent]) -> Entry:
    if not events:
        return Entry.NOTHING
    return Entry.TAKEN if any(each.event is not None for each in events) else Entry.REFUSED
