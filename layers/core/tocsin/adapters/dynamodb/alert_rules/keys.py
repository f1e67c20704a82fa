"""Keys of alert rules. The rows are in `rule_row`, which needs much more."""

from __future__ import annotations

from tocsin.adapters.dynamodb.table.client import Item
from tocsin.adapters.dynamodb.table.rows import key
from tocsin.kernel.domain.ids import TenantId


def rules_pk(tenant: TenantId) -> str:
    """Return the partition of a tenant's rules."""
    return f"T#{tenant}#RULES"


def rule_key(tenant: TenantId, id: str) -> Item:
    """Return the row key of a rule."""
    return key(rules_pk(tenant), id)
