"""Answers under Idempotency-Keys, in memory."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta

from tests.fakes.outage import Outage
from tocsin.idempotency.domain.claim import IdempotencyClaim, KeyReused, Replayed
from tocsin.kernel.domain.ids import ApiKeyId, TenantId


class FakeIdempotencyStore:
    """`kept` may be inspected; `keeping` is bad weather for `keep` alone."""

    def __init__(self) -> None:
        self.kept: dict[tuple[TenantId, ApiKeyId, str, str], tuple[str, str, datetime]] = {}
        self.outage = Outage()
        self.keeping = Outage()
        self._lock = threading.Lock()

    def earlier(
        self, tenant: TenantId, key_id: ApiKeyId, claim: IdempotencyClaim, now: datetime
    ) -> Replayed | KeyReused | None:
        self.outage.check()
        used = self.kept.get((tenant, key_id, claim.route, claim.key))
        if used is None or now >= used[2]:
            return None
        return Replayed(used[1]) if used[0] == claim.fingerprint else KeyReused()

    def keep(
        self, tenant: TenantId, key_id: ApiKeyId, claim: IdempotencyClaim, answer: str, now: datetime
    ) -> Replayed | KeyReused | None:
        self.keeping.check()
        with self._lock:
            if earlier := self.earlier(tenant, key_id, claim, now):
                return earlier
            used = (claim.fingerprint, answer, now + timedelta(hours=24))
            self.kept[tenant, key_id, claim.route, claim.key] = used
            return None
