"""The key under which an account pushes. It is derived from the account's data key, so there is nothing to keep."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric import ec

from tocsin.browser_push.domain.encryption import point_of, private_key
from tocsin.browser_push.domain.vapid import vapid_header
from tocsin.kernel.domain.ids import TenantId
from tocsin.kernel.ports import Sealer

_MOST = 1_000


@dataclass(slots=True)
class PushKeys:
    """Keys of accounts, and the headers that they sign.

    Attributes:
        contact: `mailto:` or `https:` address for operators of push services; "" = none is told.
    """

    sealer: Sealer
    contact: str = ""
    _known: dict[TenantId, ec.EllipticCurvePrivateKey] = field(default_factory=dict)

    def public(self, tenant: TenantId) -> bytes:
        """Return the public key of an account."""
        return point_of(self._private(tenant))

    def headers(self, tenant: TenantId, endpoint: str, now: datetime) -> Mapping[str, str]:
        """Return the headers that say who pushes."""
        return {"authorization": vapid_header(endpoint, self._private(tenant), self.contact, now)}

    def _private(self, tenant: TenantId) -> ec.EllipticCurvePrivateKey:
        found = self._known.get(tenant)
        if found is None:
            if len(self._known) >= _MOST:
                self._known.clear()
            found = self._known[tenant] = private_key(self.sealer.fingerprint(tenant, "push key", b""))
        return found
