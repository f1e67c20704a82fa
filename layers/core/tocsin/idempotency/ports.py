"""Port of the answers that calls under an Idempotency-Key got; those of sends are part of `AlertRepository`."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from tocsin.idempotency.domain.claim import IdempotencyClaim, KeyReused, Replayed
from tocsin.kernel.domain.ids import ApiKeyId, TenantId


class IdempotencyStore(Protocol):
    """Answers by claim, for 24 hours."""

    def earlier(
        self, tenant: TenantId, key_id: ApiKeyId, claim: IdempotencyClaim, now: datetime
    ) -> Replayed | KeyReused | None:
        """Return what an earlier use of the claim came to, strongly consistent; None if it is free."""
        ...

    def keep(
        self, tenant: TenantId, key_id: ApiKeyId, claim: IdempotencyClaim, answer: str, now: datetime
    ) -> Replayed | KeyReused | None:
        """Keep an answer. Not None: another use was first, and came to that."""
        ...
