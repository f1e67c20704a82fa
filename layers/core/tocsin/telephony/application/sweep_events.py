"""Order again what events owe for too long: an order may be lost, and an event may fail again and again."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta

from tocsin.kernel.domain.ids import TenantId
from tocsin.kernel.ports import Clock
from tocsin.telephony.domain.stored_event import EVENTS_AN_ORDER, ORDER_PATIENCE, EventOrder
from tocsin.telephony.ports.event_rows import EventRows
from tocsin.telephony.ports.owed_events import OwedEvents

EVENTS_A_SWEEP = 500
"""Most events of one sweep."""

LONGEST_WAIT = timedelta(hours=1)
"""The longest time between two orders of an event that keeps failing."""


@dataclass(frozen=True, slots=True)
class SweepEvents:
    """Orders events again, and puts each off by its age, so that one that fails does not hold up the others."""

    rows: EventRows
    orders: OwedEvents
    clock: Clock

    def __call__(self) -> int:
        """Do it; return how many events were ordered.

        Raises:
            StorageUnavailable: any of them may be ordered; the next sweep repeats it.
        """
        now = self.clock()
        owed: dict[TenantId, list[str]] = defaultdict(list)
        for tenant, name in self.rows.owed(now, EVENTS_A_SWEEP):
            owed[tenant].append(name)
        for tenant, names in owed.items():
            starts = range(0, len(names), EVENTS_AN_ORDER)
            self.orders.put([EventOrder(tenant, tuple(names[n : n + EVENTS_AN_ORDER])) for n in starts])
            stored = self.rows.read(tenant, names, now)
            for name in names:
                age = now - stored[name].event.received_at if name in stored else LONGEST_WAIT
                self.rows.defer(tenant, name, now + min(max(age, ORDER_PATIENCE), LONGEST_WAIT))
        return sum(map(len, owed.values()))
