"""Port of outgoing HTTP calls to webhook endpoints."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol


@dataclass(frozen=True, slots=True)
class WebhookRequest:
    """One POST to an endpoint. `headers` contain signature and content type."""

    url: str
    headers: Mapping[str, str]
    body: bytes


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
    """Posts to endpoints, on the public internet only."""

    def post(self, request: WebhookRequest) -> WebhookAnswer:
        """Make one attempt. Follows no redirect. Faults of network or receiver are in the answer, not raised."""
        ...
