"""Owners of API keys in DynamoDB: the rows of `api_keys.py`, read by workers that need no more of them."""

from __future__ import annotations

from collections.abc import Sequence

from tocsin.adapters.dynamodb.table.client import DynamoDb, Item, errors_mapped, every_page
from tocsin.adapters.dynamodb.table.layout import key as row_key
from tocsin.adapters.dynamodb.table.sealing import unseal
from tocsin.identity.domain.api_key import KeyKind
from tocsin.kernel.domain.ids import ApiKeyId, TenantId
from tocsin.kernel.ports import Sealer
from tocsin.notices.domain.owner_news import KeyOwner

_KEY = "KEY#"


class DynamoDbKeyOwners:
    """Reads who owns the API keys of a tenant."""

    def __init__(self, dynamodb: DynamoDb, table_name: str, sealer: Sealer) -> None:
        self._dynamodb = dynamodb
        self._table = table_name
        self._sealer = sealer

    def of_key(self, tenant: TenantId, key_id: ApiKeyId) -> KeyOwner | None:
        """Return who is told about a key, None if there is no such key."""
        place = row_key(f"T#{tenant}", f"{_KEY}{key_id}")
        with errors_mapped():
            answer = self._dynamodb.get_item(TableName=self._table, Key=place, ConsistentRead=True)
        row: Item | None = answer.get("Item")
        return None if row is None else self._owner(tenant, row)

    def of_tenant(self, tenant: TenantId) -> Sequence[KeyOwner]:
        """Return who is told about each key of a tenant, by id of the key."""
        rows = every_page(
            self._dynamodb,
            TableName=self._table,
            KeyConditionExpression="pk = :pk AND begins_with(sk, :keys)",
            ExpressionAttributeValues={":pk": {"S": f"T#{tenant}"}, ":keys": {"S": _KEY}},
            ConsistentRead=True,
        )
        return [self._owner(tenant, row) for row in rows]

    def _owner(self, tenant: TenantId, row: Item) -> KeyOwner:
        private = unseal(self._sealer, tenant, row, "sealed") if "sealed" in row else {}
        return KeyOwner(
            ApiKeyId(row["sk"]["S"].removeprefix(_KEY)),
            sandbox=row["type"]["S"] == KeyKind.SANDBOX.value,
            enabled=row["enabled"]["BOOL"],
            email=private.get("owner_email") or None,
        )
