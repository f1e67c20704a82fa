"""Find webhook deliveries that are due without an order in a queue, and queue orders for them.

The sweeper only queues orders; the rows decide what is done. It finds a pack when the pack's order was lost. It finds
a delivery when the order was lost, when a worker stopped during an attempt, or when the wait before a retry was longer
than an SQS delay (15 min).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from tocsin.kernel.domain.ids import TenantId
from tocsin.kernel.ports import Clock
from tocsin.webhooks.domain.callback import ORDER_PATIENCE
from tocsin.webhooks.domain.callback_order import EVENTS_AT_MOST, DeliveryOrder, PackOrder
from tocsin.webhooks.domain.delivery import PATIENCE, DeliveryKey
from tocsin.webhooks.ports.callbacks import CallbackPacks, CallbackQueue, WebhookDeliveries

_BATCH = 10


@dataclass(slots=True)
class CallbackSweepReport:
    """The result of one run.

    Attributes:
        packs: published packs whose order was lost.
        deliveries: deliveries that were due.
        more: time or `limit` was used up; the next run continues.
    """

    packs: int = 0
    deliveries: int = 0
    more: bool = False


@dataclass(frozen=True, slots=True)
class SweepCallbacks:
    """Queues orders for packs and deliveries that are due.

    Attributes:
        limit: rows of each kind in one run.
        reserve: no batch begins with less time left.
    """

    packs: CallbackPacks
    deliveries: WebhookDeliveries
    queue: CallbackQueue
    clock: Clock
    limit: int = 1_000
    reserve: timedelta = timedelta(seconds=5)

    def __call__(self, time_left: Callable[[], timedelta]) -> CallbackSweepReport:
        """Queue what is due, oldest first. If the run stops early, the next run continues.

        Raises:
            StorageUnavailable: the next run queues the rest.
        """
        report = CallbackSweepReport()
        packs = self.packs.due(self.clock(), self.limit)
        for first in range(0, len(packs), _BATCH):
            if time_left() < self.reserve:
                report.more = True
                return report
            some = packs[first : first + _BATCH]
            self.queue.put([PackOrder(pack) for pack in some])
            for pack in some:
                self.packs.check_again(pack, self.clock() + ORDER_PATIENCE)
            report.packs += len(some)
        keys = self.deliveries.due(self.clock(), self.limit)
        for tenant, some_keys in _by_tenant(keys):
            if time_left() < self.reserve:
                report.more = True
                return report
            self.queue.put([DeliveryOrder(tenant, tuple(key.event_id for key in some_keys))])
            for key in some_keys:
                self.deliveries.check_again(key, self.clock() + PATIENCE)
            report.deliveries += len(some_keys)
        report.more = self.limit in (len(packs), len(keys))
        return report


def _by_tenant(keys: Sequence[DeliveryKey]) -> list[tuple[TenantId, list[DeliveryKey]]]:
    """Group the keys by tenant, at most EVENTS_AT_MOST in a group."""
    of: dict[TenantId, list[DeliveryKey]] = {}
    for key in keys:
        of.setdefault(key.tenant, []).append(key)
    return [
        (tenant, mine[first : first + EVENTS_AT_MOST])
        for tenant, mine in of.items()
        for first in range(0, len(mine), EVENTS_AT_MOST)
    ]
