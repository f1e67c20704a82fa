"""What the readers of provider events return. Each vendor's reader is a table in the vendor's adapter."""

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
    """A provider's report about one try of one message.

    Attributes:
        at: the time of the event, by the provider's clock.
        suppresses: why the receiver must not be contacted again, None = the receiver may be.
        complaint: type of the complaint (`abuse`, `fraud` …, `unspecified`), None without a complaint.
        to: the receiver's address in the event, if `suppresses` is set and the event names one receiver. It is used if
            the alert is deleted already.
    """

    id: MessageId
    receipt: Receipt
    at: datetime
    suppresses: SuppressionReason | None = None
    complaint: str | None = None
    to: str | None = field(default=None, repr=False)


class UnreadReason(StrEnum):
    """Why an event gives no report. Such an event is counted and dropped."""

    IGNORED = "ignored"  # a known type that says nothing about delivery
    NOT_OURS = "not_ours"  # the message has no id of ours
    UNKNOWN_EVENT = "unknown_event"  # an unknown type
    MALFORMED = "malformed"  # a known type in an unknown shape


Reader = Callable[[Mapping[str, Any]], ProviderReport | UnreadReason]
"""Reads one event, any JSON object. Never raises."""
