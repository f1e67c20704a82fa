"""Cursors of lists: not secret, but valid only for the tenant and the query they were issued for."""

from __future__ import annotations

import base64
import binascii
import hmac

from tocsin.kernel.domain.errors import Fault, InvalidRequest
from tocsin.kernel.domain.ids import TenantId
from tocsin.kernel.ports import Sealer

_MAC_BYTES = 16


def sign_cursor(sealer: Sealer, tenant: TenantId, query: str, place: str) -> str:
    """Return a cursor for `place` in the answer to `query` (both without personal data)."""
    return base64.urlsafe_b64encode(_mac(sealer, tenant, query, place) + place.encode()).decode().rstrip("=")


def open_cursor(sealer: Sealer, tenant: TenantId, query: str, cursor: str) -> str:
    """Return the place in the list that the cursor stands for.

    Raises:
        InvalidRequest: it was altered, or issued to another tenant or for another query.
    """
    try:
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        mac, place = raw[:_MAC_BYTES], raw[_MAC_BYTES:].decode()
        if hmac.compare_digest(mac, _mac(sealer, tenant, query, place)):
            return place
    except (binascii.Error, ValueError):
        pass
    raise InvalidRequest([Fault("/cursor", "INVALID_CURSOR", "this cursor was not issued for this list")])


def _mac(sealer: Sealer, tenant: TenantId, query: str, place: str) -> bytes:
    return sealer.fingerprint(tenant, "cursor", f"{query}\n{place}".encode())[:_MAC_BYTES]
