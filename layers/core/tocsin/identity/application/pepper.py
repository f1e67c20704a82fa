"""The secret beside the table that API keys are hashed with."""

from __future__ import annotations

from tocsin.kernel.domain.ids import TenantId
from tocsin.kernel.ports import Sealer


def pepper_of(sealer: Sealer, tenant: TenantId) -> bytes:
    """Return the tenant's pepper (32 bytes).

    It hangs on the tenant's fingerprint key, which only KMS unwraps: no secret to deploy, none in an environment
    variable, and a stolen table is useless without KMS. The first use makes that key, so ask for tenants that
    exist only, never for a name that a stranger claims.
    """
    return sealer.fingerprint(tenant, "api-key", b"pepper")
