"""The endpoint that an alert's results are posted to, and the form of the body.

One call carries one event: the object that `/collectevents` returns, as JSON or as a form.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from urllib.parse import urlencode

from tocsin.egress.domain.callback_url import CallbackEncoding
from tocsin.kernel.domain.ids import AlertRef, ApiKeyId, TenantId, UserId

ORDER_PATIENCE = timedelta(minutes=2)
"""How long after publication the sweeper waits before it queues another order for a pack."""


CONTENT_TYPES = {
    CallbackEncoding.JSON: "application/json",
    CallbackEncoding.FORM: "application/x-www-form-urlencoded",
}


class WebhookMethod(StrEnum):
    """How a webhook is sent; the values are words of the API. A GET has its data in the query, and no body."""

    POST = "POST"
    PUT = "PUT"
    GET = "GET"


@dataclass(frozen=True, slots=True)
class RuleOrigin:
    """The webhook of an alert rule that a delivery comes from: the ids of the rule and of its action."""

    rule: str
    action: str


@dataclass(frozen=True, slots=True)
class PushOrigin:
    """The browser that a push is for: the person, and the id of their subscription."""

    user: UserId
    subscription: str


@dataclass(frozen=True, slots=True)
class BusHead:
    """What an entry of the event bus has beside its detail; `BusEntry` says what each of them is."""

    kind: str
    at: datetime
    resource: str


@dataclass(frozen=True, slots=True)
class EndpointKey:
    """One endpoint of one API key. `hash`: SHA-256 of the URL, in hex, because URLs can contain secrets."""

    tenant: TenantId
    key_id: ApiKeyId
    hash: str

    @staticmethod
    def of(tenant: TenantId, key_id: ApiKeyId, url: str) -> EndpointKey:
        """Return the key of a URL. URLs that differ in host, path or query are different endpoints."""
        return EndpointKey(tenant, key_id, hashlib.sha256(url.encode()).hexdigest())


@dataclass(frozen=True, slots=True)
class PackKey:
    """A pack of published events: the outbox of webhooks."""

    tenant: TenantId
    alert: AlertRef
    name: str


def callback_body(event: Mapping[str, Any], encoding: CallbackEncoding) -> bytes:
    """Return the bytes that are signed and sent; equal events give equal bytes.

    In a form, a list becomes one field per entry, a boolean is `true` or `false`, and an object is written as JSON.
    """
    if encoding is CallbackEncoding.JSON:
        return json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
    fields = [
        (name, _field(one))
        for name, value in event.items()
        for one in (value if isinstance(value, list | tuple) else [value])
        if one is not None
    ]
    return urlencode(fields, encoding="utf-8", errors="replace").encode()


def _field(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return str(value)
