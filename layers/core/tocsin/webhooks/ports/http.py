"""Ports of outgoing HTTP: callbacks and, later, the webhooks of rules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol


@dataclass(frozen=True, slots=True)
class WebhookRequest:
    """One POST to a receiver. `headers` already hold signature and content type."""

    url: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class WebhookAnswer:
    """What came back.

    Attributes:
        status: HTTP status; None if there was no answer.
        reason: stable word when `status` is None (`timeout`, `tls`, `connection_refused`, `not_public`, …), else None.
        retry_after: the receiver's wish, None if it named none.
        excerpt: first kilobyte of the answer's body; empty for a refused address, or the log would tell its secrets.
    """

    status: int | None
    reason: str | None = None
    retry_after: timedelta | None = None
    excerpt: bytes = b""


class WebhookSender(Protocol):
    """Posts to receivers on the public internet, and to nothing else."""

    def post(self, request: WebhookRequest) -> WebhookAnswer:
        """Make one attempt. Follows no redirect and never raises for anything the network or the receiver does."""
        ...
