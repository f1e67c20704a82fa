"""Tenants in the core table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.adapters.dynamodb.client import ConditionFailed
from tocsin.adapters.dynamodb.core_table import CoreTable, pynamodb_errors_mapped
from tocsin.adapters.dynamodb.instants import instant, milliseconds
from tocsin.adapters.dynamodb.items import TenantItem
from tocsin.domain.errors import StorageUnavailable
from tocsin.domain.ids import TenantId
from tocsin.domain.tenant import Tenant

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_SK = "TENANT"


class DynamoDbTenantRepository:
    """Tenants by id."""

    def __init__(self, dynamodb: DynamoDBClient, table_name: str) -> None:
        self._table = CoreTable(dynamodb, table_name)
        self._item = self._table.of(TenantItem)

    def add(self, tenant: Tenant) -> Tenant:
        """Store a tenant unless its id is there already; return the one that stands."""
        row = self._item(f"T#{tenant.id}", _SK, name=tenant.name, created=milliseconds(tenant.created_at))
        try:
            with pynamodb_errors_mapped():
                row.save(condition=self._item.pk.does_not_exist())
        except ConditionFailed:
            there = self.get(tenant.id)
            if there is None:
                raise StorageUnavailable("a tenant was there and is not") from None
            return there
        return tenant

    def get(self, tenant: TenantId) -> Tenant | None:
        """Return the tenant, strongly consistent."""
        with pynamodb_errors_mapped():
            row = self._table.find(TenantItem, f"T#{tenant}", _SK)
        return None if row is None else Tenant(tenant, row.name, instant(int(row.created)))
