"""The pepper: the secret outside the table that API keys are hashed with."""

from __future__ import annotations

from tocsin.kernel.domain.ids import TenantId
from tocsin.kernel.ports import Sealer


def pepper_of(sealer: Sealer, tenant: TenantId) -> bytes:
    """Return the tenant's pepper (32 bytes).

    It is derived from the tenant's fingerprint key, which only KMS decrypts. So there is no secret to deploy, and a
    stolen table is useless without KMS. The first use creates the fingerprint key, so call this for existing tenants
    only, never for a tenant id from an unchecked token.
    """
    return sealer.fingerprint(tenant, "api-key", b"pepper")
