"""Whether the next call of an order may begin, and what happens to the deliveries if it may not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum

from tocsin.webhooks.domain.callback_order import EVENTS_AT_MOST, CallbackOrder, DeliveryOrder, PackOrder
from tocsin.webhooks.domain.endpoint import CallbackLane, Endpoint

CALL_LIMIT = timedelta(seconds=18)
"""Longest duration of a call, and time to store its outcome. No call begins if the worker has less time left."""

_FIRST_DELAY = timedelta(seconds=1)
_LONGEST_DELAY = timedelta(minutes=1)


class RequeueReason(StrEnum):
    """Why deliveries are queued again."""

    SLOW_ENDPOINT = "slow_endpoint"  # the endpoint would delay others in the quick lane
    NO_TIME = "no_time"  # the worker would reach its time-out during the call
    NO_PERMIT = "no_permit"  # too many calls to the endpoint, or orders of the tenant, are under way


@dataclass(frozen=True, slots=True)
class Requeue:
    """Queue the deliveries again, in `lane`."""

    lane: CallbackLane
    reason: RequeueReason

    @property
    def delayed(self) -> bool:
        """Whether the new order is delayed, longer each time."""
        return self.reason is RequeueReason.NO_PERMIT


@dataclass(frozen=True, slots=True)
class PauseDeliveries:
    """Pause the deliveries, because the endpoint is disabled. They wait until its owner replays them."""


Stop = Requeue | PauseDeliveries


def stopped_by(endpoint: Endpoint, lane: CallbackLane) -> Stop | None:
    """Return what the endpoint's state requires of an order in `lane`; None: the order continues."""
    if endpoint.disabled:
        return PauseDeliveries()
    if lane is CallbackLane.QUICK and endpoint.lane is CallbackLane.SLOW:
        return Requeue(CallbackLane.SLOW, RequeueReason.SLOW_ENDPOINT)
    return None


def stopped_before_call(endpoint: Endpoint, lane: CallbackLane, time_left: timedelta) -> Stop | None:
    """Return what to do instead of the next call; None: the call may begin, given a permit."""
    if stop := stopped_by(endpoint, lane):
        return stop
    return Requeue(lane, RequeueReason.NO_TIME) if time_left < CALL_LIMIT else None


def stopped_without_permit(endpoint: Endpoint | None, lane: CallbackLane) -> Stop:
    """Return what follows when there is no permit.

    Args:
        endpoint: read again after the permit was denied; a disabled endpoint gives no permits either.
    """
    return PauseDeliveries() if endpoint is not None and endpoint.disabled else Requeue(lane, RequeueReason.NO_PERMIT)


def requeued_pack(order: PackOrder, stop: Requeue) -> PackOrder:
    """Return the new order for a pack without any delivery."""
    return replace(order, lane=stop.lane, requeues=_requeues(order, stop))


def requeued_deliveries(order: CallbackOrder, event_ids: Sequence[str], stop: Requeue) -> list[DeliveryOrder]:
    """Return orders of at most EVENTS_AT_MOST deliveries each, for the remaining deliveries of an order."""
    requeues = _requeues(order, stop)
    return [
        DeliveryOrder(order.tenant, tuple(event_ids[first : first + EVENTS_AT_MOST]), stop.lane, requeues, order.urgent)
        for first in range(0, len(event_ids), EVENTS_AT_MOST)
    ]


def requeue_delay(order: CallbackOrder, fraction: float) -> timedelta:
    """Return the delay of an order that is queued again: 0.5..1 s at first, at most 30..60 s.

    The delay doubles with each requeue, for urgent orders with every fourth: they try six times in the first five
    seconds, and still give way if thousands of them wait.

    Args:
        fraction: uniform in [0, 1), for jitter.
    """
    doublings = order.requeues // 4 if order.urgent else order.requeues
    longest: timedelta = min(_LONGEST_DELAY, _FIRST_DELAY * (1 << min(doublings, 10)))
    return longest * (0.5 + fraction / 2)


def _requeues(order: CallbackOrder, stop: Requeue) -> int:
    return order.requeues + 1 if stop.delayed else 0
