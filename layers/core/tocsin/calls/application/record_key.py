"""Record a key that counts as the receiver's response."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tocsin.alerts.domain.response_kind import Evidence, ResponseKind
from tocsin.calls.application.call_attempts import CallAttempt
from tocsin.delivery.application.guards import Claimed, Guard
from tocsin.delivery.domain.call_events import calls_placed
from tocsin.delivery.domain.message import ERASED, Message
from tocsin.delivery.domain.outcome import AlertCancelled, Suppressed
from tocsin.delivery.domain.submission import Rejected
from tocsin.kernel.domain.errors import StorageUnavailable
from tocsin.kernel.ports import Clock
from tocsin.responses.application.record_reply import RecordReply
from tocsin.responses.domain.response import Response
from tocsin.results.domain.uncounted import UncountedReason
from tocsin.voice.domain.verdict import CallStatus, CallVerdict


@dataclass(frozen=True, slots=True)
class RecordKey:
    """Stores a key as a response, and publishes its event.

    A key to an alert that was cancelled is stored without counting, as its escalation stores one that comes after its
    end. After the end of the alert's lifetime, or an erasure of the receiver, nothing is stored.

    Attributes:
        last_look: the guard that sees cancellations and erasures.
    """

    record: RecordReply
    last_look: Guard
    clock: Clock

    def __call__(
        self,
        attempt: CallAttempt,
        row: Message,
        found: CallVerdict,
        digits: str,
        *,
        evidence: Evidence = Evidence.PRESSED,
        natural_id: str = "",
        pressed_by: str | None = None,
        reason: UncountedReason | None = None,
    ) -> None:
        """Record the key. A repeat changes nothing.

        Args:
            found: what the call has come to so far, with its `response`.
            digits: all keys of the call in order.
            natural_id: identifies the response within the alert; by default a message has one response by key.
            pressed_by: the number of who pressed it; None = the receiver's.
            reason: why it does not count in any case.

        Raises:
            StorageUnavailable: the key may not be recorded.
        """
        now, alert = self.clock(), attempt.alert
        if alert.expired(now) or found.response is None:
            return
        objection = self.last_look(alert, attempt.item, [Claimed(row, attempt.recipient)]).get(attempt.id.position)
        if isinstance(objection, Rejected):
            raise StorageUnavailable("whether the alert still takes responses could not be read")
        if objection == Suppressed(ERASED):
            return
        key, position = attempt.id.key, attempt.id.position
        response = Response(
            key=key,
            position=position,
            kind=ResponseKind.CALL,
            natural_id=natural_id or f"{key.item}.{key.chunk}.{position}",
            address=attempt.recipient.address if pressed_by is None else pressed_by,
            contact_id=attempt.recipient.contact_id,
            at=now,
            text=found.response,
            details={"status": found.status.value, "digits": digits, **_which(attempt, row)},
            expires_at=alert.expires_at,
            link=alert.link,
            escalation=alert.escalation,
            evidence=evidence,
            reason=UncountedReason.AFTER_THE_END if isinstance(objection, AlertCancelled) else reason,
            not_ok=found.status is CallStatus.RECIPIENT_NOT_OK,
        )
        self.record(alert, response)


def _which(attempt: CallAttempt, row: Message) -> Mapping[str, Any]:
    """Return which call it was, by the names in the API."""
    if attempt.ours:
        return {"attempt": calls_placed(row.log)}
    return {"callBack": True} if attempt.called_back else {}
