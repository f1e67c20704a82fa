"""A call to one receiver, as a provider is asked to make it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from tocsin.delivery.domain.message_id import MessageId

ANSWER_WITHIN = timedelta(seconds=40)
"""How long a receiver's phone rings. Connect allows 15 to 60 s; many voicemails answer later."""


@dataclass(frozen=True, slots=True)
class OutgoingCall:
    """One call. What is said is no part of it: the call asks for that once it is answered.

    Attributes:
        id: the try. A provider that takes the same id twice makes one call.
        sender: the number that is shown, E.164; it is the account's own.
        to: the receiver's number, E.164.
        answer_within: how long the phone rings, 15..60 s.
    """

    id: MessageId
    sender: str
    to: str
    answer_within: timedelta = ANSWER_WITHIN
