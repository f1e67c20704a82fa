"""A sealer without secrets: it hides the plain text from a careless look and refuses a wrong tenant or place."""

from __future__ import annotations

import base64
import hashlib
import hmac

from tocsin.domain.errors import SealBroken
from tocsin.domain.ids import TenantId

_TAG = 16


class FakeSealer:
    """Seals by turning the plain text's base64 round, with a tag over tenant, place and text in front."""

    def seal(self, tenant: TenantId, place: str, plain: bytes) -> bytes:
        return self._tag(tenant, place, plain) + base64.b64encode(plain)[::-1]

    def open(self, tenant: TenantId, place: str, sealed: bytes) -> bytes:
        try:
            plain = base64.b64decode(sealed[_TAG:][::-1], validate=True)
        except ValueError as error:
            raise SealBroken("altered") from error
        if not hmac.compare_digest(sealed[:_TAG], self._tag(tenant, place, plain)):
            raise SealBroken("wrong tenant, wrong place or altered")
        return plain

    def fingerprint(self, tenant: TenantId, purpose: str, value: bytes) -> bytes:
        return hmac.digest(f"index|{tenant}|{purpose}".encode(), value, hashlib.sha256)

    def _tag(self, tenant: TenantId, place: str, plain: bytes) -> bytes:
        return hmac.digest(f"seal|{tenant}|{place}".encode(), plain, hashlib.sha256)[:_TAG]
