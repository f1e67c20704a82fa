"""Put on the event bus: the events of a published pack, and deliveries to the bus.

The pack is the outbox, and no event has a row of its own. A worker that stops after PutEvents leaves the pack open, so
its entries are put again; receivers recognise repeats by `eventId`. The sweeper queues an order for an open pack every
two minutes, for 24 hours after the first failure. What is no result of an alert is in no pack, so it has a delivery.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from tocsin.alerts.domain.alert import Alert
from tocsin.kernel.ports import Clock
from tocsin.notices.ports.account_notices import AccountNotices
from tocsin.notices.ports.key_owners import KeyOwners
from tocsin.results.domain.result_event import ResultEvent
from tocsin.webhooks.application.notices import bus_delivery_notice, bus_notice
from tocsin.webhooks.domain.bus_delivery import after_put, entry_of
from tocsin.webhooks.domain.bus_entry import TRIED_FOR, BusEntry, bus_entry, calls_of
from tocsin.webhooks.domain.callback import PackKey
from tocsin.webhooks.domain.delivery import Delivery, DeliveryState
from tocsin.webhooks.domain.turn import CALL_LIMIT
from tocsin.webhooks.ports.bus import ResultBus
from tocsin.webhooks.ports.callbacks import CallbackPacks, WebhookDeliveries

_ROUNDS = 3
"""How often one order puts an entry that is refused."""


@dataclass(frozen=True, slots=True)
class PutOutcome:
    """The result for one pack, or the deliveries of one order.

    Attributes:
        put: entries that the bus took.
        reasons: for each entry that it did not take, by `event_id`: the code, or `no_time`.
    """

    put: int
    reasons: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class PutOnBus:
    """Puts packs on the bus. Safe for several threads."""

    packs: CallbackPacks
    bus: ResultBus
    notices: AccountNotices
    clock: Clock

    def __call__(
        self, alert: Alert, pack: PackKey, events: Sequence[ResultEvent], time_left: Callable[[], timedelta]
    ) -> PutOutcome:
        """Put all events of the pack, and close it if the bus took them all, or has not for 24 hours.

        Raises:
            StorageUnavailable: the events may be on the bus; the order must be retried.
        """
        entries = [bus_entry(alert.tenant, event) for event in events]
        reasons = _put(self.bus, entries, time_left)
        if not reasons:
            self.packs.close(pack)
        else:
            self._give_up_after_a_day(alert, pack, len(reasons))
        return PutOutcome(len(entries) - len(reasons), reasons)

    def _give_up_after_a_day(self, alert: Alert, pack: PackKey, refused: int) -> None:
        """Record the failure. After TRIED_FOR tell the key and close the pack; a repeat makes the same notice."""
        now = self.clock()
        ends = self.packs.failing_since(pack, now) + TRIED_FOR
        if ends <= now:
            self.notices.notify(bus_notice(alert, pack, refused, ends))
            self.packs.close(pack)


@dataclass(frozen=True, slots=True)
class PutDeliveries:
    """Puts deliveries to the bus on it. Safe for several threads.

    Attributes:
        owners: whose keys are told; None = none is.
    """

    deliveries: WebhookDeliveries
    bus: ResultBus
    notices: AccountNotices
    owners: KeyOwners | None
    clock: Clock

    def __call__(self, due: Sequence[Delivery], time_left: Callable[[], timedelta]) -> PutOutcome:
        """Put them, and store what became of each. After TRIED_FOR the keys of the account are told, once a day.

        Raises:
            StorageUnavailable: the entries may be on the bus; the order must be retried.
        """
        reasons = _put(self.bus, [entry_of(delivery) for delivery in due], time_left)
        now = self.clock()
        for delivery in due:
            after = after_put(delivery, reasons.get(delivery.key.event_id), now)
            if after.state is DeliveryState.EXHAUSTED:
                self._tell(after)
            self.deliveries.save(after)
        return PutOutcome(len(due) - len(reasons), reasons)

    def _tell(self, delivery: Delivery) -> None:
        if self.owners is None:
            return
        tenant = delivery.key.tenant
        for owner in self.owners.of_tenant(tenant):
            if owner.enabled and not owner.sandbox:
                self.notices.notify(bus_delivery_notice(delivery, owner.key_id))


def _put(bus: ResultBus, entries: Sequence[BusEntry], time_left: Callable[[], timedelta]) -> dict[str, str]:
    """Return the reasons of those that the bus did not take."""
    reasons = {entry.event_id: "no_time" for entry in entries}
    for _ in range(_ROUNDS):
        for call in calls_of([entry for entry in entries if entry.event_id in reasons]):
            if time_left() < CALL_LIMIT:
                return reasons
            refused = bus.put(call)
            for entry in call:
                reasons.pop(entry.event_id)
            reasons |= refused
    return reasons
