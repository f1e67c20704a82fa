"""What the owner of a key reads about its callbacks (AH-129). The receiver's host is named, never its path."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

from tocsin.domain.notice import Category, Notice, Severity
from tocsin.domain.webhook import DISABLE_AFTER, WARN_AFTER
from tocsin.domain.webhook_delivery import Delivery
from tocsin.domain.webhook_endpoint import DisabledBecause, Endpoint, EndpointNews

_REASONS: Mapping[DisabledBecause | None, str] = {
    DisabledBecause.GONE: "it answered 410 Gone",
    DisabledBecause.FAILED: f"nothing but failures for {DISABLE_AFTER.days} days",
}


def exhausted_notice(delivery: Delivery) -> Notice:
    """Return the notice of an event that could not be delivered. Its time is that of the last attempt."""
    text = (
        f"Event {delivery.key.event_id} of alert {delivery.alert} could not be delivered to {_host(delivery.url)} "
        f"in {delivery.made} attempts. It can be replayed until {delivery.expires_at:%Y-%m-%d}."
    )
    name = f"callback-exhausted-{delivery.key.event_id}-{delivery.made}"
    owner = delivery.endpoint
    at = delivery.attempts[-1].at
    return Notice(owner.tenant, owner.key_id, name, at, Severity.ERROR, Category.CALLBACK, text)


def endpoint_notice(endpoint: Endpoint, news: EndpointNews) -> Notice:
    """Return the notice of an endpoint's fate. Its time is that of the rule, so that a repeat is the same notice."""
    since = endpoint.failing_since or endpoint.created_at
    host, short = _host(endpoint.url), endpoint.key.hash[:12]
    if news is EndpointNews.FAILING:
        at, severity = since + WARN_AFTER, Severity.WARNING
        text = f"Callbacks to {host} (endpoint {short}) have failed since {since:%Y-%m-%d %H:%M} UTC."
    else:
        at = since + DISABLE_AFTER
        if endpoint.disabled_because is not DisabledBecause.FAILED and endpoint.disabled_at is not None:
            at = endpoint.disabled_at
        severity = Severity.ERROR
        why = _REASONS.get(endpoint.disabled_because, "you asked for it")
        text = f"Callbacks to {host} (endpoint {short}) are disabled: {why}. Events are kept and can be replayed."
    name = f"callback-{news.value}-{short}-{int(since.timestamp() * 1000)}"
    return Notice(endpoint.key.tenant, endpoint.key.key_id, name, at, severity, Category.CALLBACK, text)


def _host(url: str) -> str:
    return urlsplit(url).hostname or "its address"
