"""Account notices and owner notifications about webhooks (AH-129) and the bus.

They name the endpoint's host, never its path.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from tocsin.alerts.domain.alert import Alert
from tocsin.identity.domain.account_key import INSIDE
from tocsin.kernel.domain.counted import counted
from tocsin.kernel.domain.ids import ApiKeyId
from tocsin.notices.domain.account_notice import AccountNotice, Category, Severity, notice_about
from tocsin.notices.domain.owner_notification import OwnerNotification
from tocsin.webhooks.domain.bus_entry import TRIED_FOR
from tocsin.webhooks.domain.callback import PackKey
from tocsin.webhooks.domain.delivery import Delivery
from tocsin.webhooks.domain.endpoint import DisabledReason, Endpoint, EndpointNotification
from tocsin.webhooks.domain.standard_webhooks import DISABLE_AFTER, WARN_AFTER

_REASONS: Mapping[DisabledReason | None, str] = {
    DisabledReason.GONE: "it answered 410 Gone",
    DisabledReason.FAILED: f"nothing but failures for {DISABLE_AFTER.days} days",
}
_DAY = timedelta(days=1)
_HOUR = timedelta(hours=1)


def exhausted_notice(delivery: Delivery) -> AccountNotice:
    """Return the notice about an event that could not be delivered. Its time is that of the last attempt."""
    origin, attempts = delivery.origin, counted(delivery.made, "attempt")
    made = f"could not be delivered to {_host(delivery.url)} in {attempts}."
    if origin is None:
        until = f"It can be replayed until {delivery.expires_at:%Y-%m-%d}."
        text = f"Event {delivery.key.event_id} of alert {delivery.alert} {made} {until}"
    else:
        text = f"Webhook {origin.action} of alert rule {origin.rule} {made} Its history has the reasons."
    owner = delivery.endpoint
    return notice_about(
        owner.tenant,
        owner.key_id,
        f"{delivery.key.event_id}-{delivery.made}",
        delivery.attempts[-1].at,
        Severity.ERROR,
        Category.CALLBACK,
        "callback_exhausted",
        text,
        alert=delivery.alert,
    )


def bus_notice(alert: Alert, pack: PackKey, events: int, at: datetime) -> AccountNotice:
    """Return the notice about events of one pack that the bus did not take until `at`."""
    text = (
        f"{counted(events, 'event')} of alert {alert.ref} could not be put on the event bus in {TRIED_FOR // _HOUR} "
        "hours. `GET /alerts` tells what became of its messages."
    )
    return notice_about(
        alert.tenant,
        alert.key_id,
        f"{alert.ref}-{pack.name}",
        at,
        Severity.ERROR,
        Category.CALLBACK,
        "bus_exhausted",
        text,
        alert=alert.ref,
    )


def bus_delivery_notice(delivery: Delivery, key_id: ApiKeyId) -> AccountNotice:
    """Return the notice for a key of the account about what the bus did not take. Those of a day are one notice."""
    text = (
        f"Runs of alert rules, incidents or telephony events could not be put on the event bus in {TRIED_FOR // _HOUR} "
        "hours. The histories of rules, integrations and events have them."
    )
    return notice_about(
        delivery.key.tenant,
        key_id,
        "bus",
        delivery.attempts[-1].at,
        Severity.ERROR,
        Category.CALLBACK,
        "bus_exhausted",
        text,
        once_per=_DAY,
    )


def endpoint_notice(endpoint: Endpoint, notification: EndpointNotification) -> AccountNotice:
    """Return the notice about an endpoint's new state. Workers that see the same state return the same notice."""
    since = endpoint.failing_since or endpoint.created_at
    host, short = _host(endpoint.url), endpoint.key.hash[:12]
    if notification is EndpointNotification.FAILING:
        at, severity = since + WARN_AFTER, Severity.WARNING
        text = f"Callbacks to {host} (endpoint {short}) have failed since {since:%Y-%m-%d %H:%M} UTC."
    else:
        at, severity = since + DISABLE_AFTER, Severity.ERROR
        if endpoint.disabled_reason is not DisabledReason.FAILED and endpoint.disabled_at is not None:
            at = endpoint.disabled_at  # each worker has its own time, so `once_per` a day makes the notices equal
        why = _REASONS.get(endpoint.disabled_reason, "you asked for it")
        text = f"Callbacks to {host} (endpoint {short}) are disabled: {why}. Events are kept and can be replayed."
        if endpoint.key.key_id == INSIDE:
            text = f"A webhook of an alert rule to {host} was switched off: {why}. Switch it on again in the rule."
    return notice_about(
        endpoint.key.tenant,
        endpoint.key.key_id,
        change_of(endpoint, notification),
        at,
        severity,
        Category.CALLBACK,
        f"callback_{notification.value}",
        text,
        once_per=_DAY,
    )


def endpoint_notification(endpoint: Endpoint, notification: EndpointNotification) -> OwnerNotification:
    """Return the mail to the key's owner about an endpoint's new state."""
    notice = endpoint_notice(endpoint, notification)
    failing = notification is EndpointNotification.FAILING
    subject = "Callbacks are failing" if failing else "Callbacks are disabled"
    since = endpoint.failing_since if failing and endpoint.failing_since else endpoint.created_at
    text = f"{notice.text}\nAPI key: {endpoint.key.key_id}"
    return OwnerNotification(
        f"callback-{endpoint.key.key_id}-{change_of(endpoint, notification)}", since, subject, text
    )


def change_of(endpoint: Endpoint, notification: EndpointNotification) -> str:
    """Return an id of this change of state, unique among all changes of all endpoints of the key."""
    if notification is EndpointNotification.DISABLED:
        return f"{endpoint.key.hash}-disabled-{endpoint.enablings}"  # the owner must enable it in between
    since = endpoint.failing_since or endpoint.created_at
    return f"{endpoint.key.hash}-failing-{since:%Y%m%d%H%M%S}"


def _host(url: str) -> str:
    return urlsplit(url).hostname or "its address"
