"""When the next call of an order may begin, and what becomes of the deliveries if it may not."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tocsin.kernel.domain.ids import AlertRef, ApiKeyId, TenantId
from tocsin.webhooks.domain.callback import EndpointKey, PackKey
from tocsin.webhooks.domain.callback_order import DeliveryOrder, PackOrder
from tocsin.webhooks.domain.endpoint import CallbackLane, Endpoint, SigningSecret, disabled_by_owner
from tocsin.webhooks.domain.turn import (
    CALL_LIMIT,
    PauseDeliveries,
    Requeue,
    RequeueReason,
    requeue_delay,
    requeued_deliveries,
    requeued_pack,
    stopped_before_call,
    stopped_by,
    stopped_without_permit,
)

ACME = TenantId("acme")
NOON = datetime(2026, 7, 1, 12, tzinfo=UTC)
URL = "https://example.com/hook"
SLOW = Endpoint(EndpointKey.of(ACME, ApiKeyId("k1"), URL), URL, (SigningSecret("whsec_"),), NOON)
FAST = replace(SLOW, slow=False)
OFF = disabled_by_owner(FAST, NOON)
NO_PERMIT = Requeue(CallbackLane.QUICK, RequeueReason.NO_PERMIT)
PACK = PackOrder(PackKey(ACME, AlertRef("a"), "p"), requeues=3)
MOMENT = timedelta(milliseconds=1)


@pytest.mark.parametrize("lane", CallbackLane)
def test_a_disabled_endpoint_pauses_its_deliveries_in_every_lane(lane: CallbackLane) -> None:
    assert stopped_by(OFF, lane) == PauseDeliveries()
    assert stopped_before_call(OFF, lane, timedelta(0)) == PauseDeliveries()
    assert stopped_without_permit(OFF, lane) == PauseDeliveries()


def test_a_slow_endpoint_leaves_the_quick_lane_and_stays_in_the_slow_one() -> None:
    assert stopped_by(SLOW, CallbackLane.QUICK) == Requeue(CallbackLane.SLOW, RequeueReason.SLOW_ENDPOINT)
    assert stopped_by(SLOW, CallbackLane.SLOW) is None
    assert [stopped_by(FAST, lane) for lane in CallbackLane] == [None, None]


@pytest.mark.parametrize("lane", CallbackLane)
def test_no_call_begins_that_the_worker_could_not_finish(lane: CallbackLane) -> None:
    assert stopped_before_call(FAST, lane, CALL_LIMIT) is None
    assert stopped_before_call(FAST, lane, CALL_LIMIT - MOMENT) == Requeue(lane, RequeueReason.NO_TIME)


@pytest.mark.parametrize("endpoint", [None, FAST])
def test_an_order_without_a_permit_waits_in_its_own_lane(endpoint: Endpoint | None) -> None:
    assert stopped_without_permit(endpoint, CallbackLane.QUICK) == NO_PERMIT


def test_only_an_order_that_found_no_permit_counts_another_requeue() -> None:
    moved = Requeue(CallbackLane.SLOW, RequeueReason.SLOW_ENDPOINT)

    assert requeued_pack(PACK, NO_PERMIT) == replace(PACK, requeues=4)
    assert requeued_pack(PACK, moved) == replace(PACK, lane=CallbackLane.SLOW, requeues=0)


def test_what_is_left_of_an_order_is_named_once_and_in_orders_of_25() -> None:
    ids = [f"evt_{n}" for n in range(51)]

    first, second, third = requeued_deliveries(PACK, ids, NO_PERMIT)

    assert [len(each.event_ids) for each in (first, second, third)] == [25, 25, 1]
    assert [*first.event_ids, *second.event_ids, *third.event_ids] == ids
    assert third == DeliveryOrder(ACME, ("evt_50",), CallbackLane.QUICK, requeues=4)


def test_what_is_left_of_an_urgent_order_is_urgent() -> None:
    urgent = replace(PACK, urgent=True)
    moved = Requeue(CallbackLane.SLOW, RequeueReason.SLOW_ENDPOINT)

    assert requeued_pack(urgent, moved).urgent
    assert [order.urgent for order in requeued_deliveries(urgent, ["evt_1"], moved)] == [True]
    assert [order.urgent for order in requeued_deliveries(PACK, ["evt_1"], moved)] == [False]


@pytest.mark.parametrize(
    ("urgent", "requeues", "longest"),
    [
        *[(False, requeues, longest) for requeues, longest in ((0, 1), (1, 2), (5, 32), (6, 60), (1000, 60))],
        *[(True, requeues, longest) for requeues, longest in ((0, 1), (3, 1), (4, 2), (23, 32), (24, 60), (1000, 60))],
    ],
)
def test_an_order_that_came_in_vain_waits_longer_each_time_up_to_a_minute(
    urgent: bool, requeues: int, longest: int
) -> None:
    order = replace(PACK, requeues=requeues, urgent=urgent)
    assert requeue_delay(order, 0.0) == timedelta(seconds=longest / 2)
    assert timedelta(seconds=longest) - MOMENT < requeue_delay(order, 0.9999999) <= timedelta(seconds=longest)
