"""Rows of things whose names are not shown, each replaced on its version."""

from __future__ import annotations

from datetime import datetime

from tocsin.adapters.dynamodb.table.actions import put
from tocsin.adapters.dynamodb.table.client import Item
from tocsin.adapters.dynamodb.table.rows import key, number
from tocsin.adapters.dynamodb.table.table import Table
from tocsin.kernel.domain.ids import TenantId
from tocsin.kernel.ports import Sealer


def hashed_key(sealer: Sealer, tenant: TenantId, kind: str, name: str) -> Item:
    """Return the key `T#<t>#<kind>#<2 hex>` / `<keyed hash of the name>`."""
    hashed = sealer.fingerprint(tenant, kind, name.encode("utf-8", "surrogatepass")).hex()
    return key(f"T#{tenant}#{kind}#{hashed[:2]}", hashed)


def put_over(table: Table, row: Item, version: int) -> Item | None:
    """Write a row over a version, 0 = none. None: it is written; otherwise the row that stands, {} if there is none."""
    if version == 0:
        return table.insert(row)
    return table.write_or_find(put(row, "#v = :before", {":before": number(version)}))


def time_read(text: str | None) -> datetime | None:
    """Return the time of a text in ISO format, None for none."""
    return None if text is None else datetime.fromisoformat(text)
