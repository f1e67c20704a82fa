"""The result of a request at acceptance."""

from __future__ import annotations

from dataclasses import dataclass

from tocsin.alerts.domain.exclusion import Exclusion
from tocsin.contacts.domain.channel import Channel
from tocsin.kernel.domain.warnings import Warned

NAMED_AT_MOST = 100
"""Most receivers that the response to a call names if none of them was accepted."""


@dataclass(frozen=True, slots=True)
class ItemResult:
    """The result of one element at acceptance.

    Attributes:
        requested: number of requested receivers, after expansion; a repeated address counts once.
        sent: number of receivers accepted for sending.
        remaining: remaining capacity on the channel; None = unlimited.
        failure_reason: None if there was no failure.
        segments: SMS only: segments of the longest text among its receivers.
        replaced: SMS only: characters of the given text that transliteration replaced by "?".
        warnings: their pointers begin at the element.
        failure_code: stable word for `failure_reason`, None if there was no failure.
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
    failure_code: str | None = None


@dataclass(frozen=True, slots=True)
class SendResult:
    """The result of one call.

    Attributes:
        success: False only if no receiver was accepted.
        alert_ref: None if no receiver was accepted.
        email_subject_ref: the reference in email subjects; None without an accepted email element.
        excluded: if no receiver was accepted, the first NAMED_AT_MOST receivers, each with the place of its element.
    """

    success: bool
    client_ref: str
    alert_ref: str | None
    items: tuple[ItemResult, ...]
    email_subject_ref: str | None = None
    failure_reason: str | None = None
    excluded: tuple[tuple[int, Exclusion], ...] = ()
