"""Port of the stored answers of idempotent calls; the answers of sends are part of `AlertRepository`."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from tocsin.idempotency.domain.claim import IdempotencyClaim, KeyReused, Replayed
from tocsin.kernel.domain.ids import ApiKeyId, TenantId


class IdempotencyStore(Protocol):
    """Stores answers by claim, for 24 hours."""

    def earlier(
        self, tenant: TenantId, key_id: ApiKeyId, claim: IdempotencyClaim, now: datetime
    ) -> Replayed | KeyReused | None:
        """Return the outcome of an earlier use of the claim, strongly consistent; None if there is none."""
        ...

    def keep(
        self, tenant: TenantId, key_id: ApiKeyId, claim: IdempotencyClaim, answer: str, now: datetime
    ) -> Replayed | KeyReused | None:
        """Store an answer. Not None: the outcome of another use, which was first."""
        ...
