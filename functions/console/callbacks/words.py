"""Callback endpoints and deliveries as people read them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from tocsin.identity.domain.api_key import ApiKey
from tocsin.identity.domain.notification import NotificationMode
from tocsin.webhooks.domain.callback import CONTENT_TYPES, callback_body
from tocsin.webhooks.domain.codes import ATTEMPT_REASONS, DISABLED_REASONS
from tocsin.webhooks.domain.delivery import FAILED, OPEN, Attempt, Delivery, DeliveryState
from tocsin.webhooks.domain.endpoint import Endpoint, EndpointState
from tocsin.webhooks.domain.standard_webhooks import RETRY_SCHEDULE

BODY_SHOWN = 20_000
"""Most characters of a body that a page shows."""

SHOWN = {
    "waiting": ("Waiting", OPEN),
    "delivered": ("Delivered", frozenset({DeliveryState.SUCCEEDED})),
    "failed": ("Failed", FAILED),
}
"""Tabs of the log: the word, and the states."""

_ENDPOINTS = {
    EndpointState.ENABLED: ("ok", "Works"),
    EndpointState.FAILING: ("warn", "Fails"),
    EndpointState.DISABLED: ("bad", "Off"),
}

_DELIVERIES = {
    DeliveryState.PENDING: ("wait", "waiting"),
    DeliveryState.ATTEMPTING: ("wait", "being posted"),
    DeliveryState.RETRY_WAIT: ("warn", "is tried again"),
    DeliveryState.SUCCEEDED: ("ok", "delivered"),
    DeliveryState.EXHAUSTED: ("bad", "given up"),
    DeliveryState.DROPPED: ("bad", "turned away"),
    DeliveryState.PAUSED: ("idle", "paused"),
}


def place(url: str) -> str:
    """Return a callback URL without what may be a secret: its query. A URL with a user name is never accepted."""
    parts = urlsplit(url)
    return f"{parts.hostname}{f':{parts.port}' if parts.port else ''}{parts.path}{'?…' if parts.query else ''}"


def host(url: str) -> str:
    """Return the host of a callback URL."""
    return urlsplit(url).hostname or ""


def is_default(key: ApiKey, url: str) -> bool:
    """Whether the results of a key's alerts are posted to a URL, unless a call says otherwise."""
    return key.notification is NotificationMode.CALLBACK and key.callback_url == url


def shown_endpoint(key: ApiKey, endpoint: Endpoint) -> dict[str, Any]:
    """Return what the templates show of an endpoint."""
    kind, word = _ENDPOINTS[endpoint.state]
    reason = endpoint.disabled_reason
    before = endpoint.secrets[1:]
    return {
        "id": endpoint.key.hash,
        "key": key.id,
        "key_name": key.name,
        "key_enabled": key.enabled,
        "place": place(endpoint.url),
        "kind": kind,
        "word": word,
        "off": endpoint.disabled,
        "why_off": DISABLED_REASONS.words[reason].cause if reason else "",
        "off_at": endpoint.disabled_at,
        "failing_since": endpoint.failing_since,
        "slow": endpoint.slow,
        "warned": endpoint.warned,
        "since": endpoint.created_at,
        "retires_at": before[0].retires_at if before else None,
        "default": is_default(key, endpoint.url),
    }


def shown_delivery(delivery: Delivery) -> dict[str, Any]:
    """Return what the templates show of a delivery in the log."""
    kind, word = _DELIVERIES[delivery.state]
    if delivery.state is DeliveryState.RETRY_WAIT:
        word += f", {delivery.retry_step} of {len(RETRY_SCHEDULE)} done"
    last = delivery.attempts[-1] if delivery.attempts else None
    return {
        "id": delivery.key.event_id,
        "event": str(_event(delivery).get("event", "")),
        "alert": delivery.alert,
        "kind": kind,
        "word": word,
        "made": delivery.made,
        "answer": "" if last is None else answer_of(last),
        "milliseconds": last.milliseconds if last else None,
        "at": delivery.created_at,
        "due_at": delivery.due_at if delivery.state is DeliveryState.RETRY_WAIT else None,
        "again": delivery.state not in OPEN and not delivery.is_test,
    }


def answer_of(attempt: Attempt) -> str:
    """Return what came of an attempt: the status, or why there was none; "" while it is under way."""
    if attempt.status is not None:
        return f"status {attempt.status}"
    if attempt.reason is None:
        return ""
    return ATTEMPT_REASONS.words[attempt.reason].cause if attempt.reason in ATTEMPT_REASONS.words else attempt.reason


def shown_attempts(delivery: Delivery, answers: Mapping[int, bytes]) -> list[dict[str, Any]]:
    """Return the attempts of a delivery, newest first, each with the beginning of a response that was no success."""
    return [
        {
            "number": attempt.number,
            "at": attempt.at,
            "taken": attempt.taken,
            "answer": answer_of(attempt) or "under way",
            "milliseconds": attempt.milliseconds,
            "said": answers.get(attempt.number, b"").decode("utf-8", "replace"),
        }
        for attempt in reversed(delivery.attempts)
    ]


def headers_of(delivery: Delivery) -> list[tuple[str, str]]:
    """Return the headers of each attempt; what differs between attempts, and the signature, is masked."""
    return [
        ("content-type", CONTENT_TYPES[delivery.encoding]),
        ("webhook-id", delivery.key.event_id),
        ("webhook-timestamp", "•••"),
        ("webhook-signature", "v1,•••"),
    ]


def body_of(delivery: Delivery) -> str:
    """Return the body as it is posted."""
    return callback_body(_event(delivery), delivery.encoding).decode()[:BODY_SHOWN]


def _event(delivery: Delivery) -> Mapping[str, Any]:
    event: Mapping[str, Any] = json.loads(delivery.body)
    return event
