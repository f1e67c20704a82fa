"""Tenants in the core table."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tocsin.adapters.dynamodb.table.client import ConditionFailed
from tocsin.adapters.dynamodb.table.core_table import CoreTable, pynamodb_errors_mapped
from tocsin.adapters.dynamodb.table.instants import instant, milliseconds
from tocsin.adapters.dynamodb.table.items import TenantItem
from tocsin.adapters.dynamodb.table.quiet_row import from_clock, to_clock
from tocsin.calendar.domain.account_clock import PLAIN, AccountClock
from tocsin.identity.domain.tenant import Tenant
from tocsin.kernel.domain.errors import NotFound, StorageUnavailable
from tocsin.kernel.domain.ids import TenantId

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
        created = milliseconds(tenant.created_at)
        row = self._item(f"T#{tenant.id}", _SK, name=tenant.name, created=created, clock=_text(tenant.clock))
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
        if row is None:
            return None
        clock = to_clock(json.loads(row.clock)) if row.clock else PLAIN
        return Tenant(tenant, row.name, instant(int(row.created)), clock.zone, clock.quiet)

    def set_clock(self, tenant: TenantId, clock: AccountClock) -> None:
        """Replace a tenant's zone and quiet hours. Raises NotFound when there is no such tenant."""
        row, text = self._item(f"T#{tenant}", _SK), _text(clock)
        action = self._item.clock.set(text) if text else self._item.clock.remove()
        try:
            with pynamodb_errors_mapped():
                row.update(actions=[action], condition=self._item.pk.exists())
        except ConditionFailed as error:
            raise NotFound("tenant") from error


def _text(clock: AccountClock) -> str | None:
    return None if clock == PLAIN else json.dumps(from_clock(clock))
