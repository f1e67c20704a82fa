"""Note that a call rings, as its provider reports it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from tocsin.calls.application.call_rows import CallRows
from tocsin.calls.domain.outgoing_call import ANSWER_WITHIN
from tocsin.delivery.domain.message_id import MessageId
from tocsin.delivery.domain.outcome import recorded
from tocsin.delivery.domain.submission import Dialled


@dataclass(frozen=True, slots=True)
class BeginCall:
    """Notes the provider's id of a call. So a call whose dialling had no response is not made a second time."""

    rows: CallRows

    def __call__(self, message: MessageId, call_id: str) -> None:
        """Note it; a repeat, and a report after the end, change nothing. Raises StaleWrite, StorageUnavailable."""
        dialled = Dialled(call_id, ANSWER_WITHIN)
        self.rows.change(message, lambda row, now: recorded(row, message.attempt, dialled, now, timedelta(0)))
