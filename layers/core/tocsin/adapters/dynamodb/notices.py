"""What owners of API keys are told, in DynamoDB: a sealed sentence each, oldest first by key."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from tocsin.adapters.dynamodb.client import ConditionFailed, DynamoDb, Item, errors_mapped, every_page
from tocsin.adapters.dynamodb.instants import instant, milliseconds
from tocsin.adapters.dynamodb.layout import expired, expiry, notices_pk
from tocsin.adapters.dynamodb.layout import key as row_key
from tocsin.adapters.dynamodb.sealing import seal, unseal
from tocsin.application.ports import Sealer
from tocsin.domain.ids import ApiKeyId, TenantId
from tocsin.domain.notice import KEPT_FOR, Category, Notice, Severity


class DynamoDbNoticeBoard:
    """See the port."""

    def __init__(self, dynamodb: DynamoDb, table_name: str, sealer: Sealer) -> None:
        self._dynamodb = dynamodb
        self._table = table_name
        self._sealer = sealer

    def post(self, notice: Notice) -> None:
        """Keep a notice; one with the time and id of another changes nothing."""
        sk = f"{milliseconds(notice.at):014}#{notice.id}"
        row: Item = row_key(notices_pk(notice.tenant, notice.key_id), sk) | expiry(notice.at + KEPT_FOR)
        row |= {"sev": {"S": notice.severity.value}, "cat": {"S": notice.category.value}}
        row["sealed"] = {"B": seal(self._sealer, notice.tenant, row, "sealed", notice.text)}
        try:
            with errors_mapped():
                self._dynamodb.put_item(TableName=self._table, Item=row, ConditionExpression="attribute_not_exists(pk)")
        except ConditionFailed:
            return

    def of_key(self, tenant: TenantId, key_id: ApiKeyId, limit: int, now: datetime) -> Sequence[Notice]:
        """Return up to `limit` notices of a key, newest first."""
        found: list[Notice] = []
        for row in every_page(
            self._dynamodb,
            TableName=self._table,
            KeyConditionExpression="pk = :pk",
            ExpressionAttributeValues={":pk": {"S": notices_pk(tenant, key_id)}},
            ScanIndexForward=False,
            ConsistentRead=True,
            Limit=limit + 10,
        ):
            if len(found) == limit:
                break
            if expired(row, now):
                continue
            at, _, name = row["sk"]["S"].partition("#")
            text = unseal(self._sealer, tenant, row, "sealed")
            severity, category = Severity(row["sev"]["S"]), Category(row["cat"]["S"])
            found.append(Notice(tenant, key_id, name, instant(int(at)), severity, category, text))
        return found
