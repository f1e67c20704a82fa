"""Deliveries to the event bus: what Tocsin tells that is no result of an alert.

    pending ──► succeeded                     the bus has taken it
       └──► retry_wait ──► succeeded
               └──24 hours after the first failure──► exhausted

No attempt is stored before its call: the bus may get an entry twice, and receivers recognise repeats by `eventId`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from tocsin.egress.domain.callback_url import CallbackEncoding
from tocsin.identity.domain.account_key import INSIDE
from tocsin.kernel.domain.ids import TenantId
from tocsin.kernel.domain.wire_time import wire_time
from tocsin.results.domain.result_event import event_id
from tocsin.webhooks.domain.bus_entry import TRIED_FOR, BusEntry
from tocsin.webhooks.domain.callback import ORDER_PATIENCE, BusHead, EndpointKey, callback_body
from tocsin.webhooks.domain.delivery import Attempt, Delivery, DeliveryKey, DeliveryState, waiting

BUS_DELIVERY_KEPT_FOR = timedelta(days=7)
"""How long the row stays, so that a repeat of what it tells finds it."""

_NO_ENDPOINT = "bus"


def bus_delivery(
    tenant: TenantId, kind: str, thing: str, named: str, detail: Mapping[str, Any], *, at: datetime, now: datetime
) -> Delivery:
    """Return the delivery of one entry; the same kind, thing and name give the same id.

    Args:
        kind: its `detail-type` after `tocsin.`, for example `incident.opened`.
        thing: what it is about, for example `incident/0190`.
        named: what makes it one of several of its kind about the thing; "" = there is one.
        detail: JSON object; `eventId`, `tenant` and `whence` are added.
        at: when it happened.
    """
    id = event_id(tenant, INSIDE, "bus", kind, thing, named)
    told = {"eventId": id, "tenant": tenant, "whence": wire_time(at)}
    body = callback_body({**detail, **told}, CallbackEncoding.JSON).decode()
    delivery = Delivery(
        key=DeliveryKey(tenant, id),
        endpoint=EndpointKey(tenant, INSIDE, _NO_ENDPOINT),
        alert=None,
        url="",
        encoding=CallbackEncoding.JSON,
        body=body,
        created_at=now,
        expires_at=now + BUS_DELIVERY_KEPT_FOR,
        bus=BusHead(f"tocsin.{kind}", at, f"tocsin:{tenant}:{thing}"),
    )
    return waiting(delivery, now)


def entry_of(delivery: Delivery) -> BusEntry:
    """Return what is put on the bus."""
    assert delivery.bus is not None
    return BusEntry(delivery.key.event_id, delivery.bus.kind, delivery.bus.at, delivery.bus.resource, delivery.body)


def after_put(delivery: Delivery, reason: str | None, now: datetime) -> Delivery:
    """Return the delivery after a try. Of its attempts the first and the last are kept.

    Args:
        reason: why the bus did not take it; None = it did.
    """
    attempts = (*delivery.attempts[:1], Attempt(delivery.made + 1, now, reason=reason))
    after = replace(delivery, attempts=attempts, due_at=None, next_check_at=None)
    if reason is None:
        return replace(after, state=DeliveryState.SUCCEEDED)
    if now >= attempts[0].at + TRIED_FOR:
        return replace(after, state=DeliveryState.EXHAUSTED)
    again = now + ORDER_PATIENCE
    return replace(after, state=DeliveryState.RETRY_WAIT, due_at=again, next_check_at=again)
