"""Owners of API keys in DynamoDB: the rows of `api_keys.py`, read by workers that need only the owner."""

from __future__ import annotations

from collections.abc import Sequence

from tocsin.adapters.dynamodb.identity.key_rows import KEY, tenant_pk
from tocsin.adapters.dynamodb.table.client import Item
from tocsin.adapters.dynamodb.table.rows import key as row_key
from tocsin.adapters.dynamodb.table.sealing import unseal
from tocsin.adapters.dynamodb.table.table import Table
from tocsin.identity.domain.api_key import KeyKind
from tocsin.kernel.domain.ids import ApiKeyId, TenantId
from tocsin.kernel.ports import Sealer
from tocsin.notices.domain.owner_notification import KeyOwner


class DynamoDbKeyOwners:
    """Reads the owners of a tenant's API keys."""

    def __init__(self, table: Table, sealer: Sealer) -> None:
        self._table = table
        self._sealer = sealer

    def of_key(self, tenant: TenantId, key_id: ApiKeyId) -> KeyOwner | None:
        """Return the owner of a key, None if there is no such key."""
        row = self._table.get(row_key(tenant_pk(tenant), f"{KEY}{key_id}"))
        return None if row is None else self._owner(tenant, row)

    def of_tenant(self, tenant: TenantId) -> Sequence[KeyOwner]:
        """Return the owner of each key of a tenant, ordered by key id."""
        return [self._owner(tenant, row) for row in self._table.beginning_with(tenant_pk(tenant), KEY)]

    def _owner(self, tenant: TenantId, row: Item) -> KeyOwner:
        private = unseal(self._sealer, tenant, row) if "sealed" in row else {}
        return KeyOwner(
            ApiKeyId(row["sk"]["S"].removeprefix(KEY)),
            sandbox=row["type"]["S"] == KeyKind.SANDBOX.value,
            enabled=row["enabled"]["BOOL"],
            email=private.get("owner_email") or None,
        )
