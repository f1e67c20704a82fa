"""Ports of the providers: text messages and emails, ready to go."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from tocsin.delivery.domain.message_id import MessageId
from tocsin.delivery.domain.submission import Submission


@dataclass(frozen=True, slots=True)
class OutgoingSms:
    """One text message, ready to go."""

    id: MessageId
    sender: str
    to: str
    text: str
    expires_in: timedelta


@dataclass(frozen=True, slots=True)
class OutgoingEmail:
    """One email, ready to go.

    Attributes:
        to: the receiver: the only envelope address.
        mime: the whole message in SMTP wire form, checked by the header guard.
    """

    id: MessageId
    sender: str
    to: str
    mime: bytes


class SmsSender(Protocol):
    """Hands a text message to a carrier."""

    def send(self, message: OutgoingSms) -> Submission:
        """Hand it over. Never raises for anything the provider or the network does."""
        ...


class EmailSender(Protocol):
    """Hands an email to a mail server."""

    def send(self, message: OutgoingEmail) -> Submission:
        """Hand it over. Never raises for anything the provider or the network does."""
        ...
