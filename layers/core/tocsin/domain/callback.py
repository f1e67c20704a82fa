"""Where the results of an alert are called back to, and in what form.

One call carries one event: the object that `/collectevents` hands out, as JSON or as a form.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any
from urllib.parse import urlencode

from tocsin.domain.egress import EgressPolicy, EgressRefused, judge_url
from tocsin.domain.errors import Fault
from tocsin.domain.ids import AlertRef, ApiKeyId, TenantId

ORDER_PATIENCE = timedelta(minutes=2)
"""How long the order of a fresh pack may be on its way before the sweeper queues another."""

_OF_FORM = {"malformed_url", "scheme", "userinfo", "host", "port"}


class CallbackEncoding(StrEnum):
    """How the body is written; the values are the wire's `notificationType`."""

    JSON = "json"
    FORM = "form"


CONTENT_TYPES = {
    CallbackEncoding.JSON: "application/json",
    CallbackEncoding.FORM: "application/x-www-form-urlencoded",
}


@dataclass(frozen=True, slots=True)
class Callback:
    """Where and how one alert's events are posted."""

    url: str
    encoding: CallbackEncoding = CallbackEncoding.JSON


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


def url_faults(url: str, pointer: str, policy: EgressPolicy) -> list[Fault]:
    """Return what is wrong with a callback URL. The URL is not repeated.

    `NOT_PUBLIC` is a well-formed URL of a place that nobody outside can be: an inside name, a private address.
    """
    try:
        judge_url(url, policy)
    except EgressRefused as refused:
        if refused.reason in _OF_FORM:
            message = "must be an https URL with a public host, port 443 or 8443, and no user name"
            return [Fault(pointer, "WRONG_FORM", message)]
        return [Fault(pointer, "NOT_PUBLIC", "must lead to a public address")]
    return []


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
