"""Port of the unit of work: several alerts, schedules and timers in one transaction, under one Idempotency-Key."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from tocsin.alerts.domain.participants import Participant
from tocsin.alerts.ports.alerts import Acceptance, AcceptOutcome
from tocsin.idempotency.domain.claim import IdempotencyClaim, KeyReused, Replayed
from tocsin.kernel.domain.ids import ApiKeyId, TenantId


@dataclass(frozen=True, slots=True)
class UnitOfWork:
    """Everything that one call, or one change, writes in one transaction.

    Attributes:
        acceptances: alerts without claims of their own. Equal participants of two of them are written once.
        participants: further participants, which belong to no alert.
        claim, answer: the idempotency claim, and the response (JSON text) for a repeat.
    """

    tenant: TenantId
    key_id: ApiKeyId
    at: datetime
    acceptances: Sequence[Acceptance] = ()
    participants: Sequence[Participant] = ()
    claim: IdempotencyClaim | None = None
    answer: str | None = None


class CommitTogether(Protocol):
    """Writes units of work."""

    def __call__(self, together: UnitOfWork) -> AcceptOutcome:
        """Write all of the unit of work, or nothing.

        Raises:
            RequestTooLarge: it has more rows than one transaction may have.
            StorageUnavailable: it may be written; a repeat with the same claim finds the result.
        """
        ...

    def earlier_answer(
        self, tenant: TenantId, key_id: ApiKeyId, claim: IdempotencyClaim, now: datetime
    ) -> Replayed | KeyReused | None:
        """Return the result of an earlier call with the claim, None if there was none."""
        ...
