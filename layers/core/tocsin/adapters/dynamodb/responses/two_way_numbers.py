"""Whose number is it? A row per number that leads to its tenant, and the tenant's own list beside it."""

from __future__ import annotations

from collections.abc import Sequence

from tocsin.adapters.dynamodb.table.client import Cancelled, DynamoDb, Item, errors_mapped, every_page
from tocsin.adapters.dynamodb.table.layout import NUMBER, number_key, tenants_number_key
from tocsin.kernel.domain.errors import StorageUnavailable
from tocsin.kernel.domain.ids import ApiKeyId, TenantId
from tocsin.responses.domain.two_way import TwoWayNumber


class DynamoDbTwoWayNumbers:
    """Both rows of a number are written and removed together."""

    def __init__(self, dynamodb: DynamoDb, table_name: str) -> None:
        self._dynamodb = dynamodb
        self._table = table_name

    def add(self, number: TwoWayNumber) -> TwoWayNumber:
        """Store it unless it belongs to somebody; return the one that stands."""
        ids = {"tenant": {"S": number.tenant}, "key": {"S": number.key_id}}
        free = "attribute_not_exists(pk)"
        actions = [
            {"Put": {"TableName": self._table, "Item": {**row, **ids}, "ConditionExpression": free}}
            for row in (number_key(number.number), tenants_number_key(number.tenant, number.number))
        ]
        try:
            with errors_mapped():
                self._dynamodb.transact_write_items(TransactItems=actions)
        except Cancelled:
            there = self.find(number.number)
            if there is None:
                raise StorageUnavailable("a number changed hands while it was added") from None
            return there
        return number

    def find(self, number: str) -> TwoWayNumber | None:
        """Return whose a number is, strongly consistent."""
        with errors_mapped():
            answer = self._dynamodb.get_item(TableName=self._table, Key=number_key(number), ConsistentRead=True)
        row: Item | None = answer.get("Item")
        return None if row is None else _number(number, TenantId(row["tenant"]["S"]), row)

    def of_tenant(self, tenant: TenantId) -> Sequence[TwoWayNumber]:
        """Return the tenant's numbers in order."""
        rows = every_page(
            self._dynamodb,
            TableName=self._table,
            KeyConditionExpression="pk = :pk AND begins_with(sk, :numbers)",
            ExpressionAttributeValues={":pk": {"S": f"T#{tenant}"}, ":numbers": {"S": NUMBER}},
            ConsistentRead=True,
        )
        return [_number(row["sk"]["S"].removeprefix(NUMBER), tenant, row) for row in rows]

    def remove(self, tenant: TenantId, number: str) -> bool:
        """Take a number back. False: it is not this tenant's."""
        mine = {
            "ConditionExpression": "tenant = :tenant",
            "ExpressionAttributeValues": {":tenant": {"S": tenant}},
        }
        actions = [
            {"Delete": {"TableName": self._table, "Key": row, **mine}}
            for row in (number_key(number), tenants_number_key(tenant, number))
        ]
        try:
            with errors_mapped():
                self._dynamodb.transact_write_items(TransactItems=actions)
        except Cancelled:
            return False
        return True


def _number(number: str, tenant: TenantId, row: Item) -> TwoWayNumber:
    return TwoWayNumber(number, tenant, ApiKeyId(row["key"]["S"]))
