"""Answers under an Idempotency-Key in DynamoDB, in the rows that acceptances keep theirs in."""

from __future__ import annotations

from datetime import datetime

from tocsin.adapters.dynamodb.alerts.acceptance import CLAIM_STANDS, earlier_use
from tocsin.adapters.dynamodb.table.client import ConditionFailed, DynamoDb, Item, errors_mapped
from tocsin.adapters.dynamodb.table.layout import expiry, idempotency_key, time
from tocsin.adapters.dynamodb.table.sealing import LARGEST_IN_A_ROW, seal
from tocsin.idempotency.domain.claim import IdempotencyClaim, KeyReused, Replayed
from tocsin.kernel.domain.errors import StorageUnavailable
from tocsin.kernel.domain.ids import ApiKeyId, TenantId
from tocsin.kernel.ports import Sealer


class DynamoDbAnswerBook:
    """Keeps answers by tenant, key and claim, for 24 hours."""

    def __init__(self, dynamodb: DynamoDb, table_name: str, sealer: Sealer) -> None:
        self._dynamodb = dynamodb
        self._table = table_name
        self._sealer = sealer

    def earlier(
        self, tenant: TenantId, key_id: ApiKeyId, claim: IdempotencyClaim, now: datetime
    ) -> Replayed | KeyReused | None:
        """Return what an earlier use of the claim came to, strongly consistent; None if it is free."""
        with errors_mapped():
            answer = self._dynamodb.get_item(
                TableName=self._table, Key=idempotency_key(tenant, key_id, claim), ConsistentRead=True
            )
        return earlier_use(tenant, answer.get("Item"), claim, now, self._sealer)

    def keep(
        self, tenant: TenantId, key_id: ApiKeyId, claim: IdempotencyClaim, answer: str, now: datetime
    ) -> Replayed | KeyReused | None:
        """Keep an answer. Not None: another use was first, and came to that.

        Raises:
            StorageUnavailable: it was not kept; an answer over 300 KB never is.
        """
        row: Item = idempotency_key(tenant, key_id, claim) | expiry(now + CLAIM_STANDS)
        row["fingerprint"] = {"S": claim.fingerprint}
        row["sealed"] = {"B": seal(self._sealer, tenant, row, "sealed", answer)}
        if len(row["sealed"]["B"]) > LARGEST_IN_A_ROW:
            raise StorageUnavailable("an answer is too big to be kept")
        try:
            with errors_mapped():
                self._dynamodb.put_item(
                    TableName=self._table,
                    Item=row,
                    ConditionExpression="attribute_not_exists(pk) OR #exp <= :now",
                    ExpressionAttributeNames={"#exp": "exp"},
                    ExpressionAttributeValues={":now": time(now)},
                    ReturnValuesOnConditionCheckFailure="ALL_OLD",
                )
        except ConditionFailed as failed:
            return earlier_use(tenant, failed.current, claim, now, self._sealer)
        return None
