"""Entries of an EventBridge bus, of result events and others, and how entries are divided among calls of PutEvents."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from tocsin.egress.domain.callback_url import CallbackEncoding
from tocsin.kernel.domain.ids import TenantId
from tocsin.results.domain.event_object import event_object
from tocsin.results.domain.result_event import ResultEvent
from tocsin.webhooks.domain.callback import callback_body

TRIED_FOR = timedelta(hours=24)
"""How long a pack is tried that the bus does not take."""

ENTRIES_A_CALL = 10
"""Most entries of one PutEvents. Source: EventBridge API reference, PutEvents."""

CALL_BYTES = 256 * 1024
"""Most bytes of all entries of one call: the limit of one entry, which was that of a call too. Source: as above."""

_BESIDE_TEXTS = 512
"""Bytes of what EventBridge counts beside the texts: source, time, and the names of fields. Source: as above."""


@dataclass(frozen=True, slots=True)
class BusEntry:
    """One entry.

    Attributes:
        kind: its `detail-type`: `tocsin.result.` and the event, for example `tocsin.result.delivered`; of what is no
            result see `bus_delivery`.
        at: when the event happened.
        resource: `tocsin:<tenant>:alert/<reference>`, or another thing.
        detail: a JSON object with `eventId` and `tenant`; of a result the event as `/collectevents` returns it.
    """

    event_id: str
    kind: str
    at: datetime
    resource: str
    detail: str

    @property
    def size(self) -> int:
        """Most bytes that EventBridge counts for it."""
        return _BESIDE_TEXTS + sum(len(text.encode()) for text in (self.kind, self.resource, self.detail))


def bus_entry(tenant: TenantId, event: ResultEvent) -> BusEntry:
    """Return the entry of an event of the tenant. Equal events give equal entries."""
    detail = callback_body({**event_object(event), "tenant": tenant}, CallbackEncoding.JSON).decode()
    resource = f"tocsin:{tenant}:alert/{event.alert}"
    return BusEntry(event.event_id, f"tocsin.result.{event.event}", event.whence, resource, detail)


def calls_of(entries: Sequence[BusEntry]) -> Iterator[list[BusEntry]]:
    """Yield the entries of each call, in order; an entry over CALL_BYTES has a call of its own."""
    call: list[BusEntry] = []
    size = 0
    for entry in entries:
        if call and (len(call) == ENTRIES_A_CALL or size + entry.size > CALL_BYTES):
            yield call
            call, size = [], 0
        call.append(entry)
        size += entry.size
    if call:
        yield call
