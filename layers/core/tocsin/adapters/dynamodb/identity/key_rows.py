"""Row keys of API keys and of their remaining capacities."""

from __future__ import annotations

from tocsin.adapters.dynamodb.table.client import Item
from tocsin.adapters.dynamodb.table.rows import key
from tocsin.contacts.domain.channel import Channel
from tocsin.kernel.domain.ids import ApiKeyId, TenantId

KEY = "KEY#"
"""Prefix of the sort keys of API keys, in the partition of their tenant."""

CAPACITY = "CAP#"
"""Prefix of the sort keys of capacities."""


def tenant_pk(tenant: TenantId) -> str:
    """Return the partition of a tenant's own rows."""
    return f"T#{tenant}"


def capacities_pk(tenant: TenantId, key_id: ApiKeyId) -> str:
    """Return the partition of the capacities of a key."""
    return f"T#{tenant}#K#{key_id}"


def capacity_key(tenant: TenantId, key_id: ApiKeyId, channel: Channel) -> Item:
    """Return the row key of one remaining capacity."""
    return key(capacities_pk(tenant, key_id), f"{CAPACITY}{channel.value}")
