"""A sealer without KMS: the bytes are not secret, but place and tenant are checked as strictly as in the real one."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import count

from tocsin.kernel.domain.errors import SealBroken
from tocsin.kernel.domain.ids import TenantId

_MAC = 32
_NONCE = 8


@dataclass
class FakeSealer:
    """Seals by a keyed hash and a mask, so that a canary is not found in what it returns."""

    secret: bytes = b"not a secret"
    _nonces: count[int] = field(default_factory=lambda: count(1))

    def seal(self, tenant: TenantId, place: str, plain: bytes) -> bytes:
        nonce = next(self._nonces).to_bytes(_NONCE, "big")
        masked = self._mask(tenant, nonce, plain)
        return nonce + masked + self._mac(tenant, place, nonce + masked)

    def open(self, tenant: TenantId, place: str, sealed: bytes) -> bytes:
        nonce, masked, mac = sealed[:_NONCE], sealed[_NONCE:-_MAC], sealed[-_MAC:]
        if len(sealed) < _NONCE + _MAC or not hmac.compare_digest(mac, self._mac(tenant, place, nonce + masked)):
            raise SealBroken("sealed data does not open here")
        return self._mask(tenant, nonce, masked)

    def fingerprint(self, tenant: TenantId, purpose: str, value: bytes) -> bytes:
        name = purpose.encode()
        return self._keyed(b"index", tenant, len(name).to_bytes(2, "big") + name + value)

    def fingerprints(self, tenant: TenantId, purpose: str, values: Iterable[bytes]) -> Sequence[bytes]:
        return [self.fingerprint(tenant, purpose, value) for value in values]

    def _mac(self, tenant: TenantId, place: str, masked: bytes) -> bytes:
        where = place.encode()
        return self._keyed(b"mac", tenant, len(where).to_bytes(4, "big") + where + masked)

    def _mask(self, tenant: TenantId, nonce: bytes, data: bytes) -> bytes:
        stream = hashlib.shake_256(self._keyed(b"mask", tenant, nonce)).digest(len(data))
        return (int.from_bytes(data) ^ int.from_bytes(stream)).to_bytes(len(data))

    def _keyed(self, use: bytes, tenant: TenantId, value: bytes) -> bytes:
        return hmac.digest(self.secret, use + b"|" + tenant.encode() + b"|" + value, "sha256")
