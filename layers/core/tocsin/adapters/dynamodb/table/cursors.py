"""List cursors: the place to continue from, signed for one tenant and one query, so that they cannot be forged."""

from __future__ import annotations

import base64
import hmac

from tocsin.kernel.domain.errors import Fault, InvalidRequest
from tocsin.kernel.domain.ids import TenantId
from tocsin.kernel.ports import Sealer

_TAG = 16


def issue(sealer: Sealer, tenant: TenantId, query: str, place: str) -> str:
    """Return a cursor for `place` in the result of `query`: URL-safe, opaque to its bearer."""
    tag = sealer.fingerprint(tenant, f"cursor|{query}", place.encode())[:_TAG]
    return base64.urlsafe_b64encode(tag + place.encode()).decode().rstrip("=")


def read(sealer: Sealer, tenant: TenantId, query: str, cursor: str) -> str:
    """Return the place of a cursor.

    Raises:
        InvalidRequest: it was not issued for this tenant and this query, or was altered.
    """
    try:
        place = base64.urlsafe_b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4))[_TAG:].decode()
    except ValueError:
        place = ""
    # Base64 has several spellings of the same bytes; only the one that was issued counts.
    if not place or not hmac.compare_digest(cursor.encode(), issue(sealer, tenant, query, place).encode()):
        raise InvalidRequest([Fault("/cursor", "INVALID_CURSOR", "this cursor was not issued for this list")])
    return place
