"""Idempotency-Keys in DynamoDB: a row per use, with the answer, written alone or in the transaction of the call."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

from tocsin.adapters.dynamodb.table.actions import FREE, put
from tocsin.adapters.dynamodb.table.bucket import LARGEST_IN_A_ROW
from tocsin.adapters.dynamodb.table.client import ConditionFailed, Item
from tocsin.adapters.dynamodb.table.rows import expired, expiry, key, time
from tocsin.adapters.dynamodb.table.sealing import seal, unseal
from tocsin.adapters.dynamodb.table.table import Table
from tocsin.idempotency.domain.claim import IdempotencyClaim, KeyReused, Replayed
from tocsin.kernel.domain.errors import StorageUnavailable
from tocsin.kernel.domain.ids import ApiKeyId, TenantId
from tocsin.kernel.ports import Sealer

CLAIM_STANDS = timedelta(hours=24)
"""How long a repeat under an Idempotency-Key gets the first answer."""


class DynamoDbIdempotencyStore:
    """Stores answers by tenant, API key and claim, for 24 hours."""

    def __init__(self, table: Table, sealer: Sealer) -> None:
        self._table = table
        self._sealer = sealer

    def earlier(
        self, tenant: TenantId, key_id: ApiKeyId, claim: IdempotencyClaim, now: datetime
    ) -> Replayed | KeyReused | None:
        """Return the outcome of an earlier use of the claim, strongly consistent; None if there is none."""
        return find_earlier(self._table, self._sealer, tenant, key_id, claim, now)

    def keep(
        self, tenant: TenantId, key_id: ApiKeyId, claim: IdempotencyClaim, answer: str, now: datetime
    ) -> Replayed | KeyReused | None:
        """Store an answer. Not None: the outcome of another use, which was first.

        Raises:
            StorageUnavailable: the answer was not stored; an answer over 300 KB never is.
        """
        action = claimed(tenant, key_id, claim, answer, now, self._sealer)
        if len(action["Put"]["Item"]["sealed"]["B"]) > LARGEST_IN_A_ROW:
            raise StorageUnavailable("an answer is too big to be kept")
        try:
            self._table.write(action)
        except ConditionFailed as failed:
            return earlier_use(tenant, failed.current, claim, now, self._sealer)
        return None


def claimed(
    tenant: TenantId, key_id: ApiKeyId, claim: IdempotencyClaim, answer: str | None, at: datetime, sealer: Sealer
) -> Item:
    """Return the action that stores an answer under an Idempotency-Key; its failure returns the existing row."""
    row = _key(tenant, key_id, claim) | expiry(at + CLAIM_STANDS) | {"fingerprint": {"S": claim.fingerprint}}
    row |= seal(sealer, tenant, row, answer or "")
    return put(row, f"{FREE} OR #exp <= :now", {":now": time(at)}, standing=True)


def find_earlier(
    table: Table, sealer: Sealer, tenant: TenantId, key_id: ApiKeyId, claim: IdempotencyClaim, now: datetime
) -> Replayed | KeyReused | None:
    """Return the outcome of an earlier use of an Idempotency-Key, strongly consistent; None if there is none."""
    return earlier_use(tenant, table.get(_key(tenant, key_id, claim)), claim, now, sealer)


def earlier_use(
    tenant: TenantId, row: Item | None, claim: IdempotencyClaim, now: datetime, sealer: Sealer
) -> Replayed | KeyReused | None:
    """Return what the row of an Idempotency-Key means for another use; None if it has expired or is not there."""
    if row is None or expired(row, now):
        return None
    if row["fingerprint"]["S"] != claim.fingerprint:
        return KeyReused()
    return Replayed(unseal(sealer, tenant, row))


def _key(tenant: TenantId, key_id: ApiKeyId, claim: IdempotencyClaim) -> Item:
    """Return the row key of a use. The client's key may hold personal data, so only its hash is stored."""
    hashed = hashlib.sha256(claim.key.encode("utf-8", "surrogatepass")).hexdigest()
    return key(f"T#{tenant}#K#{key_id}#I#{claim.route}", hashed)
