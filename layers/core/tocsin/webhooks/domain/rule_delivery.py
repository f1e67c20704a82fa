"""Deliveries of webhooks of alert rules."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from tocsin.alerts.domain.participants import Participant
from tocsin.egress.domain.callback_url import CallbackEncoding
from tocsin.identity.domain.account_key import INSIDE
from tocsin.kernel.domain.ids import TenantId
from tocsin.results.domain.result_event import event_id
from tocsin.webhooks.domain.callback import EndpointKey, RuleOrigin, WebhookMethod
from tocsin.webhooks.domain.delivery import Attempt, Delivery, DeliveryKey, DeliveryState, waiting

RULE_DELIVERY_KEPT_FOR = timedelta(days=90)
"""How long a delivery of a rule can be read: as long as the run that made it."""

URL_TOO_LONG = "url_too_long"
"""Reason of a GET that is not made, because its URL with the data is longer than URLs may be."""

SANDBOX = "sandbox"
"""Reason of a webhook that is recorded and not called: its event came with a sandbox key."""

RULE_DELETED = "rule_deleted"
"""Reason of a webhook that is not called any more, because its rule was deleted."""


@dataclass(frozen=True, slots=True)
class DeliveryOwed(Participant):
    """A new delivery of a rule, written in a transaction. It is queued after the commit, or found by the sweeper.

    Attributes:
        urgent: whether its order goes before those of broadcasts.
    """

    delivery: Delivery
    urgent: bool = False


def rule_delivery(
    tenant: TenantId,
    origin: RuleOrigin,
    run: str,
    *,
    endpoint_url: str,
    url: str | None,
    body: str,
    now: datetime,
    method: WebhookMethod = WebhookMethod.POST,
    headers: tuple[tuple[str, str], ...] = (),
    sandbox: bool = False,
) -> Delivery:
    """Return the delivery of one webhook of a run; a repeat of the run has the same id.

    Args:
        run: id of the run.
        endpoint_url: as it stands in the rule.
        url: as it is called; None = it would be too long, and the delivery has failed at once.
        body: JSON text; "" for a GET.
        headers: names and values of the rule.
        sandbox: it is recorded as succeeded, and no call is made.
    """
    delivery = Delivery(
        key=DeliveryKey(tenant, event_id(tenant, INSIDE, "rule", origin.rule, origin.action, run)),
        endpoint=EndpointKey.of(tenant, INSIDE, endpoint_url),
        alert=None,
        url=url or endpoint_url,
        encoding=CallbackEncoding.JSON,
        body=body,
        created_at=now,
        expires_at=now + RULE_DELIVERY_KEPT_FOR,
        method=method,
        headers=headers,
        origin=origin,
        endpoint_url=endpoint_url,
    )
    if url is None:
        return without_call(delivery, DeliveryState.DROPPED, URL_TOO_LONG, now)
    if sandbox:
        return without_call(delivery, DeliveryState.SUCCEEDED, SANDBOX, now)
    return waiting(delivery, now)


def without_call(delivery: Delivery, state: DeliveryState, reason: str, now: datetime) -> Delivery:
    """Return the delivery in its last state; `reason` says why no call was made, and stands in place of an attempt."""
    attempts = (*delivery.attempts, Attempt(delivery.made + 1, now, reason=reason, milliseconds=0))
    return replace(delivery, state=state, attempts=attempts, due_at=None, next_check_at=None)
