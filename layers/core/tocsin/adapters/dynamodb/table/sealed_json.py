"""JSON, deflated, then sealed: how every structured secret lies in a row.

Deflated before sealing, because afterwards there is nothing left to deflate. One value holds one tenant's data
only, so its length tells an outsider nothing he could have mixed in.
"""

from __future__ import annotations

import json
import zlib
from typing import Any

from tocsin.kernel.domain.ids import TenantId
from tocsin.kernel.ports import Sealer


def seal_json(sealer: Sealer, tenant: TenantId, place: str, value: Any) -> bytes:
    """Return the value sealed for `place`: pk, sk and field of the row, joined by "|"."""
    return sealer.seal(tenant, place, zlib.compress(json.dumps(value, separators=(",", ":")).encode()))


def open_json(sealer: Sealer, tenant: TenantId, place: str, sealed: bytes) -> Any:
    """Return what was sealed. Raises SealBroken."""
    return json.loads(zlib.decompress(sealer.open(tenant, place, sealed)))
