"""Ports of the providers, and the messages that they are given."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from tocsin.delivery.domain.message_id import MessageId
from tocsin.delivery.domain.submission import Submission


@dataclass(frozen=True, slots=True)
class OutgoingSms:
    """One text message.

    Attributes:
        sender: the number or sender id it comes from.
        to: the receiver's number in E.164 form.
        expires_in: how long the network may try to deliver it.
    """

    id: MessageId
    sender: str
    to: str
    text: str
    expires_in: timedelta


@dataclass(frozen=True, slots=True)
class OutgoingEmail:
    """One email.

    Attributes:
        sender: the From address.
        to: the receiver, the only envelope address.
        mime: the whole message in SMTP wire form; its headers were checked when it was built.
    """

    id: MessageId
    sender: str
    to: str
    mime: bytes


Wait = Callable[[], Submission]
"""Waits for the outcome of a submission that was begun, and returns it. Never raises because of the provider or the
network."""


class SmsSender(Protocol):
    """Submits text messages to a provider."""

    def begin(self, message: OutgoingSms) -> Wait | None:
        """Submit the message and return what waits for the outcome, so that one thread can submit many at once.

        Returns:
            None if that would take a while, as without an open connection. Nothing was submitted then.
        """
        ...

    def send(self, message: OutgoingSms) -> Submission:
        """Submit the message and return the outcome. Never raises because of the provider or the network."""
        ...


class EmailSender(Protocol):
    """Submits emails to a provider."""

    def send(self, message: OutgoingEmail) -> Submission:
        """Submit the message and return the outcome. Never raises because of the provider or the network."""
        ...
