"""Create a tenant."""

from __future__ import annotations

from dataclasses import dataclass

from tocsin.identity.domain.tenant import RESERVED, TENANT_FORM, Tenant
from tocsin.identity.ports.keys import TenantRepository
from tocsin.kernel.domain.errors import Fault, InvalidRequest
from tocsin.kernel.domain.ids import TenantId
from tocsin.kernel.ports import Clock

MAX_NAME = 128


@dataclass(frozen=True, slots=True)
class CreateTenant:
    """Create a tenant; an existing one is not changed."""

    tenants: TenantRepository
    clock: Clock

    def __call__(self, tenant: str, name: str) -> Tenant:
        """Return the stored tenant, which keeps its first name if it existed before.

        Raises:
            InvalidRequest: a malformed id, or an empty or overlong name.
        """
        faults = []
        if TENANT_FORM.fullmatch(tenant) is None or tenant in RESERVED:
            faults.append(Fault("/tenant", "WRONG_FORM", "must be 4 to 20 lower-case letters and digits"))
        if not name.strip() or len(name) > MAX_NAME:
            faults.append(Fault("/name", "WRONG_FORM", f"a tenant needs a name of 1 to {MAX_NAME} characters"))
        if faults:
            raise InvalidRequest(faults)
        return self.tenants.add(Tenant(TenantId(tenant), name.strip(), self.clock()))
