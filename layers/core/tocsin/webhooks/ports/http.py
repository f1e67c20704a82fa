"""Port of outgoing HTTP calls to webhook endpoints."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Protocol

from tocsin.webhooks.domain.callback import WebhookMethod


@dataclass(frozen=True, slots=True)
class WebhookRequest:
    """One request to an endpoint. `headers` contain signature and content type; a GET has no body."""

    url: str
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    method: WebhookMethod = WebhookMethod.POST


@dataclass(frozen=True, slots=True)
class WebhookAnswer:
    """The response.

    Attributes:
        status: HTTP status; None if there was no response.
        reason: code if `status` is None (`read_timeout`, `tls_failed`, `refused`, `not_public`, …), else None.
        retry_after: from Retry-After, None without it.
        excerpt: first kilobyte of the body; empty for a refused address, so that no internal data is exposed.
    """

    status: int | None
    reason: str | None = None
    retry_after: timedelta | None = None
    excerpt: bytes = b""


class WebhookSender(Protocol):
    """Calls endpoints, on the public internet only."""

    def send(self, request: WebhookRequest) -> WebhookAnswer:
        """Make one attempt. Follows no redirect. Faults of network or receiver are in the answer, not raised."""
        ...
