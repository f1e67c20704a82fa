"""Sealed attributes: JSON, deflated, then sealed. Each is bound to its row and attribute.

Sealed bytes do not compress, so deflate comes first. One value holds data of one tenant only, so its length tells an
attacker nothing about data of another tenant.
"""

from __future__ import annotations

import json
import zlib
from typing import Any

from tocsin.adapters.dynamodb.table.client import Item
from tocsin.kernel.domain.ids import TenantId
from tocsin.kernel.ports import Sealer


def seal(sealer: Sealer, tenant: TenantId, row: Item, value: Any, name: str = "sealed") -> Item:
    """Return the attribute `name` of `row` (its key is enough) that holds `value` sealed."""
    return {name: {"B": seal_json(sealer, tenant, place_of(row, name), value)}}


def unseal(sealer: Sealer, tenant: TenantId, row: Item, name: str = "sealed") -> Any:
    """Return the value sealed in the attribute `name` of `row`."""
    return open_json(sealer, tenant, place_of(row, name), row[name]["B"])


def place_of(row: Item, name: str) -> str:
    """Return the place to which the attribute `name` of `row` is bound."""
    return f"{row['pk']['S']}|{row['sk']['S']}|{name}"


def seal_json(sealer: Sealer, tenant: TenantId, place: str, value: Any) -> bytes:
    """Return the value sealed for `place`: pk, sk and field of the row, joined by "|"."""
    return sealer.seal(tenant, place, zlib.compress(json.dumps(value, separators=(",", ":")).encode()))


def open_json(sealer: Sealer, tenant: TenantId, place: str, sealed: bytes) -> Any:
    """Return what was sealed. Raises SealBroken."""
    return json.loads(zlib.decompress(sealer.open(tenant, place, sealed)))
