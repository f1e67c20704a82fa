"""Deliveries of pushes: the body is encrypted already, and what is an hour old is not sent."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from datetime import datetime, timedelta

from tocsin.egress.domain.callback_url import CallbackEncoding
from tocsin.identity.domain.account_key import INSIDE
from tocsin.kernel.domain.ids import TenantId
from tocsin.results.domain.result_event import event_id
from tocsin.webhooks.domain.callback import EndpointKey, PushOrigin
from tocsin.webhooks.domain.delivery import PUSH_LIVES, Delivery, DeliveryKey, waiting
from tocsin.webhooks.domain.standard_webhooks import AttemptResult, AttemptVerdict

PUSH_KEPT_FOR = timedelta(days=1)
"""How long the row of a push stays, so that a push of a key and browser is sent once."""

TOO_LATE = "too_late"
"""Reason of a push that is not sent any more, because it is an hour old."""

UNSUBSCRIBED = "unsubscribed"
"""Reason of a push that is not sent any more, because its browser is not subscribed."""


def push_delivery(
    tenant: TenantId,
    origin: PushOrigin,
    key: str,
    *,
    service: str,
    endpoint: str,
    body: bytes,
    headers: tuple[tuple[str, str], ...],
    now: datetime,
) -> Delivery:
    """Return the delivery of one push; a repeat of the same key to the same browser has the same id.

    Args:
        service: origin of the push service. It is the endpoint whose health is watched, so that nothing of a browser
            outlives its subscription.
        endpoint: URL of the subscription.
        body: as it is sent.
    """
    delivery = Delivery(
        key=DeliveryKey(tenant, event_id(tenant, INSIDE, "push", origin.user, origin.subscription, key)),
        endpoint=EndpointKey.of(tenant, INSIDE, service),
        alert=None,
        url=endpoint,
        encoding=CallbackEncoding.JSON,
        body=base64.b64encode(body).decode(),
        created_at=now,
        expires_at=now + PUSH_KEPT_FOR,
        headers=(("ttl", str(int(PUSH_LIVES.total_seconds()))), *headers),
        endpoint_url=service,
        push=origin,
    )
    return waiting(delivery, now)


def is_late(delivery: Delivery, now: datetime) -> bool:
    """Whether an attempt would come too late to help."""
    return now >= delivery.created_at + PUSH_LIVES


def push_request(delivery: Delivery, who: Mapping[str, str]) -> tuple[dict[str, str], bytes]:
    """Return headers and body of an attempt; `who`: the headers that say who pushes."""
    return {"user-agent": "Tocsin-Push/1", **dict(delivery.headers), **who}, base64.b64decode(delivery.body)


def classify_push(delivery: Delivery, status: int | None, result: AttemptResult, now: datetime) -> AttemptResult:
    """Return what follows an attempt, where `result` is what would follow for a webhook.

    The push service knows the subscription no more: 404, as 410 (RFC 8030, 7.3). There is no retry after an hour.
    """
    if status == 404:
        return AttemptResult(AttemptVerdict.GONE)
    if result.verdict is AttemptVerdict.TRY_AGAIN and is_late(delivery, now + result.wait):
        return AttemptResult(AttemptVerdict.EXHAUSTED)
    return result


def health_of_service(status: int | None) -> AttemptVerdict:
    """Return what an answer says about the push service: what is refused for one browser says nothing of the others."""
    well = status is not None and status < 500 and status != 429
    return AttemptVerdict.DELIVERED if well else AttemptVerdict.TRY_AGAIN
