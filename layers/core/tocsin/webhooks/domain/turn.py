"""Whose turn it is: whether the next call of an order may begin, and what becomes of the deliveries if it may not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum

from tocsin.webhooks.domain.callback_order import EVENTS_AT_MOST, CallbackOrder, DeliveryOrder, PackOrder
from tocsin.webhooks.domain.endpoint import CallbackLane, Endpoint

CALL_LIMIT = timedelta(seconds=18)
"""Longest a call can take, and time to record it; none begins with less left of the worker."""

_FIRST_BOUNCE = timedelta(seconds=1)
_LONGEST_BOUNCE = timedelta(minutes=1)


class PutBackReason(StrEnum):
    """Why deliveries are left to another order."""

    SLOW_ENDPOINT = "slow_endpoint"  # it would hold up others in the quick lane
    NO_TIME = "no_time"  # the worker would be stopped in the middle of a call
    NO_PERMIT = "no_permit"  # too many calls of the endpoint, or orders of the tenant, are under way


@dataclass(frozen=True, slots=True)
class PutBack:
    """Leave the deliveries to an order in `lane`."""

    lane: CallbackLane
    reason: PutBackReason

    @property
    def bounced(self) -> bool:
        """Whether the order came in vain: it waits, longer each time."""
        return self.reason is PutBackReason.NO_PERMIT


@dataclass(frozen=True, slots=True)
class Park:
    """Put the deliveries aside: the endpoint is disabled. They wait until its owner asks for them."""


Stop = PutBack | Park


def stopped_by(endpoint: Endpoint, lane: CallbackLane) -> Stop | None:
    """Return what the state of the endpoint makes of an order in `lane`; None: it may go on."""
    if endpoint.disabled:
        return Park()
    if lane is CallbackLane.QUICK and endpoint.lane is CallbackLane.SLOW:
        return PutBack(CallbackLane.SLOW, PutBackReason.SLOW_ENDPOINT)
    return None


def stopped_before_call(endpoint: Endpoint, lane: CallbackLane, time_left: timedelta) -> Stop | None:
    """Return why no call may begin; None: one may, if there is a permit for it."""
    if stop := stopped_by(endpoint, lane):
        return stop
    return PutBack(lane, PutBackReason.NO_TIME) if time_left < CALL_LIMIT else None


def stopped_without_permit(endpoint: Endpoint | None, lane: CallbackLane) -> Stop:
    """Return what follows when there is no permit. `endpoint`: as it stands now; disabled ones give none either."""
    return Park() if endpoint is not None and endpoint.disabled else PutBack(lane, PutBackReason.NO_PERMIT)


def pack_again(order: PackOrder, stop: PutBack) -> PackOrder:
    """Return the order of a pack of which nothing was done."""
    return replace(order, lane=stop.lane, bounces=_bounces(order, stop))


def orders_of_rest(order: CallbackOrder, event_ids: Sequence[str], stop: PutBack) -> list[DeliveryOrder]:
    """Return orders of at most EVENTS_AT_MOST deliveries each, for what is left of an order."""
    return [
        DeliveryOrder(order.tenant, tuple(event_ids[first : first + EVENTS_AT_MOST]), stop.lane, _bounces(order, stop))
        for first in range(0, len(event_ids), EVENTS_AT_MOST)
    ]


def bounce_delay(bounces: int, fraction: float) -> timedelta:
    """Return how long an order waits that came in vain `bounces` times before: 0.5..1 s at first, doubled each time.

    Args:
        fraction: uniform in [0, 1), for jitter; the longest wait is 30..60 s.
    """
    longest: timedelta = min(_LONGEST_BOUNCE, _FIRST_BOUNCE * (1 << min(bounces, 10)))
    return longest * (0.5 + fraction / 2)


def _bounces(order: CallbackOrder, stop: PutBack) -> int:
    return order.bounces + 1 if stop.bounced else 0
