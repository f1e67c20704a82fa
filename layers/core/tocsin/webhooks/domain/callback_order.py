"""What travels through the callback queues: "hand this pack over", or "look at these deliveries". Ids only."""

from __future__ import annotations

import json
from dataclasses import dataclass

from tocsin.kernel.domain.ids import AlertRef, TenantId
from tocsin.webhooks.domain.callback import PackKey
from tocsin.webhooks.domain.endpoint import CallbackLane

_VERSION = 1

EVENTS_AT_MOST = 25
"""Deliveries one order names."""


@dataclass(frozen=True, slots=True)
class PackOrder:
    """Make a delivery of every event in a published pack.

    Attributes:
        bounces: how often the order came in vain because too many calls were under way.
    """

    pack: PackKey
    lane: CallbackLane = CallbackLane.QUICK
    bounces: int = 0

    @property
    def tenant(self) -> TenantId:
        """Whose it is."""
        return self.pack.tenant


@dataclass(frozen=True, slots=True)
class DeliveryOrder:
    """Attempt what is due of these deliveries; `bounces` as above."""

    tenant: TenantId
    event_ids: tuple[str, ...]
    lane: CallbackLane = CallbackLane.SLOW
    bounces: int = 0


CallbackOrder = PackOrder | DeliveryOrder


def encode(order: CallbackOrder) -> str:
    """Return the queue form: one line of JSON."""
    body: dict[str, object] = {"v": _VERSION, "t": order.tenant, "l": order.lane.value, "b": order.bounces}
    match order:
        case PackOrder(pack):
            body |= {"a": pack.alert, "p": pack.name}
        case DeliveryOrder():
            body["e"] = list(order.event_ids)
    return json.dumps(body, separators=(",", ":"))


def decode(text: str) -> CallbackOrder:
    """Read the queue form.

    Raises:
        ValueError: not a callback order of a version this code knows.
    """
    try:
        body = json.loads(text)
        if body["v"] != _VERSION:
            raise ValueError("a callback order of another version")
        tenant, lane, bounces = TenantId(body["t"]), CallbackLane(body["l"]), int(body["b"])
        if "p" in body:
            return PackOrder(PackKey(tenant, AlertRef(body["a"]), body["p"]), lane, bounces)
        if not all(isinstance(event, str) for event in body["e"]):
            raise ValueError("a callback order without names")
        return DeliveryOrder(tenant, tuple(body["e"]), lane, bounces)
    except (KeyError, TypeError, RecursionError, OverflowError) as error:
        raise ValueError("not a callback order") from error
