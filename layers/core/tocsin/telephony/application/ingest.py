"""Take events in: decide, store, order.

    decide (pure) ──► insert the event with its decision ──► order what is owed ──► answer
                         │ it stood already: its first decision holds, and is ordered again if it is still owed

The answer is given once the rows stand. An order that is lost is made good by the sender's repeat, or by the sweeper.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from tocsin.kernel.domain.errors import Fault, StorageUnavailable
from tocsin.kernel.domain.ids import TenantId
from tocsin.kernel.ports import Clock
from tocsin.telephony.domain.cloud_events import ReceivedEvent
from tocsin.telephony.domain.event import TelephonyEvent
from tocsin.telephony.domain.event_source import Refreshes
from tocsin.telephony.domain.events_answer import EventsAnswer, answered
from tocsin.telephony.domain.stored_event import EVENTS_AN_ORDER, EventDecision, EventOrder, StoredEvent
from tocsin.telephony.ports.event_rows import EVENTS_AT_ONCE, EventRows
from tocsin.telephony.ports.owed_events import OwedEvents

_log = logging.getLogger(__name__)

Decide = Callable[[TenantId, TelephonyEvent], EventDecision]
"""From an event to what it brings about. Pure: it has no effects, and does not wait."""

Refuse = Callable[[TenantId, TelephonyEvent], Fault | None]
"""Returns why an event is refused, None if it is not. Raises StorageUnavailable."""

Prepare = Callable[[TenantId, Sequence[StoredEvent]], None]
"""Called with events that are about to be stored. What it raises is raised, and nothing is stored."""

_NOTHING = EventDecision()


@dataclass(frozen=True, slots=True)
class IngestEvents:
    """Stores events, and has done what they bring about.

    Attributes:
        prepare: sees that the events will be packed: `ArmPack`.
        refuse: judges what only the account's rows can tell.
    """

    rows: EventRows
    orders: OwedEvents
    decide: Decide
    clock: Clock
    prepare: Prepare = lambda tenant, events: None
    refuse: Refuse = lambda tenant, event: None

    def __call__(
        self, tenant: TenantId, received: Sequence[ReceivedEvent], refreshes: Refreshes = Refreshes.AUTO
    ) -> EventsAnswer:
        """Return what became of each event. Every event that is told as accepted, duplicate or late is stored.

        Nothing is decided about late events: they bring nothing about.

        Args:
            refreshes: what becomes of refreshed registrations.

        Raises:
            StorageUnavailable: some events may be stored and others not; the same call may be repeated.
        """
        received = [self._judged(tenant, item) for item in received]
        decided: dict[str, tuple[StoredEvent, bool]] = {}
        for item in received:
            if (event := item.event) is not None and event.name not in decided:
                decision = _NOTHING if item.late else self.decide(tenant, event)
                stored = StoredEvent.new(event, decision.acts, item.extensions or {})
                ignored = refreshes.ignores(decision.ignored) if event.is_refresh else decision.ignored
                decided[event.name] = stored, ignored
        events = [stored for stored, ignored in decided.values() if not ignored]
        if events:
            self.prepare(tenant, events)
        known: set[str] = set()
        for first in range(0, len(events), EVENTS_AT_ONCE):
            known.update(self.rows.insert(tenant, events[first : first + EVENTS_AT_ONCE]))
        self._order(tenant, events, known)
        return answered(received, known, {name for name, (_, ignored) in decided.items() if ignored})

    def _judged(self, tenant: TenantId, item: ReceivedEvent) -> ReceivedEvent:
        fault = None if item.event is None else self.refuse(tenant, item.event)
        return item if fault is None else replace(item, event=None, faults=(fault,))

    def _order(self, tenant: TenantId, events: Sequence[StoredEvent], known: set[str]) -> None:
        """Order what is owed, of events that stood already too: their sender may repeat because an order was lost."""
        owed = [each.name for each in events if each.owed and each.name not in known]
        try:
            if known:
                stood = self.rows.read(tenant, known, self.clock())
                owed += [name for name, event in stood.items() if event.owed]
            if owed:
                starts = range(0, len(owed), EVENTS_AN_ORDER)
                self.orders.put([EventOrder(tenant, tuple(owed[n : n + EVENTS_AN_ORDER])) for n in starts])
        except StorageUnavailable:
            _log.warning("events were not ordered; the sweeper will order them", extra={"tenant": tenant})
