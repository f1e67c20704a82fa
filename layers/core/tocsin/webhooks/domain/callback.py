"""Where the results of an alert are called back to, and in what form.

One call carries one event: the object that `/collectevents` hands out, as JSON or as a form.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from tocsin.egress.domain.callback_url import CallbackEncoding
from tocsin.kernel.domain.ids import AlertRef, ApiKeyId, TenantId

ORDER_PATIENCE = timedelta(minutes=2)
"""How long the order of a fresh pack may be on its way before the sweeper queues another."""


CONTENT_TYPES = {
    CallbackEncoding.JSON: "application/json",
    CallbackEncoding.FORM: "application/x-www-form-urlencoded",
}


@dataclass(frozen=True, slots=True)
class EndpointKey:
    """One receiver of one API key: a URL, by the hash of it, for URLs carry secrets."""

    tenant: TenantId
    key_id: ApiKeyId
    hash: str

    @staticmethod
    def of(tenant: TenantId, key_id: ApiKeyId, url: str) -> EndpointKey:
        """Return the key of a URL. Another host, path or query is another endpoint, with a secret of its own."""
        return EndpointKey(tenant, key_id, hashlib.sha256(url.encode()).hexdigest())


@dataclass(frozen=True, slots=True)
class PackKey:
    """A pack of published events: the outbox of callbacks."""

    tenant: TenantId
    alert: AlertRef
    name: str


def callback_body(event: Mapping[str, Any], encoding: CallbackEncoding) -> bytes:
    """Return the bytes that are signed and sent; the same event always gives the same bytes.

    In a form, a list becomes a field per entry, truth is `true` or `false`, and an object is written as JSON.
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
