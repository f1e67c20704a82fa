"""Say whether an account asks all its people for an authenticator app."""

from __future__ import annotations

from dataclasses import dataclass

from tocsin.audit.domain.entry import AuditEntry, Thing
from tocsin.audit.ports import AuditTrail
from tocsin.identity.domain.permissions import Permission, Reach
from tocsin.identity.domain.principal import Principal
from tocsin.identity.ports.keys import TenantRepository
from tocsin.kernel.domain.errors import NotFound
from tocsin.kernel.domain.ids import TenantId, time_ordered_uuid
from tocsin.kernel.ports import Clock, Randomness


@dataclass(frozen=True, slots=True, kw_only=True)
class RequireApp:
    """Reads and changes the rule. It counts from each person's next sign-in; sessions go on."""

    tenants: TenantRepository
    trail: AuditTrail
    randomness: Randomness
    clock: Clock

    def required(self, tenant: TenantId) -> bool:
        """Return whether the app is required."""
        found = self.tenants.get(tenant)
        return found is not None and found.mfa_required

    def __call__(self, caller: Principal, *, required: bool) -> None:
        """Change the rule. The entry of the audit trail comes first, so that no change is without one.

        Raises:
            Forbidden: the caller may not change the account's settings.
            NotFound: there is no such tenant.
            StorageUnavailable: repeat the call.
        """
        caller.need(Permission.ACCOUNT, Reach.ALL)
        tenant = self.tenants.get(caller.tenant)
        if tenant is None:
            raise NotFound("tenant")
        if tenant.mfa_required is required:
            return
        now = self.clock()
        entry = AuditEntry(
            tenant=tenant.id,
            id=time_ordered_uuid(now, self.randomness.token(10)),
            at=now,
            who=caller.actor,
            via=caller.via,
            action="tenant.updated",
            thing=Thing("tenant", tenant.id, tenant.name),
            before={"mfa_required": tenant.mfa_required},
            after={"mfa_required": required},
            request_id=caller.request_id,
        )
        self.trail.record([entry])
        self.tenants.require_mfa(tenant.id, required=required)
