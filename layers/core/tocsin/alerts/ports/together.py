"""Port of what is written all at once: several alerts, schedules and their timers, under one Idempotency-Key."""

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
    """Everything that one call, or one change, commits to.

    Attributes:
        acceptances: alerts, each without a claim of its own; equal things beside two of them are written once.
        beside: what is written although no alert of this call needs it.
        claim, answer: the idempotency claim and the answer (JSON text) that a repeat gets.
    """

    tenant: TenantId
    key_id: ApiKeyId
    at: datetime
    acceptances: Sequence[Acceptance] = ()
    participants: Sequence[Participant] = ()
    claim: IdempotencyClaim | None = None
    answer: str | None = None


class CommitTogether(Protocol):
    """Writes all of it or nothing."""

    def __call__(self, together: UnitOfWork) -> AcceptOutcome:
        """Write it in one transaction.

        Raises:
            RequestTooLarge: it is more than one transaction holds.
            StorageUnavailable: it may be written; a repeat under the same claim finds out.
        """
        ...

    def earlier_answer(
        self, tenant: TenantId, key_id: ApiKeyId, claim: IdempotencyClaim, now: datetime
    ) -> Replayed | KeyReused | None:
        """Return what an earlier use of the claim came to, None if it is free."""
        ...
