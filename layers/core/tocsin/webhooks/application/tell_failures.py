"""Tell the account that an endpoint does not take what it is sent: an event for each endpoint and day."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from datetime import timedelta

from tocsin.kernel.domain.counted import counted
from tocsin.kernel.domain.errors import TocsinError
from tocsin.kernel.ports import Clock
from tocsin.telephony.domain.account_events import TakeAccountEvent, webhook_failed
from tocsin.webhooks.domain.delivery import FAILED, Delivery, DeliveryState
from tocsin.webhooks.domain.endpoint import DisabledReason, Endpoint
from tocsin.webhooks.ports.callbacks import WebhookDeliveries

COUNTED = timedelta(days=7)
"""Failed deliveries of so many days are counted, up to MOST_COUNTED."""

MOST_COUNTED = 100

_REMEMBERED = 1024
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class TellFailures:
    """Makes the event `webhook.failed`, for callbacks of keys and webhooks of rules alike. Safe for several threads."""

    deliveries: WebhookDeliveries
    take: TakeAccountEvent
    clock: Clock
    _told: set[str] = field(default_factory=set)

    def __call__(self, endpoint: Endpoint, delivery: Delivery) -> None:
        """Tell it, unless this process told it today. Never raises: the next failure tells it again.

        Args:
            endpoint: as it is after the failure.
            delivery: that failed, with its last attempt.
        """
        now = self.clock()
        key = endpoint.key
        named = f"{key.tenant}:{key.key_id}:{key.hash}:{now:%Y%m%d}"
        if named in self._told:
            return
        try:
            page = self.deliveries.of_endpoint(key, now - COUNTED, now + timedelta(seconds=1), MOST_COUNTED, None, now)
            before = sum(each.state in FAILED and each.key != delivery.key for each in page.deliveries)
            event = webhook_failed(
                f"{key.key_id}:{key.hash}",
                delivery.endpoint_url or delivery.url,
                now,
                reason=_reason(endpoint, delivery),
                since=endpoint.failing_since or delivery.created_at,
                failed=min(before + (delivery.state in FAILED), MOST_COUNTED),
                answer=_answer(delivery),
                page=_page(endpoint, delivery),
            )
            self.take(key.tenant, event)
        except TocsinError:
            _log.warning("a failing webhook was not told", extra={"tenant": key.tenant})
            return
        if len(self._told) >= _REMEMBERED:
            self._told.clear()
        self._told.add(named)


def _reason(endpoint: Endpoint, delivery: Delivery) -> str:
    if endpoint.disabled:
        gone = endpoint.disabled_reason is DisabledReason.GONE
        return "it answered 410 Gone, and is switched off" if gone else "only failures for five days, so it is disabled"
    if delivery.state is DeliveryState.EXHAUSTED:
        return f"a delivery failed {counted(delivery.made, 'time')}"
    return "deliveries have failed for a day"


def _answer(delivery: Delivery) -> str:
    last = delivery.attempts[-1] if delivery.attempts else None
    if last is None:
        return "it was not called"
    return f"HTTP {last.status}" if last.status is not None else f"no answer: {last.reason or 'unknown'}"


def _page(endpoint: Endpoint, delivery: Delivery) -> str:
    if delivery.origin is not None:
        return f"rules/{delivery.origin.rule}/history"
    return f"callbacks/{endpoint.key.key_id}/{endpoint.key.hash}"
