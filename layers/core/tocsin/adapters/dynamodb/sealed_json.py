"""JSON, deflated, then sealed: how every structured secret lies in a row.

Deflated before sealing, because afterwards there is nothing left to deflate. One value holds one tenant's data
only, so its length tells an outsider nothing he could have mixed in.
"""

from __future__ import annotations

import json
import zlib
from typing import Any

from tocsin.application.ports import Sealer
from tocsin.domain.ids import TenantId

_DEFLATE_LEVEL = 3


def pack(value: Any) -> bytes:
    """Return the deflated JSON form."""
    return zlib.compress(json.dumps(value, separators=(",", ":")).encode(), _DEFLATE_LEVEL)


def unpack(packed: bytes) -> Any:
    """Return the value of `pack`."""
    return json.loads(zlib.decompress(packed))


def seal_json(sealer: Sealer, tenant: TenantId, place: str, value: Any) -> bytes:
    """Return the value sealed for `place`: pk, sk and field of the row, joined by "|"."""
    return sealer.seal(tenant, place, pack(value))


def open_json(sealer: Sealer, tenant: TenantId, place: str, sealed: bytes) -> Any:
    """Return what was sealed. Raises SealBroken."""
    return unpack(sealer.open(tenant, place, sealed))
