"""What became of a request at acceptance."""

from __future__ import annotations

from dataclasses import dataclass

from tocsin.contacts.domain.channel import Channel
from tocsin.kernel.domain.warnings import Warned


@dataclass(frozen=True, slots=True)
class ItemResult:
    """What became of one element at acceptance.

    Attributes:
        requested: receivers asked for, after expansion; the same address twice counts once.
        sent: receivers accepted for sending.
        remaining: capacity left on the channel; None = unlimited.
        failure_reason: None if nothing was refused.
        segments: sms only: parts the longest text among its receivers takes.
        replaced: sms only: characters that transliteration turned into "?", in the text as it was given.
        warnings: their pointers begin at the element.
    """

    channel: Channel
    tag: str
    success: bool
    requested: int
    sent: int
    remaining: int | None
    failure_reason: str | None = None
    segments: int | None = None
    replaced: int = 0
    warnings: tuple[Warned, ...] = ()


@dataclass(frozen=True, slots=True)
class SendResult:
    """The answer to one call.

    Attributes:
        success: False only when nothing at all was accepted.
        alert_ref: None when nothing was accepted.
        email_subject_ref: set when at least one email element was accepted.
    """

    success: bool
    client_ref: str
    alert_ref: str | None
    items: tuple[ItemResult, ...]
    email_subject_ref: str | None = None
    failure_reason: str | None = None
