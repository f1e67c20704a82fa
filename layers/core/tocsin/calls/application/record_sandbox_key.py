"""Record the key of a sandbox call as the receiver's response, as the dialogue of a live call does."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from tocsin.calls.application.call_attempts import CallAttempts
from tocsin.calls.application.record_key import RecordKey
from tocsin.delivery.domain.message_id import MessageId
from tocsin.delivery.domain.outcome import recorded
from tocsin.delivery.domain.submission import CallOver
from tocsin.delivery.ports.messages import MessageRows
from tocsin.voice.domain.verdict import verdict


@dataclass(frozen=True, slots=True)
class RecordSandboxKey:
    """Stores the key of a call that was decided at once, before its outcome is recorded.

    A worker that stops in between makes the same try again, and the same response with it.
    """

    attempts: CallAttempts
    rows: MessageRows
    record_key: RecordKey

    def __call__(self, id: MessageId, over: CallOver, now: datetime) -> None:
        """Record the key of the call of a try; nothing happens if it has none that counts.

        Raises:
            StorageUnavailable: the key may not be recorded.
        """
        found = verdict(over.content.script, over.facts, over.main)
        attempt = self.attempts.find(id) if found.response else None
        if attempt is None:
            return
        row = self.rows.load(id.key, range(id.position, id.position + 1)).get(id.position)
        ended = row and recorded(row, id.attempt, over, now, timedelta(0))
        if ended:  # else another worker has made the try since
            self.record_key(attempt, ended, found, over.facts.keys)
