"""Keys of the rows of an alert, and of the list of alerts."""

from __future__ import annotations

from tocsin.alerts.domain.alert import ChunkKey
from tocsin.kernel.domain.ids import AlertRef, TenantId

META = "META"
"""Sort key of an alert's own row."""

EXCLUDED = "LEFT"
"""Sort key of the row of excluded receivers, in the alert's partition."""

RECIPIENTS = "to"
"""Attribute of an alert that is one row: its recipients, sealed."""

PACKED = "packed"
"""Attribute of the row of an alert whose messages are in packs, a row for each batch (ADR 0164)."""

CANCELLED = "cancelled"
"""Attribute of an alert's own row: when it was cancelled."""

CHUNK = "CHUNK#"
"""Prefix of the sort keys of intake chunks, in the alert's partition."""


def alert_pk(tenant: TenantId, alert: AlertRef) -> str:
    """Return the partition of an alert's own rows."""
    return f"T#{tenant}#A#{alert}"


def chunk_sk(chunk: ChunkKey) -> str:
    """Return the sort key of an intake chunk."""
    return f"{CHUNK}{chunk.item:02}#{chunk.chunk:03}"


def alert_list_pk(tenant: TenantId, *, sandbox: bool) -> str:
    """Return the `gsi1` partition of a tenant's alerts; their references sort by time."""
    return f"T#{tenant}#ALERTS#{'sandbox' if sandbox else 'live'}"
