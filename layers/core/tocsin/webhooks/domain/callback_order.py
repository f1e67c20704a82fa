"""Messages of the webhook queues: "deliver this pack", or "attempt these deliveries". They contain ids only."""

from __future__ import annotations

import json
from dataclasses import dataclass

from tocsin.kernel.domain.ids import AlertRef, TenantId
from tocsin.webhooks.domain.callback import PackKey
from tocsin.webhooks.domain.endpoint import CallbackLane

_VERSION = 1

EVENTS_AT_MOST = 25
"""Most deliveries of one order."""


@dataclass(frozen=True, slots=True)
class PackOrder:
    """Make a delivery for every event in a published pack.

    Attributes:
        requeues: how often in a row the order was queued again without a permit.
        urgent: whether the events are answers, or results of an alert in the urgent lane.
    """

    pack: PackKey
    lane: CallbackLane = CallbackLane.QUICK
    requeues: int = 0
    urgent: bool = False

    @property
    def tenant(self) -> TenantId:
        """The tenant of the pack."""
        return self.pack.tenant


@dataclass(frozen=True, slots=True)
class DeliveryOrder:
    """Attempt those of these deliveries that are due; `requeues` and `urgent` as in PackOrder."""

    tenant: TenantId
    event_ids: tuple[str, ...]
    lane: CallbackLane = CallbackLane.SLOW
    requeues: int = 0
    urgent: bool = False


CallbackOrder = PackOrder | DeliveryOrder


def encode(order: CallbackOrder) -> str:
    """Return the body of the queue message: one line of JSON."""
    body: dict[str, object] = {"v": _VERSION, "t": order.tenant, "l": order.lane.value, "b": order.requeues}
    if order.urgent:
        body["u"] = True
    match order:
        case PackOrder(pack):
            body |= {"a": pack.alert, "p": pack.name}
        case DeliveryOrder():
            body["e"] = list(order.event_ids)
    return json.dumps(body, separators=(",", ":"))


def decode(text: str) -> CallbackOrder:
    """Parse the body of a queue message.

    Raises:
        ValueError: not a webhook order, or of an unknown version.
    """
    try:
        body = json.loads(text)
        if body["v"] != _VERSION:
            raise ValueError("a callback order of another version")
        tenant, lane, requeues = TenantId(body["t"]), CallbackLane(body["l"]), int(body["b"])
        urgent = body.get("u", False) is True
        if "p" in body:
            return PackOrder(PackKey(tenant, AlertRef(body["a"]), body["p"]), lane, requeues, urgent)
        if not all(isinstance(event, str) for event in body["e"]):
            raise ValueError("a callback order without names")
        return DeliveryOrder(tenant, tuple(body["e"]), lane, requeues, urgent)
    except (KeyError, TypeError, RecursionError, OverflowError) as error:
        raise ValueError("not a callback order") from error
