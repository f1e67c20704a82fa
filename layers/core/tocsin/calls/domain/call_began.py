"""What a provider tells of a call that it has begun."""

from __future__ import annotations

from dataclasses import dataclass

from tocsin.delivery.domain.message_id import MessageId


@dataclass(frozen=True, slots=True)
class CallBegan:
    """A call rings, or goes on.

    Attributes:
        call_id: the provider's id of the call.
        message: the try that is called about; None for a call in.
    """

    call_id: str
    message: MessageId | None
