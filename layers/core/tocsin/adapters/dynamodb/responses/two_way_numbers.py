"""Two-way numbers in DynamoDB: a row per number that names its tenant, and a row in the tenant's own list."""

from __future__ import annotations

from collections.abc import Sequence

from tocsin.adapters.dynamodb.identity.key_rows import tenant_pk
from tocsin.adapters.dynamodb.table.actions import FREE, delete, put
from tocsin.adapters.dynamodb.table.client import Cancelled, Item
from tocsin.adapters.dynamodb.table.rows import key
from tocsin.adapters.dynamodb.table.table import Table
from tocsin.kernel.domain.errors import StorageUnavailable
from tocsin.kernel.domain.ids import ApiKeyId, TenantId
from tocsin.responses.domain.two_way import TwoWayNumber

NUMBER_PREFIX = "NUMBER#"
"""Of the sort keys of a tenant's own list."""


class DynamoDbTwoWayNumbers:
    """Both rows of a number are written and removed together."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def add(self, number: TwoWayNumber) -> TwoWayNumber:
        """Store a number unless a tenant has it; return the stored one."""
        ids = {"tenant": {"S": number.tenant}, "key": {"S": number.key_id}}
        try:
            self._table.transact([put({**row, **ids}, FREE) for row in _keys(number.tenant, number.number)])
        except Cancelled:
            there = self.find(number.number)
            if there is None:
                raise StorageUnavailable("a number changed its tenant while it was added") from None
            return there
        return number

    def find(self, number: str) -> TwoWayNumber | None:
        """Return a number with its tenant, strongly consistent; None if no tenant has it."""
        row = self._table.get(_key(number))
        return None if row is None else _number(number, TenantId(row["tenant"]["S"]), row)

    def of_tenant(self, tenant: TenantId) -> Sequence[TwoWayNumber]:
        """Return the tenant's numbers in order."""
        rows = self._table.beginning_with(tenant_pk(tenant), NUMBER_PREFIX)
        return [_number(row["sk"]["S"].removeprefix(NUMBER_PREFIX), tenant, row) for row in rows]

    def remove(self, tenant: TenantId, number: str) -> bool:
        """Remove a number from a tenant. False: it is not this tenant's."""
        mine = {":tenant": {"S": tenant}}
        try:
            self._table.transact([delete(row, "tenant = :tenant", mine) for row in _keys(tenant, number)])
        except Cancelled:
            return False
        return True


def _key(number: str) -> Item:
    """Return the key of the row that names a number's tenant; the key itself names none."""
    return key(f"N#{number}", "OWNER")


def _keys(tenant: TenantId, number: str) -> tuple[Item, Item]:
    """Return the keys of both rows of a number."""
    return _key(number), key(tenant_pk(tenant), f"{NUMBER_PREFIX}{number}")


def _number(number: str, tenant: TenantId, row: Item) -> TwoWayNumber:
    return TwoWayNumber(number, tenant, ApiKeyId(row["key"]["S"]))
