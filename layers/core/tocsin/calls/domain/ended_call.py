"""What a provider tells of a call that is over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tocsin.delivery.domain.message_id import MessageId
from tocsin.voice.domain.call_facts import CallFacts


@dataclass(frozen=True, slots=True)
class EndedCall:
    """The end of one call.

    Attributes:
        call_id: the provider's id of the call.
        facts: `end` is None if the provider does not say why the call ended.
        message: the try that was called about, if the provider tells it; None also for a call in.
        inbound: whether the receiver had called us.
    """

    call_id: str
    ended_at: datetime
    facts: CallFacts
    message: MessageId | None = None
    inbound: bool = False
