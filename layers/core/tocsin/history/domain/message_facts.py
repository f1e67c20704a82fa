"""What readers are shown of a message, whether or not a worker has claimed it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tocsin.alerts.domain.alert import Alert
from tocsin.delivery.domain.message import Message, MessageState
from tocsin.history.domain.placed_calls import PlacedCall, placed_calls


@dataclass(frozen=True, slots=True)
class MessageFacts:
    """The facts of one message.

    Attributes:
        reason: stable word for the state, None if the state says enough.
        attempts: number of tries that were begun; 0 while it is queued.
        updated_at: time of the latest change of state; the acceptance while it is queued.
        held_until: the end of the wait that `reason` names, None if it is not held.
        next_try_at: when it is tried again at the earliest, None if it does not wait for another try.
        calls: its calls, oldest first; none of a text or a mail.
    """

    state: MessageState
    reason: str | None
    attempts: int
    provider_id: str | None
    possible_duplicate: bool
    updated_at: datetime
    held_until: datetime | None
    next_try_at: datetime | None = None
    calls: tuple[PlacedCall, ...] = ()

    @staticmethod
    def of(alert: Alert, message: Message | None) -> MessageFacts:
        """Return the facts of a message of `alert`; None: no worker has claimed it."""
        if message is None:
            return MessageFacts(MessageState.QUEUED, None, 0, None, False, alert.accepted_at, None)
        return MessageFacts(
            state=message.state,
            reason=message.reason,
            attempts=message.attempt,
            provider_id=message.provider_id,
            possible_duplicate=message.possible_duplicate,
            updated_at=message.log[-1].at if message.log else alert.accepted_at,
            held_until=message.due_at if message.state is MessageState.HELD else None,
            next_try_at=message.due_at if message.state is MessageState.RETRY_WAIT else None,
            calls=placed_calls(message),
        )
