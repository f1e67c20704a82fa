"""What readers of providers' events return: one event in our words. Each vendor's reader is one table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from tocsin.delivery.domain.message import Receipt
from tocsin.delivery.domain.message_id import MessageId
from tocsin.suppressions.domain.suppression import SuppressionReason


@dataclass(frozen=True, slots=True)
class ProviderReport:
    """What a provider says about one try of one message.

    Attributes:
        at: when it happened, by the provider's clock.
        suppresses: why the receiver must not be contacted again, None if nothing says so.
        complaint: what the receiver complained of (`abuse`, `fraud` …, `unspecified`), None without a complaint.
        to: the receiver as the provider names it, where `suppresses` is given and it names exactly one: for alerts that
            the store has forgotten by then.
    """

    id: MessageId
    receipt: Receipt
    at: datetime
    suppresses: SuppressionReason | None = None
    complaint: str | None = None
    to: str | None = field(default=None, repr=False)


class Unread(StrEnum):
    """Why an event is no report. It is counted and dropped."""

    IGNORED = "ignored"  # a kind we know and that says nothing about delivery
    NOT_OURS = "not_ours"  # about a message that does not bear our id
    UNKNOWN_EVENT = "unknown_event"  # a kind we do not know
    MALFORMED = "malformed"  # a kind we know, in a shape that we do not


Reader = Callable[[Mapping[str, Any]], ProviderReport | Unread]
"""Reads one event. Never raises, whatever it is given."""
